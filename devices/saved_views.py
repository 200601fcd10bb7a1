"""Views of the list of devices that staff keep: a name and a search, twenty of each person."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from devices import members
from devices.models import SavedView
from planner.problems import RuleError

MOST = 20


@transaction.atomic
def keep(user: User, *, name: str, query: str) -> None:
    """Keep a search under a name, in place of what it named before; RuleError `conflict` at 20."""
    members.locked_person(user.pk)
    own = SavedView.objects.filter(user=user)
    if own.count() >= MOST and not own.filter(name=name).exists():
        raise RuleError("conflict", _("You have 20 views already: remove one of them first."))
    own.update_or_create(user=user, name=name, defaults={"query": query})
