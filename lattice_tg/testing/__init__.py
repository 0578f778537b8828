"""An emulator of VPC Lattice target groups for tests.

Public names are imported on first use because pytest imports this package in every run to load the plugin.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lattice_tg.testing.emulator import VpcLatticeEmulator
    from lattice_tg.testing.mock import MockVpcLattice, current_emulator, mock_vpc_lattice
    from lattice_tg.testing.network_guard import RealEndpointBlockedError
    from lattice_tg.testing.routing import TrafficShare
    from lattice_tg.testing.server import RunningServer, serve
    from lattice_tg.testing.state import RecordedCall
    from lattice_tg.testing.virtual_clock import VirtualClock

__all__ = [
    "MockVpcLattice",
    "RealEndpointBlockedError",
    "RecordedCall",
    "RunningServer",
    "TrafficShare",
    "VirtualClock",
    "VpcLatticeEmulator",
    "current_emulator",
    "mock_vpc_lattice",
    "serve",
]

_LAZY_IMPORTS = {
    "MockVpcLattice": "mock",
    "RealEndpointBlockedError": "network_guard",
    "RecordedCall": "state",
    "RunningServer": "server",
    "TrafficShare": "routing",
    "VirtualClock": "virtual_clock",
    "VpcLatticeEmulator": "emulator",
    "current_emulator": "mock",
    "mock_vpc_lattice": "mock",
    "serve": "server",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY_IMPORTS:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    try:
        module = import_module(f"{__name__}.{_LAZY_IMPORTS[name]}")
    except ModuleNotFoundError as error:
        message = f"{__name__} requires {error.name}. Install it with: pip install 'lattice-tg[testing]'"
        raise ModuleNotFoundError(message, name=error.name) from error
    return getattr(module, name)


def __dir__() -> list[str]:
    return sorted(__all__)
