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


def client(url: str) -> Any:
    """Return a capo client for the server at ``url``."""
    return CAPO.VPCLatticeClient(endpoint=url, **SETTINGS)


def async_client(url: str, max_connections: int) -> Any:
    """Return a capo client for asyncio. By default, the client would have 10 connections."""
    limits = {"max_connections_per_host": max_connections, "max_idle_connections_per_host": max_connections}
    return CAPO.AsyncVPCLatticeClient(
        endpoint=url, http_handler=ZAPROS.AsyncStdNetworkHandler(http1=limits), **SETTINGS
    )


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
