"""This library with all that it does: types, rules, tokens, retries, pacing, and a hook that is told of retries."""

from collections.abc import Iterator
from typing import Any

from alternatives.five_calls import FiveCalls
from lattice_tg import RetryEvent, Target, TargetGroupBuilder, TargetGroupClient, TargetGroupSpec
from lattice_tg.runtime.clocks import SystemClock
from lattice_tg.sending.rate_limiter import RateLimiter
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.sending.retry_policy import RetryPolicy
from lattice_tg.transport import VpcLatticeApi
from service.responses import GROUP_ID, TARGETS, VPC_ID

TARGET_MODELS = [Target.ip(target["id"], target["port"]) for target in TARGETS]


def spec() -> TargetGroupSpec:
    return TargetGroupBuilder.ip("orders", vpc_identifier=VPC_ID).http().build()


def tell(event: RetryEvent) -> None:
    """There is none to tell of: the server answers every request."""
    raise AssertionError(event)


def machinery(boto3_client: Any, *, max_workers: int = 16) -> RequestSender:
    """What every request of a client goes through, around any boto3 client."""
    clock = SystemClock()
    return RequestSender(
        api=VpcLatticeApi(boto3_client),
        limiter=RateLimiter(clock=clock),
        policy=RetryPolicy(),
        clock=clock,
        max_workers=max_workers,
        on_retry=tell,
    )


def addresses(count: int) -> Iterator[Target]:
    """So many targets, one after the other."""
    return (Target.ip(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}", 80) for n in range(count))


def calls(url: str) -> FiveCalls:
    client = TargetGroupClient(endpoint_url=url, on_retry=tell)
    wanted = spec()
    return FiveCalls(
        create=lambda: client.create(wanted),
        get=lambda: client.get(GROUP_ID),
        list_groups=lambda: list(client.list()),
        list_targets=lambda: list(client.list_targets(GROUP_ID)),
        register=lambda: client.register_targets(GROUP_ID, TARGET_MODELS).successful,
    )
