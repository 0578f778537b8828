"""A session whose clients are faster than those that boto3 makes, through public hooks of botocore only.

botocore reads each time stamp with dateutil, which is most of the cost of a page of groups; and it puts the user
agent together anew for each request. Where a newer botocore lacks a hook, things are as fast as boto3's.
"""

import logging
from datetime import datetime
from typing import Any

import boto3
from botocore.parsers import DEFAULT_TIMESTAMP_PARSER  # pyright: ignore[reportUnknownVariableType]
from botocore.session import Session

_log = logging.getLogger("lattice_tg")


def tuned_session(profile_name: str | None) -> tuple[Any, str]:
    """A ``boto3.Session`` that reads times quickly, and what its clients call themselves, put together once.

    It is a session of its own, so that no other code is touched.
    """
    core = Session()
    if not set_timestamp_parser(core):
        _log.debug("this botocore takes no other timestamp parser; its own is used")
    session = boto3.Session(profile_name=profile_name, botocore_session=core)
    agent: str = core.user_agent().removesuffix(core.user_agent_extra)  # which botocore puts after any agent
    return session, f"{agent.strip()} lattice_tg"


def set_timestamp_parser(session: Any) -> bool:
    """Have the session's clients read times with :func:`timestamp`; whether that was possible."""
    try:
        session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=timestamp)
    except (AttributeError, TypeError, ValueError):
        return False
    return True


def timestamp(value: Any) -> datetime:
    """The time that a reply gives: ISO 8601 as VPC Lattice writes it, anything else as botocore reads it."""
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        parsed: datetime = DEFAULT_TIMESTAMP_PARSER(value)
        return parsed
