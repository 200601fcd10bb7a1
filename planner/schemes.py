"""By what a caller proves who it is: the OpenAPI document's security schemes."""

from typing import Any

from django.conf import settings

USER, PERSONAL, DEVICE, MEMBER, COOKIES, CHOICE, CSRF = (
    "userToken",
    "personalToken",
    "deviceToken",
    "memberToken",
    "userCookies",
    "deviceCookie",
    "csrfToken",
)


def schemes() -> dict[str, Any]:
    """Return the document's `securitySchemes`."""

    def bearer(description: str) -> dict:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": description,
        }

    def cookie(name: str, description: str) -> dict:
        full = f"{settings.COOKIE_PREFIX}{name}"
        return {"type": "apiKey", "in": "cookie", "name": full, "description": description}

    return {
        USER: bearer("A person's access token, of `POST /api/token/`: 15 minutes."),
        PERSONAL: {
            "type": "http",
            "scheme": "bearer",
            "description": "A personal token, made on the page `/account/tokens/`. It opens the "
            "calls that name it and no other.",
        },
        DEVICE: bearer("A device's access token, of `POST /api/device/token/`: one hour."),
        MEMBER: bearer("A person's token at a device, of `POST /api/devices/{id}/token/`."),
        COOKIES: cookie("access", "A browser's log-in; it is renewed by itself."),
        CHOICE: cookie("device", "The device that a browser has chosen."),
        CSRF: {
            "type": "apiKey",
            "in": "header",
            "name": "X-CSRFToken",
            "description": "With cookies, every unsafe method needs Django's CSRF token.",
        },
    }
