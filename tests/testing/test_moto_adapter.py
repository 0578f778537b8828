"""The parts of moto that the emulator uses, and that moto is left unchanged."""

import importlib
import inspect
from operator import attrgetter
from typing import Any

import moto
import pytest
import requests
from moto.core.botocore_stubber import BotocoreStubber

from lattice_tg.testing import VpcLatticeEmulator, mock_vpc_lattice
from support.emulator_requests import ACCOUNT, REGION

LEANED_ON = [
    ("moto", "mock_aws"),
    ("moto.core.models", "botocore_stubber.process_request"),
    ("moto.core.models", "MockAWS.start"),
    ("moto.core.models", "MockAWS.stop"),
    ("moto.backends", "get_backend"),
    ("moto.iam.models", "get_account_id_from"),
    ("moto.vpclattice.models", "VPCLatticeBackend.create_listener"),
    ("moto.vpclattice.models", "VPCLatticeBackend.create_rule"),
]
"""Attributes of moto that the emulator uses: module and name."""


@pytest.mark.parametrize(("module", "name"), LEANED_ON)
def test_moto_has_the_attributes_used(module: str, name: str) -> None:
    """Each attribute of moto that the emulator uses exists."""
    assert callable(attrgetter(name)(importlib.import_module(module))), (
        f"moto {moto.__version__} has no {module}.{name}"
    )


@pytest.mark.parametrize(("method", "parameter"), [("start", "reset"), ("stop", "remove_data")])
def test_moto_accepts_the_parameters_used(method: str, parameter: str) -> None:
    """``start`` and ``stop`` of moto accept the parameters that keep data between setup and test."""
    assert parameter in inspect.signature(getattr(moto.mock_aws(), method)).parameters


@pytest.mark.usefixtures("lattice")
def test_moto_listeners_and_rules_have_actions(client: Any) -> None:
    """moto's listeners and rules have the attributes that name target groups."""
    service = client.create_service(name="shop")
    action = {"forward": {"targetGroups": [{"targetGroupIdentifier": "tg-00000000000000000"}]}}
    listener = client.create_listener(
        serviceIdentifier=service["id"], name="http", protocol="HTTP", defaultAction=action
    )
    client.create_rule(
        serviceIdentifier=service["id"],
        listenerIdentifier=listener["id"],
        name="get",
        match={"httpMatch": {"method": "GET"}},
        priority=1,
        action=action,
    )

    backends: Any = importlib.import_module("moto.backends").get_backend("vpc-lattice")
    backend = backends[ACCOUNT][REGION]

    [listened], [ruled] = backend.listeners.values(), backend.rules.values()
    assert (listened.default_action, listened.service_arn) == (action, service["arn"])
    assert (ruled.action, ruled.service_identifier) == (action, service["id"])
    assert (listened.service_identifier, ruled.listener_identifier) == (service["id"], listener["id"])
    assert (list(backend.listeners), list(backend.rules)) == ([listened.id], [ruled.id])
    assert listened.arn != ruled.arn
    assert backend.services[service["id"]].arn == service["arn"]


def members(cls: Any) -> dict[str, Any]:
    """Return the members of a class or value. Accessing ``__annotations__`` creates them."""
    found: dict[str, Any] = cls.__dict__
    return {name: value for name, value in found.items() if name != "__annotations__"}


def state_of_moto() -> dict[str, Any]:
    """Return everything of moto that handles VPC Lattice requests: classes, members, URLs and handlers."""
    stubber: Any = importlib.import_module("moto.core.models").botocore_stubber
    classes: list[type] = [
        type(stubber),
        importlib.import_module("moto.vpclattice.models").VPCLatticeBackend,
        importlib.import_module("moto.vpclattice.responses").VPCLatticeResponse,
        importlib.import_module("moto.core.models").MockAWS,
    ]
    urls: Any = importlib.import_module("moto.vpclattice.urls")
    return {
        "stubber": members(stubber),
        "classes": [members(cls) for cls in classes],
        "urls": (list(urls.url_bases), list(urls.url_paths.items())),
        "patterns": list(importlib.import_module("moto.backend_index").backend_url_patterns),
        "handlers": list(importlib.import_module("botocore.handlers").BUILTIN_HANDLERS),
    }


def test_moto_is_restored(client: Any) -> None:
    """After a context, moto's classes, URL tables and handlers are unchanged."""
    before = state_of_moto()

    with mock_vpc_lattice() as lattice:
        lattice.throttle("*")
        client.create_service(name="shop")

    assert state_of_moto() == before


def test_moto_handles_requests_again_afterwards(client: Any) -> None:
    """In an outer ``mock_aws``, moto handles target groups again after the context, with its data."""
    with moto.mock_aws():
        with mock_vpc_lattice() as lattice:
            client.create_target_group(name="ours", type="LAMBDA")
            client.create_service(name="shop")

        client.create_target_group(name="motos", type="LAMBDA")

        assert [item["name"] for item in client.list_target_groups()["items"]] == ["motos"]
        assert [item["name"] for item in client.list_services()["items"]] == ["shop"]
    assert len(lattice.calls) == 1


def test_a_nested_mock_aws_changes_nothing(client: Any) -> None:
    """A ``mock_aws`` inside the context changes nothing."""
    with mock_vpc_lattice() as lattice, moto.mock_aws():
        client.create_target_group(name="ours", type="LAMBDA")

    assert len(lattice.calls) == 1


def test_other_services_are_left_to_moto(lattice: VpcLatticeEmulator, session: Any) -> None:
    """Everything else that moto mocks works and is not recorded."""
    sqs = session.client("sqs")

    url = sqs.create_queue(QueueName="orders")["QueueUrl"]

    assert sqs.list_queues()["QueueUrls"] == [url]
    assert lattice.calls == ()


def test_tags_of_other_resources_are_left_to_moto(lattice: VpcLatticeEmulator, client: Any) -> None:
    """Tags of a service are handled by moto."""
    service = client.create_service(name="shop", tags={"team": "shop"})

    client.tag_resource(resourceArn=service["arn"], tags={"stage": "test"})

    assert client.list_tags_for_resource(resourceArn=service["arn"])["tags"] == {"team": "shop", "stage": "test"}
    assert lattice.calls == ()


def test_assumed_roles_have_their_account(lattice: VpcLatticeEmulator, session: Any) -> None:
    """Credentials of a role in another account see the groups of that account."""
    role = "arn:aws:iam::111122223333:role/deploy"
    found = session.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    keys = {"aws_access_key_id": found["AccessKeyId"], "aws_secret_access_key": found["SecretAccessKey"]}
    there = session.client("vpc-lattice", **keys, aws_session_token=found["SessionToken"])

    arn = there.create_target_group(name="orders", type="LAMBDA")["arn"]

    assert arn.split(":")[4] == "111122223333"


@pytest.mark.skipif(
    not hasattr(BotocoreStubber, "process_prepared_request"),
    reason="moto before 5.2.5 answers the library requests in another place",
)
def test_requests_without_boto3(lattice: VpcLatticeEmulator) -> None:
    """A request of the library ``requests`` is handled in the account that its header names."""
    url = f"https://vpc-lattice.{REGION}.amazonaws.com/targetgroups"

    made = requests.post(
        url, data='{"name": "orders", "type": "LAMBDA"}', headers={"x-moto-account-id": "111122223333"}, timeout=5
    )

    assert (made.status_code, made.json()["arn"].split(":")[4]) == (201, "111122223333")


def test_fips_and_dual_stack_endpoints(lattice: VpcLatticeEmulator, session: Any) -> None:
    """The FIPS and dual-stack endpoints are the same service."""
    hosts = ["vpc-lattice-fips.eu-west-1.amazonaws.com", "vpc-lattice.eu-west-1.api.aws"]
    clients = [session.client("vpc-lattice", endpoint_url=f"https://{host}") for host in hosts]
    clients[0].create_target_group(name="orders", type="LAMBDA")

    assert [item["name"] for item in clients[1].list_target_groups()["items"]] == ["orders"]
