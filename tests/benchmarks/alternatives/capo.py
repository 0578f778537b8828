"""capo-vpc-lattice, a client that is generated from the service model and does not use botocore.

The client signs and retries requests, uses typed dicts, and generates one client token per create. It has no
validation and no rate limiter.
"""

from importlib import import_module
from typing import Any

from alternatives.five_calls import FiveCalls
from service.responses import GROUP_ID, TARGETS, VPC_ID

# With an import statement, type checkers would read thousands of files with the types of capo.
CAPO: Any = import_module("capo_vpc_lattice")
ZAPROS: Any = import_module("zapros")

SETTINGS = {"region": "us-east-1", "credentials": {"access_key": "bench", "secret_key": "bench"}}


def client(url: str, max_connections: int = 10) -> Any:
    """Return a capo client for the server at ``url``. By default, capo has 10 connections."""
    handler = ZAPROS.StdNetworkHandler(http1=limits(max_connections))
    return CAPO.VPCLatticeClient(endpoint=url, http_handler=handler, **SETTINGS)


def async_client(url: str, max_connections: int = 10) -> Any:
    """Return a capo client for asyncio. By default, capo has 10 connections."""
    handler = ZAPROS.AsyncStdNetworkHandler(http1=limits(max_connections))
    return CAPO.AsyncVPCLatticeClient(endpoint=url, http_handler=handler, **SETTINGS)


def limits(max_connections: int) -> dict[str, int]:
    """Return the settings for ``max_connections`` connections, all of which stay open when they are idle."""
    return {"max_connections_per_host": max_connections, "max_idle_connections_per_host": max_connections}


def calls(url: str) -> FiveCalls:
    """Return the five benchmark calls, made with capo."""
    capo, config = client(url), {"port": 80, "protocol": "HTTP", "vpc_identifier": VPC_ID}
    return FiveCalls(
        create=lambda: capo.create_target_group(name="orders", type="IP", config=config),
        get=lambda: capo.get_target_group(target_group_identifier=GROUP_ID),
        list_groups=lambda: capo.list_target_groups(max_results=100)["items"],
        list_targets=lambda: capo.list_targets(target_group_identifier=GROUP_ID, max_results=100)["items"],
        register=lambda: capo.register_targets(target_group_identifier=GROUP_ID, targets=TARGETS)["successful"],
    )
