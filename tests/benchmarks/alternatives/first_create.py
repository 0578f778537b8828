"""The statements of a program that imports a package, creates a client and creates one target group."""

from alternatives.raw_boto3 import RAW, SECOND_RAW
from service.responses import CREATE_REQUEST, VPC_ID


def statements(url: str) -> dict[str, str]:
    """Return the statements of each alternative. All clients read the credentials from the environment."""
    raw = f"""
import boto3
client = boto3.client("vpc-lattice", endpoint_url="{url}")
group = client.create_target_group(**{CREATE_REQUEST})
"""
    lattice_tg = f"""
from lattice_tg import TargetGroupBuilder, TargetGroupClient
client = TargetGroupClient(endpoint_url="{url}")
group = client.create(TargetGroupBuilder.ip("orders", vpc_identifier="{VPC_ID}").http().build())
"""
    capo = f"""
from capo_vpc_lattice import VPCLatticeClient
client = VPCLatticeClient(endpoint="{url}", region="us-east-1")
config = {{"port": 80, "protocol": "HTTP", "vpc_identifier": "{VPC_ID}"}}
group = client.create_target_group(name="orders", type="IP", config=config)
"""
    return {RAW: raw, SECOND_RAW: raw, "lattice_tg": lattice_tg, "capo": capo}
