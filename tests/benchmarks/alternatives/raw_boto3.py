"""boto3 with default settings: dicts as arguments and results."""

from typing import Any, cast

import boto3
from botocore.config import Config

from alternatives.five_calls import FiveCalls
from service.responses import CREATE_REQUEST, GROUP_ID, TARGETS

RAW = "raw boto3"
SECOND_RAW = "second raw client"
"""The column of a client that is identical to the first, so that its distance from 1.00 is noise."""


def client(url: str, **config: Any) -> Any:
    """Return a boto3 client that is created from a new session, with settings of botocore's `Config`."""
    session = cast("Any", boto3).Session()
    return session.client("vpc-lattice", endpoint_url=url, config=cast("Any", Config)(**config))


def calls(url: str) -> FiveCalls:
    """Return the five benchmark calls, made with boto3."""
    raw = client(url)
    return FiveCalls(
        create=lambda: raw.create_target_group(**CREATE_REQUEST),
        get=lambda: raw.get_target_group(targetGroupIdentifier=GROUP_ID),
        list_groups=lambda: raw.list_target_groups(maxResults=100)["items"],
        list_targets=lambda: raw.list_targets(targetGroupIdentifier=GROUP_ID, maxResults=100)["items"],
        register=lambda: raw.register_targets(targetGroupIdentifier=GROUP_ID, targets=TARGETS)["successful"],
    )
