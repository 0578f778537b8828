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
    """Register the marker that sets the options of the fixture."""
    config.addinivalue_line(
        "markers",
        "vpc_lattice(**options): set options of mock_vpc_lattice() for the vpc_lattice fixture",
    )


@pytest.fixture
def vpc_lattice(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> "Iterator[VpcLatticeEmulator]":
    """Yield an emulator of VPC Lattice that is active during the test.

    The fixture sets fake credentials and the Region us-east-1, ignores AWS profiles and endpoint settings in the
    environment, and blocks requests to real AWS. To set options of ``mock_vpc_lattice()``, use the marker:
    ``@pytest.mark.vpc_lattice(drain_seconds=60)``.
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


def _options(request: Any) -> dict[str, Any]:
    marker = request.node.get_closest_marker("vpc_lattice")
    return dict(marker.kwargs) if marker else {}
