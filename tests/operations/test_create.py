"""Creation of target groups: client tokens, validation and waiting."""

from typing import Any

import pytest

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
from support.clients import MakeClient
from support.http_stub import CLOSE_CONNECTION, error_response, http_response, serve
from support.sample_groups import FUNCTION, SPEC, operations_and_statuses, tokens_of

CREATE = "CreateTargetGroup"


def test_create_sends_exactly_the_spec_and_a_token(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """The request contains only the spec and a client token. create() returns the group."""
    group = client.create(SPEC)

    assert dict(lattice.calls[0].params) == {**to_boto3(SPEC), "clientToken": tokens_of(lattice)[0]}
    assert (group.name, group.status, group.config.port) == ("orders", "CREATE_IN_PROGRESS", 8080)


def test_all_attempts_share_one_client_token(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """All attempts of a create send the same client token, so they create one group."""
    lattice.throttle(CREATE, times=2, retry_after_seconds=1)
    lattice.drop_response(CREATE)
    lattice.fail(CREATE, "InternalServerException")

    group = client.create(SPEC)

    assert [status for _, status in operations_and_statuses(lattice)] == [429, 429, None, 500, 201]
    assert len(set(tokens_of(lattice))) == 1
    assert [summary.id for summary in client.list()] == [group.id]


def test_each_create_call_has_its_own_token(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """A second create() sends a new client token, so VPC Lattice rejects the duplicate name."""
    client.create(SPEC)

    with pytest.raises(ConflictError) as caught:
        client.create(SPEC)

    assert (caught.value.kind, caught.value.attempts) == ("name_exists", 1)
    assert len(set(tokens_of(lattice))) == 2


def test_token_of_failed_create_resumes_it(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """With the client token of a failed create(), create() returns the group of the failed call."""
    lattice.drop_response(CREATE, times=8)

    with pytest.raises(TransportError) as caught:
        client.create(SPEC)
    group = client.create(SPEC, client_token=caught.value.client_token)

    assert [summary.id for summary in client.list()] == [group.id]
    assert set(tokens_of(lattice)) == {caught.value.client_token}


def test_errors_of_create_contain_the_client_token(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """Errors of create() contain the client token. Errors of other operations contain None."""
    lattice.fail("*", "InternalServerException", times=2)
    client = make_client(retry=RetryPolicy(max_attempts=1))

    with pytest.raises(InternalServerError) as caught:
        client.create(SPEC, client_token="run-7")
    with pytest.raises(InternalServerError) as other:
        client.find("orders")

    assert (caught.value.client_token, other.value.client_token) == ("run-7", None)


def test_token_reused_for_another_spec_raises_conflict(client: TargetGroupClient) -> None:
    """A client token that was used for another spec raises ConflictError with a hint."""
    client.create(SPEC, client_token="run-7")

    with pytest.raises(ConflictError, match="Use a new client token") as caught:
        client.create(FUNCTION, client_token="run-7")

    assert caught.value.kind == "token_reused"


def test_token_mismatch_reported_as_validation_error_is_not_retried(make_client: MakeClient) -> None:
    """A ValidationException for a reused client token is not retried."""
    with mock_vpc_lattice(token_mismatch_error="ValidationException"):
        client = make_client()
        client.create(SPEC, client_token="run-7")
        with pytest.raises(ValidationError) as caught:
            client.create(FUNCTION, client_token="run-7")

    assert (caught.value.attempts, caught.value.client_token) == (1, "run-7")


@pytest.mark.parametrize("token", ["", " ", "x" * 65, 5, "a\nb"])
def test_invalid_client_token_is_rejected(token: Any, client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """An invalid client token is rejected before a request is sent."""
    with pytest.raises(InvalidArgumentError, match=r"client_token=.*must be a string of 1 to 64 characters"):
        client.create(SPEC, client_token=token)

    assert lattice.calls == ()


@pytest.mark.parametrize("spec", [TargetGroupSpec(name="x", type="LAMBDA"), {"name": "orders"}, "orders", None])
def test_invalid_specs_are_not_sent(spec: Any, client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """An invalid spec, or a value that is not a spec, is rejected before a request is sent."""
    with pytest.raises(InvalidSpecError, match="validation error"):
        client.create(spec)

    assert lattice.calls == ()


def test_unknown_type_requires_allow_unknown(make_client: MakeClient) -> None:
    """An unknown group type is rejected unless the client was created with allow_unknown=True."""
    spec = TargetGroupSpec(name="orders", type="CONTAINER")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    with serve(error_response(400, "ValidationException")) as stub:
        with pytest.raises(InvalidSpecError, match="type='CONTAINER': must be one of IP, INSTANCE, ALB, LAMBDA"):
            make_client(endpoint_url=stub.url).create(spec)
        with pytest.raises(ValidationError):
            make_client(endpoint_url=stub.url, allow_unknown=True).create(spec)

    assert len(stub.requests) == 1


def test_create_with_wait_returns_an_active_group(client: TargetGroupClient, clock: VirtualClock) -> None:
    """With wait=True, create() returns the group when its status is ACTIVE."""
    group = client.create(SPEC, wait=True)

    assert (group.status, clock.monotonic() >= 10) == ("ACTIVE", True)


def test_create_with_wait_raises_after_timeout(client: TargetGroupClient, clock: VirtualClock) -> None:
    """If the group is not ACTIVE after timeout_seconds, create() raises. The group still exists."""
    with pytest.raises(
        WaitTimeoutError, match=r"^Timed out after 5 s waiting for .* \(last status: CREATE_IN_PROGRESS\)"
    ):
        client.create(SPEC, wait=True, timeout_seconds=5)

    assert (clock.monotonic(), len(list(client.list()))) == (5.0, 1)


@pytest.mark.parametrize("seconds", [-1, float("nan"), "5", None, True])
def test_invalid_timeout_is_rejected(seconds: Any, client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """An invalid timeout is rejected before a request is sent."""
    with pytest.raises(InvalidArgumentError, match=r"timeout_seconds=.*must be a number of seconds of at least 0"):
        client.create(SPEC, timeout_seconds=seconds)

    assert lattice.calls == ()


def test_error_after_lost_response_contains_the_token(make_client: MakeClient) -> None:
    """The error that ends a create() contains the client token that all attempts sent."""
    responses = (CLOSE_CONNECTION, http_response(503), error_response(403, "AccessDeniedException"))

    with serve(*responses) as stub, pytest.raises(ServiceError) as caught:
        make_client(endpoint_url=stub.url).create(SPEC)

    sent = {request.body["clientToken"] for request in stub.requests}
    assert ({caught.value.client_token}, caught.value.attempts) == (sent, 3)
