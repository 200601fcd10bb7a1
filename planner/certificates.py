"""The certificate that nginx shows: how long it is good."""

from datetime import timedelta

from cryptography import x509
from django.conf import settings
from django.utils import timezone


def remaining() -> timedelta | None:
    """Return the time until it ends, 0 for a file that holds none; None where there is no file."""
    try:
        # The first one is the server's own.
        certificate = x509.load_pem_x509_certificate(settings.CERTIFICATE.read_bytes())
    except OSError:
        return None
    except ValueError:
        return timedelta(0)
    return certificate.not_valid_after_utc - timezone.now()
