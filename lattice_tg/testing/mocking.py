"""``mock_vpc_lattice``: the emulator as a context manager and as a decorator, with all that moto mocks around it."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar, overload

from attrs import define, frozen

from lattice_tg.clock import Clock
from lattice_tg.testing import moto_bridge, moto_listeners
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
        return VpcLattice(self.durations, self.clock, self.token_mismatch, moto_listeners.forwards)


@define(eq=False)
class Activation:
    """An emulator that is active in this process, and how many contexts hold it."""

    lattice: VpcLattice
    moto: Any
    holders: int = 0


_lock = threading.RLock()
_active: list[Activation] = []


def current() -> VpcLattice:
    """The emulator that answers at present: the one that began last of those that have not ended."""
    with _lock:
        if not _active:
            message = "no emulator is active; call this inside mock_vpc_lattice(), or decorate the function with it"
            raise RuntimeError(message)
        return _active[-1].lattice


class MockVpcLattice:
    """What ``mock_vpc_lattice()`` returns: a context manager, a decorator, and ``start`` and ``stop``.

    Inside another one it joins that one's emulator, as moto's do; with options of its own it is a new emulator, and
    the other one answers again when it ends.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._held: list[Activation] = []
        self._kept: VpcLattice | None = None

    def start(self, *, fresh: bool = True) -> VpcLattice:
        """Begin; ``fresh=False`` goes on with what the last ``start`` of this object left."""
        with _lock:
            activation = self._joined() or self._begun(fresh=fresh)
            activation.holders += 1
            self._held.append(activation)
            return activation.lattice

    def stop(self, *, forget: bool = True) -> None:
        """End; when the last has ended, moto is as it was before."""
        with _lock:
            if not self._held:
                message = "stop() without start()"
                raise RuntimeError(message)
            activation = self._held.pop()
            activation.holders -= 1
            if activation.holders == 0:
                _end(activation, forget=forget)

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

    def _joined(self) -> Activation | None:
        if self._held:
            return self._held[-1]
        return _active[-1] if _active and self._options == Options() else None

    def _begun(self, *, fresh: bool) -> Activation:
        if fresh or self._kept is None:
            self._kept = self._options.new_emulator()
        activation = Activation(self._kept, moto_bridge.new_moto())
        activation.moto.start(reset=fresh)
        if not _active:
            moto_bridge.connect(current)
        _active.append(activation)
        return activation


def _end(activation: Activation, *, forget: bool) -> None:
    _active.remove(activation)
    if not _active:
        moto_bridge.disconnect()
    activation.moto.stop(remove_data=forget)


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
