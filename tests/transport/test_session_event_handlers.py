"""Event handlers of botocore, moto and users in clients created by the library."""

from collections.abc import Callable, Iterator
from typing import Any, cast

import botocore
import botocore.handlers
import botocore.session
import pytest
from botocore.awsrequest import AWSRequest
from botocore.exceptions import UnknownServiceError

from lattice_tg import TargetGroupClient
from lattice_tg.testing import VpcLatticeEmulator
from lattice_tg.transport.session import create_fast_session

OPERATION_EVENTS = (
    "provide-client-params",
    "before-parameter-build",
    "before-call",
    "request-created",
    "choose-signer",
    "before-sign",
    "before-send",
    "response-received",
    "before-parse",
    "needs-retry",
    "after-call",
    "after-call-error",
)


def get_handler_names(session: Any, event: str, **params: Any) -> list[str]:
    """Return the names of the handlers that ``session`` calls for ``event``."""
    responses = session.get_component("event_emitter").emit(event, **params)
    return [getattr(handler, "__name__", type(handler).__name__) for handler, _ in responses]


def iter_event_names(service_name: str) -> Iterator[str]:
    """Yield the names of the events that botocore emits for clients of a service."""
    session: Any = botocore.session.Session()
    model, to_method_name = session.get_service_model(service_name), cast("Any", botocore).xform_name
    service_id = model.service_id.hyphenize()
    yield f"creating-client-class.{service_id}"
    yield f"before-endpoint-resolution.{service_id}"
    for operation in model.operation_names:
        yield f"getattr.{service_id}.{to_method_name(operation)}"
        for event in OPERATION_EVENTS:
            yield f"{event}.{service_id}.{operation}"


def find_handlers(session: Any, event: str) -> list[object]:
    """Return the handlers for ``event``, in the order in which the emitter calls them."""
    # botocore has no public function for this.
    return list(session.get_component("event_emitter")._emitter._handlers.prefix_search(event))


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


@pytest.mark.parametrize("service_name", ["vpc-lattice", "sts", "sso", "sso-oidc", "signin"])
def test_builtin_handlers_equal_botocores(service_name: str) -> None:
    """For VPC Lattice and the services that provide credentials, each event has botocore's handlers in order."""
    try:
        events = [*iter_event_names(service_name)]
    except UnknownServiceError:
        pytest.skip(f"This version of botocore has no {service_name}.")
    fast, plain = create_fast_session(None)[0], botocore.session.Session()

    handlers = {event: find_handlers(fast, event) for event in events}

    assert handlers == {event: find_handlers(plain, event) for event in events}
    assert all(find_handlers(plain, event) for event in events if event.startswith("before-call."))


def test_positions_of_builtin_handlers_equal_botocores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Handlers that are registered first or last are called first or last."""
    handlers: Any = botocore.handlers
    first, middle, last = (make_recorder([]) for _ in range(3))
    event = "before-send.vpc-lattice.ListTargetGroups"
    entries = [(event, last, handlers.REGISTER_LAST), (event, middle), (event, first, handlers.REGISTER_FIRST)]
    monkeypatch.setattr(botocore.handlers, "BUILTIN_HANDLERS", entries)

    fast, plain = (
        find_handlers(session, event) for session in (create_fast_session(None)[0], botocore.session.Session())
    )

    assert fast == plain == [first, middle, last]


def test_handler_with_an_unknown_position_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Like botocore, a session ignores a handler that is to be registered in an unknown way."""
    handlers: Any = botocore.handlers
    entry = ("before-send", make_recorder([]), object())
    monkeypatch.setattr(botocore.handlers, "BUILTIN_HANDLERS", [*handlers.BUILTIN_HANDLERS, entry])

    found = find_handlers(create_fast_session(None)[0], "before-send.vpc-lattice.ListTargetGroups")

    assert entry[1] not in found


def test_handlers_of_unrelated_services_are_not_registered() -> None:
    """A session has fewer handlers for S3 than a session of botocore."""
    fast, plain = create_fast_session(None)[0], botocore.session.Session()
    event = "before-parameter-build.s3.PutObject"

    assert len(find_handlers(fast, event)) < len(find_handlers(plain, event))


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
