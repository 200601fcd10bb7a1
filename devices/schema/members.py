"""What the API's document says about the people of a device."""

from accounts.schema.me import EMAIL
from devices.api import members
from devices.schema.devices import FLAG, ID, NUMBER, ROLE, TEXT, UUID
from devices.serializers import (
    AnswerSerializer,
    InvitationSerializer,
    RequestsSerializer,
    RoleSerializer,
)
from planner import shapes
from planner.openapi import PEOPLE, answer, describe, operation

TAG = "People of a device"
ADDRESS = EMAIL | {"description": "Where the mail goes; empty: it is a link."}
MEMBER = shapes.named(
    "Member",
    shapes.record(
        {
            "id": ID,
            "name": TEXT,
            "role": ROLE,
            "since": shapes.moment(),
            "offered": FLAG | {"description": "Whether the ownership is offered to them."},
        }
    ),
)
INVITATION_PARTS = {
    "id": ID,
    "role": shapes.one_of("editor", "viewer"),
    "address": ADDRESS,
    "expires": shapes.moment(),
}
INVITATION = shapes.named("Invitation", shapes.record(INVITATION_PARTS))
LINK = shapes.nullable({"type": "string", "format": "uri"}) | {
    "description": "Told once, and kept nowhere; null for one that goes by mail."
}
NEW_INVITATION = shapes.named("NewInvitation", shapes.record(INVITATION_PARTS | {"link": LINK}))
REQUEST = shapes.named(
    "JoinRequest",
    shapes.record(
        {
            "id": UUID,
            "name": TEXT,
            "number": NUMBER,
            "created": shapes.moment(),
            "expires": shapes.moment(),
        }
    ),
)
MEMBERS = shapes.named(
    "Members",
    shapes.record(
        {
            "takes_requests": FLAG,
            "members": shapes.listed(MEMBER),
            "invitations": shapes.listed(INVITATION),
            "requests": shapes.listed(REQUEST),
        }
    ),
)
REFUSED = ("not-found", "forbidden")

describe(
    members.MembersView,
    get=operation(
        "members",
        "List the people of a device",
        {200: answer(MEMBERS, "At most ten, and who is invited or asks to join.")},
        description="Invitations and requests are for the owner; to others these lists are empty.",
        tag=TAG,
        callers=PEOPLE,
        problems=REFUSED,
    ),
    post=operation(
        "member_invite",
        "Invite somebody",
        {201: answer(NEW_INVITATION, "Open for seven days, for one person.")},
        description="By mail with an `address`, else as a link.",
        tag=TAG,
        callers=PEOPLE,
        request=shapes.named(
            "InvitationWanted", shapes.of(InvitationSerializer(), address=ADDRESS)
        ),
        problems=(*REFUSED, "conflict", "throttled"),
    ),
    patch=operation(
        "members_change",
        "Take requests to join, or not",
        {200: answer(MEMBERS, "As it is now; requests that waited are refused by “false”.")},
        tag=TAG,
        callers=PEOPLE,
        request=shapes.named("RequestsWanted", shapes.of(RequestsSerializer())),
        problems=REFUSED,
    ),
)
describe(
    members.MemberView,
    patch=operation(
        "member_change",
        "Change a member's role",
        {200: answer(MEMBER, "From the member's next request on.")},
        description="The owner's own role changes by handing the device over, on the web alone.",
        tag=TAG,
        callers=PEOPLE,
        request=shapes.named("RoleWanted", shapes.of(RoleSerializer())),
        problems=(*REFUSED, "conflict"),
    ),
    delete=operation(
        "member_remove",
        "Remove a member, or leave",
        {204: answer(description="Their tokens for the device are refused from now on.")},
        description="The owner removes others; anybody else removes only themselves.",
        tag=TAG,
        callers=PEOPLE,
        problems=(*REFUSED, "conflict"),
    ),
)
describe(
    members.InvitationView,
    delete=operation(
        "invitation_cancel",
        "Cancel an invitation",
        {204: answer(description="Its link leads nowhere now.")},
        tag=TAG,
        callers=PEOPLE,
        problems=REFUSED,
    ),
)
describe(
    members.RequestView,
    post=operation(
        "request_answer",
        "Accept or refuse a request to join",
        {200: answer(MEMBERS, "As it is now; who was accepted is an editor.")},
        tag=TAG,
        callers=PEOPLE,
        request=shapes.named("RequestAnswer", shapes.of(AnswerSerializer())),
        problems=(*REFUSED, "conflict"),
    ),
)
