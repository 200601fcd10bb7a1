"""The device pages."""

from django.urls import path

from devices import views

app_name = "devices"
urlpatterns = [
    path("claim/", views.claim, name="claim"),
    path("devices/", views.devices, name="devices"),
    path("devices/claim/<uuid:pk>/", views.claim_state, name="claim_state"),
    path("devices/claim/<uuid:pk>/cancel/", views.claim_cancel, name="claim_cancel"),
    path("devices/<int:pk>/", views.device, name="device"),
    path("devices/<int:pk>/rename/", views.rename, name="rename"),
    path("devices/<int:pk>/choose/", views.choose, name="choose"),
    path("devices/<int:pk>/remove/", views.release, name="release"),
]
