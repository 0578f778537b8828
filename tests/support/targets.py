"""Target groups and clients in the emulator, and a boto3 client with scripted responses."""

import threading
import time
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
from support import clients
from support.clients import make_runtime

VPC = "vpc-0123456789abcdefg"
ID = "tg-0123456789abcdefg"
ARN = f"arn:aws:vpc-lattice:us-east-1:123456789012:targetgroup/{ID}"
FUNCTION_ARN = "arn:aws:lambda:us-east-1:123456789012:function:resize"
ALB_ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"


@frozen
class ErrorResponse:
    """An error response that boto3 raises as a ClientError."""

    response: Any

    def to_client_error(self, method: str) -> ClientError:
        """Return the ClientError that the boto3 method raises for this response."""
        return ClientError(self.response, "".join(word.capitalize() for word in method.split("_")))


StubResponse = Mapping[str, Any] | ErrorResponse | BaseException | Callable[[Mapping[str, Any]], Mapping[str, Any]]


@cache
def _session() -> Any:
    """Return the boto3 session that all clients share.

    A shared session is faster, because botocore caches service models per session.
    """
    return boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1")


def create_client(lattice: VpcLatticeEmulator, **options: Any) -> TargetGroupClient:
    """Create a client of the emulator with four connections."""
    settings: dict[str, Any] = {"session": _session(), "clock": lattice.clock, "max_connections": 4, **options}
    return clients.create_client(**settings)


def create_ip_group(client: TargetGroupClient, name: str = "orders") -> TargetGroup:
    """Create a group of type IP on port 80."""
    return client.create(TargetGroupBuilder.ip(name, vpc_identifier=VPC).http().build())


def create_ipv6_group(client: TargetGroupClient) -> TargetGroup:
    """Create a group of type IP for IPv6 addresses on port 80."""
    return client.create(TargetGroupBuilder.ip("orders-v6", vpc_identifier=VPC).http().ipv6().build())


def create_lambda_group(client: TargetGroupClient) -> TargetGroup:
    """Create a group of type LAMBDA."""
    return client.create(TargetGroupSpec(name="resize", type="LAMBDA"))


def make_target_group(type: str = "IP", status: str = "ACTIVE", **config: Any) -> TargetGroup:
    """Return a group on port 80, or without a port if ``type`` is LAMBDA."""
    settings = TargetGroupConfig(**config) if type == "LAMBDA" else TargetGroupConfig(port=80, **config)
    return TargetGroup(id=ID, arn=ARN, name="orders", type=type, status=status, config=settings)


def make_targets(count: int) -> list[Target]:
    """Return ``count`` different targets."""
    return [Target.ip(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}") for n in range(count)]


def sent_operations(lattice: VpcLatticeEmulator) -> list[str]:
    """Return the operations that the emulator received, in order."""
    return [call.operation for call in lattice.calls]


def worker_threads() -> list[str]:
    """Return the names of the worker threads of bulk work that are still running after a moment."""
    ends_at = time.monotonic() + 5
    while (names := _worker_threads()) and time.monotonic() < ends_at:
        time.sleep(0.001)
    return names


def _worker_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "lattice_tg"]


@define
class StubBoto3Client:
    """A boto3 client that records requests and returns the scripted responses of each method."""

    responses: Mapping[str, Sequence[StubResponse]]
    requests: list[tuple[str, dict[str, Any]]] = Factory(list[tuple[str, dict[str, Any]]])
    lock: Any = Factory(threading.Lock)

    def __getattr__(self, method: str) -> Callable[..., Mapping[str, Any]]:
        if method.startswith("__"):
            raise AttributeError(method)
        return partial(self._respond, method)

    def _respond(self, method: str, **request: Any) -> Mapping[str, Any]:
        with self.lock:
            earlier = sum(name == method for name, _ in self.requests)
            self.requests.append((method, request))
        responses = self.responses[method]
        response = responses[min(earlier, len(responses) - 1)]
        if isinstance(response, ErrorResponse):
            raise response.to_client_error(method)
        if isinstance(response, BaseException):
            raise response
        return response(request) if callable(response) else response

    def methods(self) -> list[str]:
        """Return the names of the methods that were called, in order."""
        return [method for method, _ in self.requests]


def make_stub_sender(
    max_workers: int = 4, clock: VirtualClock | None = None, **responses: Sequence[StubResponse]
) -> RequestSender:
    """Return a sender whose boto3 client returns these responses.

    Each keyword is the name of a boto3 method. The last response of a method is repeated.
    """
    clock = clock or VirtualClock()
    return RequestSender(
        api=VpcLatticeApi(StubBoto3Client(responses)),
        limiter=RateLimiter(clock=clock),
        policy=RetryPolicy(),
        runtime=make_runtime(clock),
        max_workers=max_workers,
    )


def get_stub(sender: RequestSender) -> StubBoto3Client:
    """Return the boto3 client of a sender that ``make_stub_sender()`` returned."""
    assert isinstance(sender.api, VpcLatticeApi)
    stub: StubBoto3Client = sender.api.client
    return stub


def error_response(code: str, http_status: int, message: str = "no") -> ErrorResponse:
    """Return an error response with this error code and HTTP status."""
    return ErrorResponse(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": http_status}}
    )


def conflict_response(message: str) -> ErrorResponse:
    """Return a ConflictException response with HTTP status 409."""
    return error_response("ConflictException", 409, message)


NOT_FOUND = error_response("ResourceNotFoundException", 404)


def accept_all_targets(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a response that lists all targets of the request as successful."""
    return {"successful": list(request["targets"]), "unsuccessful": []}


def wire_group(status: str = "ACTIVE", **members: Any) -> dict[str, Any]:
    """Return a GetTargetGroup response for an IP group on port 80."""
    config = {"port": 80, "protocol": "HTTP", "vpcIdentifier": VPC}
    return {"id": ID, "arn": ARN, "name": "orders", "type": "IP", "config": config, "status": status, **members}


def targets_response(
    *items: tuple[str, int | None, str] | tuple[str, int | None, str, str],
) -> dict[str, Any]:
    """Return a ListTargets response.

    Each item consists of an id, a port, a status and an optional reason code.
    """
    names = ("id", "port", "status", "reasonCode")
    return {"items": [{k: v for k, v in zip(names, item, strict=False) if v is not None} for item in items]}
