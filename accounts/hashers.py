"""How passwords are hashed: Argon2id at the cost that OWASP names as its least memory."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idPasswordHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB; Django's own 100 MiB would let a few log-ins at once fill a server."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
