"""An S3-type bucket for finished files, by environment variables; none without them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass, field
from importlib.util import find_spec
from typing import Any
from urllib.parse import SplitResult, urlsplit

from studio.environment import env, env_secret

NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
PREFIX = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
REGION = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class S3:
    """What the variables say."""

    bucket: str = ""
    endpoint: str = ""
    region: str = ""
    prefix: str = ""
    key_id: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)

    @property
    def is_wanted(self) -> bool:
        """Whether any of them is set: half of it must not mean the folder here."""
        return any(astuple(self))

    @property
    def address(self) -> str:
        """Where the bucket is asked for; Amazon's by its region."""
        return self.endpoint or f"https://s3.{self.region}.amazonaws.com"

    @property
    def is_by_host(self) -> bool:
        """Whether the bucket's name goes into the host name.

        At Amazon, so that pages may show what is in this bucket and in no other.
        Elsewhere few have the certificates for it, nor for a name with dots anywhere.
        """
        return not self.endpoint and "." not in self.bucket

    @property
    def origin(self) -> str:
        """Where signed addresses lead to."""
        parts = urlsplit(self.address)
        host = f"{self.bucket}.{parts.netloc}" if self.is_by_host else parts.netloc
        return f"{parts.scheme}://{host}"


def read() -> S3:
    """The variables; none of them has to be set."""
    return S3(
        bucket=env("STUDIO_S3_BUCKET"),
        endpoint=env("STUDIO_S3_ENDPOINT").rstrip("/"),
        region=env("STUDIO_S3_REGION"),
        prefix=env("STUDIO_S3_PREFIX").strip("/"),
        key_id=env_secret("STUDIO_S3_KEY_ID"),
        secret=env_secret("STUDIO_S3_SECRET"),
    )


def faults(s3: S3, *, is_https: bool, sender: str) -> Iterator[str]:
    """What is half set or cannot work, a sentence each; no value of a secret in it."""
    if not s3.is_wanted:
        return
    if not s3.bucket:
        yield "Set STUDIO_S3_BUCKET too: other STUDIO_S3_… variables are set."
    elif not NAME.fullmatch(s3.bucket):
        yield f"STUDIO_S3_BUCKET is no name of a bucket: {s3.bucket!r}."
    if not s3.key_id:
        yield "Set STUDIO_S3_KEY_ID too, the id of the key to the bucket."
    if not s3.secret:
        yield "Set STUDIO_S3_SECRET too, the secret of the key to the bucket."
    if not (s3.region or s3.endpoint):
        yield "Set STUDIO_S3_REGION, or STUDIO_S3_ENDPOINT for a bucket not at Amazon."
    if s3.region and not REGION.fullmatch(s3.region):
        yield f"STUDIO_S3_REGION must look like eu-central-1, not {s3.region!r}."
    if s3.prefix and not PREFIX.fullmatch(s3.prefix):
        yield f"STUDIO_S3_PREFIX must look like dailies/films, not {s3.prefix!r}."
    if s3.endpoint and not is_origin(s3.endpoint):
        yield (
            "STUDIO_S3_ENDPOINT must look like https://s3.example.com, without a path."
        )
    elif is_https and s3.endpoint.startswith("http:"):
        yield (
            "STUDIO_S3_ENDPOINT must be https as STUDIO_URL is: browsers load nothing "
            "unencrypted into such a page."
        )
    if sender != "inline":
        yield "Take STUDIO_MEDIA_SENDER away: nginx cannot send files from a bucket."
    if find_spec("storages") is None or find_spec("boto3") is None:
        yield "STUDIO_S3_BUCKET needs the extra s3: install it."


def is_origin(text: str) -> bool:
    """Whether an address is a scheme and a host, and no more."""
    try:
        parts = urlsplit(text)
        plain = SplitResult(parts.scheme, parts.netloc, "", "", "").geturl()
        is_plain = plain == text and "@" not in text and parts.port != 0
    except ValueError:
        return False
    return bool(parts.scheme in {"http", "https"} and parts.hostname and is_plain)


def backend(s3: S3) -> dict[str, Any]:
    """Django's word on where files are kept."""
    if not s3.is_wanted:
        return {"BACKEND": "studio.media.folder.Folder"}
    return {
        "BACKEND": "studio.media.bucket.Bucket",
        "OPTIONS": {
            "bucket_name": s3.bucket,
            "endpoint_url": s3.address,
            "region_name": s3.region or "us-east-1",  # where only the endpoint counts
            "access_key": s3.key_id,
            "secret_key": s3.secret,
            "location": s3.prefix,
            "addressing_style": "virtual" if s3.is_by_host else "path",
            # Names are ours and say which file it is: a repeat writes it once more.
            "file_overwrite": True,
        },
    }


def origins(s3: S3) -> list[str]:
    """What pages may load besides our own."""
    is_whole = s3.bucket and is_origin(s3.address) and (s3.region or s3.endpoint)
    return [s3.origin] if is_whole else []
