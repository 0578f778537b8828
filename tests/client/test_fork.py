"""Clients in forked processes."""

import gc
import json
import os
import weakref
from collections.abc import Callable, Sized
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Thread
from typing import Any

import boto3
import pytest
from botocore.config import Config

from lattice_tg import RetryEvent, TargetGroupClient
from lattice_tg.runtime.processes import ForkDetector
from support.keep_alive_server import serve_groups

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform has no fork()"),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

MakeForkClient = Callable[..., TargetGroupClient]


def make_group_id(number: int) -> str:
    return f"tg-{number:017d}"


def fork(function: Callable[[], object]) -> Callable[[], Any]:
    """Call ``function`` in a forked process. Return a function that waits for the JSON result and returns it."""
    reader, writer = os.pipe()
    process_id = os.fork()
    if process_id == 0:
        try:
            os.write(writer, json.dumps(function()).encode())
        except BaseException as error:  # noqa: BLE001 - the test shows the error
            os.write(writer, json.dumps(repr(error)).encode())
        finally:
            os._exit(0)
    os.close(writer)

    def wait() -> Any:
        with os.fdopen(reader, "rb") as pipe:
            result = pipe.read()
        os.waitpid(process_id, 0)
        return json.loads(result)

    return wait


def make_own_client(url: str, **options: Any) -> TargetGroupClient:
    return TargetGroupClient(region_name="eu-west-1", endpoint_url=url, **options)


def make_session_client(url: str, **options: Any) -> TargetGroupClient:
    return TargetGroupClient(session=boto3.Session(region_name="eu-west-1"), endpoint_url=url, **options)


def make_passed_client(url: str, **options: Any) -> TargetGroupClient:
    session: Any = boto3.Session(region_name="eu-west-1")
    config = Config(retries={"total_max_attempts": 1}, max_pool_connections=16)
    return TargetGroupClient(boto3_client=session.client("vpc-lattice", endpoint_url=url, config=config), **options)


MAKERS = [make_own_client, make_session_client, make_passed_client]


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set dummy credentials."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


def get_groups(client: TargetGroupClient, start: int, count: int, events: Sized = ()) -> list[object]:
    """Get groups on four threads. Return the ids for which another group was returned, and the number of events."""
    ids = [make_group_id(start + number) for number in range(count)]
    with ThreadPoolExecutor(4) as pool:
        groups = pool.map(client.get, ids)
        wrong_ids = [requested for requested, group in zip(ids, groups, strict=True) if requested != group.id]
    return [wrong_ids, len(events)]


@pytest.mark.parametrize("make", MAKERS)
def test_processes_do_not_share_connections(make: MakeForkClient) -> None:
    """After fork(), parent and children get the groups they ask for, without a retry, on connections of their own."""
    events: list[RetryEvent] = []
    with serve_groups(delay_seconds=0.001) as server, make(server.url, on_retry=events.append) as client:
        get_groups(client, 0, 20)
        children = [fork(partial(get_groups, client, start, 100, events=events)) for start in (1000, 2000)]
        in_parent = get_groups(client, 3000, 100, events)
        in_children = [wait() for wait in children]

    processes = [
        {int(group_id.removeprefix("tg-")) // 1000 % 3 for group_id in ids}  # The parent has 0 and 3000.
        for ids in server.groups_by_connection.values()
    ]
    assert [in_parent, *in_children] == [[[], 0]] * 3
    assert [process for process in processes if len(process) != 1] == []


@pytest.mark.parametrize("make", MAKERS)
def test_parent_keeps_its_connection(make: MakeForkClient) -> None:
    """The parent continues to use its connection after a child has closed the inherited connection."""
    with serve_groups() as server, make(server.url) as client:
        client.get(make_group_id(1))
        child = fork(lambda: client.get(make_group_id(2)).id)()
        client.get(make_group_id(3))

    assert child == make_group_id(2)
    assert [*server.groups_by_connection.values()] == [{make_group_id(1), make_group_id(3)}, {make_group_id(2)}]


@pytest.mark.parametrize("make", [make_own_client, make_session_client])
def test_direct_requests_open_new_connections(make: MakeForkClient) -> None:
    """A request through ``client.boto3_client`` in a child also opens a new connection."""
    with serve_groups() as server, make(server.url) as client:
        client.get(make_group_id(1))
        fork(lambda: client.boto3_client.get_target_group(targetGroupIdentifier=make_group_id(2))["id"])()

    assert [*server.groups_by_connection.values()] == [{make_group_id(1)}, {make_group_id(2)}]


@pytest.mark.parametrize("make", MAKERS)
def test_child_keeps_its_connection(make: MakeForkClient) -> None:
    """A child closes the inherited connections one time and then reuses its own connection, as does a grandchild."""
    with serve_groups() as server, make(server.url) as client:

        def use_client(depth: int) -> object:
            for number in range(3):
                client.get(make_group_id(10 * depth + number))
            return fork(lambda: use_client(depth + 1))() if depth < 2 else None

        use_client(0)

    connections = server.groups_by_connection.values()
    assert [*connections] == [{make_group_id(10 * depth + number) for number in range(3)} for depth in range(3)]


@pytest.mark.parametrize("make", MAKERS)
def test_process_id_identifies_the_process(make: MakeForkClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the process id changes, the client opens one new connection."""
    with serve_groups() as server, make(server.url) as client:
        client.get(make_group_id(1))
        process_id = os.getpid() + 1
        monkeypatch.setattr(os, "getpid", lambda: process_id)
        for number in (2, 3):
            client.get(make_group_id(number))

    assert [*server.groups_by_connection.values()] == [{make_group_id(1)}, {make_group_id(2), make_group_id(3)}]


def test_threads_wait_for_the_detection(monkeypatch: pytest.MonkeyPatch) -> None:
    """If threads check the process at the same time, one calls the function, and the others wait until it returns."""
    detected: list[str] = []

    def check_again() -> None:
        detector.check()
        detected.append("second")

    def on_fork() -> None:
        second.start()
        second.join(timeout=0.05)  # The thread waits for this function.
        detected.append("first")

    second, detector = Thread(target=check_again), ForkDetector(on_fork)
    process_id = os.getpid() + 1
    monkeypatch.setattr(os, "getpid", lambda: process_id)

    detector.check()
    second.join()

    assert detected == ["first", "second"]


@pytest.mark.parametrize("make", MAKERS)
def test_client_is_not_kept_alive(make: MakeForkClient) -> None:
    """The detection of forked processes does not keep a client alive."""
    client = make("http://127.0.0.1:1")
    references = weakref.ref(client), weakref.ref(client.boto3_client)

    del client
    gc.collect()

    assert [reference() for reference in references] == [None, None]
