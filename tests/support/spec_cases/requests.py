"""Requests to create a target group, short to write."""

from typing import Any, TypeAlias

Request: TypeAlias = dict[str, Any]
Blamed: TypeAlias = tuple[Request, tuple[str, ...]]

VPC = "vpc-0123456789abcdef0"
ROUTED = ("IP", "INSTANCE", "ALB")
FIFTY_TAGS = {f"key-{number}": "value" for number in range(50)}


def group(type_: str, **config: Any) -> Request:
    return {"name": "orders", "type": type_, "config": config}


def http(type_: str, **config: Any) -> Request:
    return group(type_, **{"protocol": "HTTP", "vpcIdentifier": VPC} | config)


def tcp(type_: str, **config: Any) -> Request:
    return group(type_, **{"protocol": "TCP", "port": 5432, "vpcIdentifier": VPC} | config)


def named(name: str) -> Request:
    return http("IP") | {"name": name}


def tagged(tags: dict[str, str]) -> Request:
    return http("IP") | {"tags": tags}


def checked(**health_check: Any) -> Request:
    return http("IP", healthCheck=health_check)


def tcp_checked(**health_check: Any) -> Request:
    return tcp("IP", healthCheck=health_check)


def grpc_checked(**health_check: Any) -> Request:
    return http("IP", protocolVersion="GRPC", healthCheck=health_check)


def http2_checked(**health_check: Any) -> Request:
    return http("IP", protocolVersion="HTTP2", healthCheck=health_check)


def matched(codes: str) -> Request:
    return checked(matcher={"httpCode": codes})


def blame(field: str, cases: dict[str, Request]) -> dict[str, Blamed]:
    return {claim: (request, (field,)) for claim, request in cases.items()}
