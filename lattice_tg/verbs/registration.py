"""Registering and deregistering any number of targets: in chunks, in parallel, none forgotten."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, count, islice
from typing import Self

from attrs import frozen

from lattice_tg.calls import Calls, Failure, Send
from lattice_tg.errors import ConfigurationError, InvalidSpecError, LatticeError
from lattice_tg.identifiers import TargetGroupLike, identifier
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.models.targets import Target
from lattice_tg.paging import chunked
from lattice_tg.reports import TargetsReport, UnansweredTargets
from lattice_tg.retry import leaves_outcome_unknown
from lattice_tg.rules import target_problems
from lattice_tg.service_errors import ServiceError
from lattice_tg.target_keys import distinct, group_port
from lattice_tg.verbs.replies import joined, report_of
from lattice_tg.wire import writer

MOST_IN_A_REQUEST = 100
"""Targets that one request may have (service model, RegisterTargetsRequestTargetsList)."""

GONE = ("TargetNotFound",)  # what the service says of a target that is to be deregistered and is not there

Chunk = tuple[int, tuple[Target, ...]]
"""The targets of one request, after the index of the first of them in what the user gave."""


@frozen(kw_only=True)
class TargetRequests:
    """One kind of request about the targets of one group."""

    calls: Calls
    operation: str
    send: Send
    target_group: TargetGroupLike
    deadline: float | None = None
    forgiven: tuple[str, ...] = ()
    """Failure codes that mean here that it had been done before."""
    forgiven_on_repeat: tuple[str, ...] = ()
    """Those that mean it where an attempt that got no answer may have been what did it."""

    @classmethod
    def registering(cls, calls: Calls, target_group: TargetGroupLike) -> Self:
        """The requests that register; what is no id is refused now, not at the first chunk."""
        identifier(target_group)
        send = calls.gateway.register_targets
        return cls(calls=calls, operation="RegisterTargets", send=send, target_group=target_group)

    @classmethod
    def deregistering(
        cls,
        calls: Calls,
        target_group: TargetGroupLike,
        *,
        deadline: float | None = None,
        forgiven: tuple[str, ...] = (),
    ) -> Self:
        """The requests that deregister."""
        identifier(target_group)
        return cls(
            calls=calls,
            operation="DeregisterTargets",
            send=calls.gateway.deregister_targets,
            target_group=target_group,
            deadline=deadline,
            forgiven=forgiven,
            forgiven_on_repeat=GONE,
        )

    def all_at_once(self, targets: Iterable[Target]) -> TargetsReport:
        """One report of all targets, which are checked before the first request; a failed chunk stops no other.

        Raises:
            InvalidSpecError: Some are wrong; nothing was sent.

        """
        given = tuple(targets)
        if problems := target_problems(given, self._described()):
            raise InvalidSpecError(problems)
        return joined(tuple(self._in_parallel(_chunks(distinct(given, group_port(self.target_group))), self._sent)))

    def streamed(self, targets: Iterable[Target]) -> Generator[TargetsReport]:
        """One report a chunk, in the order given; no more chunks are held than are under way, or about to be.

        Where ``targets`` itself raises, what it gave before is sent and reported first.
        """
        broken: list[Exception] = []
        yield from self._in_parallel(_chunks(_until_broken(targets, broken)), self._checked_and_sent)
        if broken:
            raise broken[0]

    def _described(self) -> TargetGroup | None:
        return self.target_group if isinstance(self.target_group, TargetGroup) else None

    def _checked_and_sent(self, chunk: Chunk) -> TargetsReport:
        start, targets = chunk
        if problems := target_problems(targets, self._described(), start=start):
            return TargetsReport(unanswered=(UnansweredTargets(targets, InvalidSpecError(problems), sent=False),))
        return self._sent((start, distinct(targets, group_port(self.target_group))))

    def _sent(self, chunk: Chunk) -> TargetsReport:
        _, targets = chunk
        request = {
            "targetGroupIdentifier": identifier(self.target_group),
            "targets": list(map(writer(Target), targets)),
        }
        failures: list[Failure] = []
        try:
            reply = self.calls.answer(self.send, request, deadline=self.deadline, failures=failures)
        except Exception as error:  # noqa: BLE001 - a hook's error, too, costs its own request and no other
            return TargetsReport(unanswered=(self._failed(targets, error, failures),))
        is_repeat = any(map(leaves_outcome_unknown, failures))
        forgiven = (*self.forgiven, *(self.forgiven_on_repeat if is_repeat else ()))
        return report_of(self.operation, targets, reply, group_port(self.target_group), forgiven=forgiven)

    def _failed(self, targets: tuple[Target, ...], error: Exception, failures: list[Failure]) -> UnansweredTargets:
        """A request without an answer about each of its targets, and whether the service refused it."""
        if not isinstance(error, LatticeError):
            failure = ConfigurationError(_broken_hook(self.operation, error))
            failure.__cause__ = error
            return UnansweredTargets(targets, failure, sent=bool(failures))
        refused = isinstance(error, ServiceError) and not any(map(leaves_outcome_unknown, failures))
        return UnansweredTargets(targets, error, sent=bool(failures), refused=refused)

    def _in_parallel(self, chunks: Iterator[Chunk], send: Callable[[Chunk], TargetsReport]) -> Iterator[TargetsReport]:
        """What ``send`` makes of each chunk, in order, with as many under way as there are connections.

        Half as many more are at hand: a thread whose chunk ends before an earlier one is not left idle.
        """
        first = tuple(islice(chunks, 2))
        if len(first) < 2:  # noqa: PLR2004 - what one request can do needs no threads
            yield from map(send, first)
            return
        workers = self.calls.max_workers
        pool = ThreadPoolExecutor(workers, "lattice_tg")
        try:
            under_way: deque[Future[TargetsReport]] = deque()
            for chunk in chain(first, chunks):
                under_way.append(pool.submit(send, chunk))
                if len(under_way) >= workers + workers // 2:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _broken_hook(operation: str, error: Exception) -> str:
    told = f"{type(error).__name__}: {error}".removesuffix(": ")
    return f"{operation}: on_retry, or the wait or stop of the RetryPolicy, raised {told}; mend it and send these again"


def _chunks(targets: Iterable[Target]) -> Iterator[Chunk]:
    return zip(count(step=MOST_IN_A_REQUEST), chunked(targets, MOST_IN_A_REQUEST))


def _until_broken(targets: Iterable[Target], broken: list[Exception]) -> Iterator[Target]:
    """The targets up to the error that their source raises, which goes into ``broken``."""
    try:
        yield from targets
    except Exception as error:  # noqa: BLE001 - whatever it is, it is raised once all is reported
        broken.append(error)
