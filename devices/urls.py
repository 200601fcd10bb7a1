"""The device pages."""

from django.urls import path

from devices.views import choosing, claims, devices, personal_tokens, settings

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
    path("devices/<int:pk>/remove/", devices.release, name="release"),
]
