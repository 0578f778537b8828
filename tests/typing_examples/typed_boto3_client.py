# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""Typing examples of ``to_boto3`` with a client that is typed with mypy-boto3-vpc-lattice. See builders.py.

The nox session ``types`` checks this file with the lowest and the newest version of the stubs.
"""

from collections.abc import Sequence

from mypy_boto3_vpc_lattice import VPCLatticeClient
from mypy_boto3_vpc_lattice.type_defs import (
    HealthCheckConfigTypeDef,
    MatcherTypeDef,
    TargetFailureTypeDef,
    TargetGroupConfigTypeDef,
    TargetGroupSummaryTypeDef,
    TargetSummaryTypeDef,
    TargetTypeDef,
)

from lattice_tg import (
    HealthCheck,
    Matcher,
    Target,
    TargetFailure,
    TargetGroup,
    TargetGroupConfig,
    TargetGroupSpec,
    TargetGroupSummary,
    TargetSummary,
    from_boto3,
    to_boto3,
)

ID = "tg-0123456789abcdefg"


def send_requests(
    client: VPCLatticeClient, spec: TargetGroupSpec, check: HealthCheck, targets: Sequence[Target]
) -> list[TargetGroup]:
    """The client accepts specs, health checks and targets, and the models accept the client's responses."""
    created = client.create_target_group(**to_boto3(spec))
    request = to_boto3(spec)
    request["clientToken"] = "token"
    client.create_target_group(**request)
    client.create_target_group(name="orders", type="IP", config=to_boto3(spec.config))
    updated = client.update_target_group(targetGroupIdentifier=ID, healthCheck=to_boto3(check))
    client.register_targets(targetGroupIdentifier=ID, targets=[to_boto3(target) for target in targets])
    client.deregister_targets(targetGroupIdentifier=ID, targets=[to_boto3(targets[0])])
    client.list_targets(targetGroupIdentifier=ID, targets=[*map(to_boto3, targets)])
    return [from_boto3(TargetGroup, created), from_boto3(TargetGroup, updated)]


def convert_parts_of_requests(config: TargetGroupConfig, check: HealthCheck, matcher: Matcher, target: Target) -> None:
    """The dict of each model that is a part of a request has the type of its shape in the stubs."""
    config_dict: TargetGroupConfigTypeDef = to_boto3(config)
    check_dict: HealthCheckConfigTypeDef = to_boto3(check)
    matcher_dict: MatcherTypeDef = to_boto3(matcher)
    target_dict: TargetTypeDef = to_boto3(target)
    print(config_dict, check_dict, matcher_dict, target_dict)


def convert_items_of_lists(summary: TargetGroupSummary, status: TargetSummary, failure: TargetFailure) -> None:
    """The dict of each model that is an item of a list has the type of its shape in the stubs."""
    summary_dict: TargetGroupSummaryTypeDef = to_boto3(summary)
    status_dict: TargetSummaryTypeDef = to_boto3(status)
    failure_dict: TargetFailureTypeDef = to_boto3(failure)
    print(summary_dict, status_dict, failure_dict)


def confuse_models(client: VPCLatticeClient, spec: TargetGroupSpec, target: Target) -> None:
    """The dict of one model is not accepted in place of another, and misspelled keys are errors."""
    client.register_targets(targetGroupIdentifier=ID, targets=[to_boto3(spec)])  # type: ignore[list-item]
    client.update_target_group(targetGroupIdentifier=ID, healthCheck=to_boto3(target))  # type: ignore[arg-type]
    print(to_boto3(target)["prot"])  # type: ignore[typeddict-item]
