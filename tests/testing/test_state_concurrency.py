"""Consistency of the emulator's state under concurrent requests and random faults."""

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
REJECTED_ADDRESSES = [f"10.9.9.{number}" for number in range(5)]
RETRYABLE_CODES = {"ThrottlingException", "InternalServerException"}
Key = tuple[str, str]


@define
class Responses:
    """The responses that one thread received."""

    ids_by_token: dict[str, set[str]] = field(factory=lambda: defaultdict[str, set[str]](set))
    registered: set[Key] = field(factory=set[Key])
    rejected: set[Key] = field(factory=set[Key])
    outcomes: Counter[str] = field(factory=Counter[str])

    def call_with_retries(self, call: Callable[..., Any], **params: Any) -> Any:
        """Send the request until it succeeds or fails with an error that is not retryable.

        The method returns the response, or None after such an error.
        """
        while True:
            try:
                response = call(**params)
            except ConnectionClosedError:
                self.outcomes["lost"] += 1
            except ClientError as error:
                code = code_of(error)
                self.outcomes[code] += 1
                if code not in RETRYABLE_CODES:
                    return None
            else:
                self.outcomes["done"] += 1
                return response


def code_of(error: Any) -> str:
    """Return the code of a ClientError."""
    return str(error.response["Error"]["Code"])


def run_random_operations(client: Any, seed: int) -> Responses:
    """Create and delete groups, and register and deregister targets, in one thread.

    The threads share the names and tokens of some groups.
    """
    randomness, responses = random.Random(seed), Responses()
    for round_number in range(ROUNDS):
        group_id = create(client, responses, randomness)
        if group_id is not None:
            register(
                client, responses, group_id, [f"10.{seed}.{round_number}.{number}" for number in range(10)], randomness
            )
        create_and_delete(client, responses, f"own-{seed}-{round_number}")
    return responses


def create(client: Any, responses: Responses, randomness: random.Random) -> str | None:
    """Create a group with a name and a token that other threads also use."""
    name = randomness.choice(NAMES)
    token = f"{name}-{randomness.randrange(2)}"
    created = responses.call_with_retries(
        client.create_target_group, name=name, type="IP", config=ROUTED, clientToken=token
    )
    if created is None:
        return None
    responses.ids_by_token[token].add(created["id"])
    return str(created["id"])


def register(client: Any, responses: Responses, group_id: str, addresses: list[str], randomness: random.Random) -> None:
    """Register targets and deregister some of them."""
    targets = [{"id": address} for address in (*addresses, randomness.choice(REJECTED_ADDRESSES))]
    response = responses.call_with_retries(client.register_targets, targetGroupIdentifier=group_id, targets=targets)
    responses.registered |= {(group_id, item["id"]) for item in response["successful"]}
    responses.rejected |= {(group_id, item["id"]) for item in response["unsuccessful"]}

    to_deregister = randomness.sample(addresses, 3)
    responses.call_with_retries(
        client.deregister_targets,
        targetGroupIdentifier=group_id,
        targets=[{"id": address} for address in to_deregister],
    )
    responses.registered -= {(group_id, address) for address in to_deregister}


def create_and_delete(client: Any, responses: Responses, name: str) -> None:
    """Create a group and delete the group."""
    created = responses.call_with_retries(client.create_target_group, name=name, type="LAMBDA", clientToken=name)
    responses.ids_by_token[name].add(created["id"])
    responses.call_with_retries(client.delete_target_group, targetGroupIdentifier=created["id"])


def inject_faults(lattice: VpcLatticeEmulator) -> None:
    """Inject random faults."""
    lattice.throttle("*", probability=0.08, seed=1, retry_after_seconds=1)
    lattice.fail("*", "InternalServerException", probability=0.08, seed=2)
    lattice.drop_response("*", probability=0.08, seed=3)
    lattice.delay("*", seconds=0.002, probability=0.08, seed=4)
    lattice.rate_limit(per_second=400, burst=40)
    for address in REJECTED_ADDRESSES:
        lattice.reject_target(address, code="UnsupportedTarget")


def listed_targets(client: Any, group_id: str) -> Iterator[Key]:
    """Return an iterator over the keys of all targets of a group."""
    pages = client.get_paginator("list_targets").paginate(
        targetGroupIdentifier=group_id, PaginationConfig={"PageSize": 7}
    )
    return ((group_id, item["id"]) for page in pages for item in page["items"])


@pytest.fixture(params=["in process", "over HTTP"])
def client_after_load(request: pytest.FixtureRequest, session: Any, lattice: VpcLatticeEmulator) -> Generator[Any]:
    """Yield a client with retries disabled, for sixteen threads to share."""
    config: Any = ONE_ATTEMPT.merge(type(ONE_ATTEMPT)(max_pool_connections=THREADS))
    with serve() as server:
        url = server.url if request.param == "over HTTP" else None
        client = session.client("vpc-lattice", endpoint_url=url, config=config)
        yield client
        client.close()


def test_the_state_stays_consistent(lattice: VpcLatticeEmulator, client_after_load: Any) -> None:
    """Each name and token has one group, and each registered target is listed once."""
    inject_faults(lattice)
    with ThreadPoolExecutor(THREADS) as threads:
        results = list(threads.map(partial(run_random_operations, client_after_load), range(THREADS)))
    calls = lattice.calls
    lattice.clear_faults()

    items = client_after_load.list_target_groups()["items"]
    targets = Counter(chain.from_iterable(listed_targets(client_after_load, item["id"]) for item in items))
    outcomes = sum((responses.outcomes for responses in results), Counter[str]())

    ids_by_token = defaultdict[str, set[str]](set)
    for token, ids in chain.from_iterable(responses.ids_by_token.items() for responses in results):
        ids_by_token[token] |= ids
    assert sorted(item["name"] for item in items) == sorted(NAMES)
    assert {len(ids) for ids in ids_by_token.values()} == {1}
    assert {item["id"] for item in items} <= set(chain.from_iterable(ids_by_token.values()))
    assert targets == Counter(set[Key]().union(*(responses.registered for responses in results)))
    assert {address for responses in results for _, address in responses.rejected} <= set(REJECTED_ADDRESSES)
    assert not targets.keys() & set[Key]().union(*(responses.rejected for responses in results))
    assert len(calls) == outcomes.total()
    assert sum(call.status is None for call in calls) == outcomes["lost"]


def test_the_library_client_completes_all_work() -> None:
    """Sixteen threads that share a ``TargetGroupClient`` complete their work despite faults."""
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
            results = list(threads.map(work, range(THREADS)))
        lattice.clear_faults()

        listed = {item.name: len(list(client.list_targets(item))) for item in client.list()}

    assert len({shared for shared, _, _ in results}) == 1
    assert len({own for _, own, _ in results}) == THREADS
    assert [count for _, _, count in results] == [150] * THREADS
    assert listed == {"shared": 0} | {f"own-{number}": 150 for number in range(THREADS)}
