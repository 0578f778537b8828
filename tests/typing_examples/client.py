# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""What type checkers make of the client and of the root's names. This file is checked, not run; see builders.py."""

from collections.abc import Mapping
from typing import assert_never, assert_type

from lattice_tg import (
    ApplyResult,
    BatchProgress,
    BuildableIpTargetGroupBuilder,
    ConflictError,
    DesiredState,
    FullJitter,
    HealthCheck,
    InstanceTargetGroupBuilder,
    IpTargetGroupBuilder,
    LambdaTargetGroupBuilder,
    Plan,
    RetryEvent,
    RetryPolicy,
    Target,
    TargetGroup,
    TargetGroupClient,
    TargetGroupDeletion,
    TargetGroupLike,
    TargetGroupSpec,
    TargetGroupSummary,
    TargetsResult,
    TargetSummary,
    WaitProgress,
)

VPC = "vpc-0123456789abcdefg"
ID = "tg-0123456789abcdefg"
TARGET = Target.ip("10.0.0.1")


def what_is_inferred(client: TargetGroupClient, spec: TargetGroupSpec, group: TargetGroup, plan: Plan) -> None:
    """Each verb gives its exact type."""
    assert_type(client.create(spec, wait=True), TargetGroup)
    assert_type(client.get(ID), TargetGroup)
    assert_type(client.find("orders"), TargetGroup | None)
    assert_type(next(client.list(type="IP")), TargetGroupSummary)
    assert_type(client.update_health_check(group, reset=["port"]), TargetGroup)
    assert_type(client.delete(group, missing_ok=True), TargetGroupDeletion | None)
    assert_type(client.register_targets(group, [TARGET]), TargetsResult)
    assert_type(next(client.iter_register_targets(group, iter([TARGET]))), TargetsResult)
    assert_type(client.deregister_targets(group, {TARGET}), TargetsResult)
    assert_type(next(client.list_targets(ID)), TargetSummary)
    assert_type(client.tags(group), Mapping[str, str])
    assert_type(client.wait_until_healthy(ID), tuple[TargetSummary, ...])
    assert_type(client.plan(spec, targets=()), Plan)
    assert_type(client.apply(plan), TargetGroup)
    assert_type(client.ensure(spec), TargetGroup)
    assert_type(next(client.plan_all([spec])), Plan)
    assert_type(next(client.ensure_all([spec, DesiredState(spec)])), ApplyResult)
    assert_type(client.with_options(retry=RetryPolicy()), TargetGroupClient)
    with client as same:
        assert_type(same, TargetGroupClient)


def builders_can_be_kept(ip: IpTargetGroupBuilder, *, secure: bool) -> BuildableIpTargetGroupBuilder:
    """A variable, a parameter and a result can be a builder that is half done; one that is routed is one that is not."""
    branch: IpTargetGroupBuilder = ip.https() if secure else ip.ipv6()
    return branch.http()


def groups_can_be_named(group: TargetGroup, summary: TargetGroupSummary) -> list[TargetGroupLike]:
    """What names a group to the client has a type of its own."""
    return [group, summary, ID]


def hooks(client: TargetGroupClient, spec: TargetGroupSpec) -> None:
    """Hooks take what they are called with, and may return anything."""

    def told(progress: WaitProgress) -> None: ...

    def counted(progress: BatchProgress) -> int:
        return progress.done

    def retried(event: RetryEvent) -> None: ...

    TargetGroupClient(on_retry=retried)
    client.wait_until_active(ID, on_progress=told)
    client.ensure_all([spec], on_progress=counted)
    TargetGroupClient(on_retry=told)  # type: ignore[arg-type]
    client.with_options(on_retry=told)  # type: ignore[arg-type]
    client.wait_until_active(ID, on_progress=counted)  # type: ignore[arg-type]
    client.wait_until_drained(ID, on_progress=retried)  # type: ignore[arg-type]
    client.ensure_all([spec], on_progress=told)  # type: ignore[arg-type]


def builders_are_no_specs(client: TargetGroupClient, ip: BuildableIpTargetGroupBuilder) -> None:
    """``build`` cannot be forgotten."""
    client.create(ip)  # type: ignore[arg-type]
    client.ensure(ip)  # type: ignore[arg-type]
    client.plan(ip)  # type: ignore[arg-type]
    client.ensure_all([ip])  # type: ignore[list-item]
    DesiredState(ip)  # type: ignore[arg-type]


def builders_of_one_type(lambda_: LambdaTargetGroupBuilder, ip: IpTargetGroupBuilder) -> None:
    """A builder of one type is none of another, and one that is not routed is not one that is."""
    other: InstanceTargetGroupBuilder = ip  # type: ignore[assignment]
    another: IpTargetGroupBuilder = lambda_  # type: ignore[assignment]
    routed: BuildableIpTargetGroupBuilder = ip  # type: ignore[assignment]
    print(other, another, routed)


def targets_are_targets(client: TargetGroupClient, group: TargetGroup) -> None:
    """Targets are several, and made by the ways of ``Target``."""
    client.register_targets(group, ["10.0.0.1"])  # type: ignore[list-item]
    client.register_targets(group, TARGET)  # type: ignore[arg-type]
    client.register_targets(group)  # type: ignore[call-arg]
    client.register_targets([TARGET], group)  # type: ignore[arg-type]
    client.ensure(group)  # type: ignore[arg-type]
    Target.ip("10.0.0.1", "80")  # type: ignore[arg-type]
    Target.instance("i-1", port="80")  # type: ignore[arg-type]
    Target("10.0.0.1")  # type: ignore[call-arg]


def options_are_named(client: TargetGroupClient, spec: TargetGroupSpec, plan: Plan) -> None:
    """What says how, not what, is named: a bare ``True`` or number tells a reader nothing."""
    TargetGroupClient("eu-west-1")  # type: ignore[call-arg]
    client.create()  # type: ignore[call-arg]
    client.create(spec, "token")  # type: ignore[call-arg]
    client.create(spec, timeout=60)  # type: ignore[call-arg]
    client.list("IP")  # type: ignore[call-arg]
    client.delete(ID, True)  # type: ignore[call-arg]
    client.deregister_targets(ID, [TARGET], True)  # type: ignore[call-arg]
    client.wait_until_active(ID, 60)  # type: ignore[call-arg]
    client.plan(spec, [TARGET])  # type: ignore[call-arg]
    client.ensure(spec, [TARGET])  # type: ignore[call-arg]
    client.apply(plan, "register_first")  # type: ignore[call-arg]
    RetryPolicy(3)  # type: ignore[call-arg]
    FullJitter(0.5)  # type: ignore[call-arg]


def wrong_words(client: TargetGroupClient, plan: Plan) -> None:
    """Words outside the closed lists, and values of other types, are refused."""
    client.list(type="POD")  # type: ignore[arg-type]
    client.apply(plan, order="any")  # type: ignore[arg-type]
    client.update_health_check(ID, reset=["protocol"])  # type: ignore[list-item]
    client.update_health_check(ID, {"port": 80})  # type: ignore[arg-type]
    client.create(TargetGroupSpec(name="orders", type="ip"))  # type: ignore[arg-type]
    client.wait_until_active(ID, timeout_seconds="60")  # type: ignore[arg-type]
    RetryPolicy(max_attempts="3")  # type: ignore[arg-type]
    RetryPolicy(wait=1.0)  # type: ignore[arg-type]
    TargetGroupClient(retry=3)  # type: ignore[arg-type]
    HealthCheck.http("/", interval_seconds="30")  # type: ignore[arg-type]


def nothing_may_be_nothing(client: TargetGroupClient) -> None:
    """What may be None has to be looked at first."""
    print(client.find("orders").id)  # type: ignore[union-attr]
    client.get(client.find("orders"))  # type: ignore[arg-type]
    print(client.delete(ID).status)  # type: ignore[union-attr]


def meanings_of_a_conflict(error: ConflictError) -> str:
    """Type checkers see that every meaning is thought of, and one that there is not."""
    match error.kind:
        case "name_exists" | "token_reused":
            return "choose another"
        case "wrong_status" | "in_use" | "has_targets":
            return "wait"
        case "unknown":
            return "look"
        case _:
            assert_never(error.kind)


def a_meaning_that_there_is_not(error: ConflictError) -> bool:
    """A word that is spelled wrong is found in a comparison."""
    return error.kind == "name_exist"  # type: ignore[comparison-overlap]
