"""Validation of requests by the emulated service.

The messages imitate the messages of VPC Lattice. Therefore, the messages do not follow the rules for the error messages
of this library.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from ipaddress import ip_address
from typing import Any, TypeGuard

from attrs import frozen

from lattice_tg.testing.errors import Violation
from lattice_tg.testing.target_group import Config, TargetGroup


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Return whether ``value`` is a JSON object."""
    return isinstance(value, dict)


def is_array(value: Any) -> TypeGuard[list[Any]]:
    """Return whether ``value`` is a JSON array."""
    return isinstance(value, list)


def shape_violations(shape: Any, value: Any, path: str = "") -> Iterator[Violation]:
    """Yield each violation of ``shape`` in ``value``.

    If no check exists for the type of the shape, every value is accepted.
    """
    check = _CHECKS.get(shape.type_name)
    if check is not None:
        yield from check(shape, value, path)


def drop_unknown_members(shape: Any, value: Any) -> Any:
    """Return ``value`` without members that are null or not in the service model.

    The service ignores such members.
    """
    if shape.type_name == "structure" and is_object(value):
        members = {name: member for name, member in shape.members.items() if value.get(name) is not None}
        return {name: drop_unknown_members(member, value[name]) for name, member in members.items()}
    if shape.type_name == "list" and is_array(value):
        return [drop_unknown_members(shape.member, item) for item in value]
    return value


def _structure_violations(shape: Any, value: Any, path: str) -> Iterator[Violation]:
    if not is_object(value):
        yield _wrong_type(path, "a structure")
        return
    for name in shape.required_members:
        if name not in value:
            yield Violation(_join(path, name), "Member must not be null")
    for name, member in shape.members.items():
        if name in value:
            yield from shape_violations(member, value[name], _join(path, name))


def _list_violations(shape: Any, value: Any, path: str) -> Iterator[Violation]:
    if not is_array(value):
        yield _wrong_type(path, "a list")
        return
    yield from _out_of_bounds(shape, len(value), path, "length")
    for position, item in enumerate(value):
        yield from shape_violations(shape.member, item, f"{path}[{position}]")


def _map_violations(shape: Any, value: Any, path: str) -> Iterator[Violation]:
    if not is_object(value):
        yield _wrong_type(path, "a map")
        return
    yield from _out_of_bounds(shape, len(value), path, "length")
    for key, item in value.items():
        yield from shape_violations(shape.key, key, f"{path} key {key!r}")
        yield from shape_violations(shape.value, item, _join(path, key))


def _string_violations(shape: Any, value: Any, path: str) -> Iterator[Violation]:
    if not isinstance(value, str):
        yield _wrong_type(path, "a string")
        return
    yield from _out_of_bounds(shape, len(value), path, "length")
    if shape.enum and value not in shape.enum:
        yield Violation(path, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
    pattern = shape.metadata.get("pattern")
    if pattern and not _compile_pattern(pattern).fullmatch(value):
        yield Violation(path, f"Member must satisfy regular expression pattern: {pattern}")


def _integer_violations(shape: Any, value: Any, path: str) -> Iterator[Violation]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield _wrong_type(path, "an integer")
        return
    yield from _out_of_bounds(shape, value, path, "value")


def _boolean_violations(shape: Any, value: Any, path: str) -> Iterator[Violation]:  # noqa: ARG001  (the signature of a check)
    if not isinstance(value, bool):
        yield _wrong_type(path, "a boolean")


_CHECKS: dict[str, Callable[[Any, Any, str], Iterator[Violation]]] = {
    "structure": _structure_violations,
    "list": _list_violations,
    "map": _map_violations,
    "string": _string_violations,
    "integer": _integer_violations,
    "boolean": _boolean_violations,
}


def _out_of_bounds(shape: Any, number: int, path: str, measure: str) -> Iterator[Violation]:
    minimum, maximum = shape.metadata.get("min"), shape.metadata.get("max")
    if minimum is not None and number < minimum:
        yield Violation(path, f"Member must have {measure} greater than or equal to {minimum}")
    if maximum is not None and number > maximum:
        yield Violation(path, f"Member must have {measure} less than or equal to {maximum}")


def _wrong_type(path: str, expected: str) -> Violation:
    return Violation(path, f"Member must be {expected}")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


@cache
def _compile_pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


# AWS API reference, TargetGroupConfig and HealthCheckConfig: "not supported if the target group type is ...".
_UNSUPPORTED = {
    "IP": ("lambdaEventStructureVersion",),
    "INSTANCE": ("lambdaEventStructureVersion", "ipAddressType"),
    "ALB": ("lambdaEventStructureVersion", "ipAddressType", "healthCheck"),
    "LAMBDA": ("port", "protocol", "protocolVersion", "vpcIdentifier", "ipAddressType", "healthCheck"),
}
_REQUIRED = ("protocol", "vpcIdentifier")

# User Guide, "Health checks". In the service model, each range includes 0, because 0 resets the field to its default.
_MINIMUMS = {
    "healthCheckIntervalSeconds": 5,
    "healthCheckTimeoutSeconds": 1,
    "healthyThresholdCount": 2,
    "unhealthyThresholdCount": 2,
}
# User Guide, "Health checks": fields without a default are required when health checks are enabled.
_NO_DEFAULT = {"TCP": ("protocol", "protocolVersion"), "GRPC": ("protocolVersion",)}
_MIN_HTTP_CODE_LENGTH = 3  # CloudFormation schema of AWS::VpcLattice::TargetGroup


def config_violations(group_type: str, config: Config) -> Iterator[Violation]:
    """Yield each violation in the config of a new group of type ``group_type``."""
    yield from _unsupported_members(group_type, config)
    if group_type != "LAMBDA":
        yield from _missing_members(group_type, config)
        yield from _tcp_violations(group_type, config)
    health_check = config.get("healthCheck", {})
    yield from _prefix_names("config.healthCheck", _out_of_range(health_check))
    yield from _prefix_names("config.healthCheck", _required_when_enabled(config, health_check))


def update_violations(group_type: str, config: Config, changes: Config, merged: Config) -> Iterator[Violation]:
    """Yield each violation in an update of the health check.

    Args:
        group_type: The type of the target group.
        config: The current config of the group.
        changes: The health check fields in the request.
        merged: The health check that would result from the update.

    """
    if "healthCheck" in _UNSUPPORTED[group_type]:
        yield Violation("healthCheck", f"{group_type} Target Group does not support health check config")
        return
    yield from _prefix_names("healthCheck", _out_of_range(changes))
    yield from _prefix_names("healthCheck", _required_when_enabled(config, merged))


def _unsupported_members(group_type: str, config: Config) -> Iterator[Violation]:
    for name in _UNSUPPORTED[group_type]:
        if name == "healthCheck" and config.get(name):
            # The message is quoted from aws-ia/terraform-aws-amazon-vpc-lattice-module, issue 29.
            yield Violation("config.healthCheck", f"{group_type} Target Group does not support health check config")
        elif name != "healthCheck" and name in config:
            yield Violation(f"config.{name}", f"Not supported if the target group type is {group_type}")


def _missing_members(group_type: str, config: Config) -> Iterator[Violation]:
    for name in _REQUIRED:
        if name not in config:
            yield Violation(f"config.{name}", f"Required if the target group type is {group_type}")


def _tcp_violations(group_type: str, config: Config) -> Iterator[Violation]:
    if config.get("protocol") != "TCP":
        return
    if group_type == "ALB":
        yield Violation("config.protocol", "TCP is not supported if the target group type is ALB")
    if "protocolVersion" in config:
        yield Violation("config.protocolVersion", "Not supported if the protocol is TCP")
    if "port" not in config:
        yield Violation("config.port", "Required if the protocol is TCP")


def _out_of_range(health_check: Config) -> Iterator[Violation]:
    for name, minimum in _MINIMUMS.items():
        if 0 < health_check.get(name, 0) < minimum:
            yield Violation(name, f"Member must have value greater than or equal to {minimum}, or 0 for the default")
    if health_check.get("protocol") == "TCP":
        yield Violation("protocol", "Health checks are made over HTTP or HTTPS")
    code = health_check.get("matcher", {}).get("httpCode", "")
    if 0 < len(code) < _MIN_HTTP_CODE_LENGTH:
        yield Violation("matcher.httpCode", f"Member must have length greater than or equal to {_MIN_HTTP_CODE_LENGTH}")


def _required_when_enabled(config: Config, health_check: Config) -> Iterator[Violation]:
    if not health_check.get("enabled"):
        return
    protocol, version = config.get("protocol"), config.get("protocolVersion")
    for name in _NO_DEFAULT.get(protocol or "", ()) or _NO_DEFAULT.get(version or "", ()):
        if name not in health_check:
            yield Violation(name, f"Required to enable health checks of a {protocol} group, version {version}")


def _prefix_names(path: str, violations: Iterator[Violation]) -> Iterator[Violation]:
    for violation in violations:
        yield Violation(f"{path}.{violation.name}", violation.message)


_MAX_TAGS = 50
_TAG_PUNCTUATION = frozenset(" _.:/=+-@")
_RESERVED_PREFIX = "aws:"


def tag_violations(tags: Mapping[str, str], existing: Mapping[str, str]) -> Iterator[Violation]:
    """Yield the violations that adding ``tags`` to the ``existing`` tags would cause."""
    for key, value in tags.items():
        yield from _tag_string_violations(f"tags key {key!r}", key)
        yield from _tag_string_violations(f"tags.{key}", value)
    if len(existing.keys() | tags.keys()) > _MAX_TAGS:
        yield Violation("tags", f"A resource has at most {_MAX_TAGS} tags")


def _tag_string_violations(path: str, value: str) -> Iterator[Violation]:
    if value.lower().startswith(_RESERVED_PREFIX):
        yield Violation(path, f"The prefix {_RESERVED_PREFIX} is reserved")
    if value != value.strip(" "):
        yield Violation(path, "Leading and trailing spaces are not allowed")
    if not all(character.isalnum() or character in _TAG_PUNCTUATION for character in value):
        yield Violation(path, "Only letters, digits, spaces and _ . : / = + - @ are allowed")


# The service validates each target separately and lists an invalid target in ``unsuccessful``. Public sources show the
# code UnsupportedTarget only for instances in another VPC. The emulator also uses this code for a target of the wrong
# type, and for a second target of an ALB or LAMBDA group. The service may reject the whole request instead.
UNSUPPORTED = "UnsupportedTarget"
SINGLE_TARGET_TYPES = frozenset({"ALB", "LAMBDA"})
_FAMILIES = {4: "IPV4", 6: "IPV6"}
_LOAD_BALANCER = re.compile(r"arn:[a-z0-9-]+:elasticloadbalancing:([a-z0-9-]+):(\d{12}):loadbalancer/app/.+", re.ASCII)
_FUNCTION = re.compile(r"arn:[a-z0-9-]+:lambda:([a-z0-9-]+):(\d{12}):function:[^:]+(:[^:]+)?", re.ASCII)
_INSTANCE = re.compile(r"i-[0-9a-z]+", re.ASCII)


@frozen
class Owner:
    """The account and Region to which targets with an ARN must belong."""

    account: str
    region: str


def rejection_reason(group: TargetGroup, owner: Owner, target: Mapping[str, Any]) -> str | None:
    """Return the reason why the group cannot register ``target``, or None if it can."""
    return _REJECTION_REASONS[group.type](group, owner, target)


def _ip_rejection(group: TargetGroup, owner: Owner, target: Mapping[str, Any]) -> str | None:  # noqa: ARG001
    expected = (group.config or {})["ipAddressType"]
    try:
        family = _FAMILIES[ip_address(target["id"]).version]
    except ValueError:
        return f"{target['id']} is not an IP address"
    if family == expected:
        return None
    return f"{target['id']} is {family}; the target group's IP address type is {expected}"


def _instance_rejection(group: TargetGroup, owner: Owner, target: Mapping[str, Any]) -> str | None:  # noqa: ARG001
    return None if _INSTANCE.fullmatch(target["id"]) else f"{target['id']} is not an instance id"


def _alb_rejection(group: TargetGroup, owner: Owner, target: Mapping[str, Any]) -> str | None:  # noqa: ARG001
    return _arn_rejection(_LOAD_BALANCER, "the ARN of an Application Load Balancer", owner, target["id"])


def _lambda_rejection(group: TargetGroup, owner: Owner, target: Mapping[str, Any]) -> str | None:  # noqa: ARG001
    if "port" in target:
        return "A Lambda function has no port"
    return _arn_rejection(_FUNCTION, "the ARN of a Lambda function", owner, target["id"])


def _arn_rejection(pattern: re.Pattern[str], expected: str, owner: Owner, target_id: str) -> str | None:
    match = pattern.fullmatch(target_id)
    if not match:
        return f"{target_id} is not {expected}"
    if (match[1], match[2]) != (owner.region, owner.account):
        return f"{target_id} is not in the account and Region of its target group"
    return None


_REJECTION_REASONS: dict[str, Callable[[TargetGroup, Owner, Mapping[str, Any]], str | None]] = {
    "IP": _ip_rejection,
    "INSTANCE": _instance_rejection,
    "ALB": _alb_rejection,
    "LAMBDA": _lambda_rejection,
}
