"""botocore sessions and event handlers that make clients and requests faster.

The module makes these changes:

- botocore parses each timestamp with dateutil. For a page of target groups, dateutil takes most of the parsing time.
  The sessions from this module use :func:`~lattice_tg.transport.plain_json.parse_timestamp` instead.
- For each session, botocore loads the service models and the endpoints of all services from disk, and registers event
  handlers for all services. These steps take most of the time that is needed to create a client. The sessions from this
  module load what a client needs, share the loaded data, and skip the handlers for unrelated services.
- botocore builds the User-Agent header for each request. Each session from this module builds the header once.
- botocore validates each request, looks up each member in the service model, and repeats work when it signs and sends a
  request. http.client parses each head with the email package. ``make_requests_faster()`` replaces the serializer, the
  signer, the endpoint and the connections.

If a version of botocore has a part that cannot be replaced, such as another serializer, botocore's own part is used.
"""

import logging
import re
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from attrs import frozen
from botocore import handlers
from botocore.session import Session

from lattice_tg.logs import log
from lattice_tg.runtime.processes import ForkDetector
from lattice_tg.transport.api import OPERATIONS_WITHOUT_RESPONSE
from lattice_tg.transport.data_loader import create_data_loader
from lattice_tg.transport.exchange import set_endpoint
from lattice_tg.transport.http_connection import set_connection_classes
from lattice_tg.transport.plain_json import parse_timestamp, require_json_object
from lattice_tg.transport.request_serialization import set_serializer
from lattice_tg.transport.retry_after import normalize_retry_after
from lattice_tg.transport.signing import set_signer

_loaders: dict[tuple[Path, ...], Any] = {}
_SKIPPED_SERVICES = frozenset(
    {"autoscaling", "cloudformation", "cloudsearchdomain", "docdb", "ec2", "glacier", "logs", "neptune", "rds", "s3"}
)
"""Services whose many built-in event handlers are not registered. Neither requests to VPC Lattice nor the providers of
credentials need these handlers."""
_INVALID_APP_ID_CHARS = r"[^!#$%&'*+\-.^_`|~,0-9A-Za-z]"


def create_fast_session(
    profile_name: str | None, app_id: str | None = None, credentials_session: Any = None
) -> tuple[Any, str]:
    """Create a fast botocore session. Return the session and the User-Agent for its clients.

    Other sessions in the process are not affected, and boto3 is not imported.

    Args:
        profile_name: AWS profile. Default: the profile that the environment selects.
        app_id: Application name in the User-Agent. Default: botocore's ``user_agent_appid`` setting.
        credentials_session: ``boto3.Session`` whose credentials the session shares, so that they are resolved and
            refreshed one time for both sessions. Default: the session resolves its own credentials.

    """
    session: Any = Session(profile=profile_name, include_builtin_handlers=False)
    _register_builtin_handlers(session.get_component("event_emitter"))
    if credentials_session is not None:
        session.register_component("credential_provider", _SharedCredentials(credentials_session))
    if not set_timestamp_parser(session):
        log(
            logging.DEBUG, "This version of botocore does not accept a timestamp parser. botocore's own parser is used."
        )
    if not share_service_models(session):
        log(logging.DEBUG, "The service models cannot be shared. The session loads a separate copy.")
    return session, _make_user_agent(session, app_id or session.get_config_variable("user_agent_appid"))


def _register_builtin_handlers(events: Any) -> None:
    """Register botocore's built-in event handlers, except for those of unrelated services.

    The list is read for each session because moto adds a handler to it.
    """
    register_functions = {
        (): events.register,
        (handlers.REGISTER_FIRST,): events.register_first,
        (handlers.REGISTER_LAST,): events.register_last,
    }
    for event_name, handler, *position in cast("Any", handlers).BUILTIN_HANDLERS:
        register = register_functions.get(tuple(position))  # botocore ignores handlers with another position.
        if register is not None and _SKIPPED_SERVICES.isdisjoint(event_name.split(".")):
            register(event_name, handler)


@frozen(eq=False, repr=False)
class _SharedCredentials:
    """A credential provider for botocore that returns the credentials of a session."""

    session: Any

    def load_credentials(self) -> Any:
        return self.session.get_credentials()


def has_custom_credentials(session: Any) -> bool:
    """Return whether another process could not find the credentials of ``session`` in its environment or profile.

    For example, the credentials may be keys that were passed to the session.
    """
    credentials, core = session.get_credentials(), cast("Any", Session())
    providers: list[Any] = core.get_component("credential_provider").providers
    return credentials is not None and credentials.method not in {provider.METHOD for provider in providers}


def _make_user_agent(core: Any, app_id: str | None) -> str:
    # botocore appends user_agent_extra to every User-Agent, even to one set in a Config.
    agent: str = core.user_agent().removesuffix(core.user_agent_extra)
    # botocore formats the application name in the same way.
    app = f" app/{re.sub(_INVALID_APP_ID_CHARS, '-', app_id)}" if app_id else ""
    return f"{agent.strip()}{app} lattice_tg"


def set_timestamp_parser(session: Any) -> bool:
    """Set the fast timestamp parser for ``session``. Return whether the parser was set."""
    try:
        session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=parse_timestamp)
    except (AttributeError, TypeError, ValueError):
        return False
    return True


def share_service_models(session: Any) -> bool:
    """Share service models with earlier sessions. Return whether the models are shared.

    Sessions share models if they load the models from the same directories. AWS_DATA_PATH or the profile can change the
    directories. Like any boto3 session, the sessions do not notice if the model files change while the process runs.
    """
    try:
        search_paths = session.get_component("data_loader").search_paths
        key = tuple(Path(path).absolute() for path in search_paths)
        session.register_component("data_loader", _loaders.setdefault(key, create_data_loader(search_paths)))
    except (AttributeError, OSError, TypeError, ValueError):
        return False
    return True


def register_handlers(client: Any) -> None:
    """Register the event handlers that every client created by the library needs."""
    events, service = client.meta.events, _event_service_name(client)
    events.register(f"before-parse.{service}.*", normalize_retry_after)
    for operation in OPERATIONS_WITHOUT_RESPONSE:
        events.register(f"before-parse.{service}.{operation.name}", require_json_object)
    events.register_first(f"before-send.{service}", make_fork_handler(client))


def make_fork_handler(client: Any) -> Callable[..., None]:
    """Create an event handler that closes the connections that a forked process inherited from its parent.

    If two processes share a connection, each process receives responses to requests of the other process. Closing a
    connection in the forked process leaves the connection of the parent open.
    """
    weak_client = weakref.proxy(client)  # The handler belongs to the client and must not keep the client alive.

    def close_inherited_connections() -> None:
        weak_client.close()  # `weak_client.close` would be a bound method, which would keep the client alive.

    detector = ForkDetector(close_inherited_connections)

    def check_process(**_: object) -> None:
        detector.check()

    return check_process


def make_requests_faster(client: Any) -> None:
    """Replace the serializer, the signer, the endpoint and the connections of a client."""
    if not set_serializer(client):
        log(
            logging.DEBUG,
            "The serializer of this version of botocore cannot be replaced. botocore validates all requests.",
        )
    if not set_signer(client):
        log(logging.DEBUG, "The signer of this version of botocore cannot be replaced. botocore signs all requests.")
    if not set_endpoint(client):
        log(logging.DEBUG, "The endpoint of this version of botocore cannot be replaced. Requests take longer.")
    if not set_connection_classes(client):
        log(
            logging.DEBUG,
            "The connections cannot be replaced, because a tool has patched botocore, urllib3 or http.client, or "
            "because the version of one of them is unknown. Requests take longer.",
        )


def _event_service_name(client: Any) -> str:
    """Return the name of the service in event names."""
    name: str = client.meta.service_model.service_id.hyphenize()
    return name
