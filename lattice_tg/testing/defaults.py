"""What the service fills in (User Guide, create a target group and health checks)."""

from collections.abc import Mapping
from typing import Any

Config = Mapping[str, Any]

_PORTS = {"HTTP": 80, "HTTPS": 443}
_HEALTH_CHECK_DEFAULTS = {
    "path": "/",
    "healthCheckIntervalSeconds": 30,
    "healthCheckTimeoutSeconds": 5,
    "healthyThresholdCount": 5,
    "unhealthyThresholdCount": 2,
    "matcher": {"httpCode": "200"},
}


def with_defaults(group_type: str, config: Config | None) -> Config | None:
    """The config as the service answers it; a LAMBDA group without one has none."""
    if group_type == "LAMBDA":
        return config or None
    given = dict(config or {})
    full = _config_defaults(given)
    if group_type == "IP":
        full = {**full, "ipAddressType": given.get("ipAddressType", "IPV4")}
    if group_type == "ALB":
        return _without(full, "healthCheck")
    return {**full, "healthCheck": merge_health_check(_health_check_defaults(full), given.get("healthCheck", {}), full)}


def merge_health_check(present: Config, changes: Config, config: Config) -> Config:
    """A health check after an update: what is not sent stays, 0 and "" go back to the default.

    That the service merges is not documented; its resetting values suggest it.
    """
    default = _health_check_defaults(config)
    kept = {**present, **changes}
    reset = [name for name, value in changes.items() if _is_reset_value(value)]
    if changes.get("matcher", {}).get("httpCode") == "":
        reset.append("matcher")
    return {**_without(kept, *reset), **{name: default[name] for name in reset if name in default}}


def _config_defaults(config: Config) -> Config:
    protocol = config["protocol"]
    version = {} if protocol == "TCP" else {"protocolVersion": config.get("protocolVersion", "HTTP1")}
    return {**config, **version, "port": config.get("port", _PORTS.get(protocol))}


def _health_check_defaults(config: Config) -> Config:
    version = config.get("protocolVersion")
    if version is None:
        return {"enabled": False, **_HEALTH_CHECK_DEFAULTS}
    spoken = {} if version == "GRPC" else {"protocolVersion": "HTTP1"}
    # HTTP for HTTPS groups too: the User Guide says so, a CLI example shows otherwise
    return {"enabled": version == "HTTP1", "protocol": "HTTP", **spoken, **_HEALTH_CHECK_DEFAULTS}


def _is_reset_value(value: Any) -> bool:
    return not isinstance(value, bool) and value in (0, "")


def _without(config: Config, *names: str) -> Config:
    return {name: value for name, value in config.items() if name not in names}
