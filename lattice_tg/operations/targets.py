"""Registration and deregistration of targets."""

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count, islice
from typing import Any, cast

from attrs import asdict, define, evolve, field, frozen

from lattice_tg.conversion import from_boto3, unstructure_fn
from lattice_tg.errors import (
    ConfigurationError,
    InvalidArgumentError,
    InvalidSpecError,
    LatticeError,
    ServiceError,
    TransportError,
)
from lattice_tg.errors.workflows import DrainTimeoutError, InsufficientHealthyTargetsError, WaitTimeoutError
from lattice_tg.literals import SERVING_TARGET_STATUSES
from lattice_tg.models.problem import Problem
from lattice_tg.models.responses import TargetFailure, TargetSummary
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.models.target_keys import Key, target_key, to_target, unique_targets
from lattice_tg.models.targets import Target
from lattice_tg.operations import read
from lattice_tg.operations.interruption import note_on_error, note_on_interrupt
from lattice_tg.operations.waiters import DRAIN_POLL_SECONDS, make_waiter, wait_until_drained
from lattice_tg.results import FailedRequest, TargetsResult
from lattice_tg.runtime.base import Tasks, WorkStopped
from lattice_tg.runtime.work import WorkStream
from lattice_tg.sending.pagination import chunked, collect
from lattice_tg.sending.request_sender import RequestFailure, RequestSender, is_partial_failure
from lattice_tg.sending.retry_policy import is_outcome_unknown
from lattice_tg.transport import Request, Response
from lattice_tg.transport.api import DEREGISTER_TARGETS, REGISTER_TARGETS, Operation
from lattice_tg.transport.error_mapping import TEST_FAILURES
from lattice_tg.validation import target_problems
from lattice_tg.validation.arguments import raise_if_any, reject_single_value, to_tuple, validate_seconds
from lattice_tg.validation.identifiers import TargetGroupLike, group_port, resolve_id, resolve_identifier
from lattice_tg.validation.validators import integer

MAX_TARGETS_PER_REQUEST = 100
"""Maximum number of targets in one request (service model, RegisterTargetsRequestTargetsList)."""

NOT_FOUND_CODES = ("TargetNotFound",)
"""Failure codes in a deregistration response for targets that are not registered."""

ResponseItem = Target | TargetFailure
"""An item of a response: a target that VPC Lattice accepted, or a target that it rejected."""

Chunk = tuple[int, tuple[Target, ...]]
"""The position of a chunk's first target among all targets, and the targets of the chunk."""


async def register_targets(
    sender: RequestSender, target_group: TargetGroupLike, targets: Iterable[Target]
) -> TargetsResult:
    """Register targets and return the result for each target.

    Raises:
        InvalidSpecError: If some targets are invalid.

    """
    batcher = TargetBatcher(sender, REGISTER_TARGETS, target_group)
    return await batcher.run(to_tuple("targets", targets))


def iter_register_targets(
    sender: RequestSender, target_group: TargetGroupLike, targets: Iterable[Target]
) -> "ChunkResults":
    """Return a stream that registers targets in batches and returns one result per batch.

    A batch contains up to 100 targets.

    Raises:
        InvalidSpecError: If ``targets`` is not an iterable.

    """
    batcher = TargetBatcher(sender, REGISTER_TARGETS, target_group)
    reject_single_value("targets", targets)
    return ChunkResults(batcher, targets)


async def deregister_targets(
    sender: RequestSender,
    target_group: TargetGroupLike,
    targets: Iterable[Target | TargetSummary],
    *,
    min_healthy: int | None,
    missing_ok: bool,
    wait: bool,
    timeout_seconds: float,
) -> TargetsResult:
    """Deregister targets and return the result for each target.

    If ``wait`` is set, wait until the targets are drained.

    Raises:
        InvalidSpecError: If some targets are invalid.
        InsufficientHealthyTargetsError: If fewer than ``min_healthy`` healthy targets would remain.
        DrainTimeoutError: If ``wait`` is set and some targets are not drained in time.

    """
    validate_seconds(timeout_seconds=timeout_seconds)
    if min_healthy is not None and (rule := integer(0)(min_healthy)):
        raise InvalidArgumentError((Problem("min_healthy", min_healthy, *rule),))
    batcher = TargetBatcher(sender, DEREGISTER_TARGETS, target_group)
    items = tuple(to_target(item) if isinstance(item, TargetSummary) else item for item in to_tuple("targets", targets))
    batcher.validate(items)
    if min_healthy is not None:
        await _require_healthy_targets(sender, target_group, items, min_healthy)
    result = await batcher.run(items)
    if any(failure.failure_code in NOT_FOUND_CODES for failure in result.unsuccessful):
        result = await _explain_missing_targets(sender, target_group, items, result, missing_ok=missing_ok)
    if wait and result.successful:
        with _attach_result(result):
            waiter = make_waiter(
                sender,
                target_group,
                "drained",
                timeout_seconds=timeout_seconds,
                poll_seconds=DRAIN_POLL_SECONDS,
            )
            await wait_until_drained(sender, target_group, result.successful, waiter)
    return result


async def _require_healthy_targets(
    sender: RequestSender, target_group: TargetGroupLike, targets: Sequence[Target], min_healthy: int
) -> None:
    """Raise an error if deregistering healthy targets would leave fewer than ``min_healthy``.

    Raises:
        InsufficientHealthyTargetsError: If too few healthy targets would remain.

    """
    port = await read.resolve_port(sender, target_group, targets)
    removed = {target_key(target, port) for target in targets}
    listed = await collect(read.target_pages(sender, target_group))
    healthy = [target_key(item, port) for item in listed if item.status in SERVING_TARGET_STATUSES]
    remaining = [key for key in healthy if key not in removed]
    if len(remaining) < min_healthy and len(remaining) < len(healthy):
        raise InsufficientHealthyTargetsError(healthy=len(healthy), remaining=len(remaining), min_healthy=min_healthy)


async def _explain_missing_targets(
    sender: RequestSender,
    target_group: TargetGroupLike,
    targets: Sequence[Target],
    result: TargetsResult,
    *,
    missing_ok: bool,
) -> TargetsResult:
    """Add the ports on which targets are registered to the failures of targets that were not found.

    If ``missing_ok`` is set, targets that are not registered on any port count as successful.
    """
    ports: dict[str, list[int | None]] = {}
    for item in await collect(read.target_pages(sender, target_group)):
        if item.status != "DRAINING":
            ports.setdefault(target_key(item, None)[0], []).append(item.port)
    failures = [
        evolve(failure, registered_ports=tuple(ports.get(target_key(failure, None)[0], ())))
        if failure.failure_code in NOT_FOUND_CODES
        else failure
        for failure in result.unsuccessful
    ]
    gone = {
        target_key(failure, None)
        for failure in failures
        if missing_ok and failure.failure_code in NOT_FOUND_CODES and not failure.registered_ports
    }
    successful = {target_key(target, None) for target in result.successful} | gone
    return evolve(
        result,
        successful=tuple(target for target in unique_targets(targets, None) if target_key(target, None) in successful),
        unsuccessful=tuple(failure for failure in failures if target_key(failure, None) not in gone),
    )


@contextmanager
def _attach_result(result: TargetsResult) -> Generator[None]:
    """Attach the deregistration result to an error that occurs while the targets drain."""
    try:
        with note_on_error(f"The result of the deregistration before the wait: {result}"):
            yield
    except WaitTimeoutError as error:
        raise DrainTimeoutError(**asdict(error, recurse=False), result=result) from error


@frozen
class TargetBatcher:
    """A batcher that sends the targets of one group in requests with up to 100 targets each.

    Raises:
        InvalidIdentifierError: If ``target_group`` is not an id, an ARN or a model.

    """

    sender: RequestSender
    operation: Operation
    """``REGISTER_TARGETS`` or ``DEREGISTER_TARGETS``."""
    target_group: TargetGroupLike
    deadline: float | None = field(default=None, kw_only=True)
    """Clock time after which no request is sent. Default: only the limits of the retry policy apply."""
    ignored_codes: tuple[str, ...] = field(default=(), kw_only=True)
    """Failure codes that count as success because the target is already in the desired state."""

    def __attrs_post_init__(self) -> None:
        resolve_identifier(self.target_group)

    def validate(self, targets: Sequence[Target]) -> None:
        """Raise an error if some targets are invalid.

        Raises:
            InvalidSpecError: If some targets are invalid.

        """
        raise_if_any(target_problems(targets, self._known_group()))

    async def run(self, targets: Iterable[Target]) -> TargetsResult:
        """Validate and send all targets, and return the result for each target.

        If a request fails, the other requests continue.

        Raises:
            InvalidSpecError: If some targets are invalid. No request was sent.

        """
        items = tuple(targets)
        self.validate(items)
        chunks = ChunkResults(self, unique_targets(items, group_port(self.target_group)), are_valid=True)
        results: list[TargetsResult] = []

        def make_note() -> str:
            remaining = (*chunks.unreturned_results(), *map(self.unsent_result, chunks.unsent_chunks()))
            return self.interruption_note(merge_results((*results, *remaining)))

        with note_on_interrupt(make_note):
            try:
                while (result := await chunks.next_result()) is not None:
                    results.append(result)
            except BaseException as error:
                await chunks.close_after(error)  # The stream is still open if an interrupt arrived between two results.
                raise
        return merge_results(results)

    def _known_group(self) -> TargetGroup | None:
        return self.target_group if isinstance(self.target_group, TargetGroup) else None

    async def validate_and_send(self, chunk: Chunk, failures: list[RequestFailure]) -> TargetsResult:
        """Validate the targets of a chunk, and send the chunk if all targets are valid."""
        start, targets = chunk
        if problems := target_problems(targets, self._known_group(), start=start):
            return TargetsResult(failed_requests=(FailedRequest(targets, InvalidSpecError(problems), sent=False),))
        return await self.send((start, unique_targets(targets, group_port(self.target_group))), failures)

    async def send(self, chunk: Chunk, failures: list[RequestFailure]) -> TargetsResult:
        """Send the targets of a chunk in one request, and return the result for each target.

        The error of each failed attempt is appended to ``failures``.
        """
        _, targets = chunk
        partial = _PartialResults(self, targets, failures)
        try:
            response = await self.sender.send(
                self.operation,
                partial.request,
                deadline=self.deadline,
                failures=failures,
                next_request=partial.next_request,
            )
        except TEST_FAILURES:  # A test must not pass because a result contains its failure.
            raise
        except Exception as error:  # noqa: BLE001 - an error in a user's callback fails only this request
            if is_partial_failure(error):
                return partial.complete(TargetsResult(unsuccessful=partial.transient_failures))
            failed_request = self._failed_request(partial.remaining, error, failures)
            return partial.complete(TargetsResult(failed_requests=(failed_request,)))
        return partial.complete(partial.build_result(response))

    def make_request(self, targets: Sequence[Target]) -> Request:
        """Return the request that sends these targets."""
        return {
            "targetGroupIdentifier": resolve_identifier(self.target_group),
            "targets": list(map(unstructure_fn(Target), targets)),
        }

    def build_result(
        self, targets: tuple[Target, ...], response: Response, failures: Sequence[RequestFailure]
    ) -> TargetsResult:
        """Return the result for the targets of a request after these failed attempts."""
        is_repeated = any(is_outcome_unknown(failure) or is_partial_failure(failure) for failure in failures)
        # An earlier attempt may have deregistered the targets.
        is_done = is_repeated and self.operation is DEREGISTER_TARGETS
        return build_result(
            self.operation.name,
            targets,
            response,
            group_port(self.target_group),
            target_group=resolve_id(self.target_group),
            ignored_codes=(*self.ignored_codes, *(NOT_FOUND_CODES if is_done else ())),
        )

    def _failed_request(
        self, targets: tuple[Target, ...], error: Exception, failures: list[RequestFailure]
    ) -> FailedRequest:
        """Return the record of a request that failed as a whole."""
        if not isinstance(error, LatticeError):
            failure = ConfigurationError(_callback_error_message(self.operation.name, error))
            failure.__cause__ = error
            return FailedRequest(targets, failure, sent=bool(failures))
        is_rejected = isinstance(error, ServiceError) and not any(map(is_outcome_unknown, failures))
        return FailedRequest(targets, error, sent=bool(failures), rejected=is_rejected)

    def unsent_result(self, chunk: Chunk) -> TargetsResult:
        """Return the result for a chunk that was not sent because the call was interrupted."""
        return self.interrupted_result(chunk, ())

    def interrupted_result(self, chunk: Chunk, failures: Sequence[RequestFailure]) -> TargetsResult:
        """Return the result for a chunk whose request was not sent again because the call was interrupted."""
        error = self._make_error("the call was interrupted", attempts=len(failures))
        is_rejected = bool(failures) and not any(map(is_outcome_unknown, failures))
        return TargetsResult(
            failed_requests=(FailedRequest(chunk[1], error, sent=bool(failures), rejected=is_rejected),)
        )

    def unknown_result(self, chunk: Chunk) -> TargetsResult:
        """Return the result for a chunk whose request was in flight when the call was interrupted."""
        error = self._make_error("the call was interrupted before a response arrived", attempts=1)
        return TargetsResult(failed_requests=(FailedRequest(chunk[1], error, sent=True),))

    def _make_error(self, message: str, *, attempts: int) -> TransportError:
        return TransportError(
            operation=self.operation.name,
            message=message,
            target_group=resolve_id(self.target_group),
            attempts=attempts,
        )

    def interruption_note(self, result: TargetsResult) -> str:
        """Return a note that says what was done and how to resume."""
        return (
            f"{self.operation.name} was interrupted: {result}\n"
            "To resume, call the method again with the same targets. Repeating a request for a target is safe."
        )


@define
class _PartialResults:
    """The results of a request whose targets are sent again if VPC Lattice reports a transient failure for them."""

    batcher: TargetBatcher
    targets: tuple[Target, ...]
    failures: Sequence[RequestFailure]
    """The errors of the failed attempts so far."""
    remaining: tuple[Target, ...] = field(init=False)
    """The targets of the next attempt."""
    request: Request = field(init=False)
    """The request of the first attempt."""
    transient_failures: tuple[TargetFailure, ...] = field(default=(), init=False)
    """The failures of the remaining targets in the last attempt."""
    results: list[TargetsResult] = field(factory=list[TargetsResult], init=False)
    """The results of the other targets."""

    def __attrs_post_init__(self) -> None:
        self.remaining, self.request = self.targets, self.batcher.make_request(self.targets)

    def build_result(self, response: Response) -> TargetsResult:
        """Return the result for the remaining targets."""
        if response.get("successful") == self.request["targets"] and not response.get("unsuccessful"):
            return TargetsResult(successful=self.remaining)  # Nearly all responses repeat the targets of the request.
        return self.batcher.build_result(self.remaining, response, self.failures)

    def next_request(self, response: Response) -> Request | None:
        """Return the request for the targets that failed for a transient reason, or None if there are none."""
        if not response.get("unsuccessful"):
            return None
        result = self.build_result(response)
        self.transient_failures = tuple(failure for failure in result.unsuccessful if failure.retryable)
        if not self.transient_failures:
            return None
        keys = {target_key(failure, None) for failure in self.transient_failures}
        self.results.append(
            evolve(result, unsuccessful=tuple(failure for failure in result.unsuccessful if not failure.retryable))
        )
        # A response contains the group's port for a target that was sent without a port.
        ids = {target_id for target_id, _ in keys}
        self.remaining = tuple(
            target
            for target in self.remaining
            if (key := target_key(target, None)) in keys or (target.port is None and key[0] in ids)
        )
        return self.batcher.make_request(self.remaining)

    def complete(self, last_result: TargetsResult) -> TargetsResult:
        """Return the result for all targets, in their order."""
        if not self.results:
            return last_result
        positions = {target_key(target, None)[0]: position for position, target in enumerate(self.targets)}

        def position_of(target: Target | TargetFailure) -> int:
            return positions[target_key(target, None)[0]]

        result = merge_results((*self.results, last_result))
        return evolve(
            result,
            successful=tuple(sorted(result.successful, key=position_of)),
            unsuccessful=tuple(sorted(result.unsuccessful, key=position_of)),
        )


class ChunkResults:
    """The results of the requests for all targets, in the order of the targets.

    Only the chunks that are in flight or queued are held in memory. If the iterable ``targets`` raises an error, the
    stream first sends the targets that the iterable has already yielded, returns the results for these targets, and
    then raises the error.

    Args:
        batcher: Batcher that sends the chunks.
        targets: The targets.
        are_valid: Whether the targets have been validated, which requires that they are in memory. Default: False.

    """

    def __init__(self, batcher: TargetBatcher, targets: Iterable[Target], *, are_valid: bool = False) -> None:
        self._batcher = batcher
        self._runtime = batcher.sender.runtime.scope()
        self._send = TargetBatcher.send if are_valid else TargetBatcher.validate_and_send
        self._source_errors: list[Exception] = []
        self._chunks = _make_chunks(targets if are_valid else _capture_source_error(targets, self._source_errors))
        self._is_started = False
        self._single: Chunk | None = None
        workers = batcher.sender.max_workers
        self._work = WorkStream(
            self._open_tasks,
            self._chunks,
            # In addition to one chunk per worker, up to one chunk for every two workers is queued so that no worker is
            # idle while an earlier chunk is in flight.
            max_ahead=workers + workers // 2,
            in_order=True,
        )

    async def next_page(self) -> Sequence[TargetsResult] | None:
        """Return the result for the next chunk, or None at the end."""
        with note_on_interrupt(
            lambda: self._batcher.interruption_note(merge_results(tuple(self.unreturned_results())))
        ):
            result = await self.next_result()
        return None if result is None else (result,)

    async def next_result(self) -> TargetsResult | None:
        """Return the result for the next chunk, or None at the end."""
        if not self._is_started:
            self._is_started = True
            first = tuple(islice(self._chunks, 2))
            if len(first) == 1:
                return await self._send_single(first[0])
            self._work.prepend(first)
        if (completed := await self._work.next_result()) is not None:
            result: TargetsResult = completed[1].result
            return result
        if self._source_errors:
            raise self._source_errors.pop()
        return None

    async def _send_single(self, chunk: Chunk) -> TargetsResult:
        """Send the only chunk without a worker."""
        self._single = chunk
        result = await self._send(self._batcher, chunk, [])
        self._single = None
        return result

    def _open_tasks(self) -> Tasks:
        sender = evolve(self._batcher.sender, runtime=self._runtime)
        stoppable = evolve(self._batcher, sender=sender)
        return self._runtime.open_tasks(partial(self._send_in_task, stoppable), sender.max_workers)

    async def _send_in_task(self, batcher: TargetBatcher, chunk: Chunk) -> TargetsResult:
        failures: list[RequestFailure] = []
        try:
            return await self._send(batcher, chunk, failures)
        except WorkStopped:
            return self._batcher.interrupted_result(chunk, failures)

    def unreturned_results(self) -> Iterator[TargetsResult]:
        """Yield the result for each chunk that was submitted but whose result was not returned."""
        if self._single is not None:
            yield self._batcher.unknown_result(self._single)
        for chunk, done in self._work.unconsumed():
            if done is None:
                yield self._batcher.unknown_result(chunk)
            elif done.error is not None:
                yield self._batcher.unsent_result(chunk)
            else:
                yield done.result

    def unsent_chunks(self) -> Iterator[Chunk]:
        """Return an iterator over the chunks that were not submitted."""
        return self._work.unsubmitted()

    def stop(self) -> None:
        """Send no further requests."""
        self._work.stop()

    async def close_after(self, error: BaseException) -> None:
        """Close the stream because of ``error``."""
        await self._work.close_after(error)

    async def aclose(self) -> None:
        """Stop the requests, and wait at most one second for those in flight."""
        await self._work.aclose()


def _callback_error_message(operation: str, error: Exception) -> str:
    message = f"{type(error).__name__}: {error}".removesuffix(": ").removesuffix(".")
    return (
        f"{operation} failed because on_retry, or the wait or stop of the RetryPolicy, raised {message}. Fix the "
        "function and send these targets again."
    )


def _make_chunks(targets: Iterable[Target]) -> Iterator[Chunk]:
    return zip(count(step=MAX_TARGETS_PER_REQUEST), chunked(targets, MAX_TARGETS_PER_REQUEST))


def _capture_source_error(targets: Iterable[Target], errors: list[Exception]) -> Iterator[Target]:
    """Yield the targets until the iterable ``targets`` ends or raises an error.

    If the iterable raises an error, the function appends the error to ``errors``.
    """
    try:
        yield from targets
    except Exception as error:  # noqa: BLE001 - the caller raises the error after it has yielded all results
        errors.append(error)


def build_result(
    operation: str,
    targets: Sequence[Target],
    response: Mapping[str, Any],
    default_port: int | None,
    *,
    target_group: str | None = None,
    ignored_codes: Collection[str] = (),
) -> TargetsResult:
    """Return the result for each target of a request.

    Args:
        operation: The name of the API operation.
        targets: The targets of the request.
        response: The response.
        default_port: The group's default target port, or None if the port is unknown.
        target_group: The id of the target group, which errors name. Default: None.
        ignored_codes: Failure codes that count as success. Default: none.

    """
    if _all_succeeded(targets, response):
        return TargetsResult(successful=tuple(targets))
    keys = {target_key(target, default_port) for target in targets}
    items = {_requested_key(item, default_port, keys): item for item in _iter_items(response, ignored_codes)}
    matches = [(target, _match_item(target_key(target, default_port), items)) for target in targets]
    unmentioned = tuple(target for target, item in matches if item is None)
    return TargetsResult(
        successful=tuple(target for target, item in matches if isinstance(item, Target)),
        unsuccessful=tuple(item for _, item in matches if isinstance(item, TargetFailure)),
        failed_requests=(_missing_targets(operation, target_group, unmentioned),) if unmentioned else (),
    )


def _all_succeeded(targets: Sequence[Target], response: Mapping[str, Any]) -> bool:
    """Return whether the response accepts each target exactly as it was sent.

    This is the case for nearly all responses.
    """
    if response.get("unsuccessful"):
        return False
    try:
        accepted = {(item.get("id"), item.get("port")) for item in response.get("successful") or ()}
    except (AttributeError, TypeError):  # An item does not identify a target.
        return False
    return accepted.issuperset([(target.id, target.port) for target in targets])


def _iter_items(response: Mapping[str, Any], ignored_codes: Collection[str]) -> Iterator[ResponseItem]:
    """Yield the items of a response.

    Failures come last, so that a failure overrides a success for the same target.
    """
    failures = [from_boto3(TargetFailure, item) for item in _valid_items(response.get("unsuccessful"))]
    yield from (from_boto3(Target, item) for item in _valid_items(response.get("successful")))
    yield from (to_target(failure) for failure in failures if failure.failure_code in ignored_codes)
    yield from (failure for failure in failures if failure.failure_code not in ignored_codes)


def _valid_items(items: object) -> Iterator[Mapping[str, Any]]:
    """Yield the items that identify a target."""
    for item in cast("list[Mapping[str, Any] | None]", items) if isinstance(items, list) else ():
        if item and isinstance(item.get("id"), str) and isinstance(item.get("port"), int | None):
            yield item


def _requested_key(item: ResponseItem, default_port: int | None, requested: Collection[Key]) -> Key:
    """Return the key under which the target of ``item`` was requested.

    If a target was sent without a port, the response contains the group's port.
    """
    key = target_key(item, default_port)
    return key if key in requested else (key[0], None)


def _match_item(key: Key, items: Mapping[Key, ResponseItem]) -> ResponseItem | None:
    """Return the response item for the target with this key, or None if no item matches.

    If the group's port is unknown, the request may contain the same target twice: without a port and with the group's
    port. VPC Lattice then returns one item for both targets. The function returns this item unless the response
    contains both a success and a failure for the id of the target.
    """
    if key in items or key[1] is not None:
        return items.get(key)
    same_id = [item for (target_id, _), item in items.items() if target_id == key[0]]
    return same_id[0] if len({type(item) for item in same_id}) == 1 else None


def _missing_targets(operation: str, target_group: str | None, targets: tuple[Target, ...]) -> FailedRequest:
    message = "the response does not mention these targets"
    error = TransportError(operation=operation, message=message, target_group=target_group)
    return FailedRequest(targets, error, sent=True)


def merge_results(results: Sequence[TargetsResult]) -> TargetsResult:
    """Merge the results of several requests in the order of ``results``."""
    if len(results) == 1:
        return results[0]
    return TargetsResult(
        successful=tuple(target for result in results for target in result.successful),
        unsuccessful=tuple(failure for result in results for failure in result.unsuccessful),
        failed_requests=tuple(request for result in results for request in result.failed_requests),
    )
