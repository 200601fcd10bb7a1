"""The forms of the second factor: a code, a new app, a passkey and its name."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError

from accounts import codes, passkeys, second_factor
from accounts.forms.base import RuleForm
from accounts.models import Passkey, Session, User
from accounts.passkeys import Site
from planner import wire
from planner.problems import RuleError

DIGITS = {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}
TYPED = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class CodeForm(RuleForm):
    """Six digits of an app, or with `recovery` one of the codes on paper."""

    code = forms.CharField(
        label=_("Code"),
        max_length=second_factor.LONGEST_CODE,
        help_text=_("The six digits that your app shows."),
        widget=forms.TextInput(DIGITS),
    )

    def __init__(self, posted: dict | None = None, *, recovery: bool = False) -> None:
        super().__init__(posted)
        if recovery:
            field = self.fields["code"]
            field.label = _("Recovery code")
            field.help_text = _("One of the codes that you keep on paper. Each works once.")
            field.widget.attrs = TYPED

    def verify(self, user: User, address: str, mark: str) -> bool:
        """Return whether the code is right, and use it up; if not, the form says so."""
        code = self.cleaned_data["code"]
        return self.obey(second_factor.verify, user, code, address=address, mark=mark)


class AppForm(RuleForm):
    """What a new codes app shows, and the secret that it was offered."""

    offered = forms.CharField(max_length=200, widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("Code"),
        max_length=second_factor.LONGEST_CODE,
        help_text=_("The six digits that your app shows now."),
        widget=forms.TextInput(DIGITS),
    )

    recovery_codes: list[str] = []

    def __init__(self, user: User, posted: QueryDict | None = None) -> None:
        self.offer, self.stale = codes.offer(user), None
        if posted:
            self._take(user, posted.get("offered", ""))
            posted = posted.dict() | {"offered": self.offer}
        super().__init__(posted, initial={"offered": self.offer})

    def clean(self) -> None:
        if self.stale:
            self.refuse(self.stale)

    def _take(self, user: User, offered: str) -> None:
        """Go on with the secret that was offered before, or from the start with another."""
        try:
            codes.typed(user, offered)
            self.offer = offered
        except RuleError as error:
            self.stale = error

    def add(self, session: Session, address: str) -> bool:
        """Set up the app, or say why not; `recovery_codes` are there if they are new."""
        offered, code = self.cleaned_data["offered"], "".join(self.cleaned_data["code"].split())
        try:
            self.recovery_codes = second_factor.add_app(session, offered, code, address=address)
        except RuleError as error:
            self.refuse(error)
        return self.is_valid()


class AnswerField(forms.CharField):
    """What an authenticator answered, as JSON that a script put in."""

    widget = forms.HiddenInput

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=passkeys.LONGEST, **options)

    def clean(self, value: str) -> dict:
        if not value:
            raise forms.ValidationError(_("No passkey was chosen. It needs JavaScript."))
        try:
            answer = wire.loads(super().clean(value).encode("utf-8", "replace"))
        except ParseError:
            answer = None
        if not isinstance(answer, dict):
            raise forms.ValidationError(_("This passkey could not be used. Try again."))
        return answer


class AnswerForm(RuleForm):
    """A form with an answer of an authenticator, whose faults are told above the form."""

    answer = AnswerField()

    def clean(self) -> None:
        if faults := self.errors.pop("answer", None):
            self.add_error(None, faults.as_data())


class PasskeyForm(AnswerForm):
    """The use of a passkey; `passkey` is set when it is known and signed rightly."""

    passkey: Passkey | None = None

    def use(self, purpose: str, site: Site, address: str, user: User | None = None) -> bool:
        """Return whether a passkey of the user, or of anybody, signed; if not, the form says so."""
        answer = self.cleaned_data["answer"]
        try:
            self.passkey = passkeys.use(answer, purpose, site, address=address, user=user)
        except RuleError as error:
            self.refuse(error)
        return self.passkey is not None


class PasskeyNameField(forms.CharField):
    """What a person calls a passkey."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Name"),
            max_length=60,
            help_text=_("So that you know it again: Phone, Blue key."),
            widget=forms.TextInput({"autocomplete": "off"}),
        )


class NewPasskeyForm(AnswerForm):
    """A passkey that the browser made, and its name."""

    name = PasskeyNameField()

    recovery_codes: list[str] = []

    def add(self, session: Session, site: Site, address: str) -> bool:
        """Keep the passkey, or say why not; `recovery_codes` are there if they are new."""
        try:
            self.recovery_codes = second_factor.add_passkey(
                session, **self.cleaned_data, site=site, address=address
            )
        except RuleError as error:
            self.refuse(error)
        return self.is_valid()


class PasskeyNameForm(RuleForm):
    """Another name for a passkey."""

    name = PasskeyNameField()
