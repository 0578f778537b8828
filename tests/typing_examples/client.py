# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""Typing examples of the client and of the names that the package exports. See builders.py."""

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
    PlanResult,
    RetryEvent,
    RetryPolicy,
    Route,
    ShiftStep,
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


def infer_return_types(client: TargetGroupClient, spec: TargetGroupSpec, group: TargetGroup, plan: Plan) -> None:
    """Each method has an exact return type."""
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
    assert_type(next(client.plan_all([spec])), PlanResult)
    assert_type(next(client.apply_all([plan])), ApplyResult)
    assert_type(next(client.ensure_all([spec, DesiredState(spec)])), ApplyResult)
    assert_type(client.with_options(retry=RetryPolicy()), TargetGroupClient)
    assert_type(client.route(service="svc-0123456789abcdefg", listener="listener-0123456789abcdefg"), Route)
    with client as same:
        assert_type(same, TargetGroupClient)


def shift_traffic(route: Route, blue: TargetGroup, green: TargetGroupSummary) -> None:
    """Weights accept ids, models and the result of ``get_weights()``."""
    weights = route.get_weights()
    assert_type(weights, Mapping[str, int])
    route.set_weights({blue: 1}, expected=weights)
    route.set_weights({ID: 1}, expected=dict.fromkeys((green,), 1))
    shift = route.shift(blue, green, steps=[1, 100], original_weights=weights)
    assert_type(next(shift), ShiftStep)
    assert_type([step.percent for step in shift], list[int])
    route.set_weights({blue: "1"})  # type: ignore[arg-type]


def annotate_builders(ip: IpTargetGroupBuilder, *, secure: bool) -> BuildableIpTargetGroupBuilder:
    """Builder classes can be used as annotations. A builder with a protocol is a subtype of one without a protocol."""
    branch: IpTargetGroupBuilder = ip.https() if secure else ip.ipv6()
    return branch.http()


def annotate_target_group_like(group: TargetGroup, summary: TargetGroupSummary) -> list[TargetGroupLike]:
    """``TargetGroupLike`` includes models and ids."""
    return [group, summary, ID]


def pass_callbacks(client: TargetGroupClient, spec: TargetGroupSpec) -> None:
    """Callbacks must accept the type of the value that the client passes, and may return any value."""

    def on_wait(progress: WaitProgress) -> None: ...

    def on_batch(progress: BatchProgress) -> int:
        return progress.done

    def on_retry(event: RetryEvent) -> None: ...

    TargetGroupClient(on_retry=on_retry)
    client.wait_until_active(ID, on_progress=on_wait)
    client.ensure_all([spec], on_progress=on_batch)
    TargetGroupClient(on_retry=on_wait)  # type: ignore[arg-type]
    client.with_options(on_retry=on_wait)  # type: ignore[arg-type]
    client.wait_until_active(ID, on_progress=on_batch)  # type: ignore[arg-type]
    client.wait_until_drained(ID, on_progress=on_retry)  # type: ignore[arg-type]
    client.ensure_all([spec], on_progress=on_wait)  # type: ignore[arg-type]


def pass_builders_as_specs(client: TargetGroupClient, ip: BuildableIpTargetGroupBuilder) -> None:
    """Passing a builder without calling ``build()`` is an error."""
    client.create(ip)  # type: ignore[arg-type]
    client.ensure(ip)  # type: ignore[arg-type]
    client.plan(ip)  # type: ignore[arg-type]
    client.ensure_all([ip])  # type: ignore[list-item]
    DesiredState(ip)  # type: ignore[arg-type]


def assign_builders_of_other_types(lambda_: LambdaTargetGroupBuilder, ip: IpTargetGroupBuilder) -> None:
    """Builders for different types are incompatible, and a builder without a protocol is not a buildable builder."""
    other: InstanceTargetGroupBuilder = ip  # type: ignore[assignment]
    other_type: IpTargetGroupBuilder = lambda_  # type: ignore[assignment]
    buildable: BuildableIpTargetGroupBuilder = ip  # type: ignore[assignment]
    print(other, other_type, buildable)


def pass_invalid_targets(client: TargetGroupClient, group: TargetGroup) -> None:
    """Targets must be an iterable of ``Target`` instances."""
    client.register_targets(group, ["10.0.0.1"])  # type: ignore[list-item]
    client.register_targets(group, TARGET)  # type: ignore[arg-type]
    client.register_targets(group)  # type: ignore[call-arg]
    client.register_targets([TARGET], group)  # type: ignore[arg-type]
    client.ensure(group)  # type: ignore[arg-type]
    Target.ip("10.0.0.1", "80")  # type: ignore[arg-type]
    Target.instance("i-1", port="80")  # type: ignore[arg-type]
    Target("10.0.0.1")  # type: ignore[call-arg]


def pass_options_as_positional_arguments(client: TargetGroupClient, spec: TargetGroupSpec, plan: Plan) -> None:
    """Options are keyword-only, because a positional ``True`` or a positional number would be hard to read."""
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
    client.apply(plan, 60)  # type: ignore[call-arg]
    RetryPolicy(3)  # type: ignore[call-arg]
    FullJitter(0.5)  # type: ignore[call-arg]


def pass_invalid_values(client: TargetGroupClient, plan: Plan) -> None:
    """Values that are not in a ``Literal`` and values of other types are errors."""
    client.list(type="POD")  # type: ignore[arg-type]
    client.plan(TargetGroupSpec(name="orders", type="IP"), order="any")  # type: ignore[arg-type]
    client.update_health_check(ID, reset=["protocol"])  # type: ignore[list-item]
    client.update_health_check(ID, {"port": 80})  # type: ignore[arg-type]
    client.create(TargetGroupSpec(name="orders", type="ip"))  # type: ignore[arg-type]
    client.wait_until_active(ID, timeout_seconds="60")  # type: ignore[arg-type]
    RetryPolicy(max_attempts="3")  # type: ignore[arg-type]
    RetryPolicy(wait=1.0)  # type: ignore[arg-type]
    TargetGroupClient(retry=3)  # type: ignore[arg-type]
    HealthCheck.http("/", interval_seconds="30")  # type: ignore[arg-type]


def use_optional_results(client: TargetGroupClient) -> None:
    """Results that may be None must be checked before they are used."""
    print(client.find("orders").id)  # type: ignore[union-attr]
    client.get(client.find("orders"))  # type: ignore[arg-type]
    print(client.delete(ID).status)  # type: ignore[union-attr]


def match_conflict_kinds(error: ConflictError) -> str:
    """A match statement can cover all kinds of conflicts exhaustively."""
    match error.kind:
        case "name_exists" | "token_reused":
            return "choose another"
        case "wrong_status" | "in_use" | "has_targets":
            return "wait"
        case "unknown":
            return "investigate"
        case _:
            assert_never(error.kind)


def compare_with_an_invalid_kind(error: ConflictError) -> bool:
    """Comparing the kind of a conflict with a misspelled kind is an error."""
    return error.kind == "name_exist"  # type: ignore[comparison-overlap]
