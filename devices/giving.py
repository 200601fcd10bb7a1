"""Giving a device away: its owner releases it with a new code, for whoever gets the box."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from devices import lifecycle, servicing
from devices.inventory import Unit
from devices.models import Device


@transaction.atomic
def give_away(device: Device, *, by: AbstractBaseUser, keep: bool = True) -> Unit:
    """Release the device for its owner; return its serial and its new code in clear, this once.

    The code on the old label ends. The giver knows the new one too, so the device still asks on its
    screen at the next claim. The plan is kept for the owner for a time, or erased at once.
    """
    row = lifecycle.locked_for(device, by, "release")
    unit = servicing.recode(row, by=by, reason="")
    lifecycle.release(row, by=by, keep=keep)
    return unit
