"""Registering and deregistering any number of targets: in chunks, in parallel, none forgotten."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice

from attrs import frozen

from lattice_tg.calls import Calls, Failure, Send
from lattice_tg.errors import InvalidSpecError, LatticeError
from lattice_tg.identifiers import TargetGroupLike, identifier
from lattice_tg.models.observed import TargetGroup
from lattice_tg.models.targets import Target
from lattice_tg.paging import chunked
from lattice_tg.reports import TargetsReport, UnansweredTargets
from lattice_tg.retry import leaves_outcome_unknown
from lattice_tg.rules import target_problems
from lattice_tg.target_keys import group_port, key_of
from lattice_tg.verbs.replies import joined, report_of
from lattice_tg.wire import to_boto3

MOST_IN_A_REQUEST = 100
"""Targets that one request may have (service model, RegisterTargetsRequestTargetsList)."""

GONE = ("TargetNotFound",)  # what deregistering once more says of a target that an unanswered attempt deregistered

Chunk = tuple[Target, ...]


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

    def all_at_once(self, targets: Iterable[Target]) -> TargetsReport:
        """One report of all targets, which are checked before the first request; a failed chunk stops no other.

        Raises:
            InvalidSpecError: Some are wrong; nothing was sent.

        """
        given = tuple(targets)
        if problems := target_problems(given, self._described()):
            raise InvalidSpecError(problems)
        chunks = chunked(self._distinct(given), MOST_IN_A_REQUEST)
        return joined(tuple(self._in_parallel(chunks, self._sent)))

    def streamed(self, targets: Iterable[Target]) -> Iterator[TargetsReport]:
        """One report a chunk, in the order given; no more chunks are held than are under way."""
        return self._in_parallel(chunked(targets, MOST_IN_A_REQUEST), self._checked_and_sent)

    def _described(self) -> TargetGroup | None:
        return self.target_group if isinstance(self.target_group, TargetGroup) else None

    def _distinct(self, targets: Iterable[Target]) -> Iterable[Target]:
        """Each target once, where it first stands."""
        port = group_port(self.target_group)
        firsts: dict[object, Target] = {}
        for target in targets:
            firsts.setdefault(key_of(target, port), target)
        return firsts.values()

    def _checked_and_sent(self, chunk: Chunk) -> TargetsReport:
        if problems := target_problems(chunk, self._described()):
            return TargetsReport(unanswered=(UnansweredTargets(chunk, InvalidSpecError(problems), sent=False),))
        return self._sent(tuple(self._distinct(chunk)))

    def _sent(self, chunk: Chunk) -> TargetsReport:
        request = {
            "targetGroupIdentifier": identifier(self.target_group),
            "targets": [to_boto3(target) for target in chunk],
        }
        failures: list[Failure] = []
        try:
            reply = self.calls.answer(self.send, request, deadline=self.deadline, failures=failures)
        except LatticeError as error:
            return TargetsReport(unanswered=(UnansweredTargets(chunk, error, sent=bool(failures)),))
        forgiven = GONE if any(map(leaves_outcome_unknown, failures)) else self.forgiven
        return report_of(self.operation, chunk, reply, group_port(self.target_group), forgiven=forgiven)

    def _in_parallel(self, chunks: Iterator[Chunk], send: Callable[[Chunk], TargetsReport]) -> Iterator[TargetsReport]:
        """What ``send`` makes of each chunk, in order, with as many under way as there are connections."""
        first = tuple(islice(chunks, 2))
        if len(first) < 2:  # noqa: PLR2004 - what one request can do needs no threads
            yield from map(send, first)
            return
        pool = ThreadPoolExecutor(self.calls.max_workers, "lattice_tg")
        try:
            under_way: deque[Future[TargetsReport]] = deque()
            for chunk in chain(first, chunks):
                under_way.append(pool.submit(send, chunk))
                if len(under_way) >= self.calls.max_workers:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)
