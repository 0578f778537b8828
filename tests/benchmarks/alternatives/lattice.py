"""lattice_tg with all features: types, validation, client tokens, retries, rate limiter and a retry callback."""

from collections.abc import Iterator
from typing import Any

from alternatives.five_calls import FiveCalls
from lattice_tg import RetryEvent, Target, TargetGroupBuilder, TargetGroupClient, TargetGroupSpec
from lattice_tg.runtime.blocking import BlockingRuntime
from lattice_tg.runtime.clocks import SystemClock
from lattice_tg.sending.rate_limiter import RateLimiter
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.sending.retry_policy import RetryPolicy
from lattice_tg.transport import VpcLatticeApi
from service.responses import GROUP_ID, TARGETS, VPC_ID

TARGET_MODELS = [Target.ip(target["id"], target["port"]) for target in TARGETS]


def make_spec() -> TargetGroupSpec:
    """Return the spec that all alternatives create."""
    return TargetGroupBuilder.ip("orders", vpc_identifier=VPC_ID).http().build()


def fail_on_retry(event: RetryEvent) -> None:
    """Fail the benchmark, because the server never causes a retry."""
    raise AssertionError(event)


def make_sender(boto3_client: Any, *, max_workers: int = 16) -> RequestSender:
    """Return a request sender for any boto3 client, with the default settings of `TargetGroupClient`."""
    clock = SystemClock()
    return RequestSender(
        api=VpcLatticeApi(boto3_client),
        limiter=RateLimiter(clock=clock),
        policy=RetryPolicy(),
        runtime=BlockingRuntime(clock),
        max_workers=max_workers,
        on_retry=fail_on_retry,
    )


def addresses(count: int) -> Iterator[Target]:
    """Return an iterator over ``count`` different targets."""
    return (Target.ip(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}", 80) for n in range(count))


def calls(url: str) -> FiveCalls:
    """Return the five benchmark calls, made with lattice_tg."""
    client = TargetGroupClient(endpoint_url=url, on_retry=fail_on_retry)
    desired = make_spec()
    return FiveCalls(
        create=lambda: client.create(desired),
        get=lambda: client.get(GROUP_ID),
        list_groups=lambda: list(client.list()),
        list_targets=lambda: list(client.list_targets(GROUP_ID)),
        register=lambda: client.register_targets(GROUP_ID, TARGET_MODELS).successful,
    )
