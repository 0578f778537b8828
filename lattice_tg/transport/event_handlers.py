"""What a client that we make does beside what botocore does, and instead of it: all through public hooks."""

from collections.abc import Callable
from typing import Any

from lattice_tg.transport.plain_json import TARGET_LIST_MEMBERS, attach_targets, detach_targets, make_parse_handler
from lattice_tg.transport.retry_after import normalize_retry_after


def register_handlers(client: Any) -> None:
    """The hooks of every client that we make."""
    client.meta.events.register(f"before-parse.{_event_service_name(client)}.*", normalize_retry_after)


def register_fast_path_handlers(client: Any, check: Callable[..., None] | None, *, botocore_checks: bool) -> None:
    """The hooks of a client that is faster than boto3's; ``check`` is made of requests before they are written.

    Of all hooks of an event, those of the longest name come first, and those of the shortest last.
    """
    events = client.meta.events
    if check is not None:
        events.register_last("before-parameter-build", check)
    if not botocore_checks:  # it would miss the rows
        events.register_last("before-parameter-build", detach_targets)
        for operation in TARGET_LIST_MEMBERS:
            events.register_first(f"before-call.{_event_service_name(client)}.{operation}", attach_targets)
    events.register_last("before-parse", make_parse_handler())


def _event_service_name(client: Any) -> str:
    """The service's name in those of events."""
    name: str = client.meta.service_model.service_id.hyphenize()
    return name
