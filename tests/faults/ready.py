"""Imported first by the server that the crash tests fork their processes from."""

from __future__ import annotations

import os

import django

from studio.catalog import all_models
from studio.outbound.client import tls_context

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
# Set for the browser tests; a worker in production has no such leave.
os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
django.setup()

# What each process would read anew.
all_models()
tls_context()
