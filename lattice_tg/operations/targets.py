"""Registering and deregistering targets."""

from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, count, islice
from typing import Any, Self

from attrs import frozen

from lattice_tg.conversion import from_boto3, unstructure_fn
from lattice_tg.errors import ConfigurationError, InvalidSpecError, LatticeError, ServiceError, TransportError
from lattice_tg.models.responses import TargetFailure
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.models.target_keys import Key, target_key, unique_targets
from lattice_tg.models.targets import Target
from lattice_tg.results import FailedRequest, TargetsResult
from lattice_tg.sending.pagination import chunked
from lattice_tg.sending.request_sender import RequestFailure, RequestSender
from lattice_tg.sending.retry_policy import is_outcome_unknown
from lattice_tg.transport.api import DEREGISTER_TARGETS, REGISTER_TARGETS, Operation
from lattice_tg.validation import target_problems
from lattice_tg.validation.identifiers import TargetGroupLike, group_port, resolve_identifier

Row = Target | TargetFailure
"""What a reply says of one target: it was taken, or it was refused."""


def build_result(
    operation: str,
    targets: Sequence[Target],
    reply: Mapping[str, Any],
    default_port: int | None,
    *,
    ignored_codes: Collection[str] = (),
) -> TargetsResult:
    """The report on ``targets``: the service took them, refused them, or says nothing of them.

    ``ignored_codes`` are the failure codes that mean, here, that it had been done before.
    """
    if _all_succeeded(targets, reply):
        return TargetsResult(successful=tuple(targets))
    keys = {target_key(target, default_port) for target in targets}
    rows = {_requested_key(row, default_port, keys): row for row in _rows(reply, ignored_codes)}
    answers = [(target, _match_row(target_key(target, default_port), rows)) for target in targets]
    unmentioned = tuple(target for target, row in answers if row is None)
    return TargetsResult(
        successful=tuple(target for target, row in answers if isinstance(row, Target)),
        unsuccessful=tuple(row for _, row in answers if isinstance(row, TargetFailure)),
        failed_requests=(_missing_targets(operation, unmentioned),) if unmentioned else (),
    )


def _all_succeeded(targets: Sequence[Target], reply: Mapping[str, Any]) -> bool:
    """Whether the reply takes each target just as it was sent and refuses none, which is how nearly all replies are."""
    if reply.get("unsuccessful"):
        return False
    try:
        taken = {(row.get("id"), row.get("port")) for row in reply.get("successful") or ()}
    except (AttributeError, TypeError):  # a row that names no target
        return False
    return taken.issuperset([(target.id, target.port) for target in targets])


def _rows(reply: Mapping[str, Any], ignored_codes: Collection[str]) -> Iterator[Row]:
    """The refusals come last, so that of two rows about one target the refusal counts."""
    failures = [from_boto3(TargetFailure, row) for row in _valid_rows(reply.get("unsuccessful"))]
    yield from (from_boto3(Target, row) for row in _valid_rows(reply.get("successful")))
    yield from (Target(id=row.id, port=row.port) for row in failures if row.failure_code in ignored_codes)
    yield from (row for row in failures if row.failure_code not in ignored_codes)


def _valid_rows(rows: Sequence[Mapping[str, Any] | None] | None) -> Iterator[Mapping[str, Any]]:
    """Those rows that name a target; the others say nothing about those that were sent."""
    for row in rows or ():
        if row and isinstance(row.get("id"), str) and isinstance(row.get("port"), int | None):
            yield row


def _requested_key(row: Row, default_port: int | None, asked_for: Collection[Key]) -> Key:
    """The key that was asked for: the service writes the group's port where a target was sent without one."""
    key = target_key(row, default_port)
    return key if key in asked_for else (key[0], None)


def _match_row(key: Key, rows: Mapping[Key, Row]) -> Row | None:
    """What the reply says of the target with this key.

    A target without a port, in a group whose port is not known, may be the same as one that is named with the group's
    port beside it; one row then answers for both, where all rows of that id say the same.
    """
    if key in rows or key[1] is not None:
        return rows.get(key)
    namesakes = [row for (target_id, _), row in rows.items() if target_id == key[0]]
    return namesakes[0] if len({type(row) for row in namesakes}) == 1 else None


def _missing_targets(operation: str, targets: tuple[Target, ...]) -> FailedRequest:
    error = TransportError(operation=operation, message="the reply does not mention these targets")
    return FailedRequest(targets, error, sent=True)


def merge_results(reports: Sequence[TargetsResult]) -> TargetsResult:
    """One report of many, in their order."""
    return TargetsResult(
        successful=tuple(target for report in reports for target in report.successful),
        unsuccessful=tuple(failure for report in reports for failure in report.unsuccessful),
        failed_requests=tuple(chunk for report in reports for chunk in report.failed_requests),
    )


MAX_TARGETS_PER_REQUEST = 100
"""Targets that one request may have (service model, RegisterTargetsRequestTargetsList)."""

NOT_FOUND_CODES = ("TargetNotFound",)  # what the service says of a target that is to be deregistered and is not there

Chunk = tuple[int, tuple[Target, ...]]
"""The targets of one request, after the index of the first of them in what the user gave."""


@frozen(kw_only=True)
class TargetBatcher:
    """One kind of request about the targets of one group."""

    sender: RequestSender
    operation: Operation
    target_group: TargetGroupLike
    deadline: float | None = None
    ignored_codes: tuple[str, ...] = ()
    """Failure codes that mean here that it had been done before."""
    ignored_codes_on_retry: tuple[str, ...] = ()
    """Those that mean it where an attempt that got no answer may have been what did it."""

    @classmethod
    def for_register(cls, sender: RequestSender, target_group: TargetGroupLike) -> Self:
        """The requests that register; what is no id is refused now, not at the first chunk."""
        resolve_identifier(target_group)
        return cls(sender=sender, operation=REGISTER_TARGETS, target_group=target_group)

    @classmethod
    def for_deregister(
        cls,
        sender: RequestSender,
        target_group: TargetGroupLike,
        *,
        deadline: float | None = None,
        ignored_codes: tuple[str, ...] = (),
    ) -> Self:
        """The requests that deregister."""
        resolve_identifier(target_group)
        return cls(
            sender=sender,
            operation=DEREGISTER_TARGETS,
            target_group=target_group,
            deadline=deadline,
            ignored_codes=ignored_codes,
            ignored_codes_on_retry=NOT_FOUND_CODES,
        )

    def run(self, targets: Iterable[Target]) -> TargetsResult:
        """One report of all targets, which are checked before the first request; a failed chunk stops no other.

        Raises:
            InvalidSpecError: Some are wrong; nothing was sent.

        """
        given = tuple(targets)
        if problems := target_problems(given, self._known_group()):
            raise InvalidSpecError(problems)
        return merge_results(
            tuple(self._in_parallel(_chunks(unique_targets(given, group_port(self.target_group))), self._send_chunk))
        )

    def stream(self, targets: Iterable[Target]) -> Generator[TargetsResult]:
        """One report a chunk, in the order given; no more chunks are held than are under way, or about to be.

        Where ``targets`` itself raises, what it gave before is sent and reported first.
        """
        broken: list[Exception] = []
        yield from self._in_parallel(_chunks(_capture_source_error(targets, broken)), self._validate_and_send)
        if broken:
            raise broken[0]

    def _known_group(self) -> TargetGroup | None:
        return self.target_group if isinstance(self.target_group, TargetGroup) else None

    def _validate_and_send(self, chunk: Chunk) -> TargetsResult:
        start, targets = chunk
        if problems := target_problems(targets, self._known_group(), start=start):
            return TargetsResult(failed_requests=(FailedRequest(targets, InvalidSpecError(problems), sent=False),))
        return self._send_chunk((start, unique_targets(targets, group_port(self.target_group))))

    def _send_chunk(self, chunk: Chunk) -> TargetsResult:
        _, targets = chunk
        request = {
            "targetGroupIdentifier": resolve_identifier(self.target_group),
            "targets": list(map(unstructure_fn(Target), targets)),
        }
        failures: list[RequestFailure] = []
        try:
            reply = self.sender.send(self.operation, request, deadline=self.deadline, failures=failures)
        except Exception as error:  # noqa: BLE001 - a hook's error, too, costs its own request and no other
            return TargetsResult(failed_requests=(self._failed_request(targets, error, failures),))
        is_repeat = any(map(is_outcome_unknown, failures))
        ignored_codes = (*self.ignored_codes, *(self.ignored_codes_on_retry if is_repeat else ()))
        return build_result(
            self.operation.name, targets, reply, group_port(self.target_group), ignored_codes=ignored_codes
        )

    def _failed_request(
        self, targets: tuple[Target, ...], error: Exception, failures: list[RequestFailure]
    ) -> FailedRequest:
        """A request without an answer about each of its targets, and whether the service refused it."""
        if not isinstance(error, LatticeError):
            failure = ConfigurationError(_hook_error_message(self.operation.name, error))
            failure.__cause__ = error
            return FailedRequest(targets, failure, sent=bool(failures))
        refused = isinstance(error, ServiceError) and not any(map(is_outcome_unknown, failures))
        return FailedRequest(targets, error, sent=bool(failures), rejected=refused)

    def _in_parallel(self, chunks: Iterator[Chunk], send: Callable[[Chunk], TargetsResult]) -> Iterator[TargetsResult]:
        """What ``send`` makes of each chunk, in order, with as many under way as there are connections.

        Half as many more are at hand: a thread whose chunk ends before an earlier one is not left idle.
        """
        first = tuple(islice(chunks, 2))
        if len(first) < 2:  # noqa: PLR2004 - what one request can do needs no threads
            yield from map(send, first)
            return
        workers = self.sender.max_workers
        pool = ThreadPoolExecutor(workers, "lattice_tg")
        try:
            under_way: deque[Future[TargetsResult]] = deque()
            for chunk in chain(first, chunks):
                under_way.append(pool.submit(send, chunk))
                if len(under_way) >= workers + workers // 2:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _hook_error_message(operation: str, error: Exception) -> str:
    told = f"{type(error).__name__}: {error}".removesuffix(": ")
    return f"{operation}: on_retry, or the wait or stop of the RetryPolicy, raised {told}; mend it and send these again"


def _chunks(targets: Iterable[Target]) -> Iterator[Chunk]:
    return zip(count(step=MAX_TARGETS_PER_REQUEST), chunked(targets, MAX_TARGETS_PER_REQUEST))


def _capture_source_error(targets: Iterable[Target], broken: list[Exception]) -> Iterator[Target]:
    """The targets up to the error that their source raises, which goes into ``broken``."""
    try:
        yield from targets
    except Exception as error:  # noqa: BLE001 - whatever it is, it is raised once all is reported
        broken.append(error)
