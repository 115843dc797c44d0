"""The WSGI entrance that gunicorn loads."""

from __future__ import annotations

import logging
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from studio.logs import Redacted

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
application = get_wsgi_application()
# Every page is imported before the first request, and before the web server forks: its
# workers share the memory, and nobody waits.
get_resolver().url_patterns  # noqa: B018  (a property that imports)
# The web server's own logs, an access log too where somebody switches it on.
for name in ("gunicorn.error", "gunicorn.access"):
    logging.getLogger(name).addFilter(Redacted())
