"""Tests of the fast signer, which must compute the same signatures as botocore's signer."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, cast

import boto3
import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.hooks import HierarchicalEmitter
from botocore.model import ServiceId
from botocore.signers import RequestSigner
from hypothesis import given
from hypothesis import strategies as st

from lattice_tg import TargetGroupClient
from lattice_tg.transport import signing
from lattice_tg.transport.signing import set_signer

botocore_auth: Any = botocore.auth
SigV4Auth: Any = botocore_auth.SigV4Auth
FastSigV4Auth: Any = vars(signing)["_FastSigV4Auth"]
AUTHORITIES = (
    "vpc-lattice.eu-west-1.amazonaws.com",
    "Example.COM:443",
    "127.0.0.1:8080",
    "[::1]:80",
    "user:pw@host:80",
)
HEADER_NAMES = (
    "User-Agent",
    "Content-Type",
    "X-Amzn-Trace-Id",
    "x-custom",
    "Expect",
    "Host",
    "Date",
    "Transfer-Encoding",
    "X-Amz-Content-SHA256",
)
HEADERS = st.lists(
    st.tuples(st.sampled_from(HEADER_NAMES), st.text("ab ,;=é\t", min_size=1).map(str.strip).filter(bool)), max_size=5
)
REQUESTS = st.fixed_dictionaries(
    {
        "method": st.sampled_from(("GET", "POST", "PATCH", "DELETE")),
        "scheme": st.sampled_from(("http", "https")),
        "authority": st.sampled_from(AUTHORITIES),
        "path": st.sampled_from(
            ("", "/", "/targetgroups/tg-1", "/tags/arn%3Aaws%3Ax%2Fy", "//a/../b c/é", "/a%20b/./")
        ),
        "query": st.sampled_from(("", "?a=1", "?b=2&a=1&a=%20", "?nextToken=a%2Bb%3D&maxResults=100", "?flag")),
        "headers": HEADERS,
        "data": st.sampled_from((b"", b'{"name":"orders"}', b"\x00\xff", "text", None)),
        "context": st.sampled_from(
            (
                {},
                {"payload_signing_enabled": False},
                {"payload_signing_enabled": True},
                {"checksum": {"request_algorithm": {"in": "trailer"}}},
                {"checksum": {"request_algorithm": {"in": "header"}}},
            )
        ),
    }
)
CREDENTIALS = st.sampled_from(
    (("key", "secret", None), ("key", "secret", "token"), ("other key", "other secret", None))
)
TIMES = st.sampled_from((datetime(2026, 11, 26, 23, 59, 59, tzinfo=UTC), datetime(2026, 11, 27, tzinfo=UTC)))


def make_request(parts: dict[str, Any]) -> Any:
    """Return a request to be signed."""
    request: Any = AWSRequest(
        parts["method"], f"{parts['scheme']}://{parts['authority']}{parts['path']}{parts['query']}", data=parts["data"]
    )
    for name, value in parts["headers"]:
        request.headers[name] = value
    request.context = dict(parts["context"])
    return request


def sign(auth: Any, parts: dict[str, Any], time: datetime) -> object:
    """Return the headers of the signed request, or the error that the signer raises."""
    request = make_request(parts)
    with pytest.MonkeyPatch.context() as monkeypatch:
        set_time(monkeypatch, time)
        try:
            auth.add_auth(request)
        except Exception as error:  # noqa: BLE001 - both signers must raise the same error
            return type(error), str(error)
    return request.headers.items(), request.context


def set_time(monkeypatch: pytest.MonkeyPatch, time: datetime) -> None:
    """Set the time of botocore's signer."""
    if hasattr(botocore_auth, "get_current_datetime"):
        monkeypatch.setattr(botocore_auth, "get_current_datetime", lambda: time.replace(tzinfo=None))
    else:  # botocore before 1.40
        monkeypatch.setattr(botocore_auth, "datetime", FixedTime(time))


class FixedTime:
    """A replacement for the module ``datetime`` in which the time is fixed."""

    def __init__(self, time: datetime) -> None:
        self.datetime = self
        self.time = time

    def utcnow(self) -> datetime:
        """Return the fixed time."""
        return self.time.replace(tzinfo=None)

    def strptime(self, text: str, format_: str) -> datetime:
        """Parse a time as the module does."""
        return datetime.strptime(text, format_)  # noqa: DTZ007


class Signers:
    """A fast signer and botocore's signer for the same requests."""

    def __init__(self, credentials: tuple[str, str, str | None] = ("key", "secret", None)) -> None:
        self.credentials: Any = Credentials(*credentials)
        self.emitter: Any = HierarchicalEmitter()  # The signers refer to the emitter weakly.
        make_signer: Any = RequestSigner
        self.signer, self.botocores = (
            make_signer(ServiceId("VPC Lattice"), "eu-west-1", "vpc-lattice", "v4", self.credentials, self.emitter)
            for _ in range(2)
        )
        assert set_signer(Holder(self.signer))


class Holder:
    """An object with a request signer, such as a boto3 client."""

    def __init__(self, signer: Any) -> None:
        self._request_signer = signer


@given(st.lists(st.tuples(REQUESTS, CREDENTIALS, TIMES), min_size=1, max_size=4))
def test_signatures_equal_botocores(
    requests: list[tuple[dict[str, Any], tuple[str, str, str | None], datetime]],
) -> None:
    """Signed headers are identical, also if the credentials or the day change between requests."""
    signers = Signers()

    for parts, credentials, time in requests:
        signers.credentials.access_key, signers.credentials.secret_key, signers.credentials.token = credentials
        fast, plain = (
            signer.get_auth_instance("vpc-lattice", "eu-west-1", "v4") for signer in (signers.signer, signers.botocores)
        )
        assert (type(fast), type(plain)) == (FastSigV4Auth, SigV4Auth)
        assert sign(fast, parts, time) == sign(plain, parts, time)


def test_one_signer_signs_several_requests() -> None:
    """If the same signer signs a second request, the signature covers the headers of the second request."""
    auth = Signers().signer.get_auth_instance("vpc-lattice", "eu-west-1", "v4")
    plain = SigV4Auth(auth.credentials, "vpc-lattice", "eu-west-1")
    time = datetime(2026, 11, 26, tzinfo=UTC)
    target = {"method": "GET", "scheme": "https", "authority": AUTHORITIES[0], "path": "/targetgroups", "query": ""}
    first, second = (
        {**target, "headers": [("x-custom", value)], "data": b"", "context": dict[str, Any]()} for value in ("1", "2")
    )

    signed = [sign(auth, first, time), sign(auth, second, time)]

    assert signed == [sign(plain, first, time), sign(plain, second, time)]


def test_signing_key_is_not_shown() -> None:
    """The secret key does not appear in the repr of the signer's attributes."""
    signer: Any = Signers().signer
    target = {"method": "GET", "scheme": "https", "authority": AUTHORITIES[0], "path": "/", "query": ""}
    auth: Any = signer.get_auth_instance("vpc-lattice", "eu-west-1", "v4")
    sign(auth, {**target, "headers": [], "data": b"", "context": {}}, datetime(2026, 11, 26, tzinfo=UTC))

    attributes: dict[str, Any] = signer.__dict__
    key_cache = attributes["key_cache"]
    assert key_cache.last.scope[0] == "secret"
    assert "secret" not in f"{attributes} {vars(key_cache)} {vars(auth)}".replace(str(auth.credentials), "")


def test_other_signature_versions_are_left_to_botocore() -> None:
    """A request that needs another signature version gets botocore's signer."""
    signers = Signers()

    fast, plain = (
        signer.get_auth_instance("vpc-lattice", "eu-west-1", signature_version="v4-query")
        for signer in (signers.signer, signers.botocores)
    )

    assert type(fast) is type(plain) is botocore_auth.SigV4QueryAuth


@pytest.fixture
def first_client() -> Iterator[None]:
    """Forget that the signer was checked, as in a new process."""
    signing.signs_like_botocore.cache_clear()
    yield
    signing.signs_like_botocore.cache_clear()


def get_auth_type(client: Any) -> object:
    """Return the type of the signer that a boto3 client uses for a request."""
    return client._request_signer.get_auth_instance("vpc-lattice", "eu-west-1").__class__


@pytest.mark.usefixtures("credentials")
def test_clients_of_the_library_sign_faster() -> None:
    """Clients that the library creates have the fast signer. Other clients of the same session do not have it."""
    session = cast("Any", boto3).Session(region_name="eu-west-1")
    plain = session.client("vpc-lattice")
    clients = [TargetGroupClient(region_name="eu-west-1"), TargetGroupClient(session=session)]

    assert [get_auth_type(client.boto3_client) for client in clients] == [FastSigV4Auth] * 2
    assert [get_auth_type(client) for client in (plain, session.client("vpc-lattice"))] == [SigV4Auth] * 2
    assert get_auth_type(TargetGroupClient(boto3_client=plain).boto3_client) is SigV4Auth


class OtherSigner(RequestSigner):  # type: ignore[misc]
    """A signer that a user derived from botocore's."""


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize("signer", [None, OtherSigner(ServiceId("x"), "eu-west-1", "x", "v4", None, Holder(None))])
def test_unknown_signers_stay_as_they_are(signer: Any) -> None:
    """A signer that is not botocore's own is not replaced."""
    assert set_signer(Holder(signer)) is False
    assert type(signer) in (type(None), OtherSigner)


def remove_host_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the function with which botocore makes the Host header."""
    monkeypatch.delattr(botocore_auth, "_host_from_url")


def change_canonical_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Change how botocore hashes the body of a request."""

    def hash_body(*_: object) -> str:
        return "another hash"

    monkeypatch.setattr(SigV4Auth, "payload", hash_body)


def change_signer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Change the class of botocore's request signers."""
    monkeypatch.setattr("lattice_tg.transport.signing.RequestSigner", OtherSigner)


@pytest.mark.usefixtures("credentials", "first_client")
@pytest.mark.parametrize("change", [remove_host_function, change_canonical_request, change_signer])
def test_botocore_signs_if_its_signer_changes(
    change: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """If a version of botocore signs in another way, botocore signs all requests, and the debug log says so."""
    change(monkeypatch)
    with caplog.at_level("DEBUG", logger="lattice_tg"):
        client = TargetGroupClient(region_name="eu-west-1")

    assert get_auth_type(client.boto3_client) is SigV4Auth
    assert "botocore signs all requests" in caplog.text
