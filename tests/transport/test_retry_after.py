"""Tests of Retry-After headers in all formats, and of the waits of the client."""

import time
from typing import Any

import pytest
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs]
from hypothesis import given
from hypothesis import strategies as st

from lattice_tg import RetryEvent, RetryPolicy, ServiceError, ThrottlingError, TransportError
from lattice_tg.testing import VirtualClock
from lattice_tg.transport.retry_after import limit_seconds, normalize_retry_after, parse_retry_after
from support.clients import MakeClient
from support.http_stub import error_response, http_response, serve
from support.sample_groups import FUNCTION, ID, wire_group

NOON = "Wed, 21 Oct 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
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
        ("Mon, 01 Jan 2024 00:00:00 +99999999999999999999", NOON, None),
        (NOON, "Mon, 01 Jan 2024 00:00:00 +99999999999999999999", None),
        ("Mon, 01 Jan 2024 00:00:00 +2500", NOON, None),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", NOON, None),
        (f"Mon, 01 Jan {'9' * 5000} 00:00:00 GMT", NOON, None),
        ("Fri, 31 Dec 9999 23:59:59 -2359", NOON, 1e9),
        (NOON, "Fri, 31 Dec 9999 23:59:59 -2359", 0.0),
    ],
)
def test_parse_retry_after(value: str, date: str | None, seconds: float | None) -> None:
    """Retry-After can be seconds or a date, which is relative to the Date header. Malformed values are ignored."""
    assert parse_retry_after(value, date) == seconds


DATES = st.from_regex(
    r"(Mon, )?-?\d{1,25} (Jan|Dec|x) -?\d{1,25} \d{1,25}(:-?\d{1,25}){0,3} ?([+-]?\d{0,25}|GMT|[A-Z]{3})"
)


@given(value=DATES | st.text(), date=DATES | st.text())
def test_parsing_never_fails(value: str, date: str) -> None:
    """Any Retry-After and Date headers result in None or in a finite number of seconds that is not negative."""
    results = [parse_retry_after(value, date), parse_retry_after(value, NOON), parse_retry_after(NOON, date)]

    assert [seconds for seconds in results if not (seconds is None or 0.0 <= seconds <= 1e9)] == []


def test_date_without_a_time_zone_is_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """The zone -0000 means UTC, whatever the time zone of the machine is."""
    monkeypatch.setenv("TZ", "UTC+5")
    time.tzset()
    try:
        seconds = parse_retry_after("Wed, 21 Oct 2026 12:00:30 -0000", NOON)
    finally:
        monkeypatch.undo()
        time.tzset()

    assert seconds == 30.0


@pytest.mark.parametrize(
    ("seconds", "limited"), [(-1, 0.0), (float("-inf"), 0.0), (float("nan"), 0.0), (10**400, 1e9), (float("inf"), 1e9)]
)
def test_limit_seconds(seconds: float, limited: float) -> None:
    """Any number becomes a finite float that is not negative."""
    assert limit_seconds(seconds) == limited


@pytest.mark.parametrize(
    ("headers", "normalized"),
    [
        ({}, {}),
        ({"Retry-After": "7"}, {"Retry-After": "7"}),
        ({"Retry-After": "1.5"}, {"Retry-After": "2"}),
        ({"Retry-After": "soon"}, {}),
        ({"Retry-After": "Wed, 21 Oct 2026 12:00:30 GMT", "Date": NOON}, {"Retry-After": "30", "Date": NOON}),
    ],
)
def test_normalize_retry_after(headers: dict[str, str], normalized: dict[str, str]) -> None:
    """The header is rounded up to an integer or removed, because botocore fails if it has another format."""
    normalize_retry_after({"headers": headers, "status_code": 429}, operation_model=None)

    assert headers == normalized


def test_retry_after_of_a_success_is_ignored(make_client: MakeClient) -> None:
    """A malformed Retry-After header in a successful response is ignored."""
    with serve(http_response(200, wire_group(), Retry_After="soon")) as stub:
        assert make_client(endpoint_url=stub.url).get(ID).id == ID


@pytest.mark.parametrize(
    ("value", "min_seconds"),
    [("3", 3.0), ("1.5", 2.0), ("Wed, 21 Oct 2026 12:00:30 GMT", 30.0), ("soon", 0.0), ("-5", 0.0)],
)
@pytest.mark.parametrize("error", [(429, "ThrottlingException"), (500, "InternalServerException")])
def test_retry_waits_at_least_retry_after(
    value: str,
    min_seconds: float,
    error: tuple[int, str],
    make_client: MakeClient,
    clock: VirtualClock,
) -> None:
    """After throttling and after a server error, a retry waits at least for the time in Retry-After."""
    rejection = error_response(*error, Retry_After=value, Date=NOON)
    events: list[RetryEvent] = []

    with serve(rejection, http_response(200, wire_group()), now=clock.monotonic) as stub:
        policy = RetryPolicy(wait=lambda _: 0.125)
        make_client(endpoint_url=stub.url, retry=policy, on_retry=events.append).get(ID)

    assert [event.wait_seconds for event in events] == [max(min_seconds, 0.125)]
    assert stub.requests[1].received_at - stub.requests[0].received_at >= min_seconds


def test_longer_wait_of_the_policy_applies(make_client: MakeClient, clock: VirtualClock) -> None:
    """If the wait of the policy is longer than the time in Retry-After, the wait of the policy applies."""
    rejection = error_response(429, "ThrottlingException", Retry_After="1")

    with serve(rejection, http_response(200, wire_group()), now=clock.monotonic) as stub:
        make_client(endpoint_url=stub.url, retry=RetryPolicy(wait=lambda _: 5.0)).get(ID)

    assert stub.requests[1].received_at == 5.0


@pytest.mark.parametrize("value", ["121", "1" * 400])
def test_retry_after_beyond_deadline_raises(value: str, make_client: MakeClient, clock: VirtualClock) -> None:
    """If the time in Retry-After ends after the deadline, the call fails immediately with a note."""
    throttled = error_response(429, "ThrottlingException", Retry_After=value)

    with serve(throttled) as stub, pytest.raises(ThrottlingError) as caught:
        make_client(endpoint_url=stub.url).get(ID)

    seconds = min(float(value), 1e9)
    assert (caught.value.attempts, clock.monotonic()) == (1, 0.0)
    assert caught.value.retry_after_seconds == seconds
    assert caught.value.__notes__ == [
        f"Not retried: the next attempt would start in {seconds:.0f} s, but only 120 s remain."
    ]


def test_retry_after_of_a_proxy_is_honored(make_client: MakeClient, clock: VirtualClock) -> None:
    """The client honors Retry-After in the error response of a proxy."""
    busy = http_response(429, b"<html>busy</html>", Retry_After="Wed, 21 Oct 2026 12:00:30 GMT", Date=NOON)

    with serve(busy, http_response(200, wire_group()), now=clock.monotonic) as stub:
        make_client(endpoint_url=stub.url).get(ID)

    assert stub.requests[1].received_at == 30.0


def test_passed_client_retries_after_a_date(session: Any, make_client: MakeClient, clock: VirtualClock) -> None:
    """A boto3 client that the library did not create cannot parse dates in Retry-After.

    The request counts as a request without a usable response and is retried.
    """
    throttled = error_response(429, "ThrottlingException", Retry_After="Wed, 21 Oct 2026 12:00:30 GMT", Date=NOON)
    unmodeled = error_response(418, "TeapotException", Retry_After="Wed, 21 Oct 2026 12:00:30 GMT", Date=NOON)

    with serve(throttled, unmodeled) as stub:
        boto3_client = create_plain_client(session, stub.url)
        with pytest.raises(ServiceError) as caught:
            make_client(session=None, boto3_client=boto3_client).get(ID)

    assert (caught.value.code, caught.value.attempts) == ("TeapotException", 2)
    assert caught.value.retry_after_seconds == 30.0


def test_negative_retry_after_is_zero(session: Any, make_client: MakeClient) -> None:
    """A negative number in Retry-After counts as 0 seconds."""
    with serve(error_response(429, "ThrottlingException", Retry_After="-5")) as stub:
        client = make_client(session=None, boto3_client=create_plain_client(session, stub.url))
        with pytest.raises(ThrottlingError) as caught:
            client.with_options(retry=RetryPolicy(max_elapsed_seconds=0)).get(ID)

    assert caught.value.retry_after_seconds == 0.0


@pytest.mark.parametrize(
    "value", ["Mon, 01 Jan 2024 00:00:00 +99999999999999999999", "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"]
)
def test_create_survives_an_absurd_date(value: str, make_client: MakeClient) -> None:
    """After a date that is out of range, the create is retried with the same client token."""
    rejection = error_response(429, "ThrottlingException", Retry_After=value, Date=NOON)

    with serve(rejection, http_response(201, wire_group(name="resize"))) as stub:
        group = make_client(endpoint_url=stub.url).create(FUNCTION)

    assert (group.id, len({request.body["clientToken"] for request in stub.requests})) == (ID, 1)


@pytest.mark.parametrize("value", ["9" * 400, "9" * 5000])
def test_passed_client_limits_a_long_number(value: str, session: Any, make_client: MakeClient) -> None:
    """A number that is too long for a float is limited or ignored, even if botocore has parsed the number."""
    with serve(error_response(429, "ThrottlingException", Retry_After=value)) as stub:
        client = make_client(session=None, boto3_client=create_plain_client(session, stub.url))
        with pytest.raises((ThrottlingError, TransportError)) as caught:
            client.with_options(retry=RetryPolicy(max_elapsed_seconds=0)).get(ID)

    assert getattr(caught.value, "retry_after_seconds", None) in (None, 1e9)


def create_plain_client(session: Any, url: str) -> Any:
    """Create a boto3 client without the library's handlers."""
    return session.client("vpc-lattice", endpoint_url=url, config=Config(retries={"total_max_attempts": 1}))
