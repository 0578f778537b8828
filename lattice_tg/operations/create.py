"""Creation of target groups."""

import logging

from lattice_tg import operations
from lattice_tg.conversion import from_boto3, to_boto3
from lattice_tg.errors import ConflictError, InvalidArgumentError
from lattice_tg.logs import log
from lattice_tg.models.problem import Problem
from lattice_tg.models.target_group import TargetGroup, TargetGroupSpec
from lattice_tg.operations.interruption import note_on_interrupt
from lattice_tg.sending.client_tokens import is_client_token, new_client_token
from lattice_tg.sending.request_sender import RequestFailure, RequestSender
from lattice_tg.sending.retry_policy import is_outcome_unknown
from lattice_tg.transport.api import CREATE_TARGET_GROUP
from lattice_tg.validation import validate
from lattice_tg.validation.arguments import validate_seconds


async def create(
    sender: RequestSender,
    spec: TargetGroupSpec,
    *,
    client_token: str | None,
    wait: bool,
    timeout_seconds: float,
    allow_unknown: bool,
) -> TargetGroup:
    """Create a target group.

    If ``wait`` is set, wait until the group is ACTIVE.

    Raises:
        InvalidSpecError: If the spec breaks a rule.
        InvalidArgumentError: If ``client_token`` or ``timeout_seconds`` is invalid.

    """
    validate(spec, allow_unknown=allow_unknown)
    validate_seconds(timeout_seconds=timeout_seconds)
    token = new_client_token() if client_token is None else _validate_client_token(client_token)
    group = await create_with_token(sender, spec, token)
    if not wait:
        return group
    waiter = operations.waiters.make_waiter(sender, group, "active", timeout_seconds=timeout_seconds)
    with note_on_interrupt(lambda: _report_created(group, token)):
        return await operations.waiters.wait_until_active(sender, group, waiter)


def _validate_client_token(client_token: str) -> str:
    if not is_client_token(client_token):
        rule = "must be a string of 1 to 64 characters with at least one visible character"
        problem = Problem("client_token", client_token, rule, "Omit client_token to use a random token")
        raise InvalidArgumentError((problem,))
    return client_token


async def create_with_token(sender: RequestSender, spec: TargetGroupSpec, client_token: str) -> TargetGroup:
    """Create a target group from a valid spec, using one client token for all attempts.

    If an earlier attempt got no response and VPC Lattice then reports that the name exists, the earlier attempt may
    have created the group. In this case, the function returns the existing group if the group matches the spec.

    Raises:
        ConflictError: If the name exists and the existing group is not the result of an earlier attempt, or if the
            client token belongs to another request.

    """
    with note_on_interrupt(lambda: _report_token(spec.name, client_token)):
        return await _create_or_adopt(sender, spec, client_token)


async def _create_or_adopt(sender: RequestSender, spec: TargetGroupSpec, client_token: str) -> TargetGroup:
    failures: list[RequestFailure] = []
    request = {**to_boto3(spec), "clientToken": client_token}
    try:
        return from_boto3(TargetGroup, await sender.send(CREATE_TARGET_GROUP, request, failures=failures))
    except ConflictError as conflict:
        if conflict.kind != "name_exists" or not any(map(is_outcome_unknown, failures)):
            raise
        # If the import fails, no response is lost: the conflict is the context of the error.
        return await operations.adopt.adopt_or_raise(sender, spec, conflict)


def _report_token(name: str, client_token: str) -> str:
    """Log the client token of an interrupted creation, and return the note for the interrupt.

    Task groups of asyncio discard a cancellation and its notes.
    """
    log(
        logging.WARNING,
        "The creation of target group %r was interrupted. To resume, call create() with the same spec and "
        "client_token=%r.",
        name,
        client_token,
        target_group=name,
        client_token=client_token,
    )
    return (
        f"The creation of target group {name!r} was interrupted. VPC Lattice may have created the group. To resume, "
        f"call create() with the same spec and client_token={client_token!r}."
    )


def _report_created(group: TargetGroup, client_token: str) -> str:
    """Log the id of a created group, and return the note for the interrupt of the wait."""
    note = f"Target group {group.name!r} was created. To resume, call wait_until_active({group.id!r})."
    log(
        logging.WARNING,
        "%s The client token was %r.",
        note,
        client_token,
        target_group=group.name,
        client_token=client_token,
    )
    return note
