"""What a client that we make does beside what botocore does, and instead of it: all through public hooks."""

import os
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import botocore.handlers

from lattice_tg.transport.plain_json import TARGET_LIST_MEMBERS, attach_targets, detach_targets, make_parse_handler
from lattice_tg.transport.retry_after import normalize_retry_after

_PORTS = {"http": ":80", "https": ":443"}


def set_host_header(request: Any, **_: object) -> None:
    """Write the host into a request that is about to be signed; botocore works it out twice, and HTTP once more."""
    scheme, _slashes, rest = request.url.partition("://")
    if scheme in _PORTS and "Host" not in request.headers:
        request.headers["Host"] = _host_header_value(scheme, rest.partition("/")[0].partition("?")[0])


@lru_cache(maxsize=64)
def _host_header_value(scheme: str, authority: str) -> str:
    """The host of a URL as HTTP writes it: without a user, and without the port that its scheme has by itself."""
    return authority.rpartition("@")[2].lower().removesuffix(_PORTS[scheme])


def register_handlers(client: Any) -> None:
    """The hooks of every client that we make."""
    client.meta.events.register(f"before-parse.{_event_service_name(client)}.*", normalize_retry_after)


def register_fast_path_handlers(client: Any, check: Callable[..., None] | None, *, botocore_checks: bool) -> None:
    """The hooks of a client that is faster than boto3's; ``check`` is made of requests before they are written.

    Of all hooks of an event, those of the longest name come first, and those of the shortest last.
    """
    events = client.meta.events
    _unregister_unused_handlers(client)
    if check is not None:
        events.register_last("before-parameter-build", check)
    if not botocore_checks:  # it would miss the rows
        events.register_last("before-parameter-build", detach_targets)
        for operation in TARGET_LIST_MEMBERS:
            events.register_first(f"before-call.{_event_service_name(client)}.{operation}", attach_targets)
    events.register_last("before-sign", set_host_header)
    events.register_last("before-parse", make_parse_handler())


def _unregister_unused_handlers(client: Any) -> None:
    """Take off those hooks of botocore that do nothing here but cost each call their time."""
    events, service = client.meta.events, _event_service_name(client)
    retries: Mapping[str, Any] = client.meta.config.retries or {}
    if retries.get("total_max_attempts") == 1:
        events.unregister(f"needs-retry.{service}", unique_id=f"retry-config-{service}")
        events.unregister(f"request-created.{service}", unique_id=f"seed-max-attempts-{service}")
    tracing = getattr(botocore.handlers, "add_recursion_detection_header", None)
    if tracing is not None and "AWS_LAMBDA_FUNCTION_NAME" not in os.environ:  # which Lambda sets before Python starts
        events.unregister("before-call", tracing)


def _event_service_name(client: Any) -> str:
    """The service's name in those of events."""
    name: str = client.meta.service_model.service_id.hyphenize()
    return name
