"""Sixteen threads and random faults leave the state of the emulator consistent."""

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
class Responses:
    """The responses that one thread received."""

    ids_by_token: dict[str, set[str]] = field(factory=lambda: defaultdict[str, set[str]](set))
    registered: set[Key] = field(factory=set[Key])
    rejected: set[Key] = field(factory=set[Key])
    answers: Counter[str] = field(factory=Counter[str])

    def call_until_answered(self, call: Callable[..., Any], **params: Any) -> Any:
        """Return the response, repeating the request as needed, or None for a conflict."""
        while True:
            try:
                response = call(**params)
            except ConnectionClosedError:
                self.answers["lost"] += 1
            except ClientError as error:
                code = code_of(error)
                self.answers[code] += 1
                if code not in AGAIN:
                    return None
            else:
                self.answers["done"] += 1
                return response


def code_of(error: Any) -> str:
    """Return the code of a ClientError."""
    return str(error.response["Error"]["Code"])


def hammer(client: Any, seed: int) -> Responses:
    """Run one thread: create under shared names and tokens, register, deregister and delete."""
    randomness, responses = random.Random(seed), Responses()
    for turn in range(ROUNDS):
        group_id = create(client, responses, randomness)
        if group_id is not None:
            register(client, responses, group_id, [f"10.{seed}.{turn}.{number}" for number in range(10)], randomness)
        create_and_delete(client, responses, f"own-{seed}-{turn}")
    return responses


def create(client: Any, responses: Responses, randomness: random.Random) -> str | None:
    """Create a group under a shared name or token."""
    name = randomness.choice(NAMES)
    token = f"{name}-{randomness.randrange(2)}"
    made = responses.call_until_answered(
        client.create_target_group, name=name, type="IP", config=ROUTED, clientToken=token
    )
    if made is None:
        return None
    responses.ids_by_token[token].add(made["id"])
    return str(made["id"])


def register(client: Any, responses: Responses, group_id: str, addresses: list[str], randomness: random.Random) -> None:
    """Register targets."""
    targets = [{"id": address} for address in (*addresses, randomness.choice(REFUSED))]
    response = responses.call_until_answered(client.register_targets, targetGroupIdentifier=group_id, targets=targets)
    responses.registered |= {(group_id, item["id"]) for item in response["successful"]}
    responses.rejected |= {(group_id, item["id"]) for item in response["unsuccessful"]}

    leaving = randomness.sample(addresses, 3)
    responses.call_until_answered(
        client.deregister_targets, targetGroupIdentifier=group_id, targets=[{"id": address} for address in leaving]
    )
    responses.registered -= {(group_id, address) for address in leaving}


def create_and_delete(client: Any, responses: Responses, name: str) -> None:
    """Create a group and delete it."""
    made = responses.call_until_answered(client.create_target_group, name=name, type="LAMBDA", clientToken=name)
    responses.ids_by_token[name].add(made["id"])
    responses.call_until_answered(client.delete_target_group, targetGroupIdentifier=made["id"])


def inject_faults(lattice: VpcLatticeEmulator) -> None:
    """Inject random faults."""
    lattice.throttle("*", probability=0.08, seed=1, retry_after_seconds=1)
    lattice.fail("*", "InternalServerException", probability=0.08, seed=2)
    lattice.drop_response("*", probability=0.08, seed=3)
    lattice.delay("*", seconds=0.002, probability=0.08, seed=4)
    lattice.rate_limit(per_second=400, burst=40)
    for address in REFUSED:
        lattice.reject_target(address, code="UnsupportedTarget")


def listed_targets(client: Any, group_id: str) -> Iterator[Key]:
    """Yield the keys of all targets of a group."""
    pages = client.get_paginator("list_targets").paginate(
        targetGroupIdentifier=group_id, PaginationConfig={"PageSize": 7}
    )
    return ((group_id, item["id"]) for page in pages for item in page["items"])


@pytest.fixture(params=["in process", "over HTTP"])
def hammered(request: pytest.FixtureRequest, session: Any, lattice: VpcLatticeEmulator) -> Generator[Any]:
    """Yield a client without retries that sixteen threads share."""
    config: Any = ONE_ATTEMPT.merge(type(ONE_ATTEMPT)(max_pool_connections=THREADS))
    with serve() as served:
        url = served.url if request.param == "over HTTP" else None
        client = session.client("vpc-lattice", endpoint_url=url, config=config)
        yield client
        client.close()


def test_the_state_stays_consistent(lattice: VpcLatticeEmulator, hammered: Any) -> None:
    """There is one group per name and token, and each target is listed once or was rejected."""
    inject_faults(lattice)
    with ThreadPoolExecutor(THREADS) as threads:
        reported = list(threads.map(partial(hammer, hammered), range(THREADS)))
    calls = lattice.calls
    lattice.clear_faults()

    items = hammered.list_target_groups()["items"]
    targets = Counter(chain.from_iterable(listed_targets(hammered, item["id"]) for item in items))
    answers = sum((responses.answers for responses in reported), Counter[str]())

    ids_by_token = defaultdict[str, set[str]](set)
    for token, ids in chain.from_iterable(responses.ids_by_token.items() for responses in reported):
        ids_by_token[token] |= ids
    assert sorted(item["name"] for item in items) == sorted(NAMES)
    assert {len(ids) for ids in ids_by_token.values()} == {1}
    assert {item["id"] for item in items} <= set(chain.from_iterable(ids_by_token.values()))
    assert targets == Counter(set[Key]().union(*(responses.registered for responses in reported)))
    assert {address for responses in reported for _, address in responses.rejected} <= set(REFUSED)
    assert not targets.keys() & set[Key]().union(*(responses.rejected for responses in reported))
    assert len(calls) == answers.total()
    assert sum(call.status is None for call in calls) == answers["lost"]


def test_the_library_client_completes_all_work() -> None:
    """Sixteen threads that share one ``TargetGroupClient`` complete their work despite all faults."""
    clock = VirtualClock()
    with mock_vpc_lattice(clock=clock) as lattice:
        client = TargetGroupClient(region_name=REGION, clock=clock)
        inject_faults(lattice)

        def work(number: int) -> tuple[str, str, int]:
            shared = client.create(TargetGroupBuilder.lambda_("shared").build(), client_token="one-for-all")
            own = client.create(TargetGroupBuilder.ip(f"own-{number}", vpc_identifier=VPC).http().build(), wait=True)
            report = client.register_targets(own, (Target.ip(f"10.0.0.{last}") for last in range(1, 151)))
            return shared.id, own.id, len(report.successful)

        with ThreadPoolExecutor(THREADS) as threads:
            reported = list(threads.map(work, range(THREADS)))
        lattice.clear_faults()

        listed = {item.name: len(list(client.list_targets(item))) for item in client.list()}

    assert len({shared for shared, _, _ in reported}) == 1
    assert len({own for _, own, _ in reported}) == THREADS
    assert [count for _, _, count in reported] == [150] * THREADS
    assert listed == {"shared": 0} | {f"own-{number}": 150 for number in range(THREADS)}
