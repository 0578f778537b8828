"""Requests over TLS: CA bundles, unknown certificates and client certificates."""

import asyncio
import ssl
from collections.abc import Generator, Sequence
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from threading import Thread
from typing import Any, cast

import pytest
from botocore.config import Config
from botocore.endpoint import Endpoint
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lattice_tg import (
    AsyncTargetGroupClient,
    ConfigurationError,
    LatticeError,
    RetryPolicy,
    TargetGroup,
    TargetGroupBuilder,
    TargetGroupClient,
    TransportError,
)
from lattice_tg.transport import exchange
from support.scripted_server import CLOSE, GARBAGE, PAUSE, WAIT, Script, serve_scripts

pytestmark = pytest.mark.usefixtures("credentials")

GROUP_ID = "tg-0123456789abcdefg"
FAST, BOTOCORES = vars(exchange)["_FastEndpoint"], Endpoint


class Handler(BaseHTTPRequestHandler):
    """A handler that responds with a target group."""

    def do_GET(self) -> None:
        """Respond to a request."""
        body = b'{"id": "tg-0123456789abcdefg", "name": "resize"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a self-signed certificate for 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    key_format = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, *key_format)
    )
    return path


@pytest.fixture(params=[False, True], ids=["server certificate", "client certificate"])
def server(request: pytest.FixtureRequest, certificate: Path) -> Generator[tuple[str, dict[str, str]]]:
    """Run a TLS server, and yield its URL and the client options that it requires."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if request.param:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificate)
    with HTTPServer(("127.0.0.1", 0), Handler) as http_server:
        http_server.socket = context.wrap_socket(http_server.socket, server_side=True)
        thread = Thread(target=http_server.serve_forever, args=(0.01,))
        thread.start()
        yield f"https://127.0.0.1:{http_server.server_port}", {"client_cert": str(certificate)} if request.param else {}
        http_server.shutdown()
        thread.join()


def make_client(url: str, endpoint: type, **config: Any) -> TargetGroupClient:
    """Return a client with the fast endpoint or botocore's endpoint."""
    client = TargetGroupClient(
        endpoint_url=url, config=cast("Any", Config)(**config), retry=RetryPolicy.disabled(), read_timeout_seconds=5
    )
    client.boto3_client._endpoint.__class__ = endpoint
    return client


@pytest.mark.parametrize("endpoint", [FAST, BOTOCORES])
def test_certificate_in_the_ca_bundle_is_accepted(
    endpoint: type, server: tuple[str, dict[str, str]], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client trusts the certificates in ``AWS_CA_BUNDLE``, and identifies itself with ``client_cert``."""
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    url, options = server

    with make_client(url, endpoint, **options) as client:
        names = [client.get(GROUP_ID).name for _ in range(2)]

    assert names == ["resize", "resize"]


@pytest.mark.parametrize("endpoint", [FAST, BOTOCORES])
def test_unknown_certificate_is_rejected(endpoint: type, server: tuple[str, dict[str, str]]) -> None:
    """The client does not send a request to a server whose certificate it does not trust."""
    url, options = server

    with (
        make_client(url, endpoint, **options) as client,
        pytest.raises(ConfigurationError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        client.get(GROUP_ID)


@pytest.mark.parametrize("endpoint", [FAST, BOTOCORES])
@pytest.mark.parametrize("server", [True], indirect=True)
def test_client_without_certificate_is_rejected(
    endpoint: type, server: tuple[str, dict[str, str]], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the server requires a client certificate, a client without a certificate receives no response."""
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))

    with make_client(server[0], endpoint) as client, pytest.raises(LatticeError):
        client.get(GROUP_ID)


# The asyncio client

BODY = b'{"id": "tg-0123456789abcdefg", "name": "resize", "failureMessage": "%b"}' % (b"x" * 100_000)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY)


@pytest.fixture
def tls(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """Return the context for a server whose certificate the client accepts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    return context


@pytest.fixture
def get_in_loop(tls: ssl.SSLContext) -> Any:
    """Return a function that gets a target group from a TLS server with the asyncio client, once for each script."""

    async def get_all(url: str, count: int) -> list[TargetGroup]:
        async with AsyncTargetGroupClient(
            endpoint_url=url, retry=RetryPolicy.disabled(), read_timeout_seconds=0.3
        ) as client:
            return [await client.get(GROUP_ID) for _ in range(count)]

    def get_groups(scripts: Sequence[Script]) -> list[TargetGroup]:
        with serve_scripts(*scripts, tls=tls) as server:
            return asyncio.run(get_all(server.url, len(scripts)))

    return get_groups


def test_event_loop_waits_for_tls_records(get_in_loop: Any, sent_in_loop: list[bool]) -> None:
    """A response may arrive in many TLS records, and in records that are longer than one read."""
    parts = [PAUSE, HEAD, BODY[:10], BODY[10:70_000], PAUSE, BODY[70_000:]]
    groups = get_in_loop([[HEAD + BODY], [HEAD + BODY], parts, parts])

    assert sent_in_loop == [False, False, True, True]
    assert [len(group.failure_message) for group in groups] == [100_000] * 4


@pytest.mark.parametrize(
    ("script", "message"),
    [([HEAD, GARBAGE], "SSL"), ([CLOSE], "Connection was closed"), ([HEAD, WAIT], "Read timeout on endpoint")],
)
def test_broken_tls_is_reported(script: Script, message: str, get_in_loop: Any, sent_in_loop: list[bool]) -> None:
    """If the connection breaks, the error is the same as with the blocking client."""
    with pytest.raises((TransportError, ConfigurationError), match=message):
        get_in_loop([[HEAD + BODY], [HEAD + BODY], script])

    assert sent_in_loop == [False, False, True]


def test_head_and_body_are_sent_together(tls: ssl.SSLContext, sent_in_loop: list[bool]) -> None:
    """The head and the body arrive in one TLS record, so the server wakes up once."""

    async def create_groups(url: str) -> None:
        async with AsyncTargetGroupClient(endpoint_url=url) as client:
            for _ in range(3):
                await client.create(TargetGroupBuilder.lambda_("resize").build())

    with serve_scripts([HEAD + BODY], tls=tls) as server:
        asyncio.run(create_groups(server.url))

    assert sent_in_loop == [False, False, True]
    assert server.receive_counts[2] == 1
