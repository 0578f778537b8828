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

    assert str(silence).startswith('TagResource: no answer: Could not connect to "https://x"; it may')
    assert str(refusal).startswith("TagResource: ExpiredTokenException (403): It expired; sign in again")


@pytest.mark.parametrize(
    ("operation", "client_token", "way_out"),
    [
        ("CreateTargetGroup", "t-1", "it may have been done; create(spec, client_token=error.client_token) resumes it"),
        ("DeleteTargetGroup", None, "it may have been done; doing it again is safe"),
        ("ListTargets", None, "try again later, or let it be tried for longer (RetryPolicy)"),
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
        assert f": oh; {way_out} [attempts: 1]" in str(error)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("in use", f"in use; {{}}: {SERVICE}, {OTHER}"),
        (f"in use by {OTHER}", f"in use by {OTHER}; {{}}: {SERVICE}"),
        (f"in use by {SERVICE}, {OTHER}", f"in use by {SERVICE}, {OTHER}; {{}}"),
    ],
)
def test_a_service_is_named_once(message: str, told: str) -> None:
    """The services that the message names are not named again."""
    way_out = "take the group out of the listeners and rules of the services that use it first"

    assert str(in_use(message)) == f"DeleteTargetGroup: ConflictException (409): {told.format(way_out)} [attempts: 1]"


def test_nothing_was_sent(vpc_lattice: VpcLatticeEmulator) -> None:
    """What the library found out by itself is not told as if the service had answered."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    vpc_lattice.attach_to_service(group.id, SERVICE)

    with pytest.raises(ConflictError) as caught:
        client.delete(group, drain=True)

    assert (caught.value.kind, caught.value.attempts) == ("in_use", 0)
    assert str(caught.value) == (
        "DeleteTargetGroup: not sent: a service uses the group; take the group out of the listeners and rules of the "
        f"services that use it first: {SERVICE}"
    )


def test_what_a_message_says_of_a_field_is_said_once() -> None:
    """The fields that the service names are added where its message leaves them out."""
    rows = (("name", "too short"), ("type", "unknown"))

    def told(message: str, fields: tuple[tuple[str, str], ...]) -> str:
        error = ValidationError(
            operation="Op", code="ValidationException", message=message, http_status=400, fields=fields
        )
        return str(error).removeprefix("Op: ValidationException (400): ").removesuffix(" [attempts: 1]")

    assert told("wrong", rows) == "wrong; name: too short; type: unknown"
    assert told("name: too short", rows) == "name: too short; type: unknown"
    assert told("wrong", ()) == "wrong; change the request: the same one is refused again"


def test_what_cannot_be_replaced() -> None:
    """replace=True is a way out only where no service uses the group."""
    changes = (Change("type", "IP", "ALB"),)
    free, used = ReplacementRequiredError(changes, "orders"), ReplacementRequiredError(changes, "orders", (SERVICE,))

    assert str(free).startswith("orders cannot be changed; replace=True drains and deletes it, and makes it again\n")
    assert "replace=True" not in str(used)
    assert "make a group of another name, and let their listeners and rules forward to that one" in str(used)


def test_seconds_are_rounded() -> None:
    """How long was waited is told in seconds that somebody reads."""
    error = WaitTimeoutError(waiting_for="tea", last_status="water", elapsed_seconds=6.2e-05)

    assert str(error).startswith("tea did not come in 0 s;")
