"""Regions, partitions and host names."""

from typing import Any

import pytest
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs]
from botocore.session import Session  # pyright: ignore[reportMissingTypeStubs]

from lattice_tg.testing import VpcLatticeEmulator, serve
from lattice_tg.testing.endpoints import AwsHost, is_known_region, parse_host, partition_of
from lattice_tg.testing.network_guard import block_real_endpoints
from support.emulator_requests import ACCOUNT, REGION, code_and_message

SESSION: Any = Session()
PARTITIONS: list[str] = SESSION.get_available_partitions()
REGIONS: list[tuple[str, str]] = [
    (partition, region)
    for partition in PARTITIONS
    for region in SESSION.get_available_regions("sts", partition, allow_non_regional=False)
]
NOT_FOUND = {"fixedResponse": {"statusCode": 404}}


@pytest.mark.parametrize(("partition", "region"), REGIONS)
def test_every_region_is_known(partition: str, region: str) -> None:
    """Each Region that botocore knows is known and belongs to its partition."""
    assert (is_known_region(region), partition_of(region)) == (True, partition)


@pytest.mark.parametrize("partition", sorted({partition for partition, _ in REGIONS}))
@pytest.mark.usefixtures("lattice")
def test_every_partition_has_groups_services_and_listeners(session: Any, partition: str) -> None:
    """Groups, services and listeners can be created in each partition that has a Region, and their ARNs name it."""
    region = next(name for found, name in REGIONS if found == partition)
    client = session.client("vpc-lattice", region_name=region)

    group = client.create_target_group(name="orders", type="LAMBDA")["arn"]
    service = client.create_service(name="shop")
    listener = client.create_listener(
        serviceIdentifier=service["arn"], name="http", protocol="HTTP", defaultAction=NOT_FOUND
    )

    for arn in (group, service["arn"], listener["arn"]):
        assert arn.split(":")[1:5] == [partition, "vpc-lattice", region, ACCOUNT]


@pytest.mark.usefixtures("lattice")
def test_an_unknown_region_is_an_error(session: Any) -> None:
    """A request to a Region that botocore does not know is rejected with an error that names the Region."""
    client = session.client("vpc-lattice", region_name="mars-north-1")

    assert code_and_message(client.list_target_groups) == (
        "ValidationException",
        "region: mars-north-1 must be a Region that botocore knows",
    )


def test_an_unknown_region_can_be_allowed(
    lattice: VpcLatticeEmulator, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """moto's setting for unknown Regions applies to the emulator."""
    monkeypatch.setenv("MOTO_ALLOW_NONEXISTENT_REGION", "true")
    client = session.client("vpc-lattice", region_name="mars-north-1")

    assert client.list_target_groups()["items"] == []
    assert len(lattice.calls) == 1


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("vpc-lattice.eu-west-1.amazonaws.com", AwsHost(("vpc-lattice", "eu-west-1"), "amazonaws.com")),
        ("VPC-Lattice-fips.us-gov-west-1.api.aws.", AwsHost(("vpc-lattice", "us-gov-west-1"), "api.aws")),
        ("vpc-lattice.us-isof-south-1.csp.hci.ic.gov", AwsHost(("vpc-lattice", "us-isof-south-1"), "csp.hci.ic.gov")),
        ("a.b.on.aws", AwsHost(("a", "b"), "on.aws")),
        ("sts.amazonaws.com", AwsHost(("sts",), "amazonaws.com")),
        ("logs-fips.s3.amazonaws.com", AwsHost(("logs-fips", "s3"), "amazonaws.com")),
        ("logs-fips.s3-fips.us-east-1.amazonaws.com", AwsHost(("logs-fips", "s3", "us-east-1"), "amazonaws.com")),
        ("amazonaws.com", None),
        ("amazonaws.com.example.org", None),
        ("127.0.0.1", None),
        ("", None),
    ],
)
def test_host_names_are_parsed(host: str, expected: AwsHost | None) -> None:
    """The host name of an AWS endpoint is split into labels and suffix. Other host names are not."""
    assert parse_host(host) == expected


@pytest.mark.parametrize(
    "host",
    [
        "vpc-lattice-fips.eu-west-1.amazonaws.com",
        "vpc-lattice.eu-west-1.api.aws",
        "vpc-lattice-fips.eu-west-1.api.aws",
        "vpc-lattice.eu-west-1.on.aws",
        "vpc-lattice.eu-west-1.amazonaws.com.",
        "VPC-LATTICE.eu-west-1.amazonaws.com",
    ],
)
def test_all_hosts_of_the_service_reach_the_emulator(lattice: VpcLatticeEmulator, session: Any, host: str) -> None:
    """FIPS and dual-stack endpoints, and host names with upper case or a trailing dot, reach the emulator."""
    client = session.client("vpc-lattice", endpoint_url=f"https://{host}")

    client.create_target_group(name="orders", type="LAMBDA")
    service = client.create_service(name="shop")["arn"]

    assert [item["name"] for item in session.client("vpc-lattice").list_target_groups()["items"]] == ["orders"]
    assert session.client("vpc-lattice").get_service(serviceIdentifier=service)["name"] == "shop"
    assert len(lattice.calls) == 2


@pytest.mark.usefixtures("lattice")
@pytest.mark.parametrize(
    "options",
    [
        {"config": Config(use_dualstack_endpoint=True)},
        {"config": Config(use_fips_endpoint=True), "region_name": "us-east-1"},
        {"endpoint_url": f"https://sts.{REGION}.amazonaws.com."},
    ],
)
def test_other_hosts_of_other_services_reach_moto(session: Any, options: dict[str, Any]) -> None:
    """moto handles requests to the dual-stack and FIPS endpoints of other services."""
    with block_real_endpoints():
        assert session.client("sts", **options).get_caller_identity()["Account"] == ACCOUNT


@pytest.mark.usefixtures("lattice")
def test_unknown_hosts_under_on_aws_are_not_sent_to_aws(session: Any) -> None:
    """A request to an endpoint under on.aws that moto does not support gets moto's response."""
    client = session.client("lambda", endpoint_url="https://orders.lambda-url.eu-west-1.on.aws")

    assert code_and_message(client.list_functions)[0] == "404"


@pytest.mark.usefixtures("lattice")
def test_unsigned_sts_requests_over_http() -> None:
    """The server passes an unsigned request for the credentials of a role to moto."""
    with serve() as served:
        client: Any = SESSION.create_client("sts", region_name=REGION, endpoint_url=served.url)
        token = "token"

        response = client.assume_role_with_web_identity(
            RoleArn="arn:aws:iam::111122223333:role/deploy", RoleSessionName="test", WebIdentityToken=token
        )
        client.close()

    assert response["AssumedRoleUser"]["Arn"] == "arn:aws:sts::111122223333:assumed-role/deploy/test"
