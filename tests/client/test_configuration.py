"""Configuration of the client: settings, their precedence, and errors for invalid settings."""

from pathlib import Path
from typing import Any

import boto3  # pyright: ignore[reportMissingTypeStubs]
import botocore.session  # pyright: ignore[reportMissingTypeStubs]
import pytest
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs]

from lattice_tg import ConfigurationError, RetryPolicy, TargetGroupClient, TransportError
from lattice_tg.testing import VpcLatticeEmulator
from support.clients import MakeClient
from support.http_stub import http_response, serve
from support.sample_groups import ID, wire_group

REGION: dict[str, Any] = {"region_name": "eu-west-1"}
CHECK_SETTINGS = "Check region_name, endpoint_url, config and the AWS profile."
NOT_A_SESSION = "must be a boto3.Session. Wrap a botocore session in boto3.Session(botocore_session=...)."


def configuration_error(**options: Any) -> str:
    """Return the message of the ConfigurationError that TargetGroupClient() raises."""
    with pytest.raises(ConfigurationError) as caught:
        TargetGroupClient(**options)
    return str(caught.value)


def test_missing_region_is_explained() -> None:
    """If no Region is set, the error names the three places to set a Region."""
    assert configuration_error() == (
        'region_name is not set. Pass region_name="us-east-1", set AWS_DEFAULT_REGION, or set region in the AWS profile.'
    )


def test_unknown_profile_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """If a profile does not exist, the error names the profile.

    The profile may be passed or set in the environment.
    """
    message = configuration_error(profile_name="shop", **REGION)
    monkeypatch.setenv("AWS_PROFILE", "shop")

    assert [message, configuration_error(**REGION)] == [
        (
            "The config profile (shop) could not be found. Pass another profile_name, change AWS_PROFILE, or create the "
            "profile with `aws configure --profile`."
        )
    ] * 2


def test_missing_credentials_are_reported_before_any_request() -> None:
    """If no credentials are found, the first call raises and sends no request."""
    with serve(http_response(200)) as stub, pytest.raises(ConfigurationError) as caught:
        TargetGroupClient(endpoint_url=stub.url, **REGION).get(ID)

    assert (str(caught.value), stub.requests) == (
        "GetTargetGroup: Unable to locate credentials. Pass profile_name, set AWS_PROFILE, or sign in.",
        [],
    )


def test_botocore_without_the_service_is_too_old(tmp_path: Path) -> None:
    """If the botocore version does not support VPC Lattice, the error names the version to install."""
    session: Any = botocore.session.Session()
    loader = session.get_component("data_loader")
    loader._search_paths = [str(tmp_path)]  # This directory contains no service models.
    (tmp_path / "endpoints.json").write_text('{"version": 3, "partitions": []}')
    (tmp_path / "partitions.json").write_text('{"version": "1.1", "partitions": []}')
    (tmp_path / "sdk-default-configuration.json").write_text('{"version": 1, "base": {}, "modes": {}}')

    assert configuration_error(session=boto3.Session(botocore_session=session), **REGION) == (
        f"botocore {botocore.__version__} does not support vpc-lattice. Upgrade it with "
        "`pip install --upgrade 'boto3>=1.36'`."
    )


def test_client_of_another_service_is_rejected(session: Any) -> None:
    """If a boto3 client for another service is passed, the error names the service."""
    assert configuration_error(boto3_client=session.client("s3")) == (
        "boto3_client is a client for s3, expected vpc-lattice. Pass boto3.client('vpc-lattice'), or omit boto3_client."
    )


@pytest.mark.parametrize("value", ["vpc-lattice", 5, boto3])
def test_non_client_is_rejected(value: Any) -> None:
    """If a value that is not a boto3 client is passed, the error shows the type of the value."""
    assert configuration_error(boto3_client=value).startswith(
        f"boto3_client=<{type(value).__name__}>: must be a boto3 client for vpc-lattice. Pass boto3.client('vpc-lattice')"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (REGION, "boto3_client cannot be combined with region_name. Remove boto3_client or region_name."),
        (
            {"profile_name": "shop", "endpoint_url": "http://127.0.0.1:1"},
            (
                "boto3_client cannot be combined with profile_name or endpoint_url. "
                "Remove boto3_client, or remove the other arguments."
            ),
        ),
        ({"config": Config()}, "boto3_client cannot be combined with config. Remove boto3_client or config."),
        (
            {"max_connections": 50},
            "boto3_client cannot be combined with max_connections. Remove boto3_client or max_connections.",
        ),
        (
            {"connect_timeout_seconds": 1, "read_timeout_seconds": 1},
            (
                "boto3_client cannot be combined with connect_timeout_seconds or read_timeout_seconds. "
                "Remove boto3_client, or remove the other arguments."
            ),
        ),
    ],
)
def test_settings_beside_a_boto3_client_are_rejected(options: dict[str, Any], message: str, boto3_client: Any) -> None:
    """A boto3 client cannot be combined with settings that would change the boto3 client."""
    assert configuration_error(boto3_client=boto3_client, **options) == message


def test_profile_or_client_beside_a_session_is_rejected(session: Any, boto3_client: Any) -> None:
    """A session cannot be combined with profile_name or boto3_client."""
    assert [
        configuration_error(session=session, profile_name="shop"),
        configuration_error(session=session, boto3_client=boto3_client),
    ] == [
        "session cannot be combined with profile_name. Remove session or profile_name.",
        "boto3_client cannot be combined with session. Remove boto3_client or session.",
    ]


@pytest.mark.parametrize("value", ["shop", botocore.session.Session()])
def test_non_session_is_rejected(value: Any) -> None:
    """If a value that is not a boto3.Session is passed, the error shows the type of the value."""
    assert configuration_error(session=value, **REGION) == f"session=<{type(value).__name__}>: {NOT_A_SESSION}"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"region_name": 5}, "region_name=5: must be a non-empty string or None"),
        ({"region_name": ""}, "region_name='': must be a non-empty string or None"),
        (
            {"region_name": "eu west"},
            f"Provided region_name 'eu west' doesn't match a supported format. {CHECK_SETTINGS}",
        ),
        ({"endpoint_url": "localhost"}, f"Invalid endpoint: localhost. {CHECK_SETTINGS}"),
        ({"config": {"retries": 1}}, "config=<dict>: must be a botocore.config.Config or None"),
        ({"max_connections": 0}, "max_connections=0: must be an integer of at least 1"),
        ({"max_connections": 2.5}, "max_connections=2.5: must be an integer of at least 1"),
        ({"connect_timeout_seconds": 0}, "connect_timeout_seconds=0: must be a number of seconds greater than 0"),
        ({"read_timeout_seconds": 86_401}, "read_timeout_seconds=86401: must be at most 86,400 seconds"),
        ({"read_timeout_seconds": "5"}, "read_timeout_seconds='5': must be a number of seconds greater than 0"),
        (
            {"endpoint_url": "http://127.0.0.1:no"},
            (
                "endpoint_url='http://127.0.0.1:no': the port must be an integer from 0 to 65535. "
                "Correct the argument, AWS_ENDPOINT_URL or the AWS profile."
            ),
        ),
        (
            {"read_timeout_seconds": float("nan")},
            "read_timeout_seconds=nan: must be a number of seconds greater than 0",
        ),
        ({"retry": 5}, "retry=5: must be a RetryPolicy, such as RetryPolicy(max_attempts=5)"),
        ({"on_retry": "print"}, "on_retry='print': must be a function that accepts a RetryEvent, or None"),
        (
            {"max_requests_per_second": 0},
            (
                "max_requests_per_second=0: must be a number greater than 0. "
                "Omit max_requests_per_second to let the client find the rate."
            ),
        ),
        (
            {"max_requests_per_second": "10"},
            (
                "max_requests_per_second='10': must be a number greater than 0. "
                "Omit max_requests_per_second to let the client find the rate."
            ),
        ),
    ],
)
def test_invalid_setting_is_rejected(options: dict[str, Any], message: str, session: Any) -> None:
    """An invalid setting raises ConfigurationError, and the error gives the rule."""
    assert configuration_error(**{"session": session, **options}) == message


def test_all_invalid_settings_are_reported_together() -> None:
    """A single error reports all invalid settings."""
    assert configuration_error(max_connections=0, read_timeout_seconds=-1, profile_name=7) == (
        "3 validation errors:\n"
        "  profile_name=7: must be a non-empty string or None\n"
        "  max_connections=0: must be an integer of at least 1\n"
        "  read_timeout_seconds=-1: must be a number of seconds greater than 0"
    )


def test_region_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client without settings uses the Region that the environment sets."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")

    with TargetGroupClient() as client:
        described = repr(client)

    assert described == (
        "TargetGroupClient(region_name='ap-south-1', endpoint_url='https://vpc-lattice.ap-south-1.amazonaws.com')"
    )


def test_client_disables_botocore_retries_and_applies_settings(make_client: MakeClient) -> None:
    """The boto3 client uses the passed pool size and timeouts, and its retries are disabled."""
    client = make_client(max_connections=1, connect_timeout_seconds=1.5, read_timeout_seconds=2.5)

    config = client.boto3_client.meta.config
    assert config.retries == {"mode": "standard", "total_max_attempts": 1}
    assert (config.max_pool_connections, config.connect_timeout, config.read_timeout) == (1, 1.5, 2.5)
    assert "lattice_tg" in config.user_agent_extra


def test_retries_in_the_environment_are_ignored(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry settings in the environment do not enable botocore's retries."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "5")
    monkeypatch.setenv("AWS_RETRY_MODE", "legacy")
    client = make_client(endpoint_url="http://127.0.0.1:1", retry=RetryPolicy(max_attempts=1))

    with serve(http_response(500)) as stub, pytest.raises(TransportError):
        client.get(ID)

    assert (client.boto3_client.meta.config.retries["total_max_attempts"], stub.requests) == (1, [])


def test_config_overrides_settings(make_client: MakeClient) -> None:
    """A passed Config overrides only the settings that the Config sets."""
    client = make_client(config=Config(proxies={"https": "http://127.0.0.1:1"}, read_timeout=7))

    config = client.boto3_client.meta.config
    assert (config.proxies, config.read_timeout, config.connect_timeout) == ({"https": "http://127.0.0.1:1"}, 7, 5.0)
    assert config.retries["total_max_attempts"] == 1


def test_session_sets_the_region_and_region_name_overrides_it(
    make_client: MakeClient, lattice: VpcLatticeEmulator
) -> None:
    """A session sets the Region of the client, and region_name overrides this Region."""
    with make_client() as default, make_client(region_name="us-west-2") as other:
        regions = [client.boto3_client.meta.region_name for client in (default, other)]

    assert regions == ["eu-west-1", "us-west-2"]


def test_passed_client_is_used_unchanged(boto3_client: Any) -> None:
    """A passed boto3 client is used unchanged and left open."""
    with serve(http_response(200, wire_group())), TargetGroupClient(boto3_client=boto3_client) as client:
        same = client.boto3_client

    assert same is boto3_client


class EmptyClock:
    """A clock without methods."""

    def __repr__(self) -> str:
        return "EmptyClock()"


def test_a_clock_without_methods_is_rejected() -> None:
    """A clock that lacks methods raises ConfigurationError, which names the methods."""
    options: dict[str, Any] = {"clock": EmptyClock(), "region_name": "eu-west-1"}

    with pytest.raises(ConfigurationError) as caught:
        TargetGroupClient(**options)

    assert str(caught.value) == (
        "clock=EmptyClock(): must have the method monotonic() and the method sleep(seconds). Add them to the clock."
    )


def take_nothing() -> None:
    """Accept no argument."""


def take_two(first: object, second: object) -> None:
    """Require two arguments."""


def take_keyword(*, event: object) -> None:
    """Require a keyword argument."""


def take_optional(event: object, extra: object = None) -> None:
    """Accept one or two arguments."""


def take_any(*events: object) -> None:
    """Accept any number of arguments."""


@pytest.mark.parametrize("hook", [take_nothing, take_two, take_keyword])
@pytest.mark.parametrize("name", ["on_retry", "on_call"])
def test_a_hook_that_cannot_receive_an_event_is_rejected(make_client: MakeClient, name: str, hook: Any) -> None:
    """A hook that cannot be called with one argument raises ConfigurationError."""
    with pytest.raises(ConfigurationError, match=rf"^{name}=.*: must be a function that accepts a (Retry|Call)Event"):
        make_client(**{name: hook})


@pytest.mark.parametrize("hook", [take_optional, take_any, list[object]().append, dict])
def test_a_hook_that_can_receive_an_event_is_accepted(make_client: MakeClient, hook: Any) -> None:
    """A hook is accepted if it can be called with one argument, or if it has no signature."""
    assert isinstance(make_client(on_call=hook), TargetGroupClient)
