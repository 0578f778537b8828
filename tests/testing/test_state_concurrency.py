"""Sixteen threads and random faults: whatever goes wrong, the emulator's truth stays whole."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from typing import Any

import pytest
from attrs import define, field
from botocore.exceptions import ClientError, ConnectionClosedError  # pyright: ignore[reportMissingTypeStubs]

from lattice_tg import Target, TargetGroupBuilder, TargetGroupClient
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator, mock_vpc_lattice, serve
from support.emulator_requests import REGION, ROUTED, VPC
from testing.conftest import ONE_ATTEMPT

THREADS = 16
ROUNDS = 10
NAMES = [f"orders-{number}" for number in range(12)]
REFUSED = [f"10.9.9.{number}" for number in range(5)]
AGAIN = {"ThrottlingException", "InternalServerException"}
Key = tuple[str, str]


@define
class Heard:
    """What one thread was told; it knows nothing of what was done without its hearing of it."""

    ids_by_token: dict[str, set[str]] = field(factory=lambda: defaultdict[str, set[str]](set))
    registered: set[Key] = field(factory=set[Key])
    refused: set[Key] = field(factory=set[Key])
    answers: Counter[str] = field(factory=Counter[str])

    def until_answered(self, call: Callable[..., Any], **params: Any) -> Any:
        """The reply, however often the request has to be sent; None for a conflict."""
        while True:
            try:
                reply = call(**params)
            except ConnectionClosedError:
                self.answers["lost"] += 1
            except ClientError as error:
                code = code_of(error)
                self.answers[code] += 1
                if code not in AGAIN:
                    return None
            else:
                self.answers["done"] += 1
                return reply


def code_of(error: Any) -> str:
    return str(error.response["Error"]["Code"])


def hammer(client: Any, seed: int) -> Heard:
    """One thread's work: create under shared names and tokens, fill, take out again, delete what is its own."""
    chance, heard = random.Random(seed), Heard()
    for turn in range(ROUNDS):
        group_id = create(client, heard, chance)
        if group_id is not None:
            fill(client, heard, group_id, [f"10.{seed}.{turn}.{number}" for number in range(10)], chance)
        come_and_go(client, heard, f"own-{seed}-{turn}")
    return heard


def create(client: Any, heard: Heard, chance: random.Random) -> str | None:
    name = chance.choice(NAMES)
    token = f"{name}-{chance.randrange(2)}"
    made = heard.until_answered(client.create_target_group, name=name, type="IP", config=ROUTED, clientToken=token)
    if made is None:
        return None
    heard.ids_by_token[token].add(made["id"])
    return str(made["id"])


def fill(client: Any, heard: Heard, group_id: str, addresses: list[str], chance: random.Random) -> None:
    targets = [{"id": address} for address in (*addresses, chance.choice(REFUSED))]
    reply = heard.until_answered(client.register_targets, targetGroupIdentifier=group_id, targets=targets)
    heard.registered |= {(group_id, row["id"]) for row in reply["successful"]}
    heard.refused |= {(group_id, row["id"]) for row in reply["unsuccessful"]}

    leaving = chance.sample(addresses, 3)
    heard.until_answered(
        client.deregister_targets, targetGroupIdentifier=group_id, targets=[{"id": address} for address in leaving]
    )
    heard.registered -= {(group_id, address) for address in leaving}


def come_and_go(client: Any, heard: Heard, name: str) -> None:
    made = heard.until_answered(client.create_target_group, name=name, type="LAMBDA", clientToken=name)
    heard.ids_by_token[name].add(made["id"])
    heard.until_answered(client.delete_target_group, targetGroupIdentifier=made["id"])


def break_much(lattice: VpcLatticeEmulator) -> None:
    lattice.throttle("*", probability=0.08, seed=1, retry_after_seconds=1)
    lattice.fail("*", "InternalServerException", probability=0.08, seed=2)
    lattice.drop_response("*", probability=0.08, seed=3)
    lattice.delay("*", seconds=0.002, probability=0.08, seed=4)
    lattice.rate_limit(per_second=400, burst=40)
    for address in REFUSED:
        lattice.reject_target(address, code="UnsupportedTarget")


def listed_targets(client: Any, group_id: str) -> Iterator[Key]:
    pages = client.get_paginator("list_targets").paginate(
        targetGroupIdentifier=group_id, PaginationConfig={"PageSize": 7}
    )
    return ((group_id, row["id"]) for page in pages for row in page["items"])


@pytest.fixture(params=["in process", "over HTTP"])
def hammered(request: pytest.FixtureRequest, session: Any, lattice: VpcLatticeEmulator) -> Generator[Any]:
    """A client with no retries of its own, which sixteen threads share."""
    config: Any = ONE_ATTEMPT.merge(type(ONE_ATTEMPT)(max_pool_connections=THREADS))
    with serve() as served:
        url = served.url if request.param == "over HTTP" else None
        client = session.client("vpc-lattice", endpoint_url=url, config=config)
        yield client
        client.close()


def test_the_truth_stays_whole(lattice: VpcLatticeEmulator, hammered: Any) -> None:
    """There is one group a name and one a token, and each target is listed once or was reported as refused."""
    break_much(lattice)
    with ThreadPoolExecutor(THREADS) as threads:
        told = list(threads.map(partial(hammer, hammered), range(THREADS)))
    calls = lattice.calls
    lattice.clear_faults()

    rows = hammered.list_target_groups()["items"]
    targets = Counter(chain.from_iterable(listed_targets(hammered, row["id"]) for row in rows))
    answers = sum((heard.answers for heard in told), Counter[str]())

    ids_by_token = defaultdict[str, set[str]](set)
    for token, ids in chain.from_iterable(heard.ids_by_token.items() for heard in told):
        ids_by_token[token] |= ids
    assert sorted(row["name"] for row in rows) == sorted(NAMES)
    assert {len(ids) for ids in ids_by_token.values()} == {1}
    assert {row["id"] for row in rows} <= set(chain.from_iterable(ids_by_token.values()))
    assert targets == Counter(set[Key]().union(*(heard.registered for heard in told)))
    assert {address for heard in told for _, address in heard.refused} <= set(REFUSED)
    assert not targets.keys() & set[Key]().union(*(heard.refused for heard in told))
    assert len(calls) == answers.total()
    assert sum(call.status is None for call in calls) == answers["lost"]


def test_with_our_own_client() -> None:
    """Sixteen threads that share one ``TargetGroupClient`` get what they ask for, through all of it."""
    clock = VirtualClock()
    with mock_vpc_lattice(clock=clock) as lattice:
        client = TargetGroupClient(region_name=REGION, clock=clock)
        break_much(lattice)

        def work(number: int) -> tuple[str, str, int]:
            shared = client.create(TargetGroupBuilder.lambda_("shared").build(), client_token="one-for-all")
            own = client.create(TargetGroupBuilder.ip(f"own-{number}", vpc_identifier=VPC).http().build(), wait=True)
            report = client.register_targets(own, (Target.ip(f"10.0.0.{last}") for last in range(1, 151)))
            return shared.id, own.id, len(report.successful)

        with ThreadPoolExecutor(THREADS) as threads:
            told = list(threads.map(work, range(THREADS)))
        lattice.clear_faults()

        listed = {row.name: len(list(client.list_targets(row))) for row in client.list()}

    assert len({shared for shared, _, _ in told}) == 1
    assert len({own for _, own, _ in told}) == THREADS
    assert [count for _, _, count in told] == [150] * THREADS
    assert listed == {"shared": 0} | {f"own-{number}": 150 for number in range(THREADS)}
