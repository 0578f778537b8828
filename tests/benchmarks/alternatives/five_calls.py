"""The calls that every contender makes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import frozen

Answer = Mapping[str, Any] | object


@frozen(kw_only=True)
class FiveCalls:
    """A contender: each call is made with what the request needs at hand, and gives what its user would go on with."""

    create: Callable[[], object]
    get: Callable[[], object]
    list_groups: Callable[[], Sequence[object]]
    """One page of 100."""
    list_targets: Callable[[], Sequence[object]]
    """One page of 100."""
    register: Callable[[], Sequence[object]]
    """100 targets; those that were registered."""

    def check(self) -> None:
        """Fail where an answer is not what the server gave."""
        assert self.create()
        assert self.get()
        assert [len(call()) for call in (self.list_groups, self.list_targets, self.register)] == [100, 100, 100]
