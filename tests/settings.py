"""The real settings, made fast and kept away from real files."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet

# Nothing of the tester's own installation, but for the databases to run on; and no way
# around: the tests speak with this machine alone.
TESTERS = ("STUDIO_", "REDIS_", "AIMLAPI_", "GLOBANT_", "SEGMIND_", "VTRIX_", "AWS_")
for name in [*os.environ]:
    is_testers = name.startswith(TESTERS) and name != "STUDIO_TEST_POSTGRES"
    if is_testers or name.lower().endswith("_proxy"):
        del os.environ[name]

from studio.settings import *  # noqa: E402, F403  (now; the one star import)

DEBUG = False
SECRET_KEY = "only-for-tests"  # noqa: S105  (protects nothing)
ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
_files = Path(tempfile.mkdtemp(prefix="dailies-tests-"))
DATA_DIR = _files / "data"
SECRETS_DIR = DATA_DIR / "secrets"
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
LOGGING["handlers"]["console"]["level"] = "INFO"  # noqa: F405  (from the star import)
LOGGING["handlers"]["canary"] = {"class": "tests.canary.Listener"}  # noqa: F405
LOGGING["root"] = {"handlers": ["console", "canary"], "level": "DEBUG"}  # noqa: F405
# It tells each variable that a template does not find, with a trace: thousands.
LOGGING["loggers"]["django.template"] = {"level": "INFO"}  # noqa: F405
