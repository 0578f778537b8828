"""Clients that we make have botocore's hooks, registered once and copied; whoever adds to them is heard."""

from collections.abc import Callable
from typing import Any

import botocore.handlers
import botocore.session
import pytest
from botocore.awsrequest import AWSRequest

from lattice_tg import TargetGroupClient
from lattice_tg.testing import VpcLatticeEmulator
from lattice_tg.transport.session import create_fast_session


def answers(session: Any, event: str, **told: Any) -> list[str]:
    """What answers an event, by name."""
    found = session.get_component("event_emitter").emit(event, **told)
    return [getattr(handler, "__name__", type(handler).__name__) for handler, _ in found]


def hearer(heard: list[str]) -> Callable[..., None]:
    """A hook that notes the operations it hears of."""

    def hear(model: Any, **_: object) -> None:
        heard.append(model.name)

    return hear


def test_the_hooks_are_botocores(vpc_lattice: VpcLatticeEmulator) -> None:
    """A session with copied hooks answers as one that registered them, moto's among them."""
    model: Any = TargetGroupClient(region_name="eu-west-1").boto3_client.meta.service_model
    event = "before-parameter-build.vpc-lattice.CreateTargetGroup"
    built: dict[str, Any] = {"params": {}, "model": model.operation_model("CreateTargetGroup"), "context": {}}
    sent = {"request": AWSRequest("GET", "https://sts.amazonaws.com/").prepare()}
    sessions = create_fast_session(None)[0]._session, botocore.session.Session()

    copied, registered = ((answers(one, event, **built), answers(one, "before-send", **sent)) for one in sessions)

    assert copied == registered
    assert "generate_idempotent_uuid" in copied[0]
    assert copied[1] == ["BotocoreStubber"]


def test_who_adds_to_the_hooks_later_is_heard(monkeypatch: pytest.MonkeyPatch, vpc_lattice: VpcLatticeEmulator) -> None:
    """Hooks that are added to botocore's after our first session, as moto adds its own, are in the next."""
    heard: list[str] = []
    create_fast_session(None)
    known: Any = botocore.handlers
    added = [*known.BUILTIN_HANDLERS, ("before-call.vpc-lattice", hearer(heard))]
    monkeypatch.setattr(botocore.handlers, "BUILTIN_HANDLERS", added)

    list(TargetGroupClient(region_name="eu-west-1").list())

    assert heard == ["ListTargetGroups"]


def test_what_one_client_registers_no_other_hears(vpc_lattice: VpcLatticeEmulator) -> None:
    """Copies are apart: a hook of one client, or of its session, is not another's."""
    heard: list[str] = []
    one, other = (TargetGroupClient(region_name="eu-west-1") for _ in range(2))
    one.boto3_client.meta.events.register("before-call.vpc-lattice", hearer(heard))

    list(other.list())
    assert heard == []
    list(one.list())
    assert heard == ["ListTargetGroups"]
