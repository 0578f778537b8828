"""``AsyncRoute`` and ``AsyncShift``: signatures, cancellation and warnings."""

import asyncio
import inspect
from typing import Any

import pytest

from lattice_tg import AsyncRoute, AsyncShift, AsyncTargetGroupClient, Route, Shift, TargetGroupBuilder
from support.routes import forward

SPECIAL_NAMES = {"__iter__": "__aiter__", "__next__": "__anext__"}
PLAIN_NAMES = ("__init__", "__iter__", "__repr__", "__del__", "shift", "service", "listener", "rule")


def find_members(cls: type) -> dict[str, Any]:
    """Return the functions and properties that ``cls`` defines."""
    return {name: member for name, member in vars(cls).items() if callable(member) or isinstance(member, property)}


@pytest.mark.parametrize(("blocking", "asynchronous"), [(Route, AsyncRoute), (Shift, AsyncShift)])
def test_both_clients_have_the_same_signatures(blocking: type, asynchronous: type) -> None:
    """Both routes and both shifts have the same members and parameters. Methods that wait are coroutine functions."""
    members, async_members = find_members(blocking), find_members(asynchronous)

    assert async_members.keys() == {SPECIAL_NAMES.get(name, name) for name in members}
    for name, member in members.items():
        async_member = async_members[SPECIAL_NAMES.get(name, name)]
        if not isinstance(member, property):
            expected, actual = inspect.signature(member), inspect.signature(async_member)
            assert list(actual.parameters.values()) == list(expected.parameters.values())
            is_renamed = expected.return_annotation == "Shift"
            assert actual.return_annotation == ("AsyncShift" if is_renamed else expected.return_annotation)
        assert inspect.iscoroutinefunction(async_member) is (name not in PLAIN_NAMES)


@pytest.mark.vpc_lattice(initial_seconds=30)
@pytest.mark.usefixtures("vpc_lattice")
def test_cancelled_shift_says_where_it_was_left() -> None:
    """A shift that is cancelled while it waits ends with a note that has the weights."""
    notes: list[str] = []

    async def shift_until_cancelled(client: AsyncTargetGroupClient) -> None:
        blue, green = [await client.create(spec) for spec in SPECS]
        listener = create_listener(client.boto3_client, blue.id)
        shift = client.route(**listener).shift(blue, green)
        try:
            async for _ in shift:
                pass
        except asyncio.CancelledError as error:
            notes.extend(error.__notes__)
            raise

    async def main() -> None:
        async with AsyncTargetGroupClient(region_name="eu-west-1") as client:
            loop, is_listed = asyncio.get_running_loop(), asyncio.Event()

            def notify(**_: object) -> None:
                loop.call_soon_threadsafe(is_listed.set)

            client.boto3_client.meta.events.register("after-call.vpc-lattice.ListTargets", notify)
            task = asyncio.create_task(shift_until_cancelled(client))
            await is_listed.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(main())

    waited, note = notes
    assert waited.startswith("The wait for targets of ")
    assert note.startswith("The shift of the default action of listener-")
    assert ": 0}.\nA new shift with original_weights=" in note


SPECS = [
    TargetGroupBuilder.ip(name, vpc_identifier="vpc-0123456789abcdefg").http(80).build() for name in ("blue", "green")
]


def create_listener(boto3_client: Any, group: str) -> dict[str, str]:
    """Create a service with a listener that forwards to a group, and return the identifiers of the route."""
    service = boto3_client.create_service(name="shop")["id"]
    listener = boto3_client.create_listener(
        serviceIdentifier=service, name="http", protocol="HTTP", defaultAction=forward({group: 100})
    )
    return {"service": service, "listener": listener["id"]}
