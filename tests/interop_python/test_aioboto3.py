"""aioboto3, the asyncio version of boto3."""

import asyncio
from importlib import import_module
from typing import Any

import pytest

from lattice_tg.testing import RunningServer

AIOBOTO3: Any = import_module("aioboto3")
UNKNOWN = "tg-00000000000000000"


def test_client(server: RunningServer) -> None:
    """The client creates groups, lists them in pages, and raises the modeled exceptions."""
    session = AIOBOTO3.Session(
        aws_access_key_id="111122223333", aws_secret_access_key="testing", region_name="eu-west-1"
    )

    async def main() -> list[list[str]]:
        async with session.client("vpc-lattice", endpoint_url=server.url) as client:
            for name in ("apples", "pears", "plums"):
                await client.create_target_group(name=name, type="LAMBDA")
            with pytest.raises(client.exceptions.ResourceNotFoundException):
                await client.get_target_group(targetGroupIdentifier=UNKNOWN)
            pages = client.get_paginator("list_target_groups").paginate(PaginationConfig={"PageSize": 2})
            return [[item["name"] for item in page["items"]] async for page in pages]

    assert asyncio.run(main()) == [["apples", "pears"], ["plums"]]


def test_throttled_requests_are_retried(server: RunningServer) -> None:
    """aioboto3 retries a throttled request successfully."""
    session = AIOBOTO3.Session(
        aws_access_key_id="111122223333", aws_secret_access_key="testing", region_name="eu-west-1"
    )
    server.lattice.throttle("ListTargetGroups")

    async def main() -> Any:
        async with session.client("vpc-lattice", endpoint_url=server.url) as client:
            return (await client.list_target_groups())["items"]

    assert asyncio.run(main()) == []
    assert [call.status for call in server.lattice.calls] == [429, 200]
