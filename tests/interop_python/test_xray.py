"""The AWS X-Ray SDK, which traces the requests of botocore."""

import asyncio
from contextvars import ContextVar
from importlib import import_module
from typing import Any

import pytest

from lattice_tg import AsyncTargetGroupClient, TargetGroupClient, TargetGroupSpec
from lattice_tg.testing import VpcLatticeEmulator

XRAY: Any = import_module("aws_xray_sdk.core")
CONTEXT: Any = import_module("aws_xray_sdk.core.context")
RECORDER: Any = XRAY.xray_recorder
# X-Ray does not close the socket of the emitter that the tests replace.
pytestmark = pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning")
SPECS = [TargetGroupSpec(name=f"resize-{number}", type="LAMBDA") for number in range(3)]


class ContextVarStorage:
    """Storage for X-Ray that also works in the threads in which the library sends requests.

    X-Ray's own storages belong to one thread or one asyncio task, so that these requests would belong to no segment.
    """

    _values: ContextVar[dict[str, Any]] = ContextVar("xray")

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values.get({})[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self._values.set({**self._values.get({}), name: value})


class RecordingEmitter:
    """An emitter that keeps the segments."""

    ip, port = "127.0.0.1", 2000

    def __init__(self) -> None:
        self.segments: list[Any] = []

    def send_entity(self, entity: Any) -> None:
        self.segments.append(entity)

    def set_daemon_address(self, _: str) -> None: ...


@pytest.fixture
def emitter() -> RecordingEmitter:
    """Trace botocore, and fail if a request belongs to no segment."""
    context, emitter = CONTEXT.Context(context_missing="RUNTIME_ERROR"), RecordingEmitter()
    context._local = ContextVarStorage()
    RECORDER.configure(emitter=emitter, context=context, sampling=False)
    XRAY.patch(["botocore"])
    return emitter


def describe(segment: Any) -> list[tuple[str, int]]:
    return sorted((part.aws["operation"], part.http["response"]["status"]) for part in segment.subsegments)


def create(specs: list[TargetGroupSpec]) -> None:
    for spec in specs:
        TargetGroupClient(region_name="eu-west-1").create(spec)


def ensure_all(specs: list[TargetGroupSpec]) -> None:
    assert [result.error for result in TargetGroupClient(region_name="eu-west-1").ensure_all(specs, max_workers=1)] == [
        None
    ] * len(specs)


def create_async(specs: list[TargetGroupSpec]) -> None:
    async def main() -> None:
        async with AsyncTargetGroupClient(region_name="eu-west-1") as client:
            for spec in specs:
                await client.create(spec)

    asyncio.run(main())


@pytest.mark.parametrize("call", [create, ensure_all, create_async])
def test_every_attempt_is_a_subsegment(emitter: RecordingEmitter, vpc_lattice: VpcLatticeEmulator, call: Any) -> None:
    """Each attempt is a subsegment with the operation and the status, also in worker threads and tasks."""
    vpc_lattice.throttle("CreateTargetGroup")

    with RECORDER.in_segment("deploy"):
        call(SPECS)

    (segment,) = emitter.segments
    attempts = [item for item in describe(segment) if item[0] == "CreateTargetGroup"]
    assert attempts == [("CreateTargetGroup", 201)] * 3 + [("CreateTargetGroup", 429)]
