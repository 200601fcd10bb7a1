"""Mails to people: what is to be told is written in the caller's transaction and sent later.

A request never sends one, so that its time tells nothing about who has an account. Each kind has a
template `mails/<kind>.txt` of blocks, which makes the plain text and the HTML alike.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, User
from accounts.networks import address_block
from accounts.reading import as_read_by

Facts = dict[str, Any]
Preparer = Callable[[Mail], Facts | None]
_preparers: dict[str, Preparer] = {}


def kind(name: str) -> Callable[[Preparer], Preparer]:
    """Register a function that completes a kind's facts when the mail is sent.

    It gets the row and returns what the template needs besides the row's facts, such as a `link`
    with a new secret, or None when there is nothing to tell any more. An app keeps these functions
    in its `mail_kinds.py`. A kind without one has all it needs in its facts.
    """

    def register(preparer: Preparer) -> Preparer:
        if name in _preparers:
            raise ValueError(f"there is a kind of mail {name!r} already")
        _preparers[name] = preparer
        return preparer

    return register


def post(
    kind: str,
    *,
    to: User | str,
    facts: Facts | None = None,
    address: str = "",
    person: User | None = None,
) -> None:
    """Write down that a mail of this kind is to be sent, in the caller's transaction.

    A person gets it at their verified e-mail address, or not at all; an address given as text may
    name the `person` with whom the row goes. `facts` are plain values for the template; `path`
    among them is the page that its link leads to, `language` that of a mail without a person.
    `address` is where the request came from, of which the mail tells the block.
    """
    person = to if isinstance(to, User) else person
    target = to.email if isinstance(to, User) else to
    if not target:
        return
    validate_email(target)
    place = {"place": block} if (block := address_block(address)) else {}
    Mail.objects.create(kind=kind, user=person, address=target, facts={**(facts or {}), **place})


def absolute(path: str) -> str:
    """Return the address of a page of ours, with the configured host."""
    return f"{settings.SITE_URL}{path}"


def compose(mail: Mail) -> EmailMultiAlternatives | None:
    """Return the mail as it goes out now, or None when there is nothing to tell any more."""
    more = _preparers[mail.kind](mail) if mail.kind in _preparers else {}
    if more is None:
        return None
    language = mail.facts.get("language", settings.LANGUAGE_CODE)
    with as_read_by(mail.user and mail.user.preferences, language=language):
        facts = _usual_facts(mail) | mail.facts | more
        subject, text = _text(mail.kind, facts)
        html = _rendered(mail.kind, "mails/base.html", facts | {"subject": subject})
    host = urlsplit(settings.SITE_URL).hostname
    message = EmailMultiAlternatives(
        subject,
        text,
        to=[mail.address],
        # The same at each try, so that a mail that arrives twice is known for one.
        headers={
            "Message-ID": f"<{mail.pk}.{int(mail.created_at.timestamp())}@{host}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(html, "text/html")
    return message


def _usual_facts(mail: Mail) -> Facts:
    path = mail.facts.get("path")
    return {
        "person": mail.user,
        "when": timezone.localtime(mail.created_at),
        "link": absolute(path) if path else "",
        "not_me": absolute(reverse("accounts:reset")),
        "site": settings.SITE_URL,
    }


def _text(kind: str, facts: Facts) -> tuple[str, str]:
    subject, _line, body = _rendered(kind, "mails/base.txt", facts).partition("\n")
    paragraphs = (part.strip() for part in body.split("\n\n"))
    # A name may hold what no header does.
    plain = "".join(letter if letter.isprintable() else " " for letter in subject)
    return " ".join(plain.split()), "\n\n".join(filter(None, paragraphs)) + "\n"


def _rendered(kind: str, layout: str, facts: Facts) -> str:
    return render_to_string(f"mails/{kind}.txt", facts | {"layout": layout}).lstrip()
