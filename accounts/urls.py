"""The account pages."""

from django.urls import path

from accounts.views import account, confirm, logins, signup

app_name = "accounts"
urlpatterns = [
    path("login/", logins.login, name="login"),
    path("logout/", logins.logout, name="logout"),
    path("signup/", signup.signup, name="signup"),
    path("account/", account.account, name="account"),
    path("account/confirm/", confirm.confirm, name="confirm"),
]
