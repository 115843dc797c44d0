"""OpenID Connect, the small part that signing in needs. Plain Python, no rows.

The code flow with PKCE: ask the issuer's address where things are, send the browser
there, exchange the code that comes back, and believe the ID token only when its
signature, issuer, audience, time and nonce are right.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from studio.outbound.guard import AddressRefused

MOST_BYTES = 256 * 1024  # of one answer
LEEWAY = 60  # seconds that two clocks may differ by
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
ERROR_WORD = re.compile(r"[a-z_]{1,40}")  # as the standards' own are written


class SignOnFailed(Exception):
    """It cannot go on; the text says why, and holds nothing secret."""


class NotFinished(SignOnFailed):
    """The person went no further there: nothing is out of order."""


@dataclass(frozen=True, kw_only=True)
class Client:
    """What the issuer knows this studio by."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: str
    redirect_uri: str


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What one browser must bring back; kept in its session."""

    state: str
    nonce: str
    verifier: str = field(repr=False)

    @classmethod
    def fresh(cls) -> Attempt:
        """Three secrets that nobody can guess."""
        return cls(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(64),
        )

    @property
    def challenge(self) -> str:
        """What is told of the verifier before it is shown."""
        return encoded(hashlib.sha256(self.verifier.encode()).digest())


async def discover(http: httpx.AsyncClient, issuer: str) -> dict[str, Any]:
    """Where the issuer's doors are, in its own words."""
    address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    found = await fetch(http.build_request("GET", address), http)
    if found.get("issuer") != issuer:
        raise SignOnFailed("The issuer calls itself by another address.")
    for name in ENDPOINTS:
        if not is_safe(str(found.get(name, "")), issuer):
            raise SignOnFailed(f"The issuer names no safe {name}.")
    return found


def is_safe(address: str, issuer: str) -> bool:
    """Whether an address is encrypted, as far as the issuer's own is."""
    parts = urlsplit(address)
    allowed = {"https", urlsplit(issuer).scheme}
    return parts.scheme in allowed and bool(parts.hostname)


def authorization_url(
    found: Mapping[str, Any], client: Client, attempt: Attempt, *, asks_who: bool
) -> str:
    """Where the browser goes to sign in; who was refused is asked who they are."""
    values = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uri,
        "scope": client.scopes,
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": attempt.challenge,
        "code_challenge_method": "S256",
    }
    if asks_who:
        values["prompt"] = "login"
    door = str(found["authorization_endpoint"])
    return f"{door}{'&' if urlsplit(door).query else '?'}{urlencode(values)}"


def code_of(answer: Mapping[str, str], found: Mapping[str, Any], client: Client) -> str:
    """The code that the browser brought back. Raises NotFinished or SignOnFailed."""
    says_who = found.get("authorization_response_iss_parameter_supported") is True
    if answer.get("iss", "" if says_who else client.issuer) != client.issuer:
        raise SignOnFailed("The answer is from another issuer.")  # RFC 9207
    error = answer.get("error", "")
    if error and error != "access_denied":
        raise SignOnFailed(f"The issuer refuses{its_word(error)}.")
    if error or not answer.get("code"):
        raise NotFinished("Nobody signed in there.")
    return answer["code"]


def its_word(error: object) -> str:
    """An error's name where it is one; never the sentence beside it."""
    is_word = isinstance(error, str) and ERROR_WORD.fullmatch(error)
    return f" ({error})" if is_word else ""


async def claims_of(
    http: httpx.AsyncClient,
    found: Mapping[str, Any],
    client: Client,
    attempt: Attempt,
    *,
    code: str,
    now: float,
) -> dict[str, Any]:
    """Who came back with this code: the checked claims. Raises SignOnFailed."""
    tokens = await fetch(token_request(http, found, client, attempt, code), http)
    token = str(tokens.get("id_token", ""))
    keys = await fetch(http.build_request("GET", str(found["jwks_uri"])), http)
    claims = verified(token, keys)
    check(claims, client, attempt, now)
    door = str(found.get("userinfo_endpoint", ""))
    if tokens.get("access_token") and is_safe(door, client.issuer):
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        more = await fetch(http.build_request("GET", door, headers=bearer), http)
        if more.get("sub") == claims["sub"]:
            claims = {**more, **claims}
    return claims


def token_request(
    http: httpx.AsyncClient,
    found: Mapping[str, Any],
    client: Client,
    attempt: Attempt,
    code: str,
) -> httpx.Request:
    """The code for tokens; the secret goes as the issuer wants it."""
    values = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "client_id": client.client_id,
        "code_verifier": attempt.verifier,
    }
    ways = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    headers = {}
    if "client_secret_basic" in ways:
        pair = urlencode({client.client_id: client.client_secret}).replace("=", ":", 1)
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        values["client_secret"] = client.client_secret
    return http.build_request(
        "POST", str(found["token_endpoint"]), data=values, headers=headers
    )


async def fetch(request: httpx.Request, http: httpx.AsyncClient) -> dict[str, Any]:
    """One answer as JSON, bounded; its body is never quoted."""
    try:
        response = await http.send(request, stream=True)
        try:
            body = b""
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise SignOnFailed("The issuer's answer is too long.")
        finally:
            await response.aclose()
    except httpx.HTTPError as error:
        raise SignOnFailed(f"The issuer cannot be reached ({why(error)}).") from None
    return understood(response.status_code, body)


def why(error: httpx.HTTPError) -> str:
    """What keeps us from it; the one thing that an operator has to open is named."""
    if isinstance(error, AddressRefused):
        return "an address inside your network that STUDIO_OUTBOUND_ALLOW does not list"
    return type(error).__name__


def understood(status: int, body: bytes) -> dict[str, Any]:
    """An answer as the object that it holds. Raises SignOnFailed."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if status != 200:
        word = its_word(found.get("error")) if isinstance(found, dict) else ""
        raise SignOnFailed(f"The issuer answers with status {status}{word}.")
    if not isinstance(found, dict):
        raise SignOnFailed("The issuer's answer is no JSON object.")
    return found


# The ID token


def check(
    claims: Mapping[str, Any], client: Client, attempt: Attempt, now: float
) -> None:
    """That the token is from the issuer, for us, for this attempt, and fresh."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    nonce = str(claims.get("nonce", ""))
    facts = {
        "issuer": claims.get("iss") == client.issuer,
        "audience": client.client_id in audiences,
        "party": claims.get("azp", client.client_id) == client.client_id
        and (len(audiences) == 1 or "azp" in claims),
        "time": is_now(claims, now),
        "nonce": hmac.compare_digest(nonce.encode(), attempt.nonce.encode()),
        "subject": isinstance(claims.get("sub"), str) and bool(claims["sub"]),
    }
    if wrong := [name for name, is_right in facts.items() if not is_right]:
        clocks = f" {between_clocks(claims, now)}" if "time" in wrong else ""
        raise SignOnFailed(f"The ID token is not right: {', '.join(wrong)}.{clocks}")


def between_clocks(claims: Mapping[str, Any], now: float) -> str:
    """How far apart the two machines' clocks seem to be."""
    made = claims.get("iat")
    if not isinstance(made, int | float):
        return "It does not say when it was made."
    return f"It was made {abs(now - made):.0f} s {'ago' if made < now else 'ahead'}."


def is_now(claims: Mapping[str, Any], now: float) -> bool:
    """Whether it was made before and ends after this moment."""
    ends, made = claims.get("exp"), claims.get("iat", now)
    if not (isinstance(ends, int | float) and isinstance(made, int | float)):
        return False
    return made - LEEWAY <= now < ends + LEEWAY


def verified(token: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    """The claims of a token that one of these keys has signed."""
    try:
        head, body, signature = token.split(".")
        header, claims = json.loads(decoded(head)), json.loads(decoded(body))
        proof = decoded(signature)
        algorithm, name = header["alg"], header.get("kid")
    except (ValueError, KeyError, TypeError):
        raise SignOnFailed("The ID token cannot be read.") from None
    signed = f"{head}.{body}".encode()
    listed = keys.get("keys")
    for key in listed if isinstance(listed, list) else []:
        if name is not None and key.get("kid") != name:
            continue
        if isinstance(claims, dict) and is_signed(signed, proof, key, algorithm):
            return claims
    raise SignOnFailed("The ID token is not signed by the issuer.")


def is_signed(
    signed: bytes, proof: bytes, key: Mapping[str, Any], algorithm: object
) -> bool:
    """Whether this public key has made the signature; only two ways are known."""
    if key.get("use", "sig") != "sig":
        return False
    try:
        match algorithm, key.get("kty"):
            case "RS256", "RSA":
                numbers = rsa.RSAPublicNumbers(number(key["e"]), number(key["n"]))
                numbers.public_key().verify(proof, signed, padding.PKCS1v15(), SHA256())
            case "ES256", "EC" if len(proof) == 64 and key.get("crv") == "P-256":
                point = ec.EllipticCurvePublicNumbers(
                    number(key["x"]), number(key["y"]), ec.SECP256R1()
                )
                pair = encode_dss_signature(
                    int.from_bytes(proof[:32]), int.from_bytes(proof[32:])
                )
                point.public_key().verify(pair, signed, ec.ECDSA(SHA256()))
            case _:
                return False
    except (InvalidSignature, ValueError, KeyError, TypeError):
        return False
    return True


def number(text: str) -> int:
    """A big number as keys write it."""
    return int.from_bytes(decoded(text))


def decoded(text: str) -> bytes:
    """base64url without its padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(data: bytes) -> str:
    """The same the other way."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
