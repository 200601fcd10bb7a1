"""The device pages."""

from django.urls import path

from devices.views import (
    choosing,
    claims,
    devices,
    giving,
    invitations,
    people,
    personal_tokens,
    settings,
)

app_name = "devices"
urlpatterns = [
    path("claim/", claims.claim, name="claim"),
    path("account/tokens/", personal_tokens.tokens, name="tokens"),
    path("account/tokens/new/", personal_tokens.token_new, name="token_new"),
    path("account/tokens/<int:token>/end/", personal_tokens.token_end, name="token_end"),
    path("devices/", devices.devices, name="devices"),
    path("devices/claim/<uuid:pk>/", claims.claim_state, name="claim_state"),
    path("devices/claim/<uuid:pk>/cancel/", claims.claim_cancel, name="claim_cancel"),
    path("devices/<int:pk>/", devices.device, name="device"),
    path("devices/<int:pk>/settings/", settings.settings, name="settings"),
    path("devices/<int:pk>/choose/", choosing.choose, name="choose"),
    path("devices/<int:pk>/re-key/", devices.rekey, name="rekey"),
    path("devices/<int:pk>/give-away/", giving.give_away, name="give_away"),
    path("devices/<int:pk>/remove/", devices.release, name="release"),
    path("devices/<int:pk>/hand-over/", people.take_over, name="take_over"),
    path("devices/<int:pk>/hand-over/withdraw/", people.withdraw, name="withdraw"),
    path("devices/<int:pk>/people/", people.people, name="people"),
    path("devices/<int:pk>/people/invite/", people.invite, name="invite"),
    path("devices/<int:pk>/people/invited/", people.invited, name="invited"),
    path(
        "devices/<int:pk>/people/invitations/<int:invitation>/cancel/",
        people.invitation_cancel,
        name="invitation_cancel",
    ),
    path("devices/<int:pk>/people/requests/", people.requests, name="requests"),
    path(
        "devices/<int:pk>/people/requests/<uuid:asked>/",
        people.request_answer,
        name="request_answer",
    ),
    path("devices/<int:pk>/people/<int:member>/role/", people.role, name="role"),
    path("devices/<int:pk>/people/<int:member>/remove/", people.remove, name="member_remove"),
    path("devices/<int:pk>/people/<int:member>/hand-over/", people.offer, name="offer"),
    path("invite/", invitations.invitation, name="invitation"),
    path("invite/accept/", invitations.accept, name="invitation_accept"),
    path("invite/decline/", invitations.decline, name="invitation_decline"),
]
