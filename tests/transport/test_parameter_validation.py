"""Tests that botocore validates the parameters of users' requests but not of prevalidated requests."""

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, cast

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ParamValidationError

from lattice_tg import InvalidSpecError, LatticeError, TargetGroupClient
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator, mock_vpc_lattice
from lattice_tg.transport import session
from lattice_tg.transport.api import GET_TARGET_GROUP, LIST_TAGS_FOR_RESOURCE, VpcLatticeApi
from lattice_tg.transport.parameter_validation import is_sending_prevalidated, send_prevalidated
from support.api_operations import OPERATIONS

GROUP_ID = "tg-0123456789abcdefg"
EVENT = "before-parameter-build.vpc-lattice"


@pytest.fixture(scope="module")
def client() -> Generator[TargetGroupClient]:
    """Yield a client that the library created."""
    with (
        mock_vpc_lattice(),
        TargetGroupClient(region_name="eu-west-1", allow_unknown=True, clock=VirtualClock()) as client,
    ):
        yield client


@contextmanager
def register_handler(
    client: TargetGroupClient, event: str, handler: Callable[..., object], method: str = "register"
) -> Generator[None]:
    """Register a user's event handler on the boto3 client."""
    events = client.boto3_client.meta.events
    getattr(events, method)(event, handler)
    try:
        yield
    finally:
        events.unregister(event, handler)


INVALID_REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("delete_target_group", {"targetGroupIdentifier": ""}),  # would send DELETE to the URL of the list
    ("get_target_group", {}),
    ("get_target_group", {"targetGroupIdentifier": 5}),
    ("get_target_group", {"targetGroupIdentifier": GROUP_ID, "name": "orders"}),
    ("create_target_group", {"name": "or", "type": "IP"}),
    ("register_targets", {"targetGroupIdentifier": GROUP_ID, "targets": []}),
    ("register_targets", {"targetGroupIdentifier": GROUP_ID, "targets": [{"id": "10.0.0.1", "port": 0}]}),
    ("register_targets", {"targetGroupIdentifier": GROUP_ID, "targets": [{"port": 80}]}),
    ("create_listener", {"serviceIdentifier": ""}),
]


@pytest.mark.parametrize(("method", "request_"), INVALID_REQUESTS)
def test_user_requests_are_validated(vpc_lattice: VpcLatticeEmulator, method: str, request_: dict[str, Any]) -> None:
    """A user's invalid request through ``client.boto3_client`` is rejected and not sent."""
    client = TargetGroupClient(region_name="eu-west-1").boto3_client
    before = vpc_lattice.calls
    with pytest.raises(ParamValidationError):
        getattr(client, method)(**request_)
    assert vpc_lattice.calls == before


def test_prevalidated_request_is_not_validated_again(client: TargetGroupClient) -> None:
    """A prevalidated request is not validated again, but the next request in the same thread is validated."""
    with pytest.raises(LatticeError) as caught:
        VpcLatticeApi(client.boto3_client).call(GET_TARGET_GROUP, {"targetGroupIdentifier": "unchecked"})

    assert not isinstance(caught.value.__cause__, ParamValidationError)
    with pytest.raises(ParamValidationError):
        client.boto3_client.get_target_group(targetGroupIdentifier="unchecked")


def test_tag_requests_are_validated_by_botocore(client: TargetGroupClient) -> None:
    """botocore validates tag requests, because the library does not validate ARNs that come from responses."""
    with pytest.raises(LatticeError) as caught:
        VpcLatticeApi(client.boto3_client).call(LIST_TAGS_FOR_RESOURCE, {"resourceArn": 5})

    assert isinstance(caught.value.__cause__, ParamValidationError)


STEPS = ["provide-client-params.vpc-lattice", EVENT, "before-call.vpc-lattice", "before-send.vpc-lattice"]
"""Events that botocore emits during a request, before and after validation."""


@pytest.mark.parametrize("step", STEPS)
def test_request_of_a_handler_is_validated(client: TargetGroupClient, step: str) -> None:
    """If a user's handler sends a request during a prevalidated request, the handler's request is validated."""
    boto3_client, errors = client.boto3_client, list[Exception]()

    def send_invalid_request(**_: object) -> None:
        with pytest.raises(ParamValidationError) as caught:
            boto3_client.get_target_group(targetGroupIdentifier="")
        errors.append(caught.value)

    with register_handler(client, f"{step}.ListTargetGroups", send_invalid_request):
        assert list(client.list()) == []
    assert len(errors) == 1


def test_request_of_another_operation_is_validated(client: TargetGroupClient) -> None:
    """During a prevalidated request, a request of another operation with the same parameters is validated."""
    boto3_client, errors = client.boto3_client, list[Exception]()

    def register_params(params: Any, **_: object) -> None:
        with pytest.raises(ParamValidationError) as caught:
            boto3_client.register_targets(**params)
        errors.append(caught.value)

    with register_handler(client, f"{EVENT}.GetTargetGroup", register_params), pytest.raises(LatticeError):
        client.get(GROUP_ID)
    assert len(errors) == 1


def test_request_through_another_client_is_validated(
    client: TargetGroupClient, vpc_lattice: VpcLatticeEmulator
) -> None:
    """During a prevalidated request, a request that a handler sends through another client is validated."""
    session_client, errors = TargetGroupClient(session=boto3.Session(region_name="eu-west-1")), list[Exception]()

    def send_invalid_request(**_: object) -> None:
        with pytest.raises(ParamValidationError) as caught:
            client.boto3_client.get_target_group(targetGroupIdentifier="")
        errors.append(caught.value)

    with register_handler(session_client, "before-call.vpc-lattice.ListTargetGroups", send_invalid_request):
        assert list(session_client.list()) == []
    assert len(errors) == 1


def clear_identifier(params: dict[str, Any], **_: object) -> None:
    params["targetGroupIdentifier"] = ""


def add_member(params: dict[str, Any], **_: object) -> None:
    params["name"] = "orders"


def replace_params(params: dict[str, Any], **_: object) -> dict[str, Any]:
    return {**params, "targetGroupIdentifier": 5}


def rename_member(params: dict[str, Any], **_: object) -> None:
    params["name"] = params.pop("targetGroupIdentifier")


@pytest.mark.parametrize("register", ["register_first", "register", "register_last"])
@pytest.mark.parametrize(
    ("event", "handler"),
    [
        ("provide-client-params.vpc-lattice.GetTargetGroup", replace_params),
        (f"{EVENT}.GetTargetGroup", add_member),
        (f"{EVENT}.GetTargetGroup", rename_member),
        ("before-parameter-build.*.GetTargetGroup", clear_identifier),
        ("before-parameter-build", clear_identifier),
    ],
)
def test_parameters_that_a_handler_changes_are_validated(
    client: TargetGroupClient, event: str, handler: Any, register: str
) -> None:
    """Parameters that a user's handler changes are validated after all handlers have run."""
    with register_handler(client, event, handler, register):
        with pytest.raises(InvalidSpecError) as caught:
            client.get(GROUP_ID)
        with pytest.raises(ParamValidationError):
            client.boto3_client.get_target_group(targetGroupIdentifier=GROUP_ID)

    assert isinstance(caught.value.__cause__, ParamValidationError)


def test_failed_handler_leaves_no_prevalidated_request(client: TargetGroupClient) -> None:
    """If an earlier handler fails, the next request is validated as usual."""

    def fail(**_: object) -> None:
        raise RuntimeError("handler failed")

    client.boto3_client.meta.events.register_first(f"{EVENT}.GetTargetGroup", fail)
    with pytest.raises(RuntimeError):
        client.get(GROUP_ID)
    client.boto3_client.meta.events.unregister(f"{EVENT}.GetTargetGroup", fail)

    with pytest.raises(ParamValidationError):
        client.boto3_client.get_target_group(targetGroupIdentifier="")


def test_prevalidation_applies_to_one_thread() -> None:
    """A prevalidated request does not affect the validation of requests in other threads or of later requests."""
    with ThreadPoolExecutor(1) as pool:

        def check_both_threads(**_: object) -> list[bool]:
            return [
                is_sending_prevalidated("GetTargetGroup"),
                pool.submit(is_sending_prevalidated, "GetTargetGroup").result(),
            ]

        results = send_prevalidated(check_both_threads, "GetTargetGroup", {})

    assert (results, is_sending_prevalidated("GetTargetGroup")) == ([True, False], False)


@pytest.mark.parametrize(("enabled", "rejected"), [(True, True), (False, False), (None, True)])
def test_config_can_disable_validation(vpc_lattice: VpcLatticeEmulator, enabled: bool | None, rejected: bool) -> None:
    """The user's config can disable botocore's validation. By default, the validation is enabled."""
    config = Config() if enabled is None else Config(parameter_validation=enabled)
    client = TargetGroupClient(region_name="eu-west-1", config=config).boto3_client
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the test compares the class
        client.get_target_group(targetGroupIdentifier="short")
    assert isinstance(caught.value, ParamValidationError) is rejected


def test_missing_serializer_leaves_validation_to_botocore(
    monkeypatch: pytest.MonkeyPatch, vpc_lattice: VpcLatticeEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    """If botocore's serializer cannot be replaced, botocore also validates prevalidated requests."""

    def set_no_serializer(_: object) -> bool:
        return False

    monkeypatch.setattr(session, "set_serializer", set_no_serializer)
    caplog.set_level("DEBUG", "lattice_tg")
    client = TargetGroupClient(region_name="eu-west-1").boto3_client

    with pytest.raises(ParamValidationError):
        client.get_target_group(targetGroupIdentifier="")
    with pytest.raises(LatticeError, match="Invalid length for parameter targetGroupIdentifi"):
        VpcLatticeApi(client).call(GET_TARGET_GROUP, {"targetGroupIdentifier": ""})
    assert "The serializer of this version of botocore cannot be replaced" in caplog.text


def test_only_tag_operations_are_validated_by_botocore() -> None:
    """Each operation has the name of its boto3 method. All operations except tag operations are prevalidated."""
    client: Any = cast("Any", boto3).Session().client("vpc-lattice", region_name="us-east-1")
    api_names: dict[str, str] = client.meta.method_to_api_mapping

    assert {api_names[method]: method for method in OPERATIONS} == {
        operation.name: operation.method for operation in OPERATIONS.values()
    }
    assert {method for method, operation in OPERATIONS.items() if not operation.is_prevalidated} == {
        "list_tags_for_resource",
        "tag_resource",
        "untag_resource",
    }
    assert len(OPERATIONS) == 15
