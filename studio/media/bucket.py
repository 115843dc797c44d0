"""Finished files in an S3-type bucket: the one module that speaks with it.

An object is written by a single PUT, whole or not at all: the bucket compares it with
its MD5 before it counts, and an upload that broke off leaves no parts that cost money.
That takes 5 GiB, more than a download may have.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import io
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Self

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext as _
from storages.backends.s3 import S3Storage
from urllib3.exceptions import HTTPError

from studio.media.store import OnProgress, Reader, StoreAway

ADDRESS_SECONDS = 300  # how long a signed address is good for
PROOF = "ready"  # the object that shows that the bucket can be written
PROVED_FOR = 15.0  # seconds; the page that asks is open to all
CONNECT_SECONDS = 10  # also for each piece that leaves
READ_SECONDS = 30
TRIES = 3
CONNECTIONS = 40  # as many as threads of a process may want at once


@contextmanager
def in_plain_words() -> Iterator[None]:
    """Turn the library's errors into those of files; no address or key in the words."""
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        code = str(error.response.get("Error", {}).get("Code", ""))[:60]
        if status == 404 and code != "NoSuchBucket":
            raise FileNotFoundError(
                errno.ENOENT, "there is no such object in the bucket"
            ) from error
        if status == 416:
            raise OSError(errno.EINVAL, "the object is shorter") from error
        words = _("The bucket refuses it (status %(status)s, %(code)s)")
        raise StoreAway(words % {"status": status, "code": code}) from error
    except (BotoCoreError, HTTPError) as error:
        raise StoreAway(_("The bucket does not answer")) from error


class Outgoing(io.FileIO):
    """A file on its way out, which tells how far it is."""

    def __init__(self, path: Path, on_progress: OnProgress | None) -> None:
        super().__init__(path)
        self.on_progress = on_progress

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes."""
        content = super().read(-1 if size is None else size)
        if self.on_progress is not None:
            self.on_progress(self.tell())
        return content or b""


class Incoming:
    """The body of an answer."""

    def __init__(self, body: Any) -> None:
        self.body = body

    def seek(self, place: int) -> None:
        """It begins where it was asked to."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes. Raises StoreAway where they stop too early."""
        with in_plain_words():
            content: bytes = self.body.read(None if size < 0 else size)
            return content

    def close(self) -> None:
        """Let go of the connection."""
        self.body.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@deconstructible
class Bucket(S3Storage):  # type: ignore[misc]  # it has no types
    """Below the prefix, by the names of the rows."""

    is_remote = True

    def __init__(self, **options: Any) -> None:
        # Its own look for a token in AWS_* variables would mix it with our key.
        super().__init__(security_token=None, **options)
        self.proof_lock = Lock()
        self.proof_until = 0.0  # monotonic
        self.proof_trouble: OSError | None = None

    @cached_property
    def client(self) -> Any:
        """One for all threads, which it is made for; building one takes a moment."""
        if not (self.bucket_name and self.access_key and self.secret_key):
            raise ImproperlyConfigured("The bucket is half set up: manage.py check.")
        session = boto3.Session(
            aws_access_key_id=self.access_key, aws_secret_access_key=self.secret_key
        )
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": self.addressing_style},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": TRIES},
            max_pool_connections=CONNECTIONS,
            # Newer checksums by default are what many buckets that are not Amazon's
            # refuse; ours is Content-MD5, which all know.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        return session.client(
            "s3",
            region_name=self.region_name,
            endpoint_url=self.endpoint_url,
            config=config,
        )

    def key_of(self, name: str) -> dict[str, str]:
        """What names an object to the library."""
        return {"Bucket": self.bucket_name, "Key": self._normalize_name(name)}

    # Writing

    def place(
        self,
        source: Path,
        name: str,
        media_type: str,
        on_progress: OnProgress | None = None,
    ) -> None:
        """Upload it; ``source`` stays."""
        with source.open("rb") as file:
            md5 = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
        with Outgoing(source, on_progress) as body:
            self.put(name, body, md5.digest(), media_type)
        size = source.stat().st_size
        if self.size_of(name) != size:
            raise StoreAway(_("The bucket has kept another file than it was sent"))

    def place_bytes(self, content: bytes, name: str, media_type: str) -> None:
        """Upload it."""
        md5 = hashlib.md5(content, usedforsecurity=False)
        self.put(name, content, md5.digest(), media_type)

    def put(self, name: str, body: Any, md5: bytes, media_type: str) -> None:
        """One PUT, which the bucket checks."""
        with in_plain_words():
            self.client.put_object(
                **self.key_of(name),
                Body=body,
                ContentMD5=base64.b64encode(md5).decode(),
                ContentType=media_type,
            )

    def remove(self, name: str) -> None:
        """Delete it; a bucket says yes as well where it is gone."""
        with in_plain_words():
            self.client.delete_object(**self.key_of(name))

    def check_writable(self) -> None:
        """Write a small object, unless that was tried a moment ago."""
        with self.proof_lock:
            if time.monotonic() > self.proof_until:
                self.proof_trouble = self.prove()
                self.proof_until = time.monotonic() + PROVED_FOR
        if self.proof_trouble is not None:
            raise self.proof_trouble

    def prove(self) -> OSError | None:
        """What is wrong, if anything."""
        try:
            self.place_bytes(b"ready", PROOF, "text/plain")
        except OSError as error:
            return error
        return None

    # Reading

    def size_of(self, name: str) -> int:
        """In bytes."""
        with in_plain_words():
            return int(self.client.head_object(**self.key_of(name))["ContentLength"])

    def open_file(self, name: str) -> Reader:
        """Its bytes as they come."""
        with in_plain_words():
            return Incoming(self.client.get_object(**self.key_of(name))["Body"])

    def open_part(self, name: str, first: int, last: int) -> Incoming:
        """The bytes from the first to the last, both included, and no others."""
        wanted = f"bytes={first}-{last}"
        with in_plain_words():
            answer = self.client.get_object(**self.key_of(name), Range=wanted)
            return Incoming(answer["Body"])

    def read_bytes(self, name: str) -> bytes:
        """All of it."""
        with self.open_file(name) as file:
            return file.read()

    @contextmanager
    def at_hand(self, name: str) -> Iterator[Path]:
        """A copy beside what comes in, for as long as it is needed."""
        folder = Path(settings.INCOMING_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        suffix = f"{Path(name).suffix}.part"
        with tempfile.NamedTemporaryFile(
            dir=folder, prefix="copy-", suffix=suffix
        ) as copy:
            with self.open_file(name) as file:
                shutil.copyfileobj(file, copy, 2**20)
            copy.flush()
            yield Path(copy.name)

    def older_names(self, seconds: float) -> Iterator[str]:
        """Every object below the prefix but the proof."""
        start = f"{self.location.strip('/')}/".lstrip("/")
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket_name, Prefix=start
        )
        with in_plain_words():
            for page in pages:
                for entry in page.get("Contents", ()):
                    name = entry["Key"].removeprefix(start)
                    age = (timezone.now() - entry["LastModified"]).total_seconds()
                    if age > seconds and name != PROOF:
                        yield name

    # Where it is

    def address_of(self, name: str, media_type: str, shown_as: str) -> str:
        """A signed address, for the browser of somebody who may see the file."""
        with in_plain_words():
            address: str = self.client.generate_presigned_url(
                "get_object",
                Params={
                    **self.key_of(name),
                    "ResponseContentType": media_type,
                    "ResponseContentDisposition": shown_as,
                    "ResponseCacheControl": f"private, max-age={ADDRESS_SECONDS}",
                },
                ExpiresIn=ADDRESS_SECONDS,
            )
            return address

    def where(self, name: str) -> str:
        """Its address in the words of S3 tools."""
        key = self.key_of(name)
        return f"s3://{key['Bucket']}/{key['Key']}"
