"""What the API's document says about the people of a device."""

from functools import partial

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
of_people = partial(operation, tag=TAG, callers=PEOPLE)

describe(
    members.MembersView,
    get=of_people(
        "members",
        "List the people of a device",
        {200: answer(MEMBERS, "At most ten, and who is invited or asks to join.")},
        description="Invitations and requests are for the owner; to others these lists are empty.",
        problems=REFUSED,
    ),
    post=of_people(
        "member_invite",
        "Invite somebody",
        {201: answer(NEW_INVITATION, "Open for seven days, for one person.")},
        description="By mail with an `address`, else as a link.",
        request=shapes.named(
            "InvitationWanted", shapes.of(InvitationSerializer(), address=ADDRESS)
        ),
        problems=(*REFUSED, "conflict", "throttled"),
    ),
    patch=of_people(
        "members_change",
        "Take requests to join, or not",
        {200: answer(MEMBERS, "As it is now; requests that waited are refused by “false”.")},
        request=shapes.named("RequestsWanted", shapes.of(RequestsSerializer())),
        problems=REFUSED,
    ),
)
describe(
    members.MemberView,
    patch=of_people(
        "member_change",
        "Change a member's role",
        {200: answer(MEMBER, "From the member's next request on.")},
        description="The owner's own role changes by handing the device over, on the web alone.",
        request=shapes.named("RoleWanted", shapes.of(RoleSerializer())),
        problems=(*REFUSED, "conflict"),
    ),
    delete=of_people(
        "member_remove",
        "Remove a member, or leave",
        {204: answer(description="Their tokens for the device are refused from now on.")},
        description="The owner removes others; anybody else removes only themselves.",
        problems=(*REFUSED, "conflict"),
    ),
)
describe(
    members.InvitationView,
    delete=of_people(
        "invitation_cancel",
        "Cancel an invitation",
        {204: answer(description="Its link leads nowhere now.")},
        problems=REFUSED,
    ),
)
describe(
    members.RequestView,
    post=of_people(
        "request_answer",
        "Accept or refuse a request to join",
        {200: answer(MEMBERS, "As it is now; who was accepted is an editor.")},
        request=shapes.named("RequestAnswer", shapes.of(AnswerSerializer())),
        problems=(*REFUSED, "conflict"),
    ),
)
