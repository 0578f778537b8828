"""Requests over TLS: CA bundles, unknown certificates and client certificates."""

import ssl
from collections.abc import Generator
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

from lattice_tg import ConfigurationError, LatticeError, RetryPolicy, TargetGroupClient
from lattice_tg.transport import exchange

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
