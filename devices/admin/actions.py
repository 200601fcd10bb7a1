"""What staff do to devices: the table of actions, their words and their rules."""

from django.utils.translation import gettext_lazy as _

from devices import lifecycle, rekeying, servicing
from planner.acts import Act

ACTS = {
    "block": Act(
        _("Block"),
        _("A blocked device can do nothing. Its owner keeps it, and its plan."),
        lifecycle.block,
        "devices.block_device",
    ),
    "unblock": Act(
        _("Unblock"),
        _("A blocked device works again."),
        lifecycle.unblock,
        "devices.unblock_device",
    ),
    "release": Act(
        _("Release"),
        _("The owner and everybody else lose the device. It waits for the next claim."),
        servicing.release,
        "devices.release_device",
    ),
    "recode": Act(
        _("Re-issue the code of"),
        _("The code on the box ends, and with it all failed tries. The new one is shown once."),
        servicing.recode,
        "devices.recode_device",
    ),
    "rekey": Act(
        _("Re-key"),
        _(
            "The key in the device ends at once: flash the new one. A device that is somebody's "
            "needs its owner's yes before."
        ),
        servicing.rekey,
        "devices.rekey_device",
    ),
    "ask_rekey": Act(
        _("Ask for the owner's yes to re-key"),
        _(
            "The owner finds the question on the device's page and in a mail. A yes counts for "
            "seven days."
        ),
        rekeying.ask,
        "devices.rekey_device",
    ),
    "retire": Act(
        _("Retire"),
        _("The device is out of service for good: nothing undoes this."),
        lifecycle.retire,
        "devices.retire_device",
    ),
}
