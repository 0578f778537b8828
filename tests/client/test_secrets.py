"""Secrets, which never appear in a repr, an error, a log record or a pickle."""

import logging
import pickle
import traceback
from typing import Any

import pytest
from botocore.config import Config

from lattice_tg import LatticeError, RetryPolicy, ServiceError, TargetGroupClient, TransportError
from lattice_tg.testing import VirtualClock
from support.clients import MakeClient
from support.http_stub import CLOSE_CONNECTION, NO_RESPONSE, error_response, http_response, serve, unused_url
from support.sample_groups import ID, wire_group

SECRET = "s3cr3t"
USERINFO = f"user:{SECRET}@"
REGION: dict[str, Any] = {"region_name": "eu-west-1"}


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set dummy credentials."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


def add_userinfo(url: str, userinfo: str = USERINFO) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{userinfo}{rest}"


def describe_failure(**options: Any) -> str:
    """Return the traceback of a failed request, with the causes, notes, fields and pickle of the error."""
    settings: dict[str, Any] = {**REGION, "retry": RetryPolicy(max_attempts=2), "clock": VirtualClock(), **options}
    with pytest.raises(LatticeError) as caught:
        TargetGroupClient(**settings).get(ID)
    error = caught.value
    return "".join([*traceback.format_exception(error), repr(error), repr(vars(error)), str(pickle.dumps(error))])


USERINFOS = [
    USERINFO,
    f"{SECRET}@",
    f"user:{SECRET} x@",
    f"user:a@{SECRET}@",
    f"user:{SECRET}/x@",
    f"user:{SECRET}#x@",
    f"user:{SECRET}?@",
    f"user:{SECRET}\n@",
]


@pytest.mark.parametrize("userinfo", USERINFOS)
def test_endpoint_userinfo_is_not_shown(
    userinfo: str, monkeypatch: pytest.MonkeyPatch, info_log: pytest.LogCaptureFixture
) -> None:
    """Errors and log records do not contain the user name and password of an endpoint URL, wherever it is set."""
    url = add_userinfo("http://127.0.0.1:1", userinfo)
    passed = describe_failure(endpoint_url=url)
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    from_environment = describe_failure()

    assert SECRET not in passed
    assert SECRET not in from_environment
    assert SECRET not in info_log.text


@pytest.mark.parametrize("response", [CLOSE_CONNECTION, NO_RESPONSE, http_response(200, b"OK"), b"SSH-2.0\r\n"])
def test_endpoint_userinfo_of_a_passed_client_is_not_shown(response: bytes, session: Any) -> None:
    """Errors and the repr do not contain the user name and password of the endpoint URL of a passed boto3 client."""
    with serve(response) as stub:
        config = Config(retries={"total_max_attempts": 1}, read_timeout=0.05)
        boto3_client = session.client("vpc-lattice", endpoint_url=add_userinfo(stub.url), config=config)
        client = TargetGroupClient(boto3_client=boto3_client, retry=RetryPolicy(max_elapsed_seconds=0))
        with pytest.raises(TransportError) as caught:
            client.get(ID)

    assert repr(client) == f"TargetGroupClient(region_name='eu-west-1', endpoint_url={stub.url!r})"
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_endpoint_userinfo_is_not_used(caplog: pytest.LogCaptureFixture) -> None:
    """A client whose endpoint URL contains a user name works, and its repr, logs and pickle do not contain the name."""
    with serve(http_response(200, wire_group())) as stub, caplog.at_level(logging.DEBUG, logger="lattice_tg"):
        client = TargetGroupClient(endpoint_url=add_userinfo(stub.url), **REGION)
        group, pickled = client.get(ID), pickle.dumps(client)

    assert (group.id, repr(pickle.loads(pickled))) == (ID, repr(client))
    assert repr(client) == f"TargetGroupClient(region_name='eu-west-1', endpoint_url={stub.url!r})"
    assert not any(SECRET in text for text in (str(pickled), caplog.text, str(stub.requests), repr(vars(client))))


@pytest.mark.parametrize("userinfo", USERINFOS)
def test_proxy_credentials_are_not_shown(userinfo: str) -> None:
    """Errors do not contain the credentials of a proxy, even if the URL of the proxy is malformed."""
    proxy = add_userinfo(unused_url(), userinfo)

    assert SECRET not in describe_failure(config=Config(proxies={"https": proxy}))
    assert SECRET not in describe_failure(config=Config(proxies={"https": proxy.removeprefix("http://")}))


@pytest.mark.parametrize("proxy", [f"http://{USERINFO}127.0.0.1:1", f"{USERINFO}127.0.0.1:1", f"http://{SECRET}@[::1]"])
def test_client_with_proxy_credentials_cannot_be_pickled(proxy: str) -> None:
    """A client whose config contains credentials of a proxy raises TypeError instead of pickling the credentials."""
    client = TargetGroupClient(config=Config(proxies={"https": "http://127.0.0.1:1", "http": proxy}), **REGION)

    with pytest.raises(TypeError) as caught:
        pickle.dumps(client)

    assert str(caught.value) == (
        "A client whose config contains the user name or password of a proxy cannot be pickled. "
        "Set the proxy in each process, such as with the environment variable HTTPS_PROXY."
    )


def test_client_with_a_proxy_is_pickled() -> None:
    """A client whose config contains a proxy without credentials can be pickled."""
    proxies = {"https": "http://127.0.0.1:1"}
    client = TargetGroupClient(config=Config(proxies=proxies), **REGION)

    assert pickle.loads(pickle.dumps(client)).boto3_client.meta.config.proxies == proxies


@pytest.mark.parametrize("name", ["config", "session", "boto3_client"])
def test_argument_of_the_wrong_type_is_not_shown(name: str) -> None:
    """If a mapping with secrets is passed by mistake, the error shows only the type."""
    value = {"aws_secret_access_key": SECRET, "proxies": {"https": f"http://{USERINFO}127.0.0.1"}}
    options: dict[str, Any] = {name: value, **({} if name == "boto3_client" else REGION)}

    with pytest.raises(LatticeError, match=rf"{name}=<dict>: must be a ") as caught:
        TargetGroupClient(**options)

    assert SECRET not in str(caught.value)


def test_session_token_in_a_header_error_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """If a session token ends with a line break, the error about the header does not contain the token."""
    monkeypatch.setenv("AWS_SESSION_TOKEN", f"{SECRET}\n")

    failure = describe_failure(endpoint_url="http://127.0.0.1:1")

    assert "Invalid header value ***" in failure
    assert SECRET not in failure


def catch_service_error(make_client: MakeClient, response: bytes) -> ServiceError:
    with serve(response) as stub, pytest.raises(ServiceError) as caught:
        make_client(endpoint_url=stub.url).get(ID)
    return caught.value


def test_session_token_in_a_response_is_not_shown(make_client: MakeClient) -> None:
    """If VPC Lattice repeats the signed headers of a request, the error does not contain the session token."""
    message = (
        "The Canonical String for this request should have been\n'GET\n/targetgroups\n\nhost:127.0.0.1\n"
        f"x-amz-date:20260131T120000Z\nx-amz-security-token:{SECRET}\n\nhost;x-amz-date'"
    )
    error = catch_service_error(make_client, error_response(403, "InvalidSignatureException", {"message": message}))

    assert error.message == message.replace(SECRET, "***")
    assert SECRET not in "".join(traceback.format_exception(error))


def test_user_names_in_arns_are_shown(make_client: MakeClient) -> None:
    """An email address in the ARN of a user is not a secret."""
    message = "User: arn:aws:sts::123456789012:assumed-role/Admin/jane@example.com is not authorized"

    error = catch_service_error(make_client, error_response(403, "AccessDeniedException", {"message": message}))

    assert error.message == message
