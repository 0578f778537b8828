"""capo-vpc-lattice: a client of its own without botocore, generated from the API's model; typed dicts in and out.

It signs, repeats requests, mints one token a create; it checks no request and paces none.
"""

from importlib import import_module
from typing import Any

from alternatives.five_calls import FiveCalls
from service.responses import GROUP_ID, TARGETS, VPC_ID

CAPO: Any = import_module("capo_vpc_lattice")  # its types are thousands of files: none of the type checkers' business


def client(url: str) -> Any:
    credentials = {"access_key": "bench", "secret_key": "bench"}
    return CAPO.VPCLatticeClient(endpoint=url, region="us-east-1", credentials=credentials)


def calls(url: str) -> FiveCalls:
    capo, config = client(url), {"port": 80, "protocol": "HTTP", "vpc_identifier": VPC_ID}
    return FiveCalls(
        create=lambda: capo.create_target_group(name="orders", type="IP", config=config),
        get=lambda: capo.get_target_group(target_group_identifier=GROUP_ID),
        list_groups=lambda: capo.list_target_groups(max_results=100)["items"],
        list_targets=lambda: capo.list_targets(target_group_identifier=GROUP_ID, max_results=100)["items"],
        register=lambda: capo.register_targets(target_group_identifier=GROUP_ID, targets=TARGETS)["successful"],
    )
