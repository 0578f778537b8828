"""``with_options()``, pickling, closing and ``repr()`` of the client."""

import copy
import pickle
from typing import Any

import attrs
import pytest
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs]

from lattice_tg import (
    ConfigurationError,
    LatticeError,
    RetryEvent,
    RetryPolicy,
    ServiceError,
    SystemClock,
    TargetGroupClient,
)
from lattice_tg.testing import VpcLatticeEmulator
from support.clients import MakeClient
from support.http_stub import http_response, serve
from support.sample_groups import FUNCTION, ID, wire_group


def ignore_event(event: RetryEvent) -> None:
    """Ignore the event. Unlike a lambda, this function can be pickled."""


class FalsyListener(list[RetryEvent]):
    """An ``on_retry`` callable whose truth value is False until the first event."""

    def __call__(self, event: RetryEvent) -> None:
        self.append(event)


def settings_of(client: Any) -> dict[str, Any]:
    """Return every setting of a client."""
    sender = client._sender
    settings = client._connection.settings
    return {
        **(attrs.asdict(settings) if settings else {}),
        "retry": sender.policy,
        "on_retry": sender.on_retry,
        "clock": sender.clock,
        "max_workers": sender.max_workers,
        "allow_unknown": client._allow_unknown,
        "max_requests_per_second": client._max_requests_per_second,
    }


def test_a_copy_shares_connections_and_rate_limiter(client: TargetGroupClient) -> None:
    """A copy shares the connections and the rate limiter of the original."""
    changed = client.with_options(retry=RetryPolicy(max_attempts=3))

    original, copied = vars(client), vars(changed)
    assert changed.boto3_client is client.boto3_client
    assert copied["_sender"].limiter is original["_sender"].limiter
    assert copied["_connection"] is original["_connection"]


def test_omitted_options_stay_unchanged(make_client: MakeClient) -> None:
    """A copy differs from the original only in the options that were passed.

    The original stays unchanged.
    """
    policy = RetryPolicy(max_attempts=3)
    client = make_client(retry=policy, on_retry=ignore_event, allow_unknown=True)
    before = settings_of(client)

    changes = [
        client.with_options(),
        client.with_options(retry=RetryPolicy()),
        client.with_options(on_retry=print),
        client.with_options(allow_unknown=False),
    ]

    assert [settings_of(changed) for changed in changes] == [
        before,
        {**before, "retry": RetryPolicy()},
        {**before, "on_retry": print},
        {**before, "allow_unknown": False},
    ]
    assert settings_of(client) == before


def test_a_copy_uses_its_own_options(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """A copy uses the new policy and the new ``on_retry``, even if the callable is falsy."""
    lattice.fail("ListTargetGroups", "InternalServerException", times=10)
    events = FalsyListener()

    with pytest.raises(ServiceError) as caught:
        list(client.with_options(retry=RetryPolicy(max_attempts=3), on_retry=events).list())

    assert (caught.value.attempts, [event.attempts for event in events]) == (3, [1, 2])


def test_a_copy_keeps_the_subclass(session: Any) -> None:
    """A copy of an instance of a subclass is an instance of that subclass."""

    class CustomClient(TargetGroupClient):
        pass

    assert type(CustomClient(session=session).with_options()) is CustomClient


def test_invalid_options_of_a_copy_are_rejected(client: TargetGroupClient) -> None:
    """with_options() rejects the same values as TargetGroupClient()."""
    options: dict[str, Any] = {"retry": 5, "on_retry": "print"}

    with pytest.raises(
        ConfigurationError,
        match=r"\A2 validation errors:\n  retry=5: must be a RetryPolicy.*\n  on_retry='print': must be",
    ):
        client.with_options(**options)


def test_a_client_pickles_as_its_settings(monkeypatch: pytest.MonkeyPatch, info_log: pytest.LogCaptureFixture) -> None:
    """An unpickled client works with the same settings. The pickle contains no credentials."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-testing")
    with serve(http_response(200, wire_group())) as stub:
        client = TargetGroupClient(
            region_name="eu-west-1",
            endpoint_url=stub.url,
            config=Config(tcp_keepalive=True),
            retry=RetryPolicy(max_attempts=3),
            on_retry=ignore_event,
            max_requests_per_second=50,
            max_connections=3,
            connect_timeout_seconds=1.5,
            read_timeout_seconds=2.5,
            allow_unknown=True,
        )
        pickled = pickle.dumps(client)
        unpickled = pickle.loads(pickled)
        group = unpickled.get(ID)

    expected, actual = settings_of(client), settings_of(unpickled)
    assert (expected.pop("config").tcp_keepalive, actual.pop("config").tcp_keepalive) == (True, True)
    assert (actual, group.id, repr(unpickled)) == (expected, ID, repr(client))
    assert actual["clock"] == SystemClock()
    assert (b"secret-testing" in pickled, info_log.records) == (False, [])


def test_a_copy_pickles_with_its_options() -> None:
    """A copy that is pickled and unpickled keeps its options."""
    client = TargetGroupClient(region_name="eu-west-1").with_options(
        retry=RetryPolicy(max_attempts=3), on_retry=ignore_event, allow_unknown=True
    )

    unpickled = pickle.loads(pickle.dumps(client))

    assert settings_of(unpickled) == settings_of(client)


@pytest.mark.parametrize("dump", [pickle.dumps, copy.copy, copy.deepcopy])
def test_clients_with_credentials_cannot_be_pickled(dump: Any, make_client: MakeClient, boto3_client: Any) -> None:
    """A client with a passed session or boto3 client cannot be pickled or copied."""
    for client in (make_client(), TargetGroupClient(boto3_client=boto3_client)):
        with pytest.raises(
            TypeError, match=r"cannot be pickled because it holds credentials\. Create the client from region_name, "
        ):
            dump(client)


def test_repr_shows_region_and_endpoint(make_client: MakeClient, boto3_client: Any) -> None:
    """``repr()`` of a client shows its Region and endpoint, and no credentials."""
    clients = [make_client(endpoint_url="http://127.0.0.1:1"), TargetGroupClient(boto3_client=boto3_client)]

    assert [repr(client) for client in clients] == [
        "TargetGroupClient(region_name='eu-west-1', endpoint_url='http://127.0.0.1:1')",
        "TargetGroupClient(region_name='eu-west-1', endpoint_url='https://vpc-lattice.eu-west-1.amazonaws.com')",
    ]


class ClosableClient:
    """A boto3 client that counts how often it is closed."""

    def __init__(self, meta: Any) -> None:
        self.meta = meta
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


class Session:
    """A session that returns a given client."""

    def __init__(self, client: ClosableClient) -> None:
        self._client = client

    def client(self, *_: Any, **__: Any) -> ClosableClient:
        return self._client


def test_close_leaves_a_passed_client_open(boto3_client: Any) -> None:
    """The end of a with block closes only a boto3 client that the library created.

    A boto3 client that the caller passed stays open.
    """
    owned, passed = ClosableClient(boto3_client.meta), ClosableClient(boto3_client.meta)

    with pytest.raises(LatticeError), TargetGroupClient(session=Session(owned)) as client:
        client.get("orders")
    with TargetGroupClient(boto3_client=passed):
        pass

    assert (owned.closed, passed.closed) == (1, 0)


def test_a_closed_client_reconnects(client: TargetGroupClient) -> None:
    """A closed client opens new connections at the next call."""
    client.close()
    client.close()

    assert client.create(FUNCTION).name == "resize"
