"""What rules refuse: the slug of their error."""

from collections.abc import Callable
from typing import Any

import pytest

from planner.problems import RuleError


def refusal(call: Callable[..., Any], *arguments: Any, **options: Any) -> str:
    """Return the slug that a call is refused with."""
    with pytest.raises(RuleError) as caught:
        call(*arguments, **options)
    return caught.value.slug
