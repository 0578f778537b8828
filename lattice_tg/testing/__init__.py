"""The emulator of VPC Lattice target groups, for testing code that uses them.

The names are imported on first use: the pytest plugin is loaded in every test run, and must cost those nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lattice_tg.testing.calls import Call
    from lattice_tg.testing.emulator import VpcLattice
    from lattice_tg.testing.mocking import MockVpcLattice, current, mock_vpc_lattice
    from lattice_tg.testing.server import Served, serve
    from lattice_tg.testing.virtual_clock import VirtualClock

__all__ = ["Call", "MockVpcLattice", "Served", "VirtualClock", "VpcLattice", "current", "mock_vpc_lattice", "serve"]

_HOMES = {
    "Call": "calls",
    "MockVpcLattice": "mocking",
    "Served": "server",
    "VirtualClock": "virtual_clock",
    "VpcLattice": "emulator",
    "current": "mocking",
    "mock_vpc_lattice": "mocking",
    "serve": "server",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    try:
        home = import_module(f"{__name__}.{_HOMES[name]}")
    except ModuleNotFoundError as error:
        message = f"{__name__} needs {error.name}: pip install 'lattice-tg[testing]'"
        raise ModuleNotFoundError(message, name=error.name) from error
    return getattr(home, name)


def __dir__() -> list[str]:
    return sorted(__all__)
