"""What errors tell whoever reads them at night: in whole sentences, nothing twice, and the way out."""

import pytest

from lattice_tg.errors import (
    ConflictError,
    InternalServerError,
    ReplacementRequiredError,
    ServiceError,
    TransportError,
    ValidationError,
    WaitTimeoutError,
)
from lattice_tg.models.plan_steps import Change
from lattice_tg.testing import VpcLatticeEmulator
from support.targets import create_client, create_ip_group

SERVICE = "arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-0123456789abcdefg"
OTHER = "arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-00000000000000000"


def in_use(message: str) -> ConflictError:
    return ConflictError(
        operation="DeleteTargetGroup",
        code="ConflictException",
        message=message,
        http_status=409,
        kind="in_use",
        service_arns=(SERVICE, OTHER),
    )


def test_the_full_stop_of_others_does_not_end_the_sentence() -> None:
    """botocore and the service end their words with a full stop; the way out goes on after them."""
    silence = TransportError(operation="TagResource", message='Could not connect to "https://x".')
    refusal = ServiceError(
        operation="TagResource", code="ExpiredTokenException", message="It expired.", http_status=403
    )

    assert str(silence).startswith(
        'TagResource received no usable response: Could not connect to "https://x". VPC Lattice may'
    )
    assert str(refusal).startswith("TagResource failed: ExpiredTokenException (403): It expired. Sign in again")


@pytest.mark.parametrize(
    ("operation", "client_token", "way_out"),
    [
        (
            "CreateTargetGroup",
            "t-1",
            "VPC Lattice may have processed the request. Call create(spec, client_token=error.client_token) to resume",
        ),
        ("DeleteTargetGroup", None, "VPC Lattice may have processed the request. Repeat the call, which is safe"),
        ("ListTargets", None, "Retry later, or allow more retries in RetryPolicy"),
    ],
)
def test_where_it_is_not_known_what_was_done(operation: str, client_token: str | None, way_out: str) -> None:
    """After a 5xx, modelled or not, and after no answer, the error says how to go on."""
    modelled = InternalServerError(
        operation=operation, code="InternalServerException", message="oh", http_status=500, client_token=client_token
    )
    unmodelled = ServiceError(operation=operation, code="502", message="oh", http_status=502, client_token=client_token)
    silence = TransportError(operation=operation, message="oh", client_token=client_token)

    for error in (modelled, unmodelled, silence):
        assert f": oh. {way_out}. [attempts: 1]" in str(error)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("in use", f"in use. {{}}: {SERVICE}, {OTHER}"),
        (f"in use by {OTHER}", f"in use by {OTHER}. {{}}: {SERVICE}"),
        (f"in use by {SERVICE}, {OTHER}", f"in use by {SERVICE}, {OTHER}. {{}}"),
    ],
)
def test_a_service_is_named_once(message: str, told: str) -> None:
    """The services that the message names are not named again."""
    way_out = "Remove the target group from the listeners and rules of the services that use it"

    assert (
        str(in_use(message))
        == f"DeleteTargetGroup failed: ConflictException (409): {told.format(way_out)}. [attempts: 1]"
    )


def test_nothing_was_sent(vpc_lattice: VpcLatticeEmulator) -> None:
    """What the library found out by itself is not told as if the service had answered."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    vpc_lattice.attach_to_service(group.id, SERVICE)

    with pytest.raises(ConflictError) as caught:
        client.delete(group, drain=True)

    assert (caught.value.kind, caught.value.attempts) == ("in_use", 0)
    assert str(caught.value) == (
        "DeleteTargetGroup was not sent: a service uses the group. Remove the target group from the listeners and rules "
        f"of the services that use it: {SERVICE}."
    )


def test_what_a_message_says_of_a_field_is_said_once() -> None:
    """The fields that the service names are added where its message leaves them out."""
    rows = (("name", "too short"), ("type", "unknown"))

    def told(message: str, fields: tuple[tuple[str, str], ...]) -> str:
        error = ValidationError(
            operation="Op", code="ValidationException", message=message, http_status=400, fields=fields
        )
        return str(error).removeprefix("Op failed: ValidationException (400): ").removesuffix(" [attempts: 1]")

    assert told("wrong", rows) == "wrong. Correct these fields: name (too short), type (unknown)."
    assert told("name: too short", rows) == "name: too short. Correct these fields: type (unknown)."
    assert told("wrong", ()) == "wrong. Correct the request."


def test_what_cannot_be_replaced() -> None:
    """replace=True is a way out only where no service uses the group."""
    changes = (Change("type", "IP", "ALB"),)
    free, used = ReplacementRequiredError(changes, "orders"), ReplacementRequiredError(changes, "orders", (SERVICE,))

    assert str(free) == (
        "Target group orders cannot be updated to the desired state:\n"
        "  type: 'IP' -> 'ALB'\n"
        "Pass replace=True to drain, delete and recreate the target group."
    )
    assert str(used) == (
        "Target group orders cannot be updated to the desired state:\n"
        "  type: 'IP' -> 'ALB'\n"
        f"It cannot be replaced while these services use it: {SERVICE}. Create a target group with another name and "
        "forward their listeners and rules to it."
    )


def test_seconds_are_rounded() -> None:
    """How long was waited is told in seconds that somebody reads."""
    error = WaitTimeoutError(waiting_for="tea", last_status="water", elapsed_seconds=6.2e-05)

    assert str(error).startswith("Timed out after 0 s waiting for tea ")
