"""Event handlers of botocore, moto and users in clients created by the library."""

from collections.abc import Callable
from typing import Any

import botocore.handlers
import botocore.session
import pytest
from botocore.awsrequest import AWSRequest

from lattice_tg import TargetGroupClient
from lattice_tg.testing import VpcLatticeEmulator
from lattice_tg.transport.session import create_fast_session


def get_handler_names(session: Any, event: str, **params: Any) -> list[str]:
    """Return the names of the handlers that ``session`` calls for ``event``."""
    responses = session.get_component("event_emitter").emit(event, **params)
    return [getattr(handler, "__name__", type(handler).__name__) for handler, _ in responses]


def make_recorder(operations: list[str]) -> Callable[..., None]:
    """Return a handler that appends the names of operations to ``operations``."""

    def record(model: Any, **_: object) -> None:
        operations.append(model.name)

    return record


def test_session_has_botocores_handlers(vpc_lattice: VpcLatticeEmulator) -> None:
    """A fast session has the same handlers as a botocore session, including moto's."""
    model: Any = TargetGroupClient(region_name="eu-west-1").boto3_client.meta.service_model
    event = "before-parameter-build.vpc-lattice.CreateTargetGroup"
    built: dict[str, Any] = {"params": {}, "model": model.operation_model("CreateTargetGroup"), "context": {}}
    sent = {"request": AWSRequest("GET", "https://sts.amazonaws.com/").prepare()}
    sessions = create_fast_session(None)[0], botocore.session.Session()

    fast, plain = (
        (get_handler_names(session, event, **built), get_handler_names(session, "before-send", **sent))
        for session in sessions
    )

    assert fast == plain
    assert "generate_idempotent_uuid" in fast[0]
    assert fast[1] == ["BotocoreStubber"]


def test_later_builtin_handlers_are_called(monkeypatch: pytest.MonkeyPatch, vpc_lattice: VpcLatticeEmulator) -> None:
    """Built-in handlers that are added after the first session, such as moto's, are used in the next session."""
    operations: list[str] = []
    create_fast_session(None)
    handlers: Any = botocore.handlers
    builtin_handlers = [*handlers.BUILTIN_HANDLERS, ("before-call.vpc-lattice", make_recorder(operations))]
    monkeypatch.setattr(botocore.handlers, "BUILTIN_HANDLERS", builtin_handlers)

    list(TargetGroupClient(region_name="eu-west-1").list())

    assert operations == ["ListTargetGroups"]


def test_handlers_belong_to_one_client(vpc_lattice: VpcLatticeEmulator) -> None:
    """A handler that is registered on one client is not called for requests of another client."""
    operations: list[str] = []
    client, other = (TargetGroupClient(region_name="eu-west-1") for _ in range(2))
    client.boto3_client.meta.events.register("before-call.vpc-lattice", make_recorder(operations))

    list(other.list())
    assert operations == []
    list(client.list())
    assert operations == ["ListTargetGroups"]
