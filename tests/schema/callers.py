"""A new person with a claimed device, and tokens that outlast a long run: for `tests.schema`."""

import json
import secrets
import sys
from datetime import timedelta

from accounts import sessions
from accounts.tokens import UserAccess
from devices.tokens import DeviceAccess, MemberAccess
from tests.factories import claim_unit, make_unit, make_user


def show() -> None:
    """Write the tokens as JSON; run in the server's own environment, whose keys sign them."""
    for kind in (UserAccess, DeviceAccess, MemberAccess):
        kind.lifetime = timedelta(days=1)
    user = make_user(f"schema-{secrets.token_hex(4)}")
    device = claim_unit(make_unit(), user)
    login = sessions.log_in(user)
    tokens = {
        "user": login.access,
        "device": DeviceAccess.of(device).written().access,
        "member": MemberAccess.by(login.session, device).written().access,
    }
    sys.stdout.write(json.dumps(tokens))
