"""Functions that send requests to the emulator or read parts of the responses."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError  # pyright: ignore[reportMissingTypeStubs]

VPC = "vpc-12345678"
ROUTED: dict[str, Any] = {"protocol": "HTTP", "vpcIdentifier": VPC}
ACCOUNT = "123456789012"
REGION = "eu-west-1"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:resize"
BALANCER = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/web/50dc6c495c0c9188"
UNKNOWN_ID = "tg-00000000000000000"


def members_of(response: dict[str, Any]) -> dict[str, Any]:
    """Return the members of a response without ``ResponseMetadata``."""
    return {name: value for name, value in response.items() if name != "ResponseMetadata"}


def error_response(call: Callable[..., Any], **params: Any) -> dict[str, Any]:
    """Send a request that fails and return the parsed error response."""
    with pytest.raises(ClientError) as raised:
        call(**params)
    error: Any = raised.value
    return dict[str, Any](error.response)


def code_and_message(call: Callable[..., Any], **params: Any) -> tuple[str, str]:
    """Send a request that fails and return the code and message of its error."""
    error = error_response(call, **params)["Error"]
    return error["Code"], error["Message"]


def fields(call: Callable[..., Any], **params: Any) -> dict[str, str]:
    """Send a request that fails and return the items of ``fieldList``."""
    return {item["name"]: item["message"] for item in error_response(call, **params)["fieldList"]}


def statuses(client: Any, group_id: str) -> dict[str, str]:
    """Return the status of each target of a group, by target id."""
    return {item["id"]: item["status"] for item in client.list_targets(targetGroupIdentifier=group_id)["items"]}
