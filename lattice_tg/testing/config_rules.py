"""What the service refuses in a config beyond what its model says: the types, TCP, and the health check's ranges."""

from collections.abc import Iterator, Mapping
from typing import Any

from lattice_tg.testing.refusals import Violation

Config = Mapping[str, Any]

# API_TargetGroupConfig, API_HealthCheckConfig: "not supported if the target group type is ..."
_UNSUPPORTED = {
    "IP": ("lambdaEventStructureVersion",),
    "INSTANCE": ("lambdaEventStructureVersion", "ipAddressType"),
    "ALB": ("lambdaEventStructureVersion", "ipAddressType", "healthCheck"),
    "LAMBDA": ("port", "protocol", "protocolVersion", "vpcIdentifier", "ipAddressType", "healthCheck"),
}
_REQUIRED = ("protocol", "vpcIdentifier")

# User Guide, health checks. The model begins each range at 0, which means "back to the default".
_MINIMUMS = {
    "healthCheckIntervalSeconds": 5,
    "healthCheckTimeoutSeconds": 1,
    "healthyThresholdCount": 2,
    "unhealthyThresholdCount": 2,
}
# User Guide, health checks: what has no default must be named once checks are on.
_NO_DEFAULT = {"TCP": ("protocol", "protocolVersion"), "GRPC": ("protocolVersion",)}
_SHORTEST_HTTP_CODE = 3  # CloudFormation's schema of AWS::VpcLattice::TargetGroup


def config_violations(group_type: str, config: Config) -> Iterator[Violation]:
    """Everything that the service refuses in the config of a new group of this type."""
    yield from _unsupported(group_type, config)
    if group_type != "LAMBDA":
        yield from _missing_members(group_type, config)
        yield from _tcp(group_type, config)
    yield from health_check_violations(config.get("protocol"), config.get("protocolVersion"), _check_of(config))


def update_violations(group_type: str, config: Config, changes: Config, merged: Config) -> Iterator[Violation]:
    """Everything that the service refuses in an update: in what was sent, and in what would come of it."""
    if "healthCheck" in _UNSUPPORTED[group_type]:
        yield Violation("healthCheck", f"{group_type} Target Group does not support health check config")
        return
    yield from _prefix_names("healthCheck", _out_of_range(changes))
    yield from _prefix_names(
        "healthCheck", _required_when_enabled(config.get("protocol"), config.get("protocolVersion"), merged)
    )


def health_check_violations(protocol: str | None, version: str | None, check: Config) -> Iterator[Violation]:
    """Everything that the service refuses in a new group's health check."""
    yield from _prefix_names("config.healthCheck", _out_of_range(check))
    yield from _prefix_names("config.healthCheck", _required_when_enabled(protocol, version, check))


def _check_of(config: Config) -> Config:
    check: Config = config.get("healthCheck", {})
    return check


def _unsupported(group_type: str, config: Config) -> Iterator[Violation]:
    for name in _UNSUPPORTED[group_type]:
        if name == "healthCheck" and config.get(name):
            # the real service's words, as seen in aws-ia/terraform-aws-amazon-vpc-lattice-module#29
            yield Violation("config.healthCheck", f"{group_type} Target Group does not support health check config")
        elif name != "healthCheck" and name in config:
            yield Violation(f"config.{name}", f"Not supported if the target group type is {group_type}")


def _missing_members(group_type: str, config: Config) -> Iterator[Violation]:
    for name in _REQUIRED:
        if name not in config:
            yield Violation(f"config.{name}", f"Required if the target group type is {group_type}")


def _tcp(group_type: str, config: Config) -> Iterator[Violation]:
    if config.get("protocol") != "TCP":
        return
    if group_type == "ALB":
        yield Violation("config.protocol", "TCP is not supported if the target group type is ALB")
    if "protocolVersion" in config:
        yield Violation("config.protocolVersion", "Not supported if the protocol is TCP")
    if "port" not in config:
        yield Violation("config.port", "Required if the protocol is TCP")


def _out_of_range(check: Config) -> Iterator[Violation]:
    for name, least in _MINIMUMS.items():
        if 0 < check.get(name, 0) < least:
            yield Violation(name, f"Member must have value greater than or equal to {least}, or 0 for the default")
    if check.get("protocol") == "TCP":
        yield Violation("protocol", "Health checks are made over HTTP or HTTPS")
    code = check.get("matcher", {}).get("httpCode", "")
    if 0 < len(code) < _SHORTEST_HTTP_CODE:
        yield Violation("matcher.httpCode", f"Member must have length greater than or equal to {_SHORTEST_HTTP_CODE}")


def _required_when_enabled(protocol: str | None, version: str | None, check: Config) -> Iterator[Violation]:
    if not check.get("enabled"):
        return
    for name in _NO_DEFAULT.get(protocol or "", ()) or _NO_DEFAULT.get(version or "", ()):
        if name not in check:
            yield Violation(name, f"Required to enable health checks of a {protocol} group, version {version}")


def _prefix_names(path: str, violations: Iterator[Violation]) -> Iterator[Violation]:
    for violation in violations:
        yield Violation(f"{path}.{violation.name}", violation.message)
