"""``mock_vpc_lattice``: the emulator as a context manager and as a decorator, with all that moto mocks around it."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar, overload

from attrs import define, frozen

from lattice_tg.clock import Clock
from lattice_tg.testing import moto_bridge
from lattice_tg.testing.decorating import decorated_class, decorated_function
from lattice_tg.testing.emulator import VpcLattice
from lattice_tg.testing.realm import INSTANT, TOKEN_REUSED, Durations, TokenMismatch

DecoratedT = TypeVar("DecoratedT", bound=Callable[..., Any])


@frozen
class Options:
    """What ``mock_vpc_lattice`` was called with."""

    durations: Durations = INSTANT
    clock: Clock | None = None
    token_mismatch: TokenMismatch = TOKEN_REUSED

    def new_emulator(self) -> VpcLattice:
        """An emulator that knows of no target group yet."""
        return VpcLattice(self.durations, self.clock, self.token_mismatch, moto_bridge.forwards)


@define
class Activation:
    """The emulator that answers at present in this process, and how many contexts hold it."""

    lattice: VpcLattice
    moto: Any
    holders: int = 1


_lock = threading.RLock()
_active: list[Activation] = []


def current() -> VpcLattice:
    """The emulator that is active, for functions that ``mock_vpc_lattice`` decorates."""
    with _lock:
        if not _active:
            message = "no emulator is active; call this inside mock_vpc_lattice(), or decorate the function with it"
            raise RuntimeError(message)
        return _active[0].lattice


class MockVpcLattice:
    """What ``mock_vpc_lattice()`` returns: a context manager, a decorator, and ``start`` and ``stop``.

    Inside another one it joins that one, as moto's do; options can then not be given.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._kept: VpcLattice | None = None

    def start(self, *, fresh: bool = True) -> VpcLattice:
        """Begin; ``fresh=False`` goes on with what the last ``start`` of this object left."""
        with _lock:
            if _active:
                return self._join(_active[0])
            fresh = fresh or self._kept is None
            lattice = self._options.new_emulator() if fresh or self._kept is None else self._kept
            moto = moto_bridge.new_moto()
            moto.start(reset=fresh)
            moto_bridge.connect(lattice)
            _active.append(Activation(lattice, moto))
            self._kept = lattice
            return lattice

    def stop(self, *, forget: bool = True) -> None:
        """End; moto is left as it was before."""
        with _lock:
            if not _active:
                message = "stop() without start()"
                raise RuntimeError(message)
            _active[0].holders -= 1
            if _active[0].holders == 0:
                moto_bridge.disconnect()
                _active.pop().moto.stop(remove_data=forget)

    def __enter__(self) -> VpcLattice:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __call__(self, decorated: DecoratedT) -> DecoratedT:
        """The function, coroutine function or class with the emulator around it."""
        decorate: Any = decorated_class if isinstance(decorated, type) else decorated_function
        result: DecoratedT = decorate(decorated, self)
        return result

    def _join(self, active: Activation) -> VpcLattice:
        if self._options != Options():
            message = "mock_vpc_lattice() is active already: give its options to the outermost one"
            raise RuntimeError(message)
        active.holders += 1
        return active.lattice


@overload
def mock_vpc_lattice(decorated: DecoratedT, /) -> DecoratedT: ...


@overload
def mock_vpc_lattice(
    *,
    create_seconds: float = 0,
    initial_seconds: float = 0,
    drain_seconds: float = 0,
    delete_seconds: float = 0,
    clock: Clock | None = None,
    token_mismatch: TokenMismatch = TOKEN_REUSED,
) -> MockVpcLattice: ...


def mock_vpc_lattice(
    decorated: DecoratedT | None = None,
    /,
    *,
    create_seconds: float = 0,
    initial_seconds: float = 0,
    drain_seconds: float = 0,
    delete_seconds: float = 0,
    clock: Clock | None = None,
    token_mismatch: TokenMismatch = TOKEN_REUSED,
) -> DecoratedT | MockVpcLattice:
    """The emulator around a block of code, a function, a coroutine function or a test class.

    ``create_seconds`` and the others say how long each passing state lasts on ``clock``: not at all unless said.
    ``token_mismatch`` is the code that answers a clientToken with other parameters; the real one is not documented.
    """
    durations = Durations(create_seconds, initial_seconds, drain_seconds, delete_seconds)
    mock = MockVpcLattice(Options(durations, clock, token_mismatch))
    return mock if decorated is None else mock(decorated)
