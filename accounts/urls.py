"""The account pages."""

from django.urls import path

from accounts.views import account, confirm, holdings, logins, security, signup

app_name = "accounts"
urlpatterns = [
    path("login/", logins.login, name="login"),
    path("logout/", logins.logout, name="logout"),
    path("signup/", signup.signup, name="signup"),
    path("account/", account.account, name="account"),
    path("account/data/", holdings.data, name="data"),
    path("account/data/export/", holdings.data_export, name="data_export"),
    path("account/confirm/", confirm.confirm, name="confirm"),
    path("account/password/", security.password, name="password"),
    path("account/security/", security.security, name="security"),
    path("account/security/sessions/end/", security.sessions_end, name="sessions_end"),
    path("account/security/sessions/<uuid:session>/end/", security.session_end, name="session_end"),
]
