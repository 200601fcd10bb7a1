"""The forms of the people page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import RuleForm
from accounts.models import User
from devices import invitations
from devices.models import Device, Invitation
from planner.problems import RuleError

ROLES = Invitation.Role.choices


class RoleForm(forms.Form):
    """What a member may do from now on."""

    role = forms.ChoiceField(label=_("Role"), choices=ROLES)


class InviteForm(RuleForm):
    """Whom to invite as what: an address gets a mail, none makes a link; `secret` is the link's."""

    role = forms.ChoiceField(
        label=_("They may"),
        choices=[
            (Invitation.Role.EDITOR, _("Plan and change everything")),
            (Invitation.Role.VIEWER, _("Only look")),
        ],
        initial=Invitation.Role.EDITOR,
        widget=forms.RadioSelect({"class": "choices lines"}),
    )
    address = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("Leave it empty to get a link that you send yourself."),
        widget=forms.EmailInput({"autocomplete": "off"}),
    )

    secret: str | None = None

    def invite(self, device: Device, by: User) -> bool:
        """Invite, or say why not."""
        role, address = self.cleaned_data["role"], self.cleaned_data["address"]
        try:
            if address:
                invitations.invite_by_mail(device, by=by, role=role, address=address)
            else:
                _made, self.secret = invitations.invite_by_link(device, by=by, role=role)
        except RuleError as error:
            self.refuse(error)
        return self.is_valid()
