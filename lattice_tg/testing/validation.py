"""The service's validation of requests."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from ipaddress import ip_address
from typing import Any, TypeGuard

from attrs import frozen

from lattice_tg.testing.errors import Violation
from lattice_tg.testing.target_group import TargetGroup


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether this is a JSON object."""
    return isinstance(value, dict)


def is_array(value: Any) -> TypeGuard[list[Any]]:
    """Whether this is a JSON array."""
    return isinstance(value, list)


def shape_violations(shape: Any, value: Any, path: str = "") -> Iterator[Violation]:
    """Everything in ``value`` that the model's ``shape`` does not allow, each with the path to it."""
    check = _CHECKS.get(shape.type_name)
    if check is not None:
        yield from check(shape, value, path)


def drop_unknown_members(shape: Any, value: Any) -> Any:
    """``value`` without the members that are null or not in the model: the service ignores both."""
    if shape.type_name == "structure" and is_object(value):
        members = {name: member for name, member in shape.members.items() if value.get(name) is not None}
        return {name: drop_unknown_members(member, value[name]) for name, member in members.items()}
    if shape.type_name == "list" and is_array(value):
        return [drop_unknown_members(shape.member, item) for item in value]
    return value


def _structure(shape: Any, value: Any, path: str) -> Iterator[Violation]:
    if not is_object(value):
        yield _wrong_type(path, "a structure")
        return
    for name in shape.required_members:
        if name not in value:
            yield Violation(_join(path, name), "Member must not be null")
    for name, member in shape.members.items():
        if name in value:
            yield from shape_violations(member, value[name], _join(path, name))


def _list(shape: Any, value: Any, path: str) -> Iterator[Violation]:
    if not is_array(value):
        yield _wrong_type(path, "a list")
        return
    yield from _bounds(shape, len(value), path, "length")
    for position, item in enumerate(value):
        yield from shape_violations(shape.member, item, f"{path}[{position}]")


def _map(shape: Any, value: Any, path: str) -> Iterator[Violation]:
    if not is_object(value):
        yield _wrong_type(path, "a map")
        return
    yield from _bounds(shape, len(value), path, "length")
    for key, item in value.items():
        yield from shape_violations(shape.key, key, f"{path} key {key!r}")
        yield from shape_violations(shape.value, item, _join(path, key))


def _string(shape: Any, value: Any, path: str) -> Iterator[Violation]:
    if not isinstance(value, str):
        yield _wrong_type(path, "a string")
        return
    yield from _bounds(shape, len(value), path, "length")
    if shape.enum and value not in shape.enum:
        yield Violation(path, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
    pattern = shape.metadata.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(value):
        yield Violation(path, f"Member must satisfy regular expression pattern: {pattern}")


def _integer(shape: Any, value: Any, path: str) -> Iterator[Violation]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield _wrong_type(path, "an integer")
        return
    yield from _bounds(shape, value, path, "value")


def _boolean(shape: Any, value: Any, path: str) -> Iterator[Violation]:  # noqa: ARG001  (one signature for all)
    if not isinstance(value, bool):
        yield _wrong_type(path, "a boolean")


_CHECKS: dict[str, Callable[[Any, Any, str], Iterator[Violation]]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "integer": _integer,
    "boolean": _boolean,
}


def _bounds(shape: Any, measured: int, path: str, what: str) -> Iterator[Violation]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and measured < least:
        yield Violation(path, f"Member must have {what} greater than or equal to {least}")
    if most is not None and measured > most:
        yield Violation(path, f"Member must have {what} less than or equal to {most}")


def _wrong_type(path: str, wanted: str) -> Violation:
    return Violation(path, f"Member must be {wanted}")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


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


MOST_TAGS = 50
_PUNCTUATION = frozenset(" _.:/=+-@")
_RESERVED = "aws:"


def tag_violations(tags: Mapping[str, str], present: Mapping[str, str]) -> Iterator[Violation]:
    """Everything wrong with adding ``tags`` to those that are ``present``."""
    for key, value in tags.items():
        yield from _text_violations(f"tags key {key!r}", key)
        yield from _text_violations(f"tags.{key}", value)
    if len(present.keys() | tags.keys()) > MOST_TAGS:
        yield Violation("tags", f"A resource has at most {MOST_TAGS} tags")


def _text_violations(path: str, text: str) -> Iterator[Violation]:
    if text.lower().startswith(_RESERVED):
        yield Violation(path, f"The prefix {_RESERVED} is reserved")
    if text != text.strip(" "):
        yield Violation(path, "Leading and trailing spaces are not allowed")
    if not all(character.isalnum() or character in _PUNCTUATION for character in text):
        yield Violation(path, "Only letters, digits, spaces and _ . : / = + - @ are allowed")


# The service rejects each target on its own, so these become items of ``unsuccessful``. That one target of the wrong
# type or one too many is rejected as ``UnsupportedTarget`` and not with the whole call is a choice: the sources show
# that code for instances of another VPC only.
UNSUPPORTED = "UnsupportedTarget"
SINGLE_TARGET_TYPES = frozenset({"ALB", "LAMBDA"})
_FAMILIES = {4: "IPV4", 6: "IPV6"}
_LOAD_BALANCER = re.compile(r"arn:[a-z0-9-]+:elasticloadbalancing:([a-z0-9-]+):(\d{12}):loadbalancer/app/.+", re.ASCII)
_FUNCTION = re.compile(r"arn:[a-z0-9-]+:lambda:([a-z0-9-]+):(\d{12}):function:[^:]+(:[^:]+)?", re.ASCII)
_INSTANCE = re.compile(r"i-[0-9a-z]+", re.ASCII)


@frozen
class Owner:
    """Whose targets a group may have."""

    account: str
    region: str


def rejection_reason(group: TargetGroup, owner: Owner, target: Mapping[str, Any]) -> str | None:
    """Why the group cannot have ``target``; None if it can."""
    return _BY_TYPE[group.type](group, owner, target)


def _ip(group: TargetGroup, owner: Owner, target: Mapping[str, Any]) -> str | None:  # noqa: ARG001  (one signature)
    wanted = (group.config or {})["ipAddressType"]
    try:
        family = _FAMILIES[ip_address(target["id"]).version]
    except ValueError:
        return f"{target['id']} is not an IP address"
    return None if family == wanted else f"{target['id']} is {family}; the target group's IP address type is {wanted}"


def _instance(group: TargetGroup, owner: Owner, target: Mapping[str, Any]) -> str | None:  # noqa: ARG001
    return None if _INSTANCE.fullmatch(target["id"]) else f"{target['id']} is not an instance id"


def _alb(group: TargetGroup, owner: Owner, target: Mapping[str, Any]) -> str | None:  # noqa: ARG001
    return _owned(_LOAD_BALANCER, "the ARN of an Application Load Balancer", owner, target["id"])


def _lambda(group: TargetGroup, owner: Owner, target: Mapping[str, Any]) -> str | None:  # noqa: ARG001
    if "port" in target:
        return "A Lambda function has no port"
    return _owned(_FUNCTION, "the ARN of a Lambda function", owner, target["id"])


def _owned(form: re.Pattern[str], what: str, owner: Owner, target_id: str) -> str | None:
    found = form.fullmatch(target_id)
    if not found:
        return f"{target_id} is not {what}"
    if (found[1], found[2]) != (owner.region, owner.account):
        return f"{target_id} is not in the account and Region of its target group"
    return None


_BY_TYPE: dict[str, Callable[[TargetGroup, Owner, Mapping[str, Any]], str | None]] = {
    "IP": _ip,
    "INSTANCE": _instance,
    "ALB": _alb,
    "LAMBDA": _lambda,
}
