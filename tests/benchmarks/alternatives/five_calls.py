"""The five calls that the benchmarks make with every alternative."""

from collections.abc import Callable, Sequence

from attrs import frozen


@frozen(kw_only=True)
class FiveCalls:
    """The five calls of one alternative. Each call returns the value that the user's code would receive."""

    create: Callable[[], object]
    get: Callable[[], object]
    list_groups: Callable[[], Sequence[object]]
    """List one page of 100 groups."""
    list_targets: Callable[[], Sequence[object]]
    """List one page of 100 targets."""
    register: Callable[[], Sequence[object]]
    """Register 100 targets and return the registered targets."""

    def check(self) -> None:
        """Check that each result contains every item of the server's response."""
        assert self.create()
        assert self.get()
        assert [len(call()) for call in (self.list_groups, self.list_targets, self.register)] == [100, 100, 100]
