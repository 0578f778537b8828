"""The verbs that wait for a state."""

from collections.abc import Callable, Iterable

from lattice_tg.client.shared import ClientBase
from lattice_tg.identifiers import TargetGroupLike, resolve_identifier
from lattice_tg.models.answers import TargetSummary
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.models.targets import Target
from lattice_tg.verbs import arguments, group_waits, target_waits
from lattice_tg.waiting import Waiter, WaitProgress


class WaitersMixin(ClientBase):
    """Waiting for groups and targets."""

    def wait_until_active(
        self,
        target_group: TargetGroupLike,
        *,
        timeout_seconds: float = 300.0,
        poll_seconds: float = 2.0,
        on_progress: Callable[[WaitProgress], object] | None = None,
    ) -> TargetGroup:
        """The group, once it is ACTIVE.

        Args:
            target_group: The group.
            timeout_seconds: Seconds to wait.
            poll_seconds: Seconds between the first two looks; they grow to five times that.
            on_progress: Called after each look.

        Raises:
            TargetGroupFailedError: Creating it failed.
            WaitFailedError: It is being deleted.
            WaitTimeoutError: It was not ACTIVE in time.

        """
        wait = self._make_waiter(target_group, "ACTIVE", timeout_seconds, poll_seconds, on_progress)
        return group_waits.wait_until_active(self._sender, target_group, wait)

    def wait_until_deleted(
        self,
        target_group: TargetGroupLike,
        *,
        timeout_seconds: float = 300.0,
        poll_seconds: float = 2.0,
        on_progress: Callable[[WaitProgress], object] | None = None,
    ) -> None:
        """Return once the group is gone.

        Args:
            target_group: The group.
            timeout_seconds: Seconds to wait.
            poll_seconds: Seconds between the first two looks; they grow to five times that.
            on_progress: Called after each look.

        Raises:
            TargetGroupFailedError: Deleting it failed; ``delete`` tries again.
            WaitTimeoutError: It was not gone in time.

        """
        wait = self._make_waiter(target_group, "gone", timeout_seconds, poll_seconds, on_progress)
        group_waits.wait_until_deleted(self._sender, target_group, wait)

    def wait_until_healthy(
        self,
        target_group: TargetGroupLike,
        targets: Iterable[Target] | None = None,
        *,
        timeout_seconds: float = 300.0,
        poll_seconds: float = 2.0,
        on_progress: Callable[[WaitProgress], object] | None = None,
    ) -> tuple[TargetSummary, ...]:
        """The targets, once all of them take traffic: HEALTHY, or UNAVAILABLE where there are no health checks.

        Args:
            target_group: The group.
            targets: The targets to wait for; default: all of the group, at least one, but for those that drain.
            timeout_seconds: Seconds to wait.
            poll_seconds: Seconds between the first two looks; they grow to five times that.
            on_progress: Called after each look.

        Raises:
            WaitFailedError: Some never will be: no listener uses the group (UNUSED), or they are leaving.
            WaitTimeoutError: Some were not in time; it names them, with the service's reasons.

        """
        wait = self._make_waiter(target_group, "healthy", timeout_seconds, poll_seconds, on_progress)
        return target_waits.wait_until_healthy(
            self._sender, target_group, arguments.validate_optional_targets(targets), wait
        )

    def wait_until_drained(
        self,
        target_group: TargetGroupLike,
        targets: Iterable[Target] | None = None,
        *,
        timeout_seconds: float = 600.0,
        poll_seconds: float = 5.0,
        on_progress: Callable[[WaitProgress], object] | None = None,
    ) -> None:
        """Return once the targets are gone: a target that is still listed may still get traffic.

        Args:
            target_group: The group.
            targets: The targets to wait for; default: those that are draining.
            timeout_seconds: Seconds to wait.
            poll_seconds: Seconds between the first two looks; they grow to five times that.
            on_progress: Called after each look.

        Raises:
            WaitTimeoutError: Some were not gone in time; it names them, with the service's reasons.

        """
        wait = self._make_waiter(target_group, "drained", timeout_seconds, poll_seconds, on_progress)
        target_waits.wait_until_drained(self._sender, target_group, arguments.validate_optional_targets(targets), wait)

    def _make_waiter(
        self,
        target_group: TargetGroupLike,
        state: str,
        timeout_seconds: float,
        poll_seconds: float,
        on_progress: Callable[[WaitProgress], object] | None,
    ) -> Waiter:
        arguments.validate_seconds(timeout_seconds=timeout_seconds, poll_seconds=poll_seconds)
        return Waiter(
            waiting_for=f"{resolve_identifier(target_group)} to be {state}",
            clock=self._sender.clock,
            poll_seconds=poll_seconds,
            timeout_seconds=timeout_seconds,
            on_progress=on_progress,
        )
