"""What is written to the log, and what must not stand there: keys in addresses."""

from __future__ import annotations

import logging
import re
from typing import Any

# Of review links, invitations, pictures for providers, what an issuer sends back, and
# signed addresses of a bucket.
KEY = re.compile(
    r"(/(?:r|invitation|inputs)/|[?&](?:code|state|X-Amz-(?:Signature|Credential))=)"
    r"[^/\s?#&\"']+"
)


def configuration(level: str) -> dict[str, Any]:
    """What Django's LOGGING is: to the console, without addresses that are keys."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
        },
        "filters": {"redacted": {"()": "studio.logs.Redacted"}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["redacted"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # These print whole addresses, signatures included, at INFO.
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            "django-q": {"level": "WARNING"},
            # These print how they sign, at DEBUG.
            "boto3": {"level": "WARNING"},
            "botocore": {"level": "WARNING"},
            "s3transfer": {"level": "WARNING"},
            "urllib3": {"level": "WARNING"},
        },
    }


class Redacted(logging.Filter):
    """Writes ``/r/…`` where the address of a review link would stand, and so on."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, without keys."""
        words = record.getMessage()
        if KEY.search(words):
            record.msg, record.args = KEY.sub(r"\1…", words), None
        return True
