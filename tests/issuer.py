"""An issuer of OpenID Connect on this machine, that says what a test wants."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

CLIENT, SECRET = "dailies", "sk-canary-of-the-client"


def plain(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def big(number: int) -> str:
    """A number as keys write it."""
    return plain(number.to_bytes((number.bit_length() + 7) // 8))


class Issuer:
    """Its keys, whom it vouches for, and what it was asked."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.curve = ec.generate_private_key(ec.SECP256R1())
        self.url = ""
        self.algorithm = "RS256"
        self.claims: dict[str, Any] = {}  # over those of a good token
        self.userinfo: dict[str, Any] = {}
        self.described: dict[str, Any] = {}  # over its description
        self.tampered = False
        self.refuses = ""  # what is wrong with whoever wants tokens
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.challenge = self.nonce = ""

    def went_to(self, address: str) -> dict[str, str]:
        """The browser comes to sign in; what it brought along."""
        query = {k: v[0] for k, v in parse_qs(urlsplit(address).query).items()}
        self.challenge, self.nonce = query["code_challenge"], query["nonce"]
        return query

    def answer(self, path: str, sent: dict[str, str]) -> dict[str, Any]:
        """What it says at one of its doors."""
        if path == "/.well-known/openid-configuration":
            return self.description() | self.described
        if path == "/keys":
            return {"keys": [self.public(), self.public_curve()]}
        if path == "/userinfo":
            return {"sub": "person-1", **self.userinfo}
        assert path == "/token"
        if self.refuses:
            return {"error": self.refuses, "error_description": f"not {SECRET}"}
        shown = hashlib.sha256(sent["code_verifier"].encode()).digest()
        assert plain(shown) == self.challenge
        return {"access_token": "at-canary-1", "id_token": self.token()}

    def description(self) -> dict[str, Any]:
        """Where its doors are."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/userinfo",
        }

    def public(self) -> dict[str, Any]:
        """Its RSA key as others see it."""
        numbers = self.key.public_key().public_numbers()
        return {"kty": "RSA", "kid": "RS256", "n": big(numbers.n), "e": big(numbers.e)}

    def public_curve(self) -> dict[str, Any]:
        """Its other key."""
        point = self.curve.public_key().public_numbers()
        x, y = (plain(value.to_bytes(32)) for value in (point.x, point.y))
        return {"kty": "EC", "crv": "P-256", "kid": "ES256", "x": x, "y": y}

    def token(self) -> str:
        """A signed ID token."""
        now = int(time.time())
        good = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "person-1",
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            "email": "nora@example.org",
            "email_verified": True,
            "name": "Nora",
        }
        head = {"alg": self.algorithm, "kid": self.algorithm}
        parts = (head, good | self.claims)
        signed = ".".join(plain(json.dumps(part).encode()) for part in parts)
        proof = self.sign(b"other" if self.tampered else signed.encode())
        return f"{signed}.{plain(proof)}"

    def sign(self, data: bytes) -> bytes:
        """With the key that the algorithm means; nothing for *none*."""
        if self.algorithm == "RS256":
            return self.key.sign(data, padding.PKCS1v15(), SHA256())
        if self.algorithm == "ES256":
            pair = decode_dss_signature(self.curve.sign(data, ec.ECDSA(SHA256())))
            return b"".join(value.to_bytes(32) for value in pair)
        return b""


@contextmanager
def running_issuer() -> Iterator[Issuer]:
    """The issuer, on a port of this machine."""
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        """Its doors."""

        def do_GET(self) -> None:  # noqa: N802  (the name is given)
            """Look something up."""
            self.say({})

        def do_POST(self) -> None:  # noqa: N802  (the name is given)
            """Exchange something."""
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.say({k: v[0] for k, v in parse_qs(text).items()})

        def say(self, sent: dict[str, str]) -> None:
            """Answer, and remember what was asked."""
            issuer.asked.append((self.path, dict(self.headers)))
            found = issuer.answer(self.path, sent)
            body = json.dumps(found).encode()
            self.send_response(401 if "error" in found else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
