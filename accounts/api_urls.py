"""The API of people: tokens, and who I am."""

from django.urls import path

from accounts.api import me, tokens

urlpatterns = [
    path("token/", tokens.TokenView.as_view(), name="token"),
    path("token/refresh/", tokens.RefreshView.as_view(), name="token_refresh"),
    path("token/verify/", tokens.VerifyView.as_view(), name="token_verify"),
    path("token/login/", tokens.LoginView.as_view(), name="token_login"),
    path("token/logout/", tokens.LogoutView.as_view(), name="token_logout"),
    path("me/", me.MeView.as_view(), name="me"),
]
