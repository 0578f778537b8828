"""The pytest fixture and marker ``vpc_lattice``.

pytest imports this module in every run. Slow imports are therefore inside the fixture.
"""

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lattice_tg.testing.emulator import VpcLatticeEmulator

_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker that activates the fixture and sets its options."""
    config.addinivalue_line(
        "markers",
        "vpc_lattice(**options): use the vpc_lattice fixture with these options of mock_vpc_lattice(), or with "
        "clock='virtual' for a new VirtualClock in each test",
    )


@pytest.fixture
def vpc_lattice(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> "Iterator[VpcLatticeEmulator]":
    """Yield an emulator of VPC Lattice that is active during the test.

    The fixture sets fake credentials and the Region us-east-1, ignores AWS profiles and endpoint settings in the
    environment, and blocks requests to real AWS. To set options of ``mock_vpc_lattice()``, use the marker:
    ``@pytest.mark.vpc_lattice(drain_seconds=60)``. With ``clock="virtual"``, each test has a new ``VirtualClock``. The
    marker also activates the fixture in tests that do not request the fixture.
    """
    if find_spec("moto") is None:
        pytest.fail(
            "The vpc_lattice fixture requires moto. Install it with: pip install 'lattice-tg[testing]'", pytrace=False
        )
    from lattice_tg.testing.mock import mock_vpc_lattice  # noqa: PLC0415
    from lattice_tg.testing.network_guard import block_real_endpoints  # noqa: PLC0415

    for name in [name for name in os.environ if name == "AWS_PROFILE" or name.startswith("AWS_ENDPOINT_URL")]:
        monkeypatch.delenv(name)
    for name, value in _ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with mock_vpc_lattice(**_options(request)) as lattice, block_real_endpoints():
        yield lattice


@pytest.fixture(autouse=True)
def _vpc_lattice_marker(request: pytest.FixtureRequest) -> None:
    """Activate the fixture if the test has the marker but does not request the fixture."""
    if _find_marker(request) and "vpc_lattice" not in request.fixturenames:
        request.getfixturevalue("vpc_lattice")


def _find_marker(request: Any) -> pytest.Mark | None:
    marker: pytest.Mark | None = request.node.get_closest_marker("vpc_lattice")
    return marker


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    from lattice_tg.testing.virtual_clock import VirtualClock  # noqa: PLC0415

    marker = _find_marker(request)
    options: dict[str, Any] = dict(marker.kwargs) if marker else {}
    clock = options.get("clock")
    if clock == "virtual":
        return options | {"clock": VirtualClock()}
    if isinstance(clock, str):
        pytest.fail(f"clock={clock!r}: must be 'virtual' or a clock. Pass clock='virtual'.", pytrace=False)
    return options
