"""What became of the groups of a fleet, one by one and in numbers."""

from attrs import frozen

from lattice_tg.errors import LatticeError
from lattice_tg.models.spec import TargetGroupSpec
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.plan import Plan
from lattice_tg.representation import ReprMixin


@frozen(repr=False)
class ApplyResult(ReprMixin):
    """What became of one group of a fleet; a plain value, so that it can come from another process."""

    spec: TargetGroupSpec
    """The group as it should be."""

    plan: Plan | None
    """What had to be done; None where it could not be planned."""

    target_group: TargetGroup | None
    """The group as it is; None where something failed."""

    error: LatticeError | None
    """What failed; None where nothing did."""

    attempts: int
    """One, and one more for each request that had to be sent again."""

    elapsed_seconds: float
    """How long it took."""

    throttle_count: int
    """Requests sent again because the service had no room for them."""

    run_id: str
    """What the client token was derived with: a run with the same run_id resumes this one."""

    def __str__(self) -> str:
        if self.error is not None:
            told = str(self.error).removeprefix(f"{self.spec.name}: ")
            return f"{self.spec.name}: failed after {self.elapsed_seconds:.2f} s: {told}"
        steps = len(self.plan) if self.plan else 0
        return f"{self.spec.name}: {steps} step{'s' * (steps != 1)} in {self.elapsed_seconds:.2f} s"


@frozen(kw_only=True, repr=False)
class BatchProgress(ReprMixin):
    """How a fleet stands: what ``on_progress`` is called with at the start and after each group."""

    total: int
    """Groups in all."""

    done: int
    """Groups that are as they should be."""

    failed: int
    """Groups that failed."""

    pending: int
    """Groups that are not finished."""

    throttle_count: int
    """Requests that the service had no room for, of the groups that are finished."""

    def __str__(self) -> str:
        counts = f"{self.done} done, {self.failed} failed, {self.pending} waiting of {self.total}"
        return f"{counts}; {self.throttle_count} throttled"
