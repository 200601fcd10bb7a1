"""The API of devices."""

from django.urls import path

from devices.api import devices as api
from devices.api import members

urlpatterns = [
    path("devices/", api.DevicesView.as_view(), name="devices"),
    path("devices/<int:pk>/", api.DeviceView.as_view(), name="device"),
    path("devices/<int:pk>/token/", api.MemberTokenView.as_view(), name="member_token"),
    path("devices/<int:pk>/members/", members.MembersView.as_view(), name="members"),
    path("devices/<int:pk>/members/<int:member>/", members.MemberView.as_view(), name="member"),
    path(
        "devices/<int:pk>/members/invitations/<int:invitation>/",
        members.InvitationView.as_view(),
        name="invitation",
    ),
    path(
        "devices/<int:pk>/members/requests/<uuid:asked>/",
        members.RequestView.as_view(),
        name="request",
    ),
    path("device/", api.OwnDeviceView.as_view(), name="own_device"),
    path("device/token/", api.DeviceTokenView.as_view(), name="device_token"),
    path("device/claim/", api.OwnClaimView.as_view(), name="own_claim"),
    path("device/key/", api.OwnKeyView.as_view(), name="own_key"),
    path("device/reset/", api.OwnResetView.as_view(), name="own_reset"),
]
