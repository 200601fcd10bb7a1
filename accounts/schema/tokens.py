"""What the API's document says about the tokens of people."""

from functools import partial

from accounts.api import tokens
from accounts.serializers import (
    CredentialsSerializer,
    LoginSerializer,
    RefreshSerializer,
    VerifySerializer,
)
from planner import shapes
from planner.openapi import FORM, OPEN, PEOPLE, answer, describe, operation

TAG = "People"
TOKEN = {"type": "string", "description": "A JWT."}
WRONG = ("token-invalid",)
DEAD = ("token-invalid", "token-expired", "token-revoked")
of_anybody = partial(operation, tag=TAG, callers=OPEN)

PAIR = shapes.named("TokenPair", shapes.record({"access": TOKEN, "refresh": TOKEN}))

describe(
    tokens.TokenView,
    post=of_anybody(
        "token",
        "Get a pair of tokens",
        {200: answer(PAIR, "15 minutes of access, and a refresh token for one renewal.")},
        description="For a user name, or the e-mail address, and the password. Who has a second "
        "factor sends `otp` as well, a code of the app or a recovery code; without it the answer "
        "is 401 `token-invalid`, and `errors` names `/otp`. Ten failures an hour for an account, "
        "60 for an address, ten more with `otp`; successes do not count.",
        request=shapes.named("Credentials", shapes.of(CredentialsSerializer())),
        problems=(*WRONG, "throttled"),
    ),
)
describe(
    tokens.RefreshView,
    post=of_anybody(
        "token_refresh",
        "Renew a pair of tokens",
        {200: answer(PAIR, "The next pair.")},
        description="The refresh token is used up. The same one again within 20 seconds (a lost "
        "answer, a second tab) gives the same successor; later it ends the log-in.",
        request=shapes.named("Refresh", shapes.of(RefreshSerializer())),
        problems=DEAD,
    ),
)
describe(
    tokens.VerifyView,
    post=of_anybody(
        "token_verify",
        "Tell whether a token is good",
        {200: answer(shapes.record({}), "It is an access token or an unused refresh token.")},
        request=shapes.named("Verify", shapes.of(VerifySerializer())),
        problems=DEAD,
    ),
)
describe(
    tokens.LoginView,
    post=operation(
        "token_login",
        "Log in with cookies",
        {204: answer(description="The access and the refresh cookie are set.")},
        description="As `POST /api/token/`, for browsers. Needs the CSRF token although no "
        "cookie says yet who it is.",
        tag=TAG,
        callers=FORM,
        request=shapes.named("Login", shapes.of(LoginSerializer())),
        problems=(*WRONG, "forbidden", "throttled"),
    ),
)
describe(
    tokens.LogoutView,
    post=operation(
        "token_logout",
        "Log out",
        {204: answer(description="The log-in has ended and its cookies are removed.")},
        description="Tokens at devices that were made with this log-in end as well.",
        tag=TAG,
        callers=PEOPLE,
        problems=("forbidden",),
    ),
)
