"""All settings, from the environment. Read from top to bottom.

A first run needs no variable: SQLite, the queue on the same database, files below
``var/`` and the built-in animatic model.
"""

from __future__ import annotations

import secrets as stdlib_secrets
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from studio import logs, object_storage
from studio.environment import (
    env,
    env_bool,
    env_choice,
    env_database,
    env_grants,
    env_int,
    env_issuer,
    env_list,
    env_redis,
    env_secret,
    env_time_zone,
)

# Where things are

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env("STUDIO_DATA") or BASE_DIR / "var").resolve()
SECRETS_DIR = DATA_DIR / "secrets"
STORAGE_DIR = DATA_DIR / "storage"  # finished files, named by us, never by users
INCOMING_DIR = STORAGE_DIR / "incoming"  # *.part, the same file system as STORAGE_DIR

# The site

DEBUG = env_bool("STUDIO_DEBUG", False)
STUDIO_URL = env("STUDIO_URL", "http://127.0.0.1:8000").rstrip("/")
_site = urlsplit(STUDIO_URL)
if _site.scheme not in {"http", "https"} or not _site.hostname:
    raise ImproperlyConfigured(
        f"STUDIO_URL must look like https://studio.example.com, not {STUDIO_URL!r}."
    )
IS_HTTPS = _site.scheme == "https"
# Providers can fetch our images only where the world reaches us.
STUDIO_IS_PUBLIC = env_bool("STUDIO_IS_PUBLIC", False)
ALLOWED_HOSTS = [
    _site.hostname,
    *env_list("STUDIO_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]"),
]
CSRF_TRUSTED_ORIGINS = [STUDIO_URL, *env_list("STUDIO_TRUSTED_ORIGINS")]
SILENCED_SYSTEM_CHECKS = env_list("STUDIO_SILENCED_CHECKS")  # studio.W007, for one
ROOT_URLCONF = "studio.urls"
WSGI_APPLICATION = "studio.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "studio.User"

# A process that finds no key file (a check, a build) uses a throw-away key.
SECRET_KEY = env_secret(
    "STUDIO_SECRET_KEY", SECRETS_DIR / "secret_key"
) or stdlib_secrets.token_urlsafe(50)
# Fernet keys, newest first, one a line or comma-separated; the first one encrypts.
ENCRYPTION_KEYS = env_secret(
    "STUDIO_ENCRYPTION_KEYS", SECRETS_DIR / "encryption_keys"
).split()

INSTALLED_APPS = [
    "studio.apps.StudioConfig",
    "studio.apps.StudioAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",  # allauth's session list needs it
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "django_q",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "studio.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "studio.middleware.CurrentTeamMiddleware",
    "studio.middleware.FreshPagesMiddleware",
]

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
                "studio.context_processors.studio",
            ],
        },
    }
]

# Database

SQLITE_OPTIONS = {
    "timeout": env_int("STUDIO_SQLITE_TIMEOUT", 20, minimum=1),  # seconds
    # A transaction that reads first and writes later fails at once without this.
    "transaction_mode": "IMMEDIATE",
    # FULL: WAL with NORMAL may lose the last commits on power loss, and a lost
    # "submitting" mark is a second payment.
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;"
        "PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864"
    ),
}
_database = env_database("DATABASE_URL") or {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": str(DATA_DIR / "studio.sqlite3"),
    "CONN_MAX_AGE": None,
    "ATOMIC_REQUESTS": False,  # with IMMEDIATE every GET would be a writer
}
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["OPTIONS"] = SQLITE_OPTIONS
DATABASES = {"default": _database}
# Rate limits of sign-in are counted here, so every process must see the same.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "studio_cache",
    },
    # Pieces of pages that many requests share, per process: nothing is lost with it.
    "memory": {
        "BACKEND": "django.core.cache.backends."
        + ("dummy.DummyCache" if DEBUG else "locmem.LocMemCache"),
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
}

# Queue: wake-ups only, the row is the truth. ``retry`` counts from the fetch, so it
# must cover every task that may wait before this one: timeout * (1 + ceil((queue_limit
# + bulk) / workers)) and some.

Q_CLUSTER = {
    "name": "work",
    "orm": "default",
    "workers": 2,
    "timeout": 900,
    "queue_limit": 2,
    "bulk": 1,
    "retry": 2760,
    "ack_failures": True,
    "max_attempts": 1,
    "save_limit": 50,
    "save_limit_per": "func",  # so that a burst of one task leaves the others be
    "catch_up": False,
    "recycle": 500,
    "poll": 0.2,
    "label": "Queue",
    "ALT_CLUSTERS": {
        # The sweep lives here alone, so that no download ever starves polling.
        "poll": {
            "workers": 1,
            "timeout": 240,  # a slice, and the longest request in the air
            "queue_limit": 1,
            "retry": 750,
            "poll": 0.1,
        },
        # Animatics are drawn here, so that forty of them starve no download.
        "media": {"workers": 1, "timeout": 900, "queue_limit": 1, "retry": 2760},
        # Requests whose answer is the video itself wait here, twenty minutes at worst.
        "slow": {"workers": 4, "timeout": 1320, "queue_limit": 1, "retry": 2700},
    },
}
if REDIS_URL := env_redis("REDIS_URL"):
    del Q_CLUSTER["orm"]
    Q_CLUSTER["redis"] = REDIS_URL

# Accounts

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = reverse_lazy("home")
ACCOUNT_ADAPTER = "studio.accounts.StudioAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an admin or an invitation made the account
ACCOUNT_FORMS = {
    "login": "studio.forms.sign_in.SignInForm",
    "change_password": "studio.forms.sign_in.ChangePasswordForm",
    "reset_password_from_key": "studio.forms.sign_in.ResetPasswordKeyForm",
}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ALLAUTH_TRUSTED_PROXY_COUNT = env_int("STUDIO_PROXY_COUNT", 0)
MFA_ADAPTER = "studio.accounts.StudioMFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True  # offered where the site is encrypted
MFA_TOTP_ISSUER = "Dailies"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses come from admins, not from sign-up
USERSESSIONS_TRACK_ACTIVITY = False

# Single sign-on with OpenID Connect: off without an issuer

OIDC_ISSUER = env_issuer("STUDIO_OIDC_ISSUER")  # byte for byte as it calls itself
OIDC_CLIENT_ID = env("STUDIO_OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = env_secret("STUDIO_OIDC_CLIENT_SECRET")
OIDC_NAME = env("STUDIO_OIDC_NAME", "Single sign-on")
OIDC_SCOPES = env("STUDIO_OIDC_SCOPES", "openid email profile")
OIDC_CLAIM = env("STUDIO_OIDC_CLAIM", "groups")
# What a value of the claim opens: group=Team:role; group=Team:role
OIDC_TEAMS = env_grants("STUDIO_OIDC_TEAMS", ("viewer", "editor", "admin"))
# For issuers that say nothing of whether an address is verified, and always verify it.
OIDC_TRUSTS_EMAIL = env_bool("STUDIO_OIDC_TRUSTS_EMAIL", False)
if OIDC_ISSUER and not (OIDC_CLIENT_ID and OIDC_CLIENT_SECRET):
    raise ImproperlyConfigured(
        "STUDIO_OIDC_ISSUER needs STUDIO_OIDC_CLIENT_ID and STUDIO_OIDC_CLIENT_SECRET."
    )

# Mail

EMAIL_HOST = env("STUDIO_EMAIL_HOST")
EMAIL_PORT = env_int("STUDIO_EMAIL_PORT", 587, minimum=1)
EMAIL_HOST_USER = env("STUDIO_EMAIL_USER")
EMAIL_HOST_PASSWORD = env_secret("STUDIO_EMAIL_PASSWORD")
EMAIL_USE_TLS = env_bool("STUDIO_EMAIL_TLS", True)
DEFAULT_FROM_EMAIL = env("STUDIO_EMAIL_FROM", "Dailies <dailies@localhost>")
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.console.EmailBackend"
)

# Language and time

LANGUAGE_CODE = env("STUDIO_LANGUAGE", "en")
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "studio" / "locale"]
TIME_ZONE = env_time_zone("STUDIO_TIME_ZONE", "UTC")
USE_I18N = True
USE_TZ = True

# Static files and media

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
S3 = object_storage.read()
STORAGES = {
    "default": object_storage.backend(S3),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
# With less room than this nothing is sent that would have to be stored.
MIN_FREE_BYTES = env_int("STUDIO_MIN_FREE_MIB", 512) * 2**20
# How fast the nightly check reads, in bytes a second: players come first.
CHECK_RATE = env_int("STUDIO_CHECK_MIB_PER_SECOND", 40, minimum=1) * 2**20
MEDIA_SENDER = env("STUDIO_MEDIA_SENDER", "inline")
if MEDIA_SENDER not in {"inline", "accel"}:
    raise ImproperlyConfigured(
        f"STUDIO_MEDIA_SENDER must be inline or accel, not {MEDIA_SENDER!r}."
    )
MEDIA_ACCEL_PREFIX = env("STUDIO_MEDIA_ACCEL_PREFIX", "/protected/")
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "studio.media.receiving.BoundedFiles",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20

# Security

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "dailies_session"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "dailies_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "studio.views.sign_in.csrf_failure"
SECURE_SSL_REDIRECT = IS_HTTPS and env_bool("STUDIO_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
if env_bool("STUDIO_BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:", *object_storage.origins(S3)],
        "media-src": [SELF, "blob:", *object_storage.origins(S3)],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# The network outside

# host:port pairs inside one's own network that providers may live at (a simulator, a
# gateway on the premises); everything else must be a public address.
OUTBOUND_ALLOW = env_list("STUDIO_OUTBOUND_ALLOW")
PROVIDER_DEFAULTS = {
    "aimlapi": {
        "base_url": env("AIMLAPI_BASE_URL"),
        "api_key": env_secret("AIMLAPI_API_KEY"),
    },
    "globant": {
        "base_url": env("GLOBANT_BASE_URL"),
        "api_key": env_secret("GLOBANT_API_TOKEN"),
        "oauth_token": env_secret("GLOBANT_OAUTH_TOKEN"),
        "project_id": env("GLOBANT_PROJECT_ID"),
    },
    "segmind": {
        "base_url": env("SEGMIND_BASE_URL"),
        "api_key": env_secret("SEGMIND_API_KEY"),
    },
    "vtrix": {
        "base_url": env("VTRIX_BASE_URL"),
        "api_key": env_secret("VTRIX_API_KEY"),
    },
}

# Logging: to the console; addresses with signed queries never reach it.

LOG_LEVEL = env_choice(
    "STUDIO_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
)
LOGGING = logs.configuration(LOG_LEVEL)
