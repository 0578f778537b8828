"""Functions that return requests to create a target group."""

from typing import Any, TypeAlias

Request: TypeAlias = dict[str, Any]
InvalidCase: TypeAlias = tuple[Request, tuple[str, ...]]
"""A request and the names of the invalid fields in the request."""

VPC = "vpc-0123456789abcdef0"
HTTP_TYPES = ("IP", "INSTANCE", "ALB")
FIFTY_TAGS = {f"key-{number}": "value" for number in range(50)}


def group(type_: str, **config: Any) -> Request:
    """Return a request for a group with the type ``type_`` and the config ``config``."""
    return {"name": "orders", "type": type_, "config": config}


def http(type_: str, **config: Any) -> Request:
    """Return a request for a group with the protocol HTTP."""
    return group(type_, **{"protocol": "HTTP", "vpcIdentifier": VPC} | config)


def tcp(type_: str, **config: Any) -> Request:
    """Return a request for a group with the protocol TCP."""
    return group(type_, **{"protocol": "TCP", "port": 5432, "vpcIdentifier": VPC} | config)


def named(name: str) -> Request:
    """Return a request for a group with the name ``name``."""
    return http("IP") | {"name": name}


def tagged(tags: dict[str, str]) -> Request:
    """Return a request for a group with the tags ``tags``."""
    return http("IP") | {"tags": tags}


def checked(**health_check: Any) -> Request:
    """Return a request for an HTTP group with a health check."""
    return http("IP", healthCheck=health_check)


def tcp_checked(**health_check: Any) -> Request:
    """Return a request for a TCP group with a health check."""
    return tcp("IP", healthCheck=health_check)


def grpc_checked(**health_check: Any) -> Request:
    """Return a request for a gRPC group with a health check."""
    return http("IP", protocolVersion="GRPC", healthCheck=health_check)


def http2_checked(**health_check: Any) -> Request:
    """Return a request for an HTTP/2 group with a health check."""
    return http("IP", protocolVersion="HTTP2", healthCheck=health_check)


def matched(codes: str) -> Request:
    """Return a request for a group whose health check has the success codes ``codes``."""
    return checked(matcher={"httpCode": codes})


def invalid_in(field: str, requests: dict[str, Request]) -> dict[str, InvalidCase]:
    """Return ``requests`` as cases whose only invalid field is ``field``."""
    return {case: (request, (field,)) for case, request in requests.items()}
