"""This library with all that it does: types, rules, tokens, retries, pacing, and a hook that is told of retries."""

from contenders.five_calls import FiveCalls
from lattice_tg import RetryEvent, Target, TargetGroupBuilder, TargetGroupClient, TargetGroupSpec
from service.answers import GROUP_ID, TARGETS, VPC_ID

TARGET_MODELS = [Target.ip(target["id"], target["port"]) for target in TARGETS]


def spec() -> TargetGroupSpec:
    return TargetGroupBuilder.ip("orders", vpc_identifier=VPC_ID).http().build()


def tell(event: RetryEvent) -> None:
    """There is none to tell of: the server answers every request."""
    raise AssertionError(event)


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
