"""What people find in their mailboxes, sent as the sender sends it."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils.module_loading import autodiscover_modules

from accounts import outbox


@dataclass(frozen=True)
class Letter:
    """A mail as it went out."""

    to: str
    subject: str
    text: str
    html: str

    @property
    def link(self) -> str:
        """The path of the page that its one link of its own leads to."""
        line = re.search(r":\n(http://localhost:8000(/\S*))\n", self.text)
        assert f'href="{line[1]}"' in self.html
        return line[2]


def delivered() -> list[Letter]:
    """Send what waits, and return it."""
    autodiscover_modules("mail_kinds")
    before = len(mail.outbox)
    list(outbox.send_due())
    return [_letter(message) for message in mail.outbox[before:]]


def secret_of(link: str) -> str:
    """Return the secret in a link of a mail."""
    return parse_qs(urlsplit(link).query)["link"][0]


def _letter(message: EmailMultiAlternatives) -> Letter:
    (html,) = message.alternatives
    (to,) = message.recipients()
    return Letter(to, message.subject, message.body, html.content)
