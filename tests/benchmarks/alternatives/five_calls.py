"""The calls that every alternative makes."""

from collections.abc import Callable, Sequence

from attrs import frozen


@frozen(kw_only=True)
class FiveCalls:
    """The calls of one alternative. Each returns the value that its user would work with."""

    create: Callable[[], object]
    get: Callable[[], object]
    list_groups: Callable[[], Sequence[object]]
    """One page of 100."""
    list_targets: Callable[[], Sequence[object]]
    """One page of 100."""
    register: Callable[[], Sequence[object]]
    """Registers 100 targets and returns them."""

    def check(self) -> None:
        """Check that each result has as many items as the response of the server."""
        assert self.create()
        assert self.get()
        assert [len(call()) for call in (self.list_groups, self.list_targets, self.register)] == [100, 100, 100]
