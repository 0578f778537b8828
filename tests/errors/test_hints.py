"""Hints in error messages, and the formatting of the messages."""

import pytest

from lattice_tg.errors import (
    AccessDeniedError,
    ConflictError,
    InternalServerError,
    ReplacementRequiredError,
    ServiceError,
    TransportError,
    ValidationError,
    WaitTimeoutError,
)
from lattice_tg.models.change import Change
from lattice_tg.testing import VpcLatticeEmulator
from support.targets import create_client, create_ip_group

SERVICE = "arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-0123456789abcdefg"
OTHER = "arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-00000000000000000"


def make_in_use_error(message: str) -> ConflictError:
    return ConflictError(
        operation="DeleteTargetGroup",
        code="ConflictException",
        message=message,
        http_status=409,
        kind="in_use",
        service_arns=(SERVICE, OTHER),
    )


def test_message_with_final_period_gets_no_second_period() -> None:
    """If the message of botocore or VPC Lattice ends in a period, no second period follows."""
    transport_error = TransportError(operation="TagResource", message='Could not connect to "https://x".')
    service_error = ServiceError(
        operation="TagResource", code="ExpiredTokenException", message="It expired.", http_status=403
    )

    assert str(transport_error).startswith(
        'TagResource received no usable response: Could not connect to "https://x". VPC Lattice may'
    )
    assert str(service_error).startswith("TagResource failed: ExpiredTokenException (403): It expired. Sign in again")


@pytest.mark.parametrize(
    ("operation", "client_token", "hint"),
    [
        (
            "CreateTargetGroup",
            "t-1",
            "VPC Lattice may have processed the request. Call create(spec, client_token=error.client_token) to resume",
        ),
        ("DeleteTargetGroup", None, "VPC Lattice may have processed the request. You can safely repeat the call"),
        ("ListTargets", None, "Retry later, or allow more retries in RetryPolicy"),
    ],
)
def test_unknown_outcome_has_a_hint(operation: str, client_token: str | None, hint: str) -> None:
    """Every 5xx error and every transport error has a hint that is specific to the operation."""
    modeled = InternalServerError(
        operation=operation, code="InternalServerException", message="oh", http_status=500, client_token=client_token
    )
    unmodeled = ServiceError(operation=operation, code="502", message="oh", http_status=502, client_token=client_token)
    transport_error = TransportError(operation=operation, message="oh", client_token=client_token)

    for error in (modeled, unmodeled, transport_error):
        assert f": oh. {hint}. [attempts: 1]" in str(error)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("in use", f"in use. {{}}: {SERVICE}, {OTHER}"),
        (f"in use by {OTHER}", f"in use by {OTHER}. {{}}: {SERVICE}"),
        (f"in use by {SERVICE}, {OTHER}", f"in use by {SERVICE}, {OTHER}. {{}}"),
    ],
)
def test_service_in_the_message_is_not_repeated(message: str, text: str) -> None:
    """The hint lists only the services that the message does not mention."""
    hint = "Remove the target group from the listeners and rules of the services that use it"

    assert (
        str(make_in_use_error(message))
        == f"DeleteTargetGroup failed: ConflictException (409): {text.format(hint)}. [attempts: 1]"
    )


def test_conflict_detected_by_the_client_says_nothing_was_sent(vpc_lattice: VpcLatticeEmulator) -> None:
    """If the library detects a conflict itself, the message says that no request was sent."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    vpc_lattice.attach_to_service(group.id, SERVICE)

    with pytest.raises(ConflictError) as caught:
        client.delete(group, drain=True)

    assert (caught.value.kind, caught.value.attempts) == ("in_use", 0)
    assert str(caught.value) == (
        f"DeleteTargetGroup for {group.id} was not sent: a service uses the group. Remove the target group from the "
        f"listeners and rules of the services that use it: {SERVICE}."
    )


USER = "User: arn:aws:sts::123456789012:assumed-role/Admin/jane@example.com is not authorized to"


@pytest.mark.parametrize(
    ("message", "hint"),
    [
        ("denied", " Allow vpc-lattice:CreateTargetGroup in the caller's IAM policy."),
        (
            f"{USER} perform: vpc-lattice:TagResource on resource: arn:aws:vpc-lattice:eu-west-1:123456789012:targetgroup/*",
            " Allow vpc-lattice:TagResource in the caller's IAM policy.",
        ),
        (
            f"{USER} perform: ec2:DescribeVpcs because no identity-based policy allows the ec2:DescribeVpcs action",
            " Allow ec2:DescribeVpcs in the identity-based policy.",
        ),
        (
            f"{USER} perform: iam:CreateServiceLinkedRole because no permissions boundary allows the action",
            " Allow iam:CreateServiceLinkedRole in the permissions boundary.",
        ),
        (
            f"{USER} perform: vpc-lattice:GetTargetGroup because no VPC endpoint policy allows the action",
            " Allow vpc-lattice:GetTargetGroup in the VPC endpoint policy.",
        ),
        (f"{USER} perform: vpc-lattice:TagResource with an explicit deny in a service control policy", ""),
        (f"{USER} perform: vpc-lattice:TagResource on resource: * with an explicit deny", ""),
    ],
)
def test_access_denied_hint_names_the_denied_action(message: str, hint: str) -> None:
    """The hint names the action and the policy in the message. An explicit deny gets no hint."""
    error = AccessDeniedError(
        operation="CreateTargetGroup", code="AccessDeniedException", message=message, http_status=403
    )

    text = f"CreateTargetGroup failed: AccessDeniedException (403): {message}.{hint} [attempts: 1]"
    assert str(error) == text


def test_field_in_the_message_is_not_repeated() -> None:
    """The hint lists only the invalid fields that the message of the response does not mention."""
    invalid_fields = (("name", "too short"), ("type", "unknown"))

    def format_error(message: str, fields: tuple[tuple[str, str], ...]) -> str:
        error = ValidationError(
            operation="Op", code="ValidationException", message=message, http_status=400, fields=fields
        )
        return str(error).removeprefix("Op failed: ValidationException (400): ").removesuffix(" [attempts: 1]")

    assert format_error("wrong", invalid_fields) == "wrong. Correct these fields: name (too short), type (unknown)."
    assert format_error("name: too short", invalid_fields) == "name: too short. Correct these fields: type (unknown)."
    assert format_error("wrong", ()) == (
        "wrong. Compare the parameters with the description of Op in the VPC Lattice API reference."
    )


def test_replacement_hint_depends_on_use_by_services() -> None:
    """The hint suggests ``replace=True`` only if no service uses the target group."""
    changes = (Change("type", "IP", "ALB"),)
    unused, used = ReplacementRequiredError(changes, "orders"), ReplacementRequiredError(changes, "orders", (SERVICE,))

    assert str(unused) == (
        "Target group 'orders' cannot be updated to the desired state:\n"
        "  type: 'IP' -> 'ALB'\n"
        "Pass replace=True to drain, delete and recreate the target group."
    )
    assert str(used) == (
        "Target group 'orders' cannot be updated to the desired state:\n"
        "  type: 'IP' -> 'ALB'\n"
        f"The group cannot be replaced while these services use it: {SERVICE}. Create a target group with another name "
        "and change the listeners and rules of these services to forward to the new group."
    )


def test_elapsed_seconds_are_rounded() -> None:
    """A timeout message shows the elapsed seconds without an exponent and without excess digits."""
    error = WaitTimeoutError(waiting_for="tea", last_status="water", elapsed_seconds=6.2e-05)

    assert str(error).startswith("Timed out after 0 s waiting for tea ")
