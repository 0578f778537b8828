"""What a client that we make does beside what botocore does, and instead of it: all through public hooks."""

import os
from collections.abc import Callable, Mapping
from typing import Any

import botocore.handlers

from lattice_tg.gateway.given_rows import TARGET_LIST_MEMBERS, attach_targets, detach_targets
from lattice_tg.gateway.host import set_host_header
from lattice_tg.gateway.taken_replies import make_parse_handler
from lattice_tg.gateway.waiting_asked import normalize_retry_after


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
