"""Use of moto's internals, and restoration of moto afterwards."""

import importlib
import inspect
from operator import attrgetter
from typing import Any

import moto
import pytest
import requests
from moto.core import set_initial_no_auth_action_count
from moto.core.botocore_stubber import BotocoreStubber

from lattice_tg.testing import VpcLatticeEmulator, mock_vpc_lattice
from support.emulator_requests import ACCOUNT, REGION, error_response

REQUIRED_ATTRIBUTES = [
    ("moto", "mock_aws"),
    ("moto.core.models", "botocore_stubber.process_request"),
    ("moto.core.models", "MockAWS.start"),
    ("moto.core.models", "MockAWS.stop"),
    ("moto.backends", "get_backend"),
    ("moto.iam.models", "get_account_id_from"),
    ("moto.settings", "allow_unknown_region"),
    ("moto.vpclattice.models", "VPCLatticeBackend.create_service"),
    ("moto.vpclattice.models", "VPCLatticeBackend.create_service_network_service_association"),
    ("moto.vpclattice.models", "VPCLatticeBackend.tag_resource"),
]
"""Modules and names of the moto attributes that the emulator uses."""


@pytest.mark.parametrize(("module", "name"), REQUIRED_ATTRIBUTES)
def test_moto_has_the_attributes_used(module: str, name: str) -> None:
    """Each attribute of moto that the emulator uses exists."""
    assert callable(attrgetter(name)(importlib.import_module(module))), (
        f"moto {moto.__version__} has no {module}.{name}"
    )


@pytest.mark.parametrize(("method", "parameter"), [("start", "reset"), ("stop", "remove_data")])
def test_moto_accepts_the_parameters_used(method: str, parameter: str) -> None:
    """moto's ``start`` and ``stop`` accept the parameters that keep data between setup and test."""
    assert parameter in inspect.signature(getattr(moto.mock_aws(), method)).parameters


@pytest.mark.usefixtures("lattice")
def test_moto_services_have_associations(client: Any) -> None:
    """moto's services and associations have the attributes that the emulator reads and changes."""
    service = client.create_service(name="shop", tags={"team": "shop"})
    network = client.create_service_network(name="network")["id"]
    association = client.create_service_network_service_association(
        serviceIdentifier=service["id"], serviceNetworkIdentifier=network
    )

    backends: Any = importlib.import_module("moto.backends").get_backend("vpc-lattice")
    backend = backends[ACCOUNT][REGION]

    [stored], [stored_association] = (
        backend.services.values(),
        backend.service_network_service_associations.values(),
    )
    assert (stored.id, stored.arn) == (service["id"], service["arn"])
    assert (stored_association.id, stored_association.service_id) == (association["id"], service["id"])
    assert backend.tagger.tags == {stored_association.arn: {}, network_arn(network): {}, stored.arn: {"team": "shop"}}


def network_arn(network: str) -> str:
    """Return the ARN that moto gives to a service network."""
    return f"arn:aws:vpc-lattice:{REGION}:{ACCOUNT}:servicenetwork/{network}"


def attributes_of(cls: Any) -> dict[str, Any]:
    """Return the attributes of a class or object.

    ``__annotations__`` is excluded because reading this attribute can create it.
    """
    attributes: dict[str, Any] = cls.__dict__
    return {name: value for name, value in attributes.items() if name != "__annotations__"}


def state_of_moto() -> dict[str, Any]:
    """Return the classes, URL tables and handlers with which moto handles VPC Lattice requests."""
    stubber: Any = importlib.import_module("moto.core.models").botocore_stubber
    classes: list[type] = [
        type(stubber),
        importlib.import_module("moto.vpclattice.models").VPCLatticeBackend,
        importlib.import_module("moto.vpclattice.responses").VPCLatticeResponse,
        importlib.import_module("moto.core.models").MockAWS,
    ]
    urls: Any = importlib.import_module("moto.vpclattice.urls")
    return {
        "stubber": attributes_of(stubber),
        "classes": [attributes_of(cls) for cls in classes],
        "urls": (list(urls.url_bases), list(urls.url_paths.items())),
        "patterns": list(importlib.import_module("moto.backend_index").backend_url_patterns),
        "handlers": list(importlib.import_module("botocore.handlers").BUILTIN_HANDLERS),
    }


def test_moto_is_restored(client: Any) -> None:
    """When the context has ended, moto's classes, URL tables and handlers are as before."""
    before = state_of_moto()

    with mock_vpc_lattice() as lattice:
        lattice.throttle("*")
        client.create_service(name="shop")

    assert state_of_moto() == before


def test_moto_handles_requests_again_afterwards(client: Any) -> None:
    """When ``mock_vpc_lattice`` ends inside an outer ``mock_aws``, moto handles groups again.

    moto still has its earlier data.
    """
    with moto.mock_aws():
        with mock_vpc_lattice() as lattice:
            client.create_target_group(name="emulated", type="LAMBDA")
            client.create_service(name="shop")

        client.create_target_group(name="moto-group", type="LAMBDA")

        assert [item["name"] for item in client.list_target_groups()["items"]] == ["moto-group"]
        assert [item["name"] for item in client.list_services()["items"]] == ["shop"]
    assert len(lattice.calls) == 1


def test_a_nested_mock_aws_does_not_replace_the_emulator(client: Any) -> None:
    """The emulator still handles requests inside a nested ``mock_aws``."""
    with mock_vpc_lattice() as lattice, moto.mock_aws():
        client.create_target_group(name="emulated", type="LAMBDA")

    assert len(lattice.calls) == 1


def test_other_services_are_passed_to_moto(lattice: VpcLatticeEmulator, session: Any) -> None:
    """Requests to other AWS services are passed to moto and not recorded."""
    sqs = session.client("sqs")

    url = sqs.create_queue(QueueName="orders")["QueueUrl"]

    assert sqs.list_queues()["QueueUrls"] == [url]
    assert lattice.calls == ()


def test_tags_of_other_resources_are_passed_to_moto(lattice: VpcLatticeEmulator, client: Any) -> None:
    """Tags of a service are handled by moto."""
    service = client.create_service(name="shop", tags={"team": "shop"})

    client.tag_resource(resourceArn=service["arn"], tags={"stage": "test"})

    assert client.list_tags_for_resource(resourceArn=service["arn"])["tags"] == {"team": "shop", "stage": "test"}
    assert lattice.calls == ()


def test_assumed_roles_use_their_account(lattice: VpcLatticeEmulator, session: Any) -> None:
    """A client with the credentials of a role uses the groups in the account of the role."""
    role = "arn:aws:iam::111122223333:role/deploy"
    credentials = session.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    keys = {"aws_access_key_id": credentials["AccessKeyId"], "aws_secret_access_key": credentials["SecretAccessKey"]}
    role_client = session.client("vpc-lattice", **keys, aws_session_token=credentials["SessionToken"])

    arn = role_client.create_target_group(name="orders", type="LAMBDA")["arn"]

    assert arn.split(":")[4] == "111122223333"


@pytest.mark.skipif(
    not hasattr(BotocoreStubber, "process_prepared_request"),
    reason="moto before 5.2.5 handles the library requests in another function",
)
def test_requests_without_boto3(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests sent with the ``requests`` library are handled in the account in their header."""
    monkeypatch.setattr("moto.core.models.RESPONSES_METHODS", ["POST"])  # conftest.py removes all methods.
    url = f"https://vpc-lattice.{REGION}.amazonaws.com/targetgroups"

    with mock_vpc_lattice():
        response = requests.post(
            url, data='{"name": "orders", "type": "LAMBDA"}', headers={"x-moto-account-id": "111122223333"}, timeout=5
        )

    assert (response.status_code, response.json()["arn"].split(":")[4]) == (201, "111122223333")


@pytest.mark.usefixtures("lattice")
def test_a_service_that_moto_rejects_stays_rejected(client: Any) -> None:
    """If moto rejects the creation of a service, the client receives moto's error."""
    require_permissions: Any = set_initial_no_auth_action_count(0)

    rejected = require_permissions(error_response)(client.create_service, name="shop")

    assert rejected["ResponseMetadata"]["HTTPStatusCode"] == 403
