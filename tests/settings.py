"""The product's settings as tests want them: development's cookies, own keys, a fast hasher."""

import base64
import os

os.environ |= {
    "DEBUG": "on",
    "SECRET_KEY": "tests",
    "USER_TOKEN_KEYS": f"test:{base64.b64encode(b'u' * 32).decode()}",
    "DEVICE_TOKEN_KEYS": f"test:{base64.b64encode(b'd' * 32).decode()}",
    "CLAIM_PEPPERS": f"test:{base64.b64encode(b'p' * 32).decode()}",
    "SECURITY_CONTACT": "mailto:security@planner.example",
    "SECOND_FACTOR_KEYS": f"test:{base64.b64encode(b's' * 32).decode()}",
}

from planner.settings import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
