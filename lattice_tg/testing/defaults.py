"""What the service fills in (User Guide, create a target group and health checks)."""

from collections.abc import Mapping
from typing import Any

Config = Mapping[str, Any]

_PORTS = {"HTTP": 80, "HTTPS": 443}
_CHECK = {
    "path": "/",
    "healthCheckIntervalSeconds": 30,
    "healthCheckTimeoutSeconds": 5,
    "healthyThresholdCount": 5,
    "unhealthyThresholdCount": 2,
    "matcher": {"httpCode": "200"},
}


def filled(group_type: str, config: Config | None) -> Config | None:
    """The config as the service answers it; a LAMBDA group without one has none."""
    if group_type == "LAMBDA":
        return config or None
    given = dict(config or {})
    full = _routed(given)
    if group_type == "IP":
        full = {**full, "ipAddressType": given.get("ipAddressType", "IPV4")}
    if group_type == "ALB":
        return _without(full, "healthCheck")
    return {**full, "healthCheck": merged_check(_default_check(full), given.get("healthCheck", {}), full)}


def merged_check(present: Config, changes: Config, config: Config) -> Config:
    """A health check after an update: what is not sent stays, 0 and "" go back to the default.

    That the service merges is not documented; its resetting values suggest it.
    """
    default = _default_check(config)
    kept = {**present, **changes}
    reset = [name for name, value in changes.items() if _resets(value)]
    if changes.get("matcher", {}).get("httpCode") == "":
        reset.append("matcher")
    return {**_without(kept, *reset), **{name: default[name] for name in reset if name in default}}


def _routed(config: Config) -> Config:
    protocol = config["protocol"]
    version = {} if protocol == "TCP" else {"protocolVersion": config.get("protocolVersion", "HTTP1")}
    return {**config, **version, "port": config.get("port", _PORTS.get(protocol))}


def _default_check(config: Config) -> Config:
    version = config.get("protocolVersion")
    if version is None:
        return {"enabled": False, **_CHECK}
    spoken = {} if version == "GRPC" else {"protocolVersion": "HTTP1"}
    # HTTP for HTTPS groups too: the User Guide says so, a CLI example shows otherwise
    return {"enabled": version == "HTTP1", "protocol": "HTTP", **spoken, **_CHECK}


def _resets(value: Any) -> bool:
    return not isinstance(value, bool) and value in (0, "")


def _without(config: Config, *names: str) -> Config:
    return {name: value for name, value in config.items() if name not in names}
