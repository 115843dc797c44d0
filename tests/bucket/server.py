"""An S3 server on loopback that speaks true HTTP."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from moto.server import ThreadedMotoServer

BUCKET = "dailies-films"


@contextmanager
def running_bucket_server() -> Iterator[str]:
    """Its address, for as long as the block runs; it has one empty bucket."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it tells of each request
    moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    moto.start()
    try:
        host, port = moto.get_host_and_port()
        address = f"http://{host}:{port}"
        client = boto3.client(
            "s3",
            endpoint_url=address,
            region_name="us-east-1",
            aws_access_key_id="maker",
            aws_secret_access_key="maker",
        )
        client.create_bucket(Bucket=BUCKET)
        yield address
    finally:
        moto.stop()
