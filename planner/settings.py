"""All settings. Values come from the environment; docs/settings.md lists the names."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from planner import env

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = Path(env.text("PLANNER_LOCAL_DIR", str(BASE_DIR / ".local")))

# --- What the environment says -------------------------------------------------------------

DEBUG = env.flag("DEBUG")
if DEBUG:
    env.development_secrets(
        LOCAL_DIR / "secrets.json",
        (
            *("SECRET_KEY", "USER_TOKEN_KEYS", "DEVICE_TOKEN_KEYS", "CLAIM_PEPPERS"),
            "SECOND_FACTOR_KEYS",
        ),
    )
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
USER_TOKEN_KEYS = env.keys("USER_TOKEN_KEYS")
DEVICE_TOKEN_KEYS = env.keys("DEVICE_TOKEN_KEYS")
CLAIM_PEPPERS = env.keys("CLAIM_PEPPERS")
SECOND_FACTOR_KEYS = env.keys("SECOND_FACTOR_KEYS")
STAFF_SECOND_FACTOR = env.flag("STAFF_SECOND_FACTOR", not DEBUG)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]" if DEBUG else "")
if not DEBUG and not ALLOWED_HOSTS:
    raise env.wrong("ALLOWED_HOSTS is not set")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
# Links in mails begin with it: what a request says of its host may be anybody's.
SITE_URL = env.origin(
    "SITE_URL", "http://localhost:8000" if DEBUG else f"https://{ALLOWED_HOSTS[0]}"
)
# Whether the admin is served here, by another service, or here alone and nothing but it.
ADMIN = env.choice("ADMIN", ("on", "off", "only"))
SECURITY_CONTACT = env.contact("SECURITY_CONTACT")
DATABASE_URL = env.text("DATABASE_URL", "")
POOLER_URL = env.text("POOLER_URL", "")
if POOLER_URL and not DATABASE_URL:
    raise env.wrong("POOLER_URL needs DATABASE_URL beside it")

# --- The database --------------------------------------------------------------------------

# A pooler lends a session for one transaction: nothing that is to outlive it may be kept there.
PREPARED_STATEMENTS = not POOLER_URL
if DATABASE_URL:
    DATABASES = {"default": env.database("POOLER_URL" if POOLER_URL else "DATABASE_URL")}
    DATABASES["default"] |= {
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": bool(POOLER_URL),
    }
else:
    LOCAL_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": LOCAL_DIR / "planner.sqlite3",
            "CONN_MAX_AGE": None,
            # IMMEDIATE, so that a transaction that reads first never fails at its first write;
            # FULL, because NORMAL may lose an acknowledged change when the power is cut.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- What it is made of --------------------------------------------------------------------

INSTALLED_APPS = [
    "planner",
    "accounts",
    "devices",
    "backups",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "django_htmx",
    "accounts.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "planner.apps.StaticFilesConfig",
]
MIDDLEWARE = [
    "planner.middleware.RequestIdMiddleware",
    "planner.metrics.MeasureMiddleware",
    "planner.middleware.AdminMiddleware",
    "planner.shortcut.ShortcutMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "planner.compression.CompressionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "planner.middleware.SlashMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.CookieUserMiddleware",
    "accounts.middleware.PreferencesMiddleware",
    "accounts.middleware.LogInFirstMiddleware",
    "devices.middleware.ChosenDeviceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "planner.middleware.UnavailableMiddleware",
]
ROOT_URLCONF = "planner.urls"
WSGI_APPLICATION = "planner.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["planner.templatetags.furniture"],
        },
    }
]
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# --- People --------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "admin:index" if ADMIN == "only" else "backups:today"
LOGOUT_REDIRECT_URL = "welcome"
# Every other page asks for a log-in first; a test compares this list with the URL table.
OPEN_PAGES = (
    *("welcome", "problem", "healthz", "readyz", "metrics", "schema", "docs", "keys"),
    *("accessibility", "privacy", "offline", "manifest", "worker"),
    *("security_txt", "change_password"),
    *("accounts:login", "accounts:second", "accounts:second_passkey"),
    *("accounts:passkey_login", "accounts:passkey_options", "accounts:signup"),
    *("accounts:signup_check", "accounts:reset", "accounts:reset_sent"),
    *("accounts:reset_new", "accounts:reset_done", "accounts:email_verify"),
    *("accounts:email_keep", "accounts:not_me", "accounts:logout", "devices:claim"),
    *("devices:invitation", "accounts:admin_login", "admin:login"),
)
PASSWORD_HASHERS = [
    "accounts.hashers.Argon2idPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        (
            "UserAttributeSimilarityValidator",
            {"user_attributes": ("username", "full_name", "email")},
        ),
        ("MinimumLengthValidator", {"min_length": 8}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]

# --- Mails ---------------------------------------------------------------------------------

vars().update(env.mail("EMAIL_URL", (LOCAL_DIR / "mails").as_uri() if DEBUG else ""))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", f"Planner <planner@{urlsplit(SITE_URL).hostname}>")

# --- Tokens and cookies --------------------------------------------------------------------

TOKEN_ISSUER = "planner"  # noqa: S105 - a name, not a secret
USER_ACCESS_LIFETIME = timedelta(minutes=15)
USER_REFRESH_LIFETIME = timedelta(days=14)
USER_SESSION_LIFETIME = timedelta(days=90)
DEVICE_ACCESS_LIFETIME = timedelta(hours=1)
MEMBER_ACCESS_LIFETIME = timedelta(minutes=15)
# simplejwt's token classes read their claims' names here; lifetimes and keys are above.
SIMPLE_JWT = {"TOKEN_TYPE_CLAIM": "typ", "USER_ID_CLAIM": "sub", "UPDATE_LAST_LOGIN": False}
# A browser takes `__Host-` cookies over TLS alone: plain HTTP is for development only.
COOKIE_SECURE = not DEBUG
COOKIE_PREFIX = "__Host-" if COOKIE_SECURE else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}session"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = COOKIE_SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "planner.pages.csrf_failure"

# --- The HTTP API --------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.UserAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["planner.wire.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["planner.wire.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "planner.wire.OneFormat",
    "EXCEPTION_HANDLER": "planner.problems.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Planner",
    "VERSION": "1",
    "DESCRIPTION": "Tasks, events and habits of planner devices: sync, plans, devices and people.",
    "OAS_VERSION": "3.1.0",
    "DEFAULT_GENERATOR_CLASS": "planner.openapi.Generator",
    "POSTPROCESSING_HOOKS": ["planner.openapi.complete"],
    # The descriptions name who may call; nothing is guessed.
    "AUTHENTICATION_WHITELIST": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/",
}
SHORTCUTS = () if ADMIN == "only" else ("/api/sync/",)
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- What a browser is told ----------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = not DEBUG
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$", "^metrics$"]
SECURE_HSTS_SECONDS = 0 if DEBUG else 63072000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG

# --- Files, words, logs --------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
CERTIFICATE = Path(env.text("CERTIFICATE", "/etc/planner/tls/fullchain.pem"))
BACKUP_FOLDER = Path(env.text("BACKUP_FOLDER", "/var/backups/planner"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "planner.storage.HashedStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
LANGUAGE_CODE = "en"
# Each by its own name, so that people find theirs.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["planner.localised"]
TIME_ZONE = "UTC"
USE_TZ = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "planner.logging.RequestIdFilter"}},
    "formatters": {
        "json": {"()": "planner.logging.JsonFormatter"},
        "line": {
            "()": "planner.logging.DiscreetFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_id"],
            "formatter": env.choice("LOG_FORMAT", ("line", "json")),
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "planner": {"level": "INFO"},
        "planner.requests": {"level": "INFO" if env.flag("LOG_REQUESTS") else "WARNING"},
    },
}
SENTRY_DSN = env.text("SENTRY_DSN", "")
