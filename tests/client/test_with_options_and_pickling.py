"""Copies with other options, pickling, closing, and how a client prints."""

import copy
import pickle
from typing import Any

import attrs
import pytest
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs]

from conftest import MakeClient
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
from support.http_stub import answer, answering
from support.sample_groups import FUNCTION, ID, wire_group


def print_event(event: RetryEvent) -> None:
    """A listener that can be pickled."""


class Falsy(list[RetryEvent]):
    """A listener that is false as long as it has heard nothing."""

    def __call__(self, event: RetryEvent) -> None:
        self.append(event)


def settings_of(client: Any) -> dict[str, Any]:
    """All that a client was made with."""
    calls = client._sender
    settings = client._connection.settings
    return {
        **(attrs.asdict(settings) if settings else {}),
        "retry": calls.policy,
        "on_retry": calls.on_retry,
        "clock": calls.clock,
        "max_workers": calls.max_workers,
        "allow_unknown": client._allow_unknown,
        "max_requests_per_second": client._max_requests_per_second,
    }


def test_what_a_copy_shares(client: TargetGroupClient) -> None:
    """A copy has the same connections and the same pacing, whatever the client was made from."""
    changed = client.with_options(retry=RetryPolicy(max_attempts=3))

    one, other = vars(client), vars(changed)
    assert changed.boto3_client is client.boto3_client
    assert other["_sender"].limiter is one["_sender"].limiter
    assert other["_connection"] is one["_connection"]


def test_what_is_left_out_stays(make_client: MakeClient) -> None:
    """A copy differs in what was said, and the first client stays as it is."""
    policy = RetryPolicy(max_attempts=3)
    client = make_client(retry=policy, on_retry=print_event, allow_unknown=True)
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


def test_a_copy_does_what_it_was_told(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """The new policy and listener are those that count; one that is false before its first event is heard, too."""
    lattice.fail("ListTargetGroups", "InternalServerException", times=10)
    events = Falsy()

    with pytest.raises(ServiceError) as caught:
        list(client.with_options(retry=RetryPolicy(max_attempts=3), on_retry=events).list())

    assert (caught.value.attempts, [event.attempts for event in events]) == (3, [1, 2])


def test_copies_of_a_class_of_one_s_own(session: Any) -> None:
    """A copy is of the class of its original."""

    class Own(TargetGroupClient):
        pass

    assert type(Own(session=session).with_options()) is Own


def test_nonsense_in_a_copy(client: TargetGroupClient) -> None:
    """What no client can have no copy can."""
    options: dict[str, Any] = {"retry": 5, "on_retry": "print"}

    with pytest.raises(ConfigurationError, match=r"retry=5: must be a RetryPolicy.*; on_retry='print': must be a func"):
        client.with_options(**options)


def test_a_client_pickles_as_its_settings(monkeypatch: pytest.MonkeyPatch, told: pytest.LogCaptureFixture) -> None:
    """What arrives is a client of the same settings, which works."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-testing")
    with answering(answer(200, wire_group())) as stub:
        client = TargetGroupClient(
            region_name="eu-west-1",
            endpoint_url=stub.url,
            config=Config(tcp_keepalive=True),
            retry=RetryPolicy(max_attempts=3),
            on_retry=print_event,
            max_requests_per_second=50,
            max_connections=3,
            connect_timeout_seconds=1.5,
            read_timeout_seconds=2.5,
            allow_unknown=True,
        )
        pickled = pickle.dumps(client)
        arrived = pickle.loads(pickled)
        group = arrived.get(ID)

    sent, found = settings_of(client), settings_of(arrived)
    assert (sent.pop("config").tcp_keepalive, found.pop("config").tcp_keepalive) == (True, True)
    assert (found, group.id, repr(arrived)) == (sent, ID, repr(client))
    assert found["clock"] == SystemClock()
    assert (b"secret-testing" in pickled, told.records) == (False, [])


def test_a_copy_s_options_travel() -> None:
    """A copy with other options pickles with those."""
    client = TargetGroupClient(region_name="eu-west-1").with_options(
        retry=RetryPolicy(max_attempts=3), on_retry=print_event, allow_unknown=True
    )

    arrived = pickle.loads(pickle.dumps(client))

    assert settings_of(arrived) == settings_of(client)


@pytest.mark.parametrize("dumped", [pickle.dumps, copy.copy, copy.deepcopy])
def test_clients_with_credentials_do_not_travel(dumped: Any, make_client: MakeClient, boto3_client: Any) -> None:
    """One made from a session or a client says that it cannot be pickled, and what can."""
    for client in (make_client(), TargetGroupClient(boto3_client=boto3_client)):
        with pytest.raises(TypeError, match="cannot be pickled, as it holds credentials; make it from region_name, "):
            dumped(client)


def test_printing(make_client: MakeClient, boto3_client: Any) -> None:
    """A client prints its Region and address, and no credentials."""
    clients = [make_client(endpoint_url="http://127.0.0.1:1"), TargetGroupClient(boto3_client=boto3_client)]

    assert [repr(client) for client in clients] == [
        "TargetGroupClient(region_name='eu-west-1', endpoint_url='http://127.0.0.1:1')",
        "TargetGroupClient(region_name='eu-west-1', endpoint_url='https://vpc-lattice.eu-west-1.amazonaws.com')",
    ]


class Closing:
    """A boto3 client that counts how often it is closed."""

    def __init__(self, meta: Any) -> None:
        self.meta = meta
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


class Session:
    """A session whose clients are these."""

    def __init__(self, client: Closing) -> None:
        self._client = client

    def client(self, *_: Any, **__: Any) -> Closing:
        return self._client


def test_closing(boto3_client: Any) -> None:
    """The end of a with block closes a client that we made, an error or not, and leaves one that was handed in."""
    ours, theirs = Closing(boto3_client.meta), Closing(boto3_client.meta)

    with pytest.raises(LatticeError), TargetGroupClient(session=Session(ours)) as client:
        client.get("orders")
    with TargetGroupClient(boto3_client=theirs):
        pass

    assert (ours.closed, theirs.closed) == (1, 0)


def test_a_closed_client_opens_again(client: TargetGroupClient) -> None:
    """Closing drops connections, not the client: a later call makes new ones."""
    client.close()
    client.close()

    assert client.create(FUNCTION).name == "resize"
