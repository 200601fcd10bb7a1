"""What the mails about accounts need when they are sent: links with secrets, and who is asked."""

from datetime import timedelta

from django.db.models import Q
from django.urls import reverse

from accounts import emails, intruders, mails, passwords
from accounts.mails import Facts
from accounts.models import Mail, Session, User

MOST_AN_HOUR = 5
"""So many mails of one kind an address gets that has not asked for any: others typed it."""


@mails.kind("verify-email")
def verify_email(mail: Mail) -> Facts | None:
    """The link that verifies an address, or, where another account has it, the way into that."""
    user = mail.user
    if user.unverified_email != mail.address or _is_too_much(mail):
        return None
    # Whose address it is not may have given any name: nobody is greeted with it.
    if known := User.objects.named(mail.address).exclude(pk=user.pk).first():
        return {"person": None, "known": known, "link": mails.absolute(reverse("accounts:reset"))}
    return {"person": None, "link": emails.verification(user)}


@mails.kind(emails.CHANGED)
def email_changed(mail: Mail) -> Facts:
    """The link that undoes a change of address, for the owner of the former one."""
    return {"not_me": emails.keeping(mail)}


@mails.kind("new-log-in")
def new_log_in(mail: Mail) -> Facts | None:
    """The log-in, and the link that ends it if it was somebody else's."""
    session = Session.objects.filter(pk=mail.facts["session"]).first()
    return session and {"session": session, "not_me": intruders.link(session)}


@mails.kind("reset-password")
def reset_password(mail: Mail) -> Facts | None:
    """The link that resets a password, if the address is anybody's."""
    user = User.objects.named(mail.address).filter(is_active=True).first()
    if user is None or _is_too_much(mail):
        return None
    return {"person": user, "link": passwords.reset_link(user)}


def _is_too_much(mail: Mail) -> bool:
    since = mail.created_at - timedelta(hours=1)
    same = Mail.objects.to(mail.address).filter(kind=mail.kind, sent_at__gt=since)
    # Who signs others up with an address uses up no mail that its owner asks for.
    of_new = Q(facts__has_key=emails.SIGN_UP)
    return same.filter(of_new if emails.SIGN_UP in mail.facts else ~of_new).count() >= MOST_AN_HOUR
