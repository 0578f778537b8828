"""Tests of request signing. The expected signatures are computed from the bytes that the client sends."""

import hmac
from hashlib import sha256
from typing import Any

import pytest

from lattice_tg import TargetGroupBuilder, TargetGroupClient
from support.http_stub import http_response, serve

GROUP_ID = "tg-0123456789abcdefg"
GROUP: dict[str, Any] = {
    "id": GROUP_ID,
    "arn": "arn:1",
    "name": "resize",
    "type": "LAMBDA",
    "status": "ACTIVE",
    "items": [],
}
SECRET_KEY = "testing secret"


@pytest.fixture
def credentials(bare_environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)


def compute_signatures(raw: bytes) -> tuple[str, str]:
    """Return the signature in a request and the expected signature (AWS Signature Version 4)."""
    head, _, body = raw.partition(b"\r\n\r\n")
    line, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    method, target, _ = line.split(" ")
    path, _, query = target.partition("?")
    authorization = dict(
        part.split("=", 1) for part in headers["authorization"].removeprefix("AWS4-HMAC-SHA256 ").split(", ")
    )
    scope = authorization["Credential"].partition("/")[2]
    canonical_headers = "".join(f"{name}:{headers[name]}\n" for name in authorization["SignedHeaders"].split(";"))
    canonical_query = "&".join(sorted(query.split("&")))
    canonical = "\n".join(
        [method, path, canonical_query, canonical_headers, authorization["SignedHeaders"], sha256(body).hexdigest()]
    )
    to_sign = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{SECRET_KEY}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    assert "host" in authorization["SignedHeaders"].split(";")
    return authorization["Signature"], hmac.new(key, to_sign.encode(), "sha256").hexdigest()


@pytest.mark.usefixtures("credentials")
def test_requests_are_signed_as_sent() -> None:
    """Requests have a valid signature and one Host header, with and without a body or a query."""
    with serve(http_response(200, GROUP)) as stub:
        client = TargetGroupClient(region_name="eu-west-1", endpoint_url=stub.url)
        client.create(TargetGroupBuilder.lambda_("resize").build())
        client.get(GROUP_ID)
        list(client.list(type="IP"))
        client.delete(GROUP_ID)

    assert [request.line.split(" ")[0] for request in stub.requests] == ["POST", "GET", "GET", "DELETE"]
    for request in stub.requests:
        signature, expected = compute_signatures(request.raw)
        assert signature == expected, request.line
        hosts = [line for line in request.raw.decode().split("\r\n") if line.lower().startswith("host:")]
        assert hosts == [f"Host: {stub.url.removeprefix('http://')}"]
