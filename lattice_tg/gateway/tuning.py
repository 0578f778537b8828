"""A session whose clients are faster than those that boto3 makes, through public hooks of botocore only.

botocore reads each time stamp with dateutil, which is most of the cost of a page of groups; and it puts the user
agent together anew for each request. For each session it reads the descriptions of services from disk anew, which is
most of making a client. Where a newer botocore lacks a hook, things are as fast as boto3's.
"""

import logging
from datetime import datetime
from typing import Any

import boto3
from botocore.parsers import DEFAULT_TIMESTAMP_PARSER  # pyright: ignore[reportUnknownVariableType]
from botocore.session import Session

_log = logging.getLogger("lattice_tg")
_loaders: dict[str | None, Any] = {}


def tuned_session(profile_name: str | None) -> tuple[Any, str]:
    """A ``boto3.Session`` that reads times quickly, and what its clients call themselves, put together once.

    It is a session of its own, so that no other code is touched.
    """
    core = Session()
    if not set_timestamp_parser(core):
        _log.debug("this botocore takes no other timestamp parser; its own is used")
    session = boto3.Session(profile_name=profile_name, botocore_session=core)
    if not share_descriptions(core):
        _log.debug("this botocore takes no other data loader; its own is used")
    agent: str = core.user_agent().removesuffix(core.user_agent_extra)  # which botocore puts after any agent
    return session, f"{agent.strip()} lattice_tg"


def set_timestamp_parser(session: Any) -> bool:
    """Have the session's clients read times with :func:`timestamp`; whether that was possible."""
    try:
        session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=timestamp)
    except (AttributeError, TypeError, ValueError):
        return False
    return True


def share_descriptions(session: Any) -> bool:
    """Have the session take services' descriptions from what our sessions read before; whether that was possible.

    They depend on nothing but where they are read from, which a user may set (AWS_DATA_PATH, or the profile).
    """
    try:
        path = session.get_config_variable("data_path")
        session.register_component("data_loader", _loaders.setdefault(path, session.get_component("data_loader")))
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
