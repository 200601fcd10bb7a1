"""The API of devices."""

from django.urls import path

from devices import api

urlpatterns = [
    path("devices/", api.DevicesView.as_view(), name="devices"),
    path("devices/<int:pk>/", api.DeviceView.as_view(), name="device"),
    path("devices/<int:pk>/token/", api.MemberTokenView.as_view(), name="member_token"),
    path("device/", api.OwnDeviceView.as_view(), name="own_device"),
    path("device/token/", api.DeviceTokenView.as_view(), name="device_token"),
    path("device/claim/", api.OwnClaimView.as_view(), name="own_claim"),
    path("device/key/", api.OwnKeyView.as_view(), name="own_key"),
    path("device/reset/", api.OwnResetView.as_view(), name="own_reset"),
]
