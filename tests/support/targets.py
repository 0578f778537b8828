"""What the tests of targets in bulk share: groups and clients in the emulator, and a service that keeps to a script."""

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any

import boto3  # pyright: ignore[reportMissingTypeStubs]
from attrs import Factory, define, frozen
from botocore.exceptions import ClientError  # pyright: ignore[reportMissingTypeStubs]

from lattice_tg.builders import TargetGroupBuilder
from lattice_tg.client import TargetGroupClient
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target
from lattice_tg.sending.rate_limiter import RateLimiter
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.sending.retry_policy import RetryPolicy
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from lattice_tg.transport import VpcLatticeApi

VPC = "vpc-0123456789abcdefg"
ID = "tg-0123456789abcdefg"
ARN = f"arn:aws:vpc-lattice:us-east-1:123456789012:targetgroup/{ID}"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:resize"
BALANCER = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"


@frozen
class Refusal:
    """An error answer, from which boto3 raises a ClientError."""

    answer: Any

    def raised_by(self, method: str) -> ClientError:
        """What the method of boto3 raises."""
        return ClientError(self.answer, "".join(word.capitalize() for word in method.split("_")))


Answer = Mapping[str, Any] | Refusal | BaseException | Callable[[Mapping[str, Any]], Mapping[str, Any]]


@cache
def _session() -> Any:
    """One session for all clients, which then share what botocore reads from files."""
    return boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1")


def client_of(lattice: VpcLatticeEmulator, **options: Any) -> TargetGroupClient:
    """A client on the emulator's clock, with few connections."""
    settings: dict[str, Any] = {"session": _session(), "clock": lattice.clock, "max_connections": 4, **options}
    return TargetGroupClient(**settings)


def ip_group(client: TargetGroupClient, name: str = "orders") -> TargetGroup:
    """A new group of type IP on port 80."""
    return client.create(TargetGroupBuilder.ip(name, vpc_identifier=VPC).http().build())


def ipv6_group(client: TargetGroupClient) -> TargetGroup:
    """A new group of IPv6 addresses on port 80."""
    return client.create(TargetGroupBuilder.ip("orders-v6", vpc_identifier=VPC).http().ipv6().build())


def lambda_group(client: TargetGroupClient) -> TargetGroup:
    """A new group for a function."""
    return client.create(TargetGroupSpec(name="resize", type="LAMBDA"))


def described(type: str = "IP", status: str = "ACTIVE", **config: Any) -> TargetGroup:
    """A group as a caller may have it in hand, on port 80."""
    settings = TargetGroupConfig(**config) if type == "LAMBDA" else TargetGroupConfig(port=80, **config)
    return TargetGroup(id=ID, arn=ARN, name="orders", type=type, status=status, config=settings)


def ips(count: int) -> list[Target]:
    """So many different targets."""
    return [Target.ip(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}") for n in range(count)]


def sent(lattice: VpcLatticeEmulator) -> list[str]:
    """The operations that the service was asked for, in order."""
    return [call.operation for call in lattice.calls]


def workers() -> list[str]:
    """The threads of this library that live."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("lattice_tg")]


@define
class Script:
    """A boto3 client that answers each method from a list, its last answer over and over, and keeps the requests."""

    answers: Mapping[str, Sequence[Answer]]
    requests: list[tuple[str, dict[str, Any]]] = Factory(list[tuple[str, dict[str, Any]]])
    lock: Any = Factory(threading.Lock)

    def __getattr__(self, method: str) -> Callable[..., Mapping[str, Any]]:
        if method.startswith("__"):
            raise AttributeError(method)
        return partial(self._answer, method)

    def _answer(self, method: str, **request: Any) -> Mapping[str, Any]:
        with self.lock:
            earlier = sum(name == method for name, _ in self.requests)
            self.requests.append((method, request))
        answers = self.answers[method]
        answer = answers[min(earlier, len(answers) - 1)]
        if isinstance(answer, Refusal):
            raise answer.raised_by(method)
        if isinstance(answer, BaseException):
            raise answer
        return answer(request) if callable(answer) else answer

    def methods(self) -> list[str]:
        """What was asked for, in order."""
        return [method for method, _ in self.requests]


def scripted(max_workers: int = 4, clock: VirtualClock | None = None, **answers: Sequence[Answer]) -> RequestSender:
    """Calls to a service that keeps to a script; the methods of boto3 are the keywords."""
    clock = clock or VirtualClock()
    return RequestSender(
        api=VpcLatticeApi(Script(answers)),
        limiter=RateLimiter(clock=clock),
        policy=RetryPolicy(),
        clock=clock,
        max_workers=max_workers,
    )


def script_of(calls: RequestSender) -> Script:
    """The script behind scripted calls."""
    assert isinstance(calls.api, VpcLatticeApi)
    script: Script = calls.api.client
    return script


def refusal(code: str, http_status: int, message: str = "no") -> Refusal:
    """An error answer."""
    return Refusal({"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": http_status}})


def conflict(message: str) -> Refusal:
    """A 409."""
    return refusal("ConflictException", 409, message)


NOT_FOUND = refusal("ResourceNotFoundException", 404)


def taking_all(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """The reply that takes every target of the request."""
    return {"successful": list(request["targets"]), "unsuccessful": []}


def wire_group(status: str = "ACTIVE", **members: Any) -> dict[str, Any]:
    """An answer of Get about an IP group on port 80."""
    config = {"port": 80, "protocol": "HTTP", "vpcIdentifier": VPC}
    return {"id": ID, "arn": ARN, "name": "orders", "type": "IP", "config": config, "status": status, **members}


def rows(*rows: tuple[str, int | None, str] | tuple[str, int | None, str, str]) -> dict[str, Any]:
    """An answer of ListTargets: ids, ports, statuses, and maybe reason codes."""
    names = ("id", "port", "status", "reasonCode")
    return {"items": [{k: v for k, v in zip(names, row, strict=False) if v is not None} for row in rows]}
