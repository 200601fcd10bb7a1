"""Mails that are to be sent, or were."""

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MailQuerySet(models.QuerySet):
    """Sets of mails."""

    def to(self, address: str) -> "MailQuerySet":
        """Those to an address, without regard to case."""
        return self.filter(Exact(Lower("address"), Lower(Value(address))))


class Mail(models.Model):
    """What is to be told to whom; the text, and a link's secret, are made when it is sent.

    `accounts.mails` alone makes these rows, and `accounts.outbox` says what became of them.
    """

    kind = models.CharField(_("kind"), max_length=40)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        related_name="mails",
        verbose_name=_("user"),
    )
    address = models.EmailField(_("e-mail"))
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        permissions = [("resend_mail", _("Can send dead mails again"))]
        indexes = [
            models.Index("due_at", condition=Q(sent_at=None), name="accounts_mail_waiting"),
            models.Index(Lower("address"), name="accounts_mail_address"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
