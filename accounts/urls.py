"""The account pages."""

from django.urls import path

from accounts.views import (
    account,
    closing,
    confirm,
    emails,
    holdings,
    logins,
    reset,
    security,
    signup,
)

app_name = "accounts"
urlpatterns = [
    path("login/", logins.login, name="login"),
    path("logout/", logins.logout, name="logout"),
    path("signup/", signup.signup, name="signup"),
    path("signup/check/", signup.check, name="signup_check"),
    path("password/reset/", reset.reset, name="reset"),
    path("password/reset/sent/", reset.reset_sent, name="reset_sent"),
    path("password/reset/new/", reset.reset_new, name="reset_new"),
    path("password/reset/done/", reset.reset_done, name="reset_done"),
    path("account/", account.account, name="account"),
    path("account/close/", closing.close, name="close"),
    path("account/close/cancel/", closing.close_cancel, name="close_cancel"),
    path("account/data/", holdings.data, name="data"),
    path("account/data/export/", holdings.data_export, name="data_export"),
    path("account/confirm/", confirm.confirm, name="confirm"),
    path("account/email/", emails.email, name="email"),
    path("account/email/keep/", emails.email_keep, name="email_keep"),
    path("account/email/resend/", emails.email_resend, name="email_resend"),
    path("account/email/verify/", emails.email_verify, name="email_verify"),
    path("account/password/", security.password, name="password"),
    path("account/security/not-me/", security.not_me, name="not_me"),
    path("account/security/", security.security, name="security"),
    path("account/security/sessions/end/", security.sessions_end, name="sessions_end"),
    path("account/security/sessions/<uuid:session>/end/", security.session_end, name="session_end"),
]
