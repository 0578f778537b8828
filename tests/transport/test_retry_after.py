"""Retry-After: how long the service asks to wait, in every form that it can come in."""

from typing import Any

import pytest
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs]

from conftest import MakeClient
from lattice_tg import RetryEvent, RetryPolicy, ServiceError, ThrottlingError
from lattice_tg.testing import VirtualClock
from lattice_tg.transport.retry_after import normalize_retry_after, parse_retry_after
from support.http_stub import answer, answering, refusal
from support.sample_groups import ID, wire_group

NOON = "Wed, 21 Oct 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("said", "date", "seconds"),
    [
        ("0", None, 0.0),
        ("7", None, 7.0),
        (" 7 ", None, 7.0),
        ("1.5", None, 1.5),
        ("9" * 5000, None, 1e9),
        ("Wed, 21 Oct 2026 12:00:30 GMT", NOON, 30.0),
        ("Wed, 21 Oct 2026 12:00:30 -0000", NOON, 30.0),
        ("Wed, 21 Oct 2026 11:59:00 GMT", NOON, 0.0),
        ("Wed, 21 Oct 2026 12:00:30 GMT", None, None),
        ("Wed, 21 Oct 2026 12:00:30 GMT", "today", None),
        ("-5", NOON, None),
        ("soon", NOON, None),
        ("", NOON, None),
        ("inf", NOON, None),
        ("nan", NOON, None),
        ("\u0661", NOON, None),
    ],
)
def test_forms(said: str, date: str | None, seconds: float | None) -> None:
    """A number of seconds, or a date that is held against the answer's own; anything else asks for nothing."""
    assert parse_retry_after(said, date) == seconds


@pytest.mark.parametrize(
    ("headers", "readable"),
    [
        ({}, {}),
        ({"Retry-After": "7"}, {"Retry-After": "7"}),
        ({"Retry-After": "1.5"}, {"Retry-After": "2"}),
        ({"Retry-After": "soon"}, {}),
        ({"Retry-After": "Wed, 21 Oct 2026 12:00:30 GMT", "Date": NOON}, {"Retry-After": "30", "Date": NOON}),
    ],
)
def test_readable_for_botocore(headers: dict[str, str], readable: dict[str, str]) -> None:
    """botocore is shown whole seconds, rounded up, or no header at all: it fails on any other."""
    normalize_retry_after({"headers": headers, "status_code": 429}, operation_model=None)

    assert headers == readable


def test_an_answer_that_refuses_nothing(make_client: MakeClient) -> None:
    """It asks for no wait, in whatever form."""
    with answering(answer(200, wire_group(), Retry_After="soon")) as stub:
        assert make_client(endpoint_url=stub.url).get(ID).id == ID


@pytest.mark.parametrize(
    ("said", "at_least"),
    [("3", 3.0), ("1.5", 2.0), ("Wed, 21 Oct 2026 12:00:30 GMT", 30.0), ("soon", 0.0), ("-5", 0.0)],
)
@pytest.mark.parametrize("refused_with", [(429, "ThrottlingException"), (500, "InternalServerException")])
def test_the_least_wait(
    said: str,
    at_least: float,
    refused_with: tuple[int, str],
    make_client: MakeClient,
    clock: VirtualClock,
) -> None:
    """A request is not sent again before the service said, whether it was throttled or failed."""
    refused = refusal(*refused_with, Retry_After=said, Date=NOON)
    events: list[RetryEvent] = []

    with answering(refused, answer(200, wire_group()), now=clock.monotonic) as stub:
        policy = RetryPolicy(wait=lambda _: 0.125)
        make_client(endpoint_url=stub.url, retry=policy, on_retry=events.append).get(ID)

    assert [event.wait_seconds for event in events] == [max(at_least, 0.125)]
    assert stub.asked[1].at - stub.asked[0].at >= at_least


def test_a_longer_wait_of_the_policy_s(make_client: MakeClient, clock: VirtualClock) -> None:
    """The policy's wait is kept where it is the longer one."""
    refused = refusal(429, "ThrottlingException", Retry_After="1")

    with answering(refused, answer(200, wire_group()), now=clock.monotonic) as stub:
        make_client(endpoint_url=stub.url, retry=RetryPolicy(wait=lambda _: 5.0)).get(ID)

    assert stub.asked[1].at == 5.0


@pytest.mark.parametrize("said", ["121", "1" * 400])
def test_longer_than_there_is_time(said: str, make_client: MakeClient, clock: VirtualClock) -> None:
    """A wait that reaches past the deadline ends the call at once, and the error says so."""
    too_long = refusal(429, "ThrottlingException", Retry_After=said)

    with answering(too_long) as stub, pytest.raises(ThrottlingError) as caught:
        make_client(endpoint_url=stub.url).get(ID)

    seconds = min(float(said), 1e9)
    assert (caught.value.attempts, clock.monotonic()) == (1, 0.0)
    assert caught.value.retry_after_seconds == seconds
    assert caught.value.__notes__ == [
        f"Not retried: the next attempt would start in {seconds:.0f} s, but only 120 s remain."
    ]


def test_an_answer_that_is_not_the_service_s(make_client: MakeClient, clock: VirtualClock) -> None:
    """The header is honoured in answers that only a proxy gave."""
    busy = answer(429, b"<html>busy</html>", Retry_After="Wed, 21 Oct 2026 12:00:30 GMT", Date=NOON)

    with answering(busy, answer(200, wire_group()), now=clock.monotonic) as stub:
        make_client(endpoint_url=stub.url).get(ID)

    assert stub.asked[1].at == 30.0


def test_a_client_that_is_handed_in(session: Any, make_client: MakeClient, clock: VirtualClock) -> None:
    """Over a client that is not ours a date cannot be read; the request counts as unanswered and is sent again."""
    dated = refusal(429, "ThrottlingException", Retry_After="Wed, 21 Oct 2026 12:00:30 GMT", Date=NOON)
    late = refusal(418, "TeapotException", Retry_After="Wed, 21 Oct 2026 12:00:30 GMT", Date=NOON)

    with answering(dated, late) as stub:
        theirs = plain_client(session, stub.url)
        with pytest.raises(ServiceError) as caught:
            make_client(session=None, boto3_client=theirs).get(ID)

    assert (caught.value.code, caught.value.attempts) == ("TeapotException", 2)
    assert caught.value.retry_after_seconds == 30.0


def test_less_than_nothing(session: Any, make_client: MakeClient) -> None:
    """What botocore reads as less than no time is no time."""
    with answering(refusal(429, "ThrottlingException", Retry_After="-5")) as stub:
        client = make_client(session=None, boto3_client=plain_client(session, stub.url))
        with pytest.raises(ThrottlingError) as caught:
            client.with_options(retry=RetryPolicy(max_elapsed_seconds=0)).get(ID)

    assert caught.value.retry_after_seconds == 0.0


def plain_client(session: Any, url: str) -> Any:
    """A boto3 client that nobody has prepared."""
    return session.client("vpc-lattice", endpoint_url=url, config=Config(retries={"total_max_attempts": 1}))
