"""botocore's check of a request: made for all that a user sends through our client, left out where ours was made."""

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import boto3
import botocore.validate
import pytest
from botocore.config import Config
from botocore.exceptions import ParamValidationError
from botocore.model import ServiceModel

from lattice_tg import InvalidSpecError, LatticeError, TargetGroupClient
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator, mock_vpc_lattice
from lattice_tg.transport.api import GET_TARGET_GROUP, LIST_TAGS_FOR_RESOURCE, VpcLatticeApi
from lattice_tg.transport.parameter_validation import (
    is_sending_prevalidated,
    make_parameter_validator,
    send_prevalidated,
)
from support.api_operations import OPERATIONS

GROUP_ID = "tg-0123456789abcdefg"
EVENT = "before-parameter-build.vpc-lattice"


@pytest.fixture(scope="module")
def client() -> Generator[TargetGroupClient]:
    """A client that we make ourselves; one of a session is left as it is."""
    with (
        mock_vpc_lattice(),
        TargetGroupClient(region_name="eu-west-1", allow_unknown=True, clock=VirtualClock()) as client,
    ):
        yield client


@contextmanager
def hooked(client: TargetGroupClient, event: str, hook: Callable[..., object]) -> Generator[None]:
    """A hook of a user's, on the boto3 client that is handed out."""
    events = client.boto3_client.meta.events
    events.register(event, hook)
    try:
        yield
    finally:
        events.unregister(event, hook)


NO_REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("delete_target_group", {"targetGroupIdentifier": ""}),  # it would be a DELETE of the list
    ("get_target_group", {}),
    ("get_target_group", {"targetGroupIdentifier": 5}),
    ("get_target_group", {"targetGroupIdentifier": GROUP_ID, "name": "orders"}),
    ("create_target_group", {"name": "or", "type": "IP"}),
    ("register_targets", {"targetGroupIdentifier": GROUP_ID, "targets": []}),
    ("register_targets", {"targetGroupIdentifier": GROUP_ID, "targets": [{"id": "10.0.0.1", "port": 0}]}),
    ("register_targets", {"targetGroupIdentifier": GROUP_ID, "targets": [{"port": 80}]}),
    ("create_listener", {"serviceIdentifier": ""}),
]


@pytest.mark.parametrize(("method", "request_"), NO_REQUESTS)
def test_what_a_user_sends_is_checked(vpc_lattice: VpcLatticeEmulator, method: str, request_: dict[str, Any]) -> None:
    """The client that is handed out refuses what botocore refuses, and sends nothing."""
    client = TargetGroupClient(region_name="eu-west-1").boto3_client
    before = vpc_lattice.calls
    with pytest.raises(ParamValidationError):
        getattr(client, method)(**request_)
    assert vpc_lattice.calls == before


def test_what_our_rules_have_checked_is_not_checked_again(client: TargetGroupClient) -> None:
    """The gateway's word is taken for one request, and only on the thread that sends it."""
    with pytest.raises(LatticeError) as caught:
        VpcLatticeApi(client.boto3_client).call(GET_TARGET_GROUP, {"targetGroupIdentifier": "unchecked"})

    assert not isinstance(caught.value.__cause__, ParamValidationError)
    with pytest.raises(ParamValidationError):
        client.boto3_client.get_target_group(targetGroupIdentifier="unchecked")


def test_tags_are_left_to_botocore(client: TargetGroupClient) -> None:
    """An ARN that a reply told is not ours to vouch for."""
    with pytest.raises(LatticeError) as caught:
        VpcLatticeApi(client.boto3_client).call(LIST_TAGS_FOR_RESOURCE, {"resourceArn": 5})

    assert isinstance(caught.value.__cause__, ParamValidationError)


STEPS = ["provide-client-params.vpc-lattice", EVENT, "before-call.vpc-lattice", "before-send.vpc-lattice"]
"""What a request goes through, before the check and after it."""


@pytest.mark.parametrize("step", STEPS)
def test_a_request_that_a_hook_makes_is_checked(client: TargetGroupClient, step: str) -> None:
    """Our word is for our own request, not for one that a user's hook sends in the midst of it."""
    boto3_client, refused = client.boto3_client, list[Exception]()

    def ask_nonsense(**_: object) -> None:
        with pytest.raises(ParamValidationError) as caught:
            boto3_client.get_target_group(targetGroupIdentifier="")
        refused.append(caught.value)

    with hooked(client, f"{step}.ListTargetGroups", ask_nonsense):
        assert list(client.list()) == []
    assert len(refused) == 1


def test_a_request_of_another_operation_is_checked(client: TargetGroupClient) -> None:
    """What is enough for one operation is not for another: the same values lack what that one needs."""
    boto3_client, refused = client.boto3_client, list[Exception]()

    def register_none(params: Any, **_: object) -> None:
        with pytest.raises(ParamValidationError) as caught:
            boto3_client.register_targets(**params)
        refused.append(caught.value)

    with hooked(client, f"{EVENT}.GetTargetGroup", register_none), pytest.raises(LatticeError):
        client.get(GROUP_ID)
    assert len(refused) == 1


def test_a_request_through_another_client_is_checked(
    client: TargetGroupClient, vpc_lattice: VpcLatticeEmulator
) -> None:
    """A client of a session makes botocore's check itself; our word for its request is for no other client's."""
    of_session, refused = TargetGroupClient(session=boto3.Session(region_name="eu-west-1")), list[Exception]()

    def ask_nonsense(**_: object) -> None:
        with pytest.raises(ParamValidationError) as caught:
            client.boto3_client.get_target_group(targetGroupIdentifier="")
        refused.append(caught.value)

    with hooked(of_session, "before-call.vpc-lattice.ListTargetGroups", ask_nonsense):
        assert list(of_session.list()) == []
    assert len(refused) == 1


def blank(params: dict[str, Any], **_: object) -> None:
    params["targetGroupIdentifier"] = ""


def add(params: dict[str, Any], **_: object) -> None:
    params["name"] = "orders"


def replace(params: dict[str, Any], **_: object) -> dict[str, Any]:
    return {**params, "targetGroupIdentifier": 5}


def rename(params: dict[str, Any], **_: object) -> None:
    params["name"] = params.pop("targetGroupIdentifier")


@pytest.mark.parametrize(
    ("event", "hook"),
    [
        ("provide-client-params.vpc-lattice.GetTargetGroup", replace),
        (f"{EVENT}.GetTargetGroup", add),
        (f"{EVENT}.GetTargetGroup", rename),
        ("before-parameter-build.*.GetTargetGroup", blank),
        ("before-parameter-build", blank),
    ],
)
def test_what_a_hook_makes_of_a_request_is_checked(client: TargetGroupClient, event: str, hook: Any) -> None:
    """Our word is for the values that our rules have seen, and botocore's own check comes after all hooks, too."""
    with hooked(client, event, hook):
        with pytest.raises(InvalidSpecError) as caught:
            client.get(GROUP_ID)
        with pytest.raises(ParamValidationError):
            client.boto3_client.get_target_group(targetGroupIdentifier=GROUP_ID)

    assert isinstance(caught.value.__cause__, ParamValidationError)


def test_a_request_that_never_got_to_the_check_leaves_no_trace(client: TargetGroupClient) -> None:
    """Where an earlier hook fails, the next request is checked as ever."""

    def fail(**_: object) -> None:
        raise RuntimeError("a hook of the user's")

    client.boto3_client.meta.events.register_first(f"{EVENT}.GetTargetGroup", fail)
    with pytest.raises(RuntimeError):
        client.get(GROUP_ID)
    client.boto3_client.meta.events.unregister(f"{EVENT}.GetTargetGroup", fail)

    with pytest.raises(ParamValidationError):
        client.boto3_client.get_target_group(targetGroupIdentifier="")


def test_our_word_is_for_one_thread() -> None:
    """What another thread sends meanwhile is its own affair, and so is what comes afterwards."""
    with ThreadPoolExecutor(1) as pool:

        def here_and_there(**_: object) -> list[bool]:
            return [
                is_sending_prevalidated("GetTargetGroup"),
                pool.submit(is_sending_prevalidated, "GetTargetGroup").result(),
            ]

        asked = send_prevalidated(here_and_there, "GetTargetGroup", {})

    assert (asked, is_sending_prevalidated("GetTargetGroup")) == ([True, False], False)


@pytest.mark.parametrize(("wanted", "refused"), [(True, True), (False, False), (None, True)])
def test_a_config_of_the_users_decides(vpc_lattice: VpcLatticeEmulator, wanted: bool | None, refused: bool) -> None:
    """Who switches the check off, or on, in a config, has it so."""
    config = Config() if wanted is None else Config(parameter_validation=wanted)
    client = TargetGroupClient(region_name="eu-west-1", config=config).boto3_client
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is the question
        client.get_target_group(targetGroupIdentifier="short")
    assert isinstance(caught.value, ParamValidationError) is refused


def test_a_botocore_without_the_check_where_it_was(
    monkeypatch: pytest.MonkeyPatch, vpc_lattice: VpcLatticeEmulator
) -> None:
    """Where a newer botocore has moved its check, its clients make it themselves, for our requests, too."""
    monkeypatch.delattr(botocore.validate, "validate_parameters")
    client = TargetGroupClient(region_name="eu-west-1").boto3_client

    with pytest.raises(ParamValidationError):
        client.get_target_group(targetGroupIdentifier="")
    with pytest.raises(LatticeError, match="Invalid length for parameter targetGroupIdentifi"):
        VpcLatticeApi(client).call(GET_TARGET_GROUP, {"targetGroupIdentifier": ""})


def test_an_operation_without_parameters() -> None:
    """A service may have an operation that takes nothing, of which there is nothing to check."""
    check = make_parameter_validator()
    assert check is not None
    service: Any = ServiceModel({"metadata": {}, "operations": {"Ping": {"name": "Ping"}}, "shapes": {}})
    assert service.operation_model("Ping").input_shape is None
    check({}, service.operation_model("Ping"))


def test_only_tag_operations_are_validated_by_botocore() -> None:
    """Every operation names a method of boto3, and all but the tag operations are prevalidated."""
    client: Any = boto3.client("vpc-lattice", region_name="us-east-1")

    assert {client.meta.method_to_api_mapping[method]: method for method in OPERATIONS} == {
        operation.name: operation.method for operation in OPERATIONS.values()
    }
    assert {method for method, operation in OPERATIONS.items() if not operation.is_prevalidated} == {
        "list_tags_for_resource",
        "tag_resource",
        "untag_resource",
    }
    assert len(OPERATIONS) == 11
