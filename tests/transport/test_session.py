"""Fast sessions: timestamps, User-Agent, and isolation from other sessions."""

from datetime import UTC
from typing import Any, cast

import boto3
import botocore.parsers
import botocore.session
import pytest
from attrs import frozen
from botocore.config import Config
from botocore.parsers import DEFAULT_TIMESTAMP_PARSER  # pyright: ignore[reportUnknownVariableType]

from lattice_tg import TargetGroupBuilder, TargetGroupClient
from lattice_tg.testing import VpcLatticeEmulator
from lattice_tg.transport.plain_json import parse_timestamp
from lattice_tg.transport.session import create_fast_session, set_timestamp_parser, share_service_models


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00.123456Z",
        "2026-01-31T12:00:00+02:00",
        "2026-01-31T12:00:00.5 GMT",
        "2026-01-31T12:00:00",
        1769860800,
        "1769860800.5",
        "20260131",
        "17121108123",
    ],
)
def test_timestamps_are_parsed_as_by_botocore(value: Any) -> None:
    """Timestamps in every format are parsed to the same value as with botocore's parser."""
    assert parse_timestamp(value) == DEFAULT_TIMESTAMP_PARSER(value)


def test_invalid_timestamp_raises_botocores_error() -> None:
    """An invalid timestamp raises the same error as botocore's parser."""
    with pytest.raises(ValueError, match="Invalid timestamp"):
        parse_timestamp("soon")


def test_timestamp_out_of_range_is_invalid() -> None:
    """A number that is out of range raises ValueError instead of botocore's RuntimeError."""
    with pytest.raises(ValueError, match="Unable to calculate correct timezone offset"):
        parse_timestamp(67_768_036_191_676_800)


def test_botocore_accepts_the_timestamp_parser() -> None:
    """The installed botocore accepts the parser. If this test fails, requests are slower: adapt session.py."""
    assert set_timestamp_parser(botocore.session.Session())


@frozen
class IncompatibleSession:
    """A botocore session without the expected components."""

    error: Exception

    def get_component(self, _: str) -> None:
        raise self.error


ERRORS = [AttributeError(), TypeError("takes no such argument"), ValueError("Unknown component")]


@pytest.mark.parametrize("session", [object(), *map(IncompatibleSession, ERRORS)])
def test_incompatible_botocore_is_tolerated(session: object) -> None:
    """If an extension point is missing, the functions return False instead of raising."""
    assert not set_timestamp_parser(session)
    assert not share_service_models(session)


def test_missing_timestamp_parser_setting_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, vpc_lattice: VpcLatticeEmulator
) -> None:
    """If botocore does not accept a timestamp parser, the session is created and a DEBUG message is logged."""
    monkeypatch.delattr(botocore.parsers.ResponseParserFactory, "set_parser_defaults")

    with caplog.at_level("DEBUG", logger="lattice_tg"):
        create_fast_session(None)

    assert caplog.messages == [
        "This version of botocore does not accept a timestamp parser. botocore's own parser is used."
    ]


def test_fast_session_uses_the_timestamp_parser() -> None:
    """The clients of a fast session use the fast timestamp parser."""
    session, _ = create_fast_session(None)

    factory = session.get_component("response_parser_factory")
    assert factory.create_parser("rest-json")._timestamp_parser is parse_timestamp


def test_iso_8601_is_parsed_by_the_standard_library() -> None:
    """Parsed ISO 8601 timestamps have a time zone of the standard library, not of dateutil."""
    assert parse_timestamp("2026-01-31T12:00:00.123Z").tzinfo is UTC


def test_client_returns_the_same_times_as_boto3(vpc_lattice: VpcLatticeEmulator) -> None:
    """The client returns the same times of a group as boto3."""
    client = TargetGroupClient(region_name="us-east-1")
    created = client.create(TargetGroupBuilder.lambda_("resize").build())

    group = client.get(created)

    raw = cast("Any", boto3).client("vpc-lattice", region_name="us-east-1")
    response = raw.get_target_group(targetGroupIdentifier=created.id)
    assert (group.created_at, group.last_updated_at) == (response["createdAt"], response["lastUpdatedAt"])


def get_user_agent(client: TargetGroupClient) -> str:
    """Return the User-Agent header that ``client`` sends."""
    return get_sent_header(client, "User-Agent")


def get_sent_header(client: TargetGroupClient, name: str) -> str:
    """Return the header ``name`` that ``client`` sends."""
    sent: list[str] = []

    def record(request: Any, **_: Any) -> None:
        value = request.headers[name]
        sent.append(value.decode() if isinstance(value, bytes) else value)

    client.boto3_client.meta.events.register_first("before-send.vpc-lattice.*", record)
    list(client.list())
    return sent[0]


def test_user_agent_names_botocore_and_the_library(vpc_lattice: VpcLatticeEmulator) -> None:
    """The User-Agent contains botocore and the library, one time each."""
    agent = get_user_agent(TargetGroupClient(region_name="us-east-1"))

    assert agent.startswith(f"Botocore/{botocore.__version__} ")
    assert agent.endswith(" lattice_tg")
    assert (agent.count("Botocore/"), agent.count("lattice_tg")) == (1, 1)


def test_user_agent_of_a_passed_session_names_the_library(vpc_lattice: VpcLatticeEmulator) -> None:
    """If a session is passed, the User-Agent also contains the library."""
    agent = get_user_agent(TargetGroupClient(session=boto3.Session(region_name="us-east-1")))

    assert "lattice_tg" in agent.split()


def test_user_agent_of_the_config_is_used(vpc_lattice: VpcLatticeEmulator) -> None:
    """If the config has a user_agent, the user_agent is sent unchanged."""
    agent = get_user_agent(TargetGroupClient(region_name="us-east-1", config=Config(user_agent="mine/1")))

    assert agent.startswith("mine/1")


def parse_app_id(agent: str) -> str | None:
    """Return the application id in a User-Agent, or None."""
    return next((part.removeprefix("app/") for part in agent.split() if part.startswith("app/")), None)


APP_IDS = [
    ("orders", None, "orders"),
    (None, "orders", "orders"),
    ("a", "b", "b"),
    ("or ders/é1", None, "or-ders--1"),
]


@pytest.mark.parametrize(("setting", "config_app_id", "expected"), [*APP_IDS, (None, None, None), ("", None, None)])
def test_user_agent_names_the_application(
    monkeypatch: pytest.MonkeyPatch,
    vpc_lattice: VpcLatticeEmulator,
    setting: str | None,
    config_app_id: str | None,
    expected: str | None,
) -> None:
    """The application id from the environment or the config is sent in the same format as boto3 sends it."""
    if setting is not None:
        monkeypatch.setenv("AWS_SDK_UA_APP_ID", setting)
    config = None if config_app_id is None else Config(user_agent_appid=config_app_id)

    client = TargetGroupClient(region_name="us-east-1", config=config)
    session_client = TargetGroupClient(session=boto3.Session(region_name="us-east-1"), config=config)

    assert parse_app_id(get_user_agent(client)) == parse_app_id(get_user_agent(session_client)) == expected


def test_other_sessions_keep_their_parser() -> None:
    """Other boto3 sessions keep botocore's timestamp parser."""
    create_fast_session(None)

    other: Any = botocore.session.Session()
    parser = other.get_component("response_parser_factory").create_parser("rest-json")
    assert parser._timestamp_parser is DEFAULT_TIMESTAMP_PARSER


def test_trace_id_is_sent_in_lambda(monkeypatch: pytest.MonkeyPatch, vpc_lattice: VpcLatticeEmulator) -> None:
    """In a Lambda function, requests have the trace id of the invocation."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "deploy")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-2")

    assert get_sent_header(TargetGroupClient(region_name="us-east-1"), "X-Amzn-Trace-Id") == "Root=1-2"
