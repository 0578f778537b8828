"""Failed tests and programming errors, which propagate unchanged."""

import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
from botocore.config import Config
from botocore.exceptions import StubAssertionError, UnStubbedResponseError
from botocore.stub import Stubber

from lattice_tg import ConfigurationError, TargetGroupClient
from support.clients import MakeClient
from support.http_stub import http_response, serve
from support.sample_groups import ID, wire_group


@pytest.fixture
def stubbed(session: Any) -> tuple[TargetGroupClient, Any]:
    """Return a client whose boto3 client is stubbed, and the Stubber."""
    config = Config(retries={"total_max_attempts": 1})
    boto3_client = session.client("vpc-lattice", endpoint_url="http://127.0.0.1:1", config=config)
    return TargetGroupClient(boto3_client=boto3_client), Stubber(boto3_client)


def test_stubbed_response_is_returned(stubbed: tuple[TargetGroupClient, Any]) -> None:
    """A client with a stubbed boto3 client returns the response of the Stubber."""
    client, stubber = stubbed
    stubber.add_response("get_target_group", wire_group(), {"targetGroupIdentifier": ID})

    with stubber:
        assert client.get(ID).id == ID


def test_unexpected_parameters_fail_the_test(stubbed: tuple[TargetGroupClient, Any]) -> None:
    """If a request differs from the expected parameters, the Stubber's AssertionError propagates."""
    client, stubber = stubbed
    stubber.add_response("get_target_group", wire_group(), {"targetGroupIdentifier": "tg-00000000000000000"})

    with stubber, pytest.raises(AssertionError, match="Expected parameters") as caught:
        client.get(ID)

    assert type(caught.value) is StubAssertionError


def test_unexpected_request_fails_the_test(stubbed: tuple[TargetGroupClient, Any]) -> None:
    """If no response is queued, or a response to another operation, the error of the Stubber propagates."""
    client, stubber = stubbed
    with stubber, pytest.raises(UnStubbedResponseError):
        client.get(ID)

    stubber.add_response("list_target_groups", {"items": []})

    with stubber, pytest.raises(Exception, match="Operation mismatch") as caught:
        client.get(ID)

    assert caught.type.__module__ == "botocore.exceptions"


ERRORS = [AssertionError, AttributeError, KeyError, RuntimeError, TypeError, ValueError, ZeroDivisionError]


def make_raiser(error: Exception) -> Callable[..., NoReturn]:
    def fail(*_: object, **__: object) -> NoReturn:
        raise error

    return fail


@pytest.mark.parametrize(
    "event", ["before-parameter-build", "before-call", "before-send", "before-parse", "after-call"]
)
@pytest.mark.parametrize("error_class", ERRORS)
def test_error_in_an_event_handler_propagates(
    event: str, error_class: type[Exception], make_client: MakeClient
) -> None:
    """If a user's event handler raises an error, the call raises this error after one attempt."""
    error = error_class("user")
    with serve(http_response(200, wire_group())) as stub, make_client(endpoint_url=stub.url) as client:
        client.boto3_client.meta.events.register(f"{event}.vpc-lattice", make_raiser(error))
        with pytest.raises(error_class) as caught:
            client.get(ID)

    assert caught.value is error
    assert len(stub.requests) <= 1


def test_error_in_a_builtin_event_handler_propagates(make_client: MakeClient) -> None:
    """An event handler that is not written in Python has no entry in the traceback, but its error propagates."""
    with serve(http_response(200, wire_group())) as stub, make_client(endpoint_url=stub.url) as client:
        client.boto3_client.meta.events.register("before-send.vpc-lattice", int)
        with pytest.raises(TypeError, match="keyword argument"):
            client.get(ID)


def test_error_in_a_replaced_method_propagates(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a test replaces botocore's method that sends requests, the error of the replacement propagates."""
    error = KeyError("fake")
    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", make_raiser(error))

    with pytest.raises(KeyError) as caught:
        make_client().get(ID)

    assert caught.value is error


def test_assertion_in_a_fake_connection_propagates(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """An AssertionError that a fake connection raises propagates, although botocore wraps the error."""
    error = AssertionError("no network in this test")
    monkeypatch.setattr(socket, "getaddrinfo", make_raiser(error))

    with pytest.raises(AssertionError) as caught:
        make_client(endpoint_url="http://127.0.0.1:1").get(ID)

    assert caught.value is error


def test_malformed_credentials_are_a_configuration_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If refreshing credentials fails with any error, the call raises ConfigurationError without a request."""
    script = tmp_path / "credentials.py"
    script.write_text(
        "import json, pathlib\n"
        f"first = pathlib.Path({str(tmp_path / 'first')!r})\n"
        "keys = {'AccessKeyId': 'a', 'SecretAccessKey': 'b', 'Expiration': '2020-01-01T00:00:00Z'}\n"
        "print('{' if first.exists() else json.dumps({'Version': 1, **keys}))\n"
        "first.touch()\n"
    )
    config = tmp_path / "config"
    config.write_text(f"[profile p]\nregion = eu-west-1\ncredential_process = {sys.executable} {script}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))

    with serve(http_response(200, wire_group())) as stub, pytest.raises(ConfigurationError) as caught:
        TargetGroupClient(profile_name="p", endpoint_url=stub.url).get(ID)

    assert str(caught.value).startswith("GetTargetGroup: Retrieving credentials failed: JSONDecodeError: Expecting ")
    assert stub.requests == []
