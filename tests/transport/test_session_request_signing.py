"""What our clients sign is what they send, with the host written by us; it is worked out anew here, from the bytes."""

import hmac
from hashlib import sha256
from typing import Any

import pytest

from lattice_tg import TargetGroupBuilder, TargetGroupClient
from support.http_stub import answer, answering

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


def signature_of(raw: bytes) -> tuple[str, str]:
    """The signature that a request has, and the one it should have: AWS Signature Version 4."""
    head, _, body = raw.partition(b"\r\n\r\n")
    line, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    method, target, _ = line.split(" ")
    path, _, query = target.partition("?")
    told = dict(part.split("=", 1) for part in headers["authorization"].removeprefix("AWS4-HMAC-SHA256 ").split(", "))
    scope = told["Credential"].partition("/")[2]
    signed = "".join(f"{name}:{headers[name]}\n" for name in told["SignedHeaders"].split(";"))
    in_order = "&".join(sorted(query.split("&")))
    canonical = "\n".join([method, path, in_order, signed, told["SignedHeaders"], sha256(body).hexdigest()])
    to_sign = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{SECRET_KEY}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    assert "host" in told["SignedHeaders"].split(";")
    return told["Signature"], hmac.new(key, to_sign.encode(), "sha256").hexdigest()


@pytest.mark.usefixtures("credentials")
def test_every_request_is_signed_as_it_is_sent() -> None:
    """With and without a body and a query; there is one Host, the one that was asked."""
    with answering(answer(200, GROUP)) as stub:
        client = TargetGroupClient(region_name="eu-west-1", endpoint_url=stub.url)
        client.create(TargetGroupBuilder.lambda_("resize").build())
        client.get(GROUP_ID)
        list(client.list(type="IP"))
        client.delete(GROUP_ID)

    assert [asked.line.split(" ")[0] for asked in stub.asked] == ["POST", "GET", "GET", "DELETE"]
    for asked in stub.asked:
        has, should_have = signature_of(asked.raw)
        assert has == should_have, asked.line
        hosts = [line for line in asked.raw.decode().split("\r\n") if line.lower().startswith("host:")]
        assert hosts == [f"Host: {stub.url.removeprefix('http://')}"]
