"""What a client that we make does beside what botocore does, and instead of it: all through public hooks."""

from collections.abc import Callable
from typing import Any

from lattice_tg.gateway.given_rows import ROWS, keep_rows, put_rows_in
from lattice_tg.gateway.taken_replies import taking_replies
from lattice_tg.gateway.tuning import name_host, take_off_idle_hooks
from lattice_tg.gateway.waiting_asked import make_readable


def add_hooks(client: Any) -> None:
    """The hooks of every client that we make."""
    client.meta.events.register(f"before-parse.{_service(client)}.*", make_readable)


def add_quick_hooks(client: Any, check: Callable[..., None] | None, *, botocore_checks: bool) -> None:
    """The hooks of a client that is faster than boto3's; ``check`` is made of requests before they are written.

    Of all hooks of an event, those of the longest name come first, and those of the shortest last.
    """
    events = client.meta.events
    take_off_idle_hooks(client)
    if check is not None:
        events.register_last("before-parameter-build", check)
    if not botocore_checks:  # it would miss the rows
        events.register_last("before-parameter-build", keep_rows)
        for operation in ROWS:
            events.register_first(f"before-call.{_service(client)}.{operation}", put_rows_in)
    events.register_last("before-sign", name_host)
    events.register_last("before-parse", taking_replies())


def _service(client: Any) -> str:
    """The service's name in those of events."""
    name: str = client.meta.service_model.service_id.hyphenize()
    return name
