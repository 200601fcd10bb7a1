"""The shapes of the API of devices."""

from datetime import datetime
from typing import Any

from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from devices import device_settings, prompts, roles
from devices.models import NAME_BYTES, Claim, Device, Invitation, Membership
from planner.wire import StrictBoolean, StrictInteger, StrictSerializer, StrictText

TYPED_BYTES = 200
ADDRESS_BYTES = 254


class NameText(StrictText):
    """A device's name: as many bytes as the device can hold, and something to see."""

    def __init__(self) -> None:
        super().__init__(max_bytes=NAME_BYTES)

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if not name.strip():
            self.fail("blank")
        return name


class ClaimSerializer(StrictSerializer):
    """What a person types from the label, and the name they give."""

    serial = StrictText(max_bytes=TYPED_BYTES)
    code = StrictText(max_bytes=TYPED_BYTES)
    name = NameText()


class SettingsField(serializers.Field):
    """Some of the device's settings by their names."""

    default_error_messages = {"type": _("This must be an object.")}

    def to_internal_value(self, data: Any) -> dict[str, object]:
        if not isinstance(data, dict):
            self.fail("type")
        refusals = device_settings.refusals(data)
        if refusals:
            raise serializers.ValidationError(
                {one.name: [serializers.ErrorDetail(one.detail, one.code)] for one in refusals}
            )
        return data


class ChangeSerializer(StrictSerializer):
    """What the people of a device may change about it."""

    name = NameText()
    settings = SettingsField()


class KeySerializer(StrictSerializer):
    """A device's proof of who it is."""

    serial = StrictText(max_bytes=TYPED_BYTES)
    key = StrictText(max_bytes=TYPED_BYTES)


class OwnKeySerializer(StrictSerializer):
    """The key that a device made for itself."""

    key = StrictText(max_bytes=TYPED_BYTES)


class AnswerSerializer(StrictSerializer):
    """The button that was pressed on the device."""

    accept = StrictBoolean()


class RoleSerializer(StrictSerializer):
    """What a member may do; an owner is made by handing the device over, on the web."""

    role = serializers.ChoiceField(choices=Invitation.Role.choices)


class InvitationSerializer(RoleSerializer):
    """Whom to invite: an address gets a mail, without one there is a link."""

    address = StrictText(max_bytes=ADDRESS_BYTES, allow_blank=True, default="")

    def validate_address(self, address: str) -> str:
        if address:
            validate_email(address)
        return address


class RequestsSerializer(StrictSerializer):
    """Whether people with the right code may ask to join."""

    takes_requests = StrictBoolean()


class ReportSerializer(StrictSerializer):
    """What a device tells about itself."""

    firmware_version = StrictText(max_bytes=32, allow_blank=True)
    battery_percent = StrictInteger(min_value=0, max_value=100, allow_null=True)


def shown(device: Device) -> dict[str, Any]:
    """Return a device as its people see it.

    It carries their `role` from `Device.objects.of`, and what `presence.with_pending` added.
    """
    return {
        "id": device.pk,
        "serial": device.serial,
        "name": device.name,
        "role": device.role,
        "state": device.state,
        "claim": device.claim,
        "last_seen": seconds(device.seen_at),
        "pending_changes": device.pending_changes,
        "settings": device.shown_settings,
        "settings_revision": device.settings_revision,
    }


def shown_people(device: Device) -> list[dict[str, str]]:
    """Return the people of a device by their names, the owner first."""
    people = device.memberships.select_related("user").order_by("pk")
    owner_first = sorted(people, key=lambda one: one.role != roles.OWNER)
    return [{"name": str(one.user), "role": one.role} for one in owner_first]


def shown_member(member: Membership) -> dict[str, Any]:
    """Return one of the people of a device."""
    return {
        "id": member.pk,
        "name": str(member.user),
        "role": member.role,
        "since": seconds(member.created_at),
        "offered": member.is_offered,
    }


def shown_invitation(invitation: Invitation) -> dict[str, Any]:
    """Return an open invitation as the owner sees it, without its secret."""
    return {
        "id": invitation.pk,
        "role": invitation.role,
        "address": invitation.address,
        "expires": seconds(invitation.expires_at),
    }


def shown_request(claim: Claim) -> dict[str, Any]:
    """Return a request to join as the owner sees it."""
    return {
        "id": claim.pk,
        "name": str(claim.user),
        "number": claim.number,
        "created": seconds(claim.created_at),
        "expires": seconds(claim.expires_at),
    }


def shown_waiting(claim: Claim) -> dict[str, Any]:
    """Return a pending claim as the person who made it sees it."""
    return {
        "code": "claim-pending",
        "claim": claim.pk,
        "serial": claim.device.serial,
        "joins": claim.joins,
        "number": claim.number,
        "expires": seconds(claim.expires_at),
    }


def shown_to_device(claim: Claim | None) -> dict[str, Any] | None:
    """Return a pending claim as the device shows it: who wants it, and the number to compare."""
    if claim is None:
        return None
    return {
        "id": claim.pk,
        "name": str(claim.user),
        "joins": claim.joins,
        "number": claim.number,
        "expires": seconds(claim.created_at + prompts.ON_SCREEN),
    }


def seconds(moment: datetime | None) -> int | None:
    """Return a moment in unix seconds, as all times stand on the wire."""
    return None if moment is None else int(moment.timestamp())
