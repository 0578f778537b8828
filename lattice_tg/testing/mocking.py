"""``mock_vpc_lattice``: the emulator as a context manager and as a decorator, with all that moto mocks around it."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar, overload

from attrs import define, frozen

from lattice_tg.clock import Clock
from lattice_tg.testing import moto_bridge, moto_listeners
from lattice_tg.testing.decorating import decorate_class, decorate_function
from lattice_tg.testing.emulator import VpcLatticeEmulator
from lattice_tg.testing.realm import NO_DELAYS, TOKEN_MISMATCH_DEFAULT, Durations, TokenMismatch

DecoratedT = TypeVar("DecoratedT", bound=Callable[..., Any])


@frozen
class Options:
    """What ``mock_vpc_lattice`` was called with."""

    durations: Durations = NO_DELAYS
    clock: Clock | None = None
    token_mismatch_error: TokenMismatch = TOKEN_MISMATCH_DEFAULT

    def new_emulator(self) -> VpcLatticeEmulator:
        """An emulator that knows of no target group yet."""
        return VpcLatticeEmulator(self.durations, self.clock, self.token_mismatch_error, moto_listeners.iter_forwards)


@define(eq=False)
class ActiveEmulator:
    """An emulator that is active in this process, and how many contexts hold it."""

    lattice: VpcLatticeEmulator
    moto: Any
    ref_count: int = 0


_lock = threading.RLock()
_active: list[ActiveEmulator] = []


def current_emulator() -> VpcLatticeEmulator:
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
        self._held: list[ActiveEmulator] = []
        self._kept: VpcLatticeEmulator | None = None

    def start(self, *, reset: bool = True) -> VpcLatticeEmulator:
        """Begin; ``reset=False`` goes on with what the last ``start`` of this object left."""
        with _lock:
            activation = self._join_active() or self._activate(reset=reset)
            activation.ref_count += 1
            self._held.append(activation)
            return activation.lattice

    def stop(self, *, remove_data: bool = True) -> None:
        """End; when the last has ended, moto is as it was before."""
        with _lock:
            if not self._held:
                message = "stop() without start()"
                raise RuntimeError(message)
            activation = self._held.pop()
            activation.ref_count -= 1
            if activation.ref_count == 0:
                _deactivate(activation, remove_data=remove_data)

    def __enter__(self) -> VpcLatticeEmulator:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __call__(self, decorated: DecoratedT) -> DecoratedT:
        """The function, coroutine function or class with the emulator around it."""
        decorate: Any = decorate_class if isinstance(decorated, type) else decorate_function
        result: DecoratedT = decorate(decorated, self)
        return result

    def _join_active(self) -> ActiveEmulator | None:
        if self._held:
            return self._held[-1]
        return _active[-1] if _active and self._options == Options() else None

    def _activate(self, *, reset: bool) -> ActiveEmulator:
        if reset or self._kept is None:
            self._kept = self._options.new_emulator()
        activation = ActiveEmulator(self._kept, moto_bridge.create_mock_aws())
        activation.moto.start(reset=reset)
        if not _active:
            moto_bridge.connect(current_emulator)
        _active.append(activation)
        return activation


def _deactivate(activation: ActiveEmulator, *, remove_data: bool) -> None:
    _active.remove(activation)
    if not _active:
        moto_bridge.disconnect()
    activation.moto.stop(remove_data=remove_data)


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
    token_mismatch_error: TokenMismatch = TOKEN_MISMATCH_DEFAULT,
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
    token_mismatch_error: TokenMismatch = TOKEN_MISMATCH_DEFAULT,
) -> DecoratedT | MockVpcLattice:
    """The emulator around a block of code, a function, a coroutine function or a test class.

    ``create_seconds`` and the others say how long each passing state lasts on ``clock``: not at all unless said.
    ``token_mismatch_error`` is the code that answers a clientToken with other parameters; the real one is not known.
    """
    durations = Durations(create_seconds, initial_seconds, drain_seconds, delete_seconds)
    mock = MockVpcLattice(Options(durations, clock, token_mismatch_error))
    return mock if decorated is None else mock(decorated)
