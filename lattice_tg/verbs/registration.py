"""Registering and deregistering any number of targets: in chunks, in parallel, none forgotten."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, count, islice
from typing import Self

from attrs import frozen

from lattice_tg.calls import ApiMethod, RequestFailure, RequestSender
from lattice_tg.errors import ConfigurationError, InvalidSpecError, LatticeError
from lattice_tg.identifiers import TargetGroupLike, resolve_identifier
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.models.targets import Target
from lattice_tg.paging import chunked
from lattice_tg.reports import FailedRequest, TargetsResult
from lattice_tg.retry import is_outcome_unknown
from lattice_tg.rules import target_problems
from lattice_tg.service_errors import ServiceError
from lattice_tg.target_keys import group_port, unique_targets
from lattice_tg.verbs.replies import build_result, merge_results
from lattice_tg.wire import unstructure_fn

MAX_TARGETS_PER_REQUEST = 100
"""Targets that one request may have (service model, RegisterTargetsRequestTargetsList)."""

NOT_FOUND_CODES = ("TargetNotFound",)  # what the service says of a target that is to be deregistered and is not there

Chunk = tuple[int, tuple[Target, ...]]
"""The targets of one request, after the index of the first of them in what the user gave."""


@frozen(kw_only=True)
class TargetBatcher:
    """One kind of request about the targets of one group."""

    sender: RequestSender
    operation: str
    send: ApiMethod
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
        send = sender.api.register_targets
        return cls(sender=sender, operation="RegisterTargets", send=send, target_group=target_group)

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
            operation="DeregisterTargets",
            send=sender.api.deregister_targets,
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
            reply = self.sender.send(self.send, request, deadline=self.deadline, failures=failures)
        except Exception as error:  # noqa: BLE001 - a hook's error, too, costs its own request and no other
            return TargetsResult(failed_requests=(self._failed_request(targets, error, failures),))
        is_repeat = any(map(is_outcome_unknown, failures))
        ignored_codes = (*self.ignored_codes, *(self.ignored_codes_on_retry if is_repeat else ()))
        return build_result(self.operation, targets, reply, group_port(self.target_group), ignored_codes=ignored_codes)

    def _failed_request(
        self, targets: tuple[Target, ...], error: Exception, failures: list[RequestFailure]
    ) -> FailedRequest:
        """A request without an answer about each of its targets, and whether the service refused it."""
        if not isinstance(error, LatticeError):
            failure = ConfigurationError(_hook_error_message(self.operation, error))
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
