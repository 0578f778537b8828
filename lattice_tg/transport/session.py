"""A session whose clients are faster than those that boto3 makes, through public hooks of botocore only.

botocore reads each time stamp with dateutil, which is most of the cost of a page of groups; and it puts the user
agent together anew for each request. For each session it reads the descriptions of services from disk, which is most
of making a client. Where a newer botocore lacks what is used here, things are as
fast as boto3's.
"""

import logging
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.parsers import DEFAULT_TIMESTAMP_PARSER  # pyright: ignore[reportUnknownVariableType]
from botocore.session import Session

_log = logging.getLogger("lattice_tg")
_loaders: dict[tuple[Path, ...], Any] = {}
_INVALID_APP_ID_CHARS = re.compile(r"[^!#$%&'*+\-.^_`|~,0-9A-Za-z]")


def create_fast_session(profile_name: str | None, app_id: str | None = None) -> tuple[Any, str]:
    """A ``boto3.Session`` that reads times quickly, and what its clients call themselves, put together once.

    It is a session of its own, so that no other code is touched. ``app_id`` names the user's application, where a
    setting does not.
    """
    core: Any = Session()
    if not set_timestamp_parser(core):
        _log.debug("this botocore takes no other timestamp parser; its own is used")
    session = boto3.Session(profile_name=profile_name, botocore_session=core)
    if not share_service_models(core):
        _log.debug("descriptions of services are not shared; the session reads its own")
    return session, _user_agent(core, app_id or core.get_config_variable("user_agent_appid"))


def _user_agent(core: Any, app_id: str | None) -> str:
    agent: str = core.user_agent().removesuffix(core.user_agent_extra)  # which botocore puts after any agent
    named = (
        f" app/{_INVALID_APP_ID_CHARS.sub('-', app_id)}" if app_id else ""
    )  # as botocore writes it in an agent of its own
    return f"{agent.strip()}{named} lattice_tg"


def set_timestamp_parser(session: Any) -> bool:
    """Have the session's clients read times with :func:`timestamp`; whether that was possible."""
    try:
        session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=parse_timestamp)
    except (AttributeError, TypeError, ValueError):
        return False
    return True


def share_service_models(session: Any) -> bool:
    """Have the session take services' descriptions from what our sessions read before; whether that was possible.

    They depend on nothing but where they are read from, which a user may set (AWS_DATA_PATH, or the profile); what
    changes there while the process runs is not noticed, as within one session of boto3's.
    """
    try:
        loader = session.get_component("data_loader")
        places = tuple(Path(path).absolute() for path in loader.search_paths)
        session.register_component("data_loader", _loaders.setdefault(places, loader))
    except (AttributeError, OSError, TypeError, ValueError):
        return False
    return True


def parse_timestamp(value: Any) -> datetime:
    """The time that a reply gives: ISO 8601 as VPC Lattice writes it, anything else as botocore reads it."""
    try:
        if value[4:5] == "-":  # a row of digits is a date to Python, too, but seconds to botocore
            return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        pass
    parsed: datetime = DEFAULT_TIMESTAMP_PARSER(value)
    return parsed
