"""Creating: one group per intention, whatever happens on the way."""

from typing import Any

import pytest

from conftest import MakeClient
from lattice_tg import (
    ConflictError,
    InternalServerError,
    InvalidArgumentError,
    InvalidSpecError,
    RetryPolicy,
    ServiceError,
    TargetGroupClient,
    TargetGroupSpec,
    TransportError,
    ValidationError,
    WaitTimeoutError,
    to_boto3,
)
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator, mock_vpc_lattice
from support.http_stub import LOST, answer, answering, refusal
from support.sample_groups import FUNCTION, SPEC, operations_and_statuses, tokens_of

CREATE = "CreateTargetGroup"


def test_exactly_the_spec_is_sent(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """The request is the spec and a token, and the group is what the service says of it."""
    group = client.create(SPEC)

    assert dict(lattice.calls[0].params) == {**to_boto3(SPEC), "clientToken": tokens_of(lattice)[0]}
    assert (group.name, group.status, group.config.port) == ("orders", "CREATE_IN_PROGRESS", 8080)


def test_one_token_over_all_attempts(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """Throttling, a lost reply and a 500 on the way: one group, one token."""
    lattice.throttle(CREATE, times=2, retry_after_seconds=1)
    lattice.drop_response(CREATE)
    lattice.fail(CREATE, "InternalServerException")

    group = client.create(SPEC)

    assert [status for _, status in operations_and_statuses(lattice)] == [429, 429, None, 500, 201]
    assert len(set(tokens_of(lattice))) == 1
    assert [row.id for row in client.list()] == [group.id]


def test_each_create_has_its_own_token(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """Two calls are two intentions."""
    client.create(SPEC)

    with pytest.raises(ConflictError) as caught:
        client.create(SPEC)

    assert (caught.value.kind, caught.value.attempts) == ("name_exists", 1)
    assert len(set(tokens_of(lattice))) == 2


def test_an_error_s_token_resumes(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """The token of the error that ended a create leads to the group that the create had made."""
    lattice.drop_response(CREATE, times=8)

    with pytest.raises(TransportError) as caught:
        client.create(SPEC)
    group = client.create(SPEC, client_token=caught.value.client_token)

    assert [row.id for row in client.list()] == [group.id]
    assert set(tokens_of(lattice)) == {caught.value.client_token}


def test_every_error_has_the_token(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """An error that the service answers with has the token, too; one of another operation has none."""
    lattice.fail("*", "InternalServerException", times=2)
    client = make_client(retry=RetryPolicy(max_attempts=1))

    with pytest.raises(InternalServerError) as caught:
        client.create(SPEC, client_token="run-7")
    with pytest.raises(InternalServerError) as other:
        client.find("orders")

    assert (caught.value.client_token, other.value.client_token) == ("run-7", None)


def test_a_token_of_another_spec(client: TargetGroupClient) -> None:
    """A token with other parameters is refused, and says what to do."""
    client.create(SPEC, client_token="run-7")

    with pytest.raises(ConflictError, match="create with a fresh one") as caught:
        client.create(FUNCTION, client_token="run-7")

    assert caught.value.kind == "token_reused"


def test_a_token_of_another_spec_may_be_invalid(make_client: MakeClient) -> None:
    """Where the service calls that invalid, it is not tried again either."""
    with mock_vpc_lattice(token_mismatch_error="ValidationException"):
        client = make_client()
        client.create(SPEC, client_token="run-7")
        with pytest.raises(ValidationError) as caught:
            client.create(FUNCTION, client_token="run-7")

    assert (caught.value.attempts, caught.value.client_token) == (1, "run-7")


@pytest.mark.parametrize("token", ["", " ", "x" * 65, 5, "a\nb"])
def test_what_is_no_token(token: Any, client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """A token that the service would refuse is refused before."""
    with pytest.raises(InvalidArgumentError, match=r"client_token=.*must be a string of 1 to 64 characters"):
        client.create(SPEC, client_token=token)

    assert lattice.calls == ()


@pytest.mark.parametrize("spec", [TargetGroupSpec(name="x", type="LAMBDA"), {"name": "orders"}, "orders", None])
def test_wrong_specs_are_not_sent(spec: Any, client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """A spec that breaks rules, or that is none, is refused before anything is sent."""
    with pytest.raises(InvalidSpecError, match="validation error"):
        client.create(spec)

    assert lattice.calls == ()


def test_words_of_a_newer_service(make_client: MakeClient) -> None:
    """A type that is not known is refused, unless the client lets unknown words pass."""
    spec = TargetGroupSpec(name="orders", type="CONTAINER")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    with answering(refusal(400, "ValidationException")) as stub:
        with pytest.raises(InvalidSpecError, match="type='CONTAINER': must be one of IP, INSTANCE, ALB, LAMBDA"):
            make_client(endpoint_url=stub.url).create(spec)
        with pytest.raises(ValidationError):
            make_client(endpoint_url=stub.url, allow_unknown=True).create(spec)

    assert len(stub.asked) == 1


def test_waiting_until_it_is_active(client: TargetGroupClient, clock: VirtualClock) -> None:
    """With wait=True the group is ACTIVE when it is returned."""
    group = client.create(SPEC, wait=True)

    assert (group.status, clock.monotonic() >= 10) == ("ACTIVE", True)


def test_waiting_no_longer_than_asked(client: TargetGroupClient, clock: VirtualClock) -> None:
    """The wait ends after timeout_seconds; the group is there."""
    with pytest.raises(WaitTimeoutError, match="to be ACTIVE did not come in 5 s; last seen: CREATE_IN_PROGRESS"):
        client.create(SPEC, wait=True, timeout_seconds=5)

    assert (clock.monotonic(), len(list(client.list()))) == (5.0, 1)


@pytest.mark.parametrize("seconds", [-1, float("nan"), "5", None, True])
def test_what_is_no_timeout(seconds: Any, client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """A timeout that is none is refused before anything is sent."""
    with pytest.raises(InvalidArgumentError, match=r"timeout_seconds=.*must be a number of seconds of at least 0"):
        client.create(SPEC, timeout_seconds=seconds)

    assert lattice.calls == ()


def test_a_refusal_after_a_lost_reply_keeps_the_token(make_client: MakeClient) -> None:
    """Whatever ends a create, its error has the token of all attempts."""
    answers = (LOST, answer(503), refusal(403, "AccessDeniedException"))

    with answering(*answers) as stub, pytest.raises(ServiceError) as caught:
        make_client(endpoint_url=stub.url).create(SPEC)

    sent = {asked.body["clientToken"] for asked in stub.asked}
    assert ({caught.value.client_token}, caught.value.attempts) == (sent, 3)
