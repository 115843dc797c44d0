"""The real settings, made fast and kept away from real files."""

from __future__ import annotations

import tempfile
from pathlib import Path

from cryptography.fernet import Fernet

from studio.object_storage import S3 as NoBucket
from studio.settings import *  # noqa: F403  (the one star import: all settings)

DEBUG = False
SECRET_KEY = "only-for-tests"  # noqa: S105  (protects nothing)
ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
_files = Path(tempfile.mkdtemp(prefix="dailies-tests-"))
STORAGE_DIR = _files / "storage"
INCOMING_DIR = STORAGE_DIR / "incoming"
STATIC_ROOT = _files / "static"
STATIC_ROOT.mkdir()
INCOMING_DIR.mkdir(parents=True)
STORAGES = {
    "default": {"BACKEND": "studio.media.folder.Folder"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}  # noqa: F405  (from the star import)
MIN_FREE_BYTES = 0  # whatever the tester's disk holds
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# No key of whoever runs the tests; those of the tests all hold the word *canary*.
PROVIDER_DEFAULTS = {
    name: dict.fromkeys(values, "")
    for name, values in PROVIDER_DEFAULTS.items()  # noqa: F405  (from the star import)
}
LOGGING["handlers"]["console"]["level"] = "INFO"  # noqa: F405  (from the star import)
LOGGING["handlers"]["canary"] = {"class": "tests.canary.Listener"}  # noqa: F405
LOGGING["root"] = {"handlers": ["console", "canary"], "level": "DEBUG"}  # noqa: F405
S3 = NoBucket()
OIDC_ISSUER = ""  # whatever the environment says
# It tells each variable that a template does not find, with a trace: thousands.
LOGGING["loggers"]["django.template"] = {"level": "INFO"}  # noqa: F405
