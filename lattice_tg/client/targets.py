"""The verbs of targets."""

from collections.abc import Generator, Iterable, Iterator

from lattice_tg.client.waits import WaitersMixin
from lattice_tg.identifiers import TargetGroupLike, resolve_identifier
from lattice_tg.models.answers import TargetSummary
from lattice_tg.models.targets import Target
from lattice_tg.reports import TargetsResult
from lattice_tg.target_keys import group_port, unique_targets
from lattice_tg.verbs import arguments, reads
from lattice_tg.verbs.registration import TargetBatcher
from lattice_tg.verbs.target_waits import attach_report


class TargetsMixin(WaitersMixin):
    """Registering, deregistering and listing targets."""

    def register_targets(self, target_group: TargetGroupLike, targets: Iterable[Target]) -> TargetsResult:
        """What became of each target, in the order given; any number, each sent once.

        Given a ``TargetGroup``, the targets are held against its type, address family and port first; given an id,
        only their form is. A request that fails stops no other: its targets are in the report, with the error.

        Args:
            target_group: The group; one that is still being created is waited for.
            targets: The targets; requests of 100 run over all connections of the client.

        Raises:
            InvalidSpecError: Some targets are wrong, all of which are named; nothing was sent.

        """
        requests = TargetBatcher.for_register(self._sender, target_group)
        return requests.run(arguments.to_tuple("targets", targets))

    def iter_register_targets(
        self, target_group: TargetGroupLike, targets: Iterable[Target]
    ) -> Generator[TargetsResult]:
        """A report for each 100 targets, in order, as they are done: a stream of any length in constant memory.

        Targets that are wrong are reported as not sent, with the others of their 100. Where ``targets`` itself raises,
        what it gave before is sent and reported first. A stream that is left early, or closed, sends nothing more.

        Args:
            target_group: The group; one that is still being created is waited for.
            targets: The targets, any number; they are taken as there is room for them.

        """
        requests = TargetBatcher.for_register(self._sender, target_group)
        arguments.reject_single_value("targets", targets)
        return requests.stream(targets)

    def deregister_targets(
        self,
        target_group: TargetGroupLike,
        targets: Iterable[Target],
        *,
        wait: bool = False,
        timeout_seconds: float = 600.0,
    ) -> TargetsResult:
        """What became of each target, in the order given; any number, each sent once.

        Args:
            target_group: The group.
            targets: The targets.
            wait: Return once those that were taken out are gone, so that nothing sends them traffic.
            timeout_seconds: With ``wait``: seconds to wait.

        Raises:
            InvalidSpecError: Some targets are wrong, all of which are named; nothing was sent.
            DrainTimeoutError: With ``wait``: some were not gone in time; it names them, and has the report.

        """
        arguments.validate_seconds(timeout_seconds=timeout_seconds)
        requests = TargetBatcher.for_deregister(self._sender, target_group)
        report = requests.run(arguments.to_tuple("targets", targets))
        if wait and report.successful:
            with attach_report(report):
                self.wait_until_drained(target_group, report.successful, timeout_seconds=timeout_seconds)
        return report

    def list_targets(self, target_group: TargetGroupLike, targets: Iterable[Target] = ()) -> Iterator[TargetSummary]:
        """The registered targets and their states, page by page as they are taken.

        Args:
            target_group: The group.
            targets: The targets to tell about; default: all.

        """
        named = unique_targets(arguments.validate_targets(targets), group_port(target_group))
        return reads.iter_targets(self._sender, resolve_identifier(target_group), named)
