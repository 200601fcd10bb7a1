"""What staff, owners and devices did to devices: rows that are only added."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from devices.models.units import Device

ACTIONS = {
    "make": _("made"),
    "import": _("imported"),
    "import-file": _("file imported"),
    "claim": _("claimed"),
    "change": _("name or settings changed"),
    "release": _("released"),
    "replace": _("got the plan of another device"),
    "leave": _("left"),
    "invite": _("invited"),
    "uninvite": _("invitation cancelled"),
    "join": _("invitation accepted"),
    "decline": _("invitation declined"),
    "admit": _("request to join accepted"),
    "refuse": _("request to join refused"),
    "requests": _("requests to join switched"),
    "role": _("role changed"),
    "remove": _("removed from the device"),
    "offer": _("offered to somebody"),
    "withdraw": _("offer taken back"),
    "hand-over": _("handed over"),
    "reset": _("reset on the device"),
    "block": _("blocked"),
    "unblock": _("unblocked"),
    "retire": _("retired"),
    "recode": _("new code"),
    "rekey": _("new key"),
    "ask-rekey": _("owner asked for a new key"),
    "allow-rekey": _("new key allowed"),
    "deny-rekey": _("new key refused"),
    "print": _("labels printed"),
    "describe": _("location or note changed"),
    "edit-person": _("person edited"),
    "lock": _("person locked"),
    "unlock": _("person unlocked"),
    "force-reset": _("new password forced"),
    "end-log-ins": _("log-ins ended"),
    "forgive": _("limits of tries taken back"),
    "send-again": _("mail sent again"),
    "make-token": _("personal token made"),
    "end-token": _("personal token ended"),
}
"""What is done, in words; an action without a word of its own is shown as it is."""


class AuditEntry(models.Model):
    """One thing that was done: by whom, to what, what it changed and why."""

    at = models.DateTimeField(_("time"), default=timezone.now, db_index=True)
    action = models.CharField(_("action"), max_length=32)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("done by"),
    )
    by_person = models.BooleanField(_("done by a person"))
    device = models.ForeignKey(
        Device, models.PROTECT, null=True, related_name="audit", verbose_name=_("device")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("done to"),
    )
    before = models.JSONField(_("before"), default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), default=dict, encoder=DjangoJSONEncoder)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True, db_index=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["action", "at"], name="audit_action_at"),
            models.Index(fields=["by_person", "id"], name="audit_by_person"),
        ]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"

    @property
    def action_words(self) -> str:
        """What was done, as people read it."""
        return ACTIONS.get(self.action, self.action)

    @property
    def actor(self) -> str:
        """Who did it, as people read it; somebody whose account is gone has no name any more."""
        if self.by is not None:
            return str(self.by)
        return _("former user") if self.by_person else _("the device or the system")
