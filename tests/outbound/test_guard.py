"""Only public addresses, checked where the connection is made."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from studio.outbound import AddressRefused, build_client
from studio.outbound.client import GuardedTransport
from studio.outbound.guard import GuardedBackend, is_public, read_pair
from studio.outbound.lean import LeanTransport
from tests.outbound.loopback import reply, saying, serving, visiting

PRIVATE = [
    "0.0.0.1",
    "10.1.2.3",
    "100.64.0.1",  # shared by providers' customers
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",  # a cloud's own service
    "169.254.169.254",  # metadata
    "172.16.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",  # Python calls it global
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1; Python calls it global
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001:0:7f00:1::",  # Teredo whose server is 127.0.0.1
    "2001:db8::1",
    "2002:7f00:1::",  # 6to4 of 127.0.0.1; Python calls it global
    "2002:a00:1::",
    "fc00::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
PUBLIC = [
    "1.1.1.1",
    "93.184.216.34",
    "::ffff:1.1.1.1",
    "64:ff9b::101:101",
    "2002:101:101::",
    "2606:4700:4700::1111",
]


@pytest.mark.parametrize("text", PRIVATE)
def test_it_knows_addresses_that_are_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_it_knows_public_addresses(text: str) -> None:
    assert is_public(ip_address(text))


Transport = Callable[..., httpx.AsyncBaseTransport]


@pytest.fixture(params=[GuardedTransport, LeanTransport])
def kind(request: pytest.FixtureRequest) -> Transport:
    """Both kinds."""
    transport: Transport = request.param
    return transport


def get(url: str, transport: httpx.AsyncBaseTransport) -> httpx.Response:
    """Fetch once."""

    async def fetch() -> httpx.Response:
        async with build_client(transport=transport) as client:
            return await client.get(url)

    return asyncio.run(fetch())


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "127.1",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "169.254.169.254",
    ],
)
def test_it_refuses_this_machine_under_every_spelling(
    host: str, kind: Transport
) -> None:
    with pytest.raises(AddressRefused):
        get(f"http://{host}/", kind(GuardedBackend()))


@pytest.mark.parametrize("port", [22, 25, 3306, 6379, 8080])
def test_it_refuses_other_ports(port: int, kind: Transport) -> None:
    with pytest.raises(AddressRefused):
        get(f"http://1.1.1.1:{port}/", kind(GuardedBackend()))


def test_it_speaks_http_only(kind: Transport) -> None:
    with pytest.raises(httpx.UnsupportedProtocol):
        get("file:///etc/passwd", kind(GuardedBackend()))


def resolving(
    kind: Transport, *answers: list[str], allow: tuple[str, ...] = ()
) -> httpx.AsyncBaseTransport:
    """A transport whose names resolve to these addresses, one answer after another."""
    rest = list(answers)

    async def resolve(host: str, port: int) -> list[str]:
        return rest.pop(0) if len(rest) > 1 else rest[0]

    return kind(GuardedBackend(allow, resolve=resolve))


def test_every_address_of_a_name_must_be_public(kind: Transport) -> None:
    with pytest.raises(AddressRefused):
        get("https://mixed.example/", resolving(kind, ["1.1.1.1", "127.0.0.1"]))


def test_a_name_without_an_address_cannot_be_reached(kind: Transport) -> None:
    with pytest.raises(httpx.ConnectError) as caught:
        get("https://nowhere.example/", resolving(kind, []))
    assert not isinstance(caught.value, AddressRefused)


def test_a_name_that_changes_its_mind_gains_nothing(kind: Transport) -> None:
    """Whatever it said before, each connection uses an address that was checked."""

    async def twice() -> list[bytes]:
        async with serving(saying(reply(b"inside"))) as here:
            allow = (f"flip.test:{here.port}",)
            url = f"http://flip.test:{here.port}/"
            transport = resolving(kind, ["127.0.0.1"], ["127.0.0.1"], allow=allow)
            async with build_client(transport=transport) as client:
                await client.get(url)
            transport = resolving(kind, ["127.0.0.1"])
            async with build_client(transport=transport) as client:
                with pytest.raises(AddressRefused):
                    await client.get(url)
            return here.heads

    assert len(asyncio.run(twice())) == 1


def test_the_operator_can_name_a_neighbour() -> None:
    async def fetch() -> bytes:
        async with visiting(saying(reply(b"hello"))) as (here, client):
            return (await client.get(here.url)).content

    assert asyncio.run(fetch()) == b"hello"


def test_a_named_neighbour_opens_no_other_port() -> None:
    async def fetch() -> None:
        async with visiting(saying(reply()), allow=["127.0.0.1:1"]) as (here, client):
            await client.get(here.url)

    with pytest.raises(AddressRefused):
        asyncio.run(fetch())


def test_a_second_address_is_tried_where_the_first_is_dead(kind: Transport) -> None:
    async def fetch() -> bytes:
        async with serving(saying(reply(b"hello"))) as here:
            allow = (f"twice.test:{here.port}",)
            transport = resolving(kind, ["::1", "127.0.0.1"], allow=allow)
            async with build_client(transport=transport) as client:
                response = await client.get(f"http://twice.test:{here.port}/")
            return response.content

    assert asyncio.run(fetch()) == b"hello"


def test_a_name_that_takes_too_long_is_a_connect_timeout(kind: Transport) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        await asyncio.sleep(600)
        return []

    async def fetch() -> None:
        transport = kind(GuardedBackend(resolve=resolve))
        impatient = httpx.Timeout(60, connect=0.05)
        async with build_client(transport=transport, timeout=impatient) as client:
            await client.get("https://slow.example/")

    with pytest.raises(httpx.ConnectTimeout):
        asyncio.run(fetch())


@pytest.mark.parametrize("pair", ["localhost", "localhost:", ":80", "a:b"])
def test_it_wants_pairs_of_host_and_port(pair: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        read_pair(pair)


def test_it_reads_pairs() -> None:
    assert read_pair(" Gateway.Local:8080 ") == ("gateway.local", 8080)
    assert read_pair("[::1]:9000") == ("::1", 9000)


# TLS


def certificate(folder: Path, name: str) -> Path:
    """A self-signed certificate for a name, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(name)])
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


def fetch_over_tls(path: Path, host: str, kind: Transport) -> bytes:
    """Ask a server that shows the certificate, under the name ``host``."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(path)
    trusting = ssl.create_default_context(cafile=str(path))

    async def resolve(name: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async def fetch() -> bytes:
        async with serving(saying(reply(b"hello")), tls=server) as here:
            backend = GuardedBackend([f"{host}:{here.port}"], resolve=resolve)
            transport = kind(backend, tls=trusting)
            async with build_client(transport=transport) as client:
                return (await client.get(f"https://{host}:{here.port}/")).content

    return asyncio.run(fetch())


def test_tls_still_verifies_the_name(tmp_path: Path, kind: Transport) -> None:
    path = certificate(tmp_path, "good.test")
    assert fetch_over_tls(path, "good.test", kind) == b"hello"
    with pytest.raises(httpx.ConnectError, match="(?i)certificate"):
        fetch_over_tls(path, "other.test", kind)
