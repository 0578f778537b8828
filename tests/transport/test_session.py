"""The session that our clients are made of: faster hooks, each with a way back."""

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
    "written",
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
def test_times_are_read_as_botocore_reads_them(written: Any) -> None:
    """Each form in which a service may write a time gives the moment that botocore's parser gives."""
    assert parse_timestamp(written) == DEFAULT_TIMESTAMP_PARSER(written)


def test_nonsense_is_refused_as_botocore_refuses_it() -> None:
    """What is no time is the error that botocore has for it."""
    with pytest.raises(ValueError, match="Invalid timestamp"):
        parse_timestamp("soon")


def test_this_botocore_takes_our_parser() -> None:
    """The hook is where it was: if this fails, botocore moved it, and calls are slower until tuning.py follows."""
    assert set_timestamp_parser(botocore.session.Session())


@frozen
class Moved:
    """A session of a botocore that has moved what is asked for, or has it take something else."""

    error: Exception

    def get_component(self, _: str) -> None:
        raise self.error


ERRORS = [AttributeError(), TypeError("takes no such argument"), ValueError("Unknown component")]


@pytest.mark.parametrize("session", [object(), *map(Moved, ERRORS)])
def test_a_botocore_without_the_hooks_still_works(session: object) -> None:
    """Where a hook is missing, that is told and nothing breaks."""
    assert not set_timestamp_parser(session)
    assert not share_service_models(session)


def test_a_missing_hook_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, vpc_lattice: VpcLatticeEmulator
) -> None:
    """A session whose botocore has moved the hook is made all the same, and says so at DEBUG."""
    monkeypatch.delattr(botocore.parsers.ResponseParserFactory, "set_parser_defaults")

    with caplog.at_level("DEBUG", logger="lattice_tg"):
        create_fast_session(None)

    assert caplog.messages == ["This version of botocore does not accept a timestamp parser. Its own parser is used."]


def test_our_sessions_read_times_with_our_parser() -> None:
    """Nothing in a reply tells which parser read it, but how long that took."""
    session, _ = create_fast_session(None)

    factory = session._session.get_component("response_parser_factory")
    assert factory.create_parser("rest-json")._timestamp_parser is parse_timestamp


def test_times_as_the_service_writes_them_are_read_by_python() -> None:
    """The quick way is taken: botocore's gives the same moment in a time zone of dateutil's."""
    assert parse_timestamp("2026-01-31T12:00:00.123Z").tzinfo is UTC


def test_times_come_through_a_client(vpc_lattice: VpcLatticeEmulator) -> None:
    """A group's times are the moments that raw boto3 gives."""
    client = TargetGroupClient(region_name="us-east-1")
    made = client.create(TargetGroupBuilder.lambda_("resize").build())

    group = client.get(made)

    raw = cast("Any", boto3).client("vpc-lattice", region_name="us-east-1")
    reply = raw.get_target_group(targetGroupIdentifier=made.id)
    assert (group.created_at, group.last_updated_at) == (reply["createdAt"], reply["lastUpdatedAt"])


def user_agent_of(client: TargetGroupClient) -> str:
    """What a client calls itself in a request."""
    return header_of(client, "User-Agent")


def header_of(client: TargetGroupClient, name: str) -> str:
    """A header of a request of the client's."""
    sent: list[str] = []

    def note(request: Any, **_: Any) -> None:
        said = request.headers[name]
        sent.append(said.decode() if isinstance(said, bytes) else said)

    client.boto3_client.meta.events.register_first("before-send.vpc-lattice.*", note)
    list(client.list())
    return sent[0]


def test_the_user_agent_names_boto3_and_this_library(vpc_lattice: VpcLatticeEmulator) -> None:
    """AWS sees which SDK is at work, and on top of it this library."""
    agent = user_agent_of(TargetGroupClient(region_name="us-east-1"))

    assert agent.startswith("Boto3/")
    assert agent.endswith(f" lattice_tg Botocore/{botocore.__version__}")
    assert agent.count("Botocore/") == 1


def test_a_client_of_a_session_names_this_library(vpc_lattice: VpcLatticeEmulator) -> None:
    """There, botocore's user agent stays as it is, and this library is named after it."""
    agent = user_agent_of(TargetGroupClient(session=boto3.Session(region_name="us-east-1")))

    assert "lattice_tg" in agent.split()


def test_a_user_agent_of_the_user_wins(vpc_lattice: VpcLatticeEmulator) -> None:
    """A user agent in a config that is handed in is sent as it is."""
    agent = user_agent_of(TargetGroupClient(region_name="us-east-1", config=Config(user_agent="mine/1")))

    assert agent.startswith("mine/1")


def agents_app_id(agent: str) -> str | None:
    """The application that a user agent names."""
    return next((part.removeprefix("app/") for part in agent.split() if part.startswith("app/")), None)


APP_IDS = [
    ("orders", None, "orders"),
    (None, "orders", "orders"),
    ("a", "b", "b"),
    ("or ders/é1", None, "or-ders--1"),
]


@pytest.mark.parametrize(("setting", "given", "told"), [*APP_IDS, (None, None, None), ("", None, None)])
def test_the_user_s_application_is_named(
    monkeypatch: pytest.MonkeyPatch,
    vpc_lattice: VpcLatticeEmulator,
    setting: str | None,
    given: str | None,
    told: str | None,
) -> None:
    """Who names an application, in the environment or in a config, is told to AWS as by boto3, in as many words."""
    if setting is not None:
        monkeypatch.setenv("AWS_SDK_UA_APP_ID", setting)
    config = None if given is None else Config(user_agent_appid=given)

    ours = TargetGroupClient(region_name="us-east-1", config=config)
    raw = TargetGroupClient(session=boto3.Session(region_name="us-east-1"), config=config)

    assert agents_app_id(user_agent_of(ours)) == agents_app_id(user_agent_of(raw)) == told


def test_other_sessions_are_left_alone() -> None:
    """The tuning is of a session of our own: boto3's others keep their parser."""
    create_fast_session(None)

    other: Any = botocore.session.Session()
    parser = other.get_component("response_parser_factory").create_parser("rest-json")
    assert parser._timestamp_parser is DEFAULT_TIMESTAMP_PARSER


def test_a_trace_is_handed_on(monkeypatch: pytest.MonkeyPatch, vpc_lattice: VpcLatticeEmulator) -> None:
    """In a Lambda function, requests name the trace that they belong to, as boto3's do."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "deploy")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-2")

    assert header_of(TargetGroupClient(region_name="us-east-1"), "X-Amzn-Trace-Id") == "Root=1-2"
