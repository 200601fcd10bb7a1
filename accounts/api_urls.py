"""The API of people: tokens, and who I am."""

from django.urls import path

from accounts import api

urlpatterns = [
    path("token/", api.TokenView.as_view(), name="token"),
    path("token/refresh/", api.RefreshView.as_view(), name="token_refresh"),
    path("token/verify/", api.VerifyView.as_view(), name="token_verify"),
    path("token/login/", api.LoginView.as_view(), name="token_login"),
    path("token/logout/", api.LogoutView.as_view(), name="token_logout"),
    path("me/", api.MeView.as_view(), name="me"),
]
