"""What the tests of the emulator send, and how they look at what comes back."""

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


def answer(response: dict[str, Any]) -> dict[str, Any]:
    """The modelled members of a response."""
    return {name: value for name, value in response.items() if name != "ResponseMetadata"}


def refusal(call: Callable[..., Any], **params: Any) -> dict[str, Any]:
    """The parsed error that a call is answered with."""
    with pytest.raises(ClientError) as raised:
        call(**params)
    error: Any = raised.value
    return dict[str, Any](error.response)


def code_and_message(call: Callable[..., Any], **params: Any) -> tuple[str, str]:
    """What a refused call's error says."""
    error = refusal(call, **params)["Error"]
    return error["Code"], error["Message"]


def fields(call: Callable[..., Any], **params: Any) -> dict[str, str]:
    """The rows of ``fieldList`` that a refused call is answered with."""
    return {row["name"]: row["message"] for row in refusal(call, **params)["fieldList"]}


def statuses(client: Any, group_id: str) -> dict[str, str]:
    """The status of each target of a group, by its id."""
    return {row["id"]: row["status"] for row in client.list_targets(targetGroupIdentifier=group_id)["items"]}
