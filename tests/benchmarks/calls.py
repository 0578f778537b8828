"""What a typed call costs beside the raw boto3 call that returns a dict: time per call, raw boto3 = 1.00.

Both talk to the same canned HTTP server, in a process of its own, in turn; two raw clients side by side show the
noise. Read the ratios: the milliseconds are this machine's of this moment.
"""

import argparse
import json
import os
import socket
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import boto3

from lattice_tg import Target, TargetGroupBuilder, TargetGroupClient

GROUP_ID = "tg-0123456789abcdefg"
ARN = f"arn:aws:vpc-lattice:us-east-1:123456789012:targetgroup/{GROUP_ID}"
TIMES = {"createdAt": "2026-01-31T12:00:00.123456Z", "lastUpdatedAt": "2026-01-31T12:00:00.123456Z"}
CHECK = {
    "enabled": True,
    "protocol": "HTTP",
    "protocolVersion": "HTTP1",
    "path": "/health",
    "healthCheckIntervalSeconds": 30,
    "healthCheckTimeoutSeconds": 5,
    "healthyThresholdCount": 5,
    "unhealthyThresholdCount": 2,
    "matcher": {"httpCode": "200"},
}
CONFIG = {
    "port": 80,
    "protocol": "HTTP",
    "protocolVersion": "HTTP1",
    "vpcIdentifier": "vpc-12345678",
    "ipAddressType": "IPV4",
}
HEAD = {"id": GROUP_ID, "arn": ARN, "name": "orders", "type": "IP", "status": "ACTIVE"}
GROUP: dict[str, Any] = {**HEAD, "config": {**CONFIG, "healthCheck": CHECK}, **TIMES, "serviceArns": []}
ROW: dict[str, Any] = {
    **HEAD,
    **TIMES,
    "port": 80,
    "protocol": "HTTP",
    "vpcIdentifier": "vpc-12345678",
    "serviceArns": [],
}
TARGETS = [{"id": f"10.0.0.{number}", "port": 80} for number in range(100)]
ANSWERS: dict[str, Any] = {
    "POST /targetgroups ": {**HEAD, "config": GROUP["config"]},
    f"GET /targetgroups/{GROUP_ID} ": GROUP,
    "GET /targetgroups?": {"items": [ROW] * 100},
    f"POST /targetgroups/{GROUP_ID}/listtargets": {"items": [{**target, "status": "HEALTHY"} for target in TARGETS]},
    f"POST /targetgroups/{GROUP_ID}/registertargets": {"successful": TARGETS, "unsuccessful": []},
}


def answer_for_ever(listener: socket.socket) -> None:
    """Answer each request on each connection with what belongs to the beginning of its first line."""
    encoded = {start.encode(): _response(json.dumps(body).encode()) for start, body in ANSWERS.items()}
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            _answer(connection, encoded)
            os._exit(0)


def _response(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _answer(connection: socket.socket, encoded: dict[bytes, bytes]) -> None:
    stream = connection.makefile("rb")
    while line := stream.readline():
        length = 0
        while (header := stream.readline()) not in (b"\r\n", b""):
            if header.lower().startswith(b"content-length:"):
                length = int(header.split(b":")[1])
        stream.read(length)
        connection.sendall(next(answer for start, answer in encoded.items() if line.startswith(start)))


def compared(url: str) -> dict[str, tuple[Callable[[], object], ...]]:
    """For each operation: raw boto3, raw boto3 once more, and ours."""
    raw, again = (cast("Any", boto3).client("vpc-lattice", endpoint_url=url) for _ in range(2))
    client = TargetGroupClient(endpoint_url=url)
    spec = TargetGroupBuilder.ip("orders", vpc_identifier="vpc-12345678").http().build()
    create = {
        "name": "orders",
        "type": "IP",
        "config": {"port": 80, "protocol": "HTTP", "vpcIdentifier": "vpc-12345678"},
    }
    named = {"targetGroupIdentifier": GROUP_ID}
    targets = [Target(id=target["id"], port=80) for target in cast("list[Any]", TARGETS)]
    raws: dict[str, Callable[[Any], object]] = {
        "create": lambda one: one.create_target_group(**create),
        "get": lambda one: one.get_target_group(**named),
        "list 100 groups": lambda one: one.list_target_groups(maxResults=100),
        "list 100 targets": lambda one: one.list_targets(**named, maxResults=100),
        "register 100 targets": lambda one: one.register_targets(**named, targets=TARGETS),
    }
    ours: dict[str, Callable[[], object]] = {
        "create": lambda: client.create(spec),
        "get": lambda: client.get(GROUP_ID),
        "list 100 groups": lambda: list(client.list()),
        "list 100 targets": lambda: list(client.list_targets(GROUP_ID)),
        "register 100 targets": lambda: client.register_targets(GROUP_ID, targets),
    }
    return {name: (partial(call, raw), partial(call, again), ours[name]) for name, call in raws.items()}


def measure(calls: tuple[Callable[[], object], ...], rounds: int) -> list[float]:
    """The median milliseconds of each call, taken in turn."""
    taken: list[list[float]] = [[] for _ in calls]
    for turn in range(rounds + 5):
        for times, call in zip(taken, calls, strict=True):
            started = time.perf_counter()
            call()
            if turn >= 5:  # warm by then
                times.append((time.perf_counter() - started) * 1000)
    return [statistics.median(times) for times in taken]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    options = parser.parse_args()
    os.environ.update(AWS_ACCESS_KEY_ID="bench", AWS_SECRET_ACCESS_KEY="bench", AWS_DEFAULT_REGION="us-east-1")
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = os.fork()
    if server == 0:
        answer_for_ever(listener)
    try:
        print(f"{'':22}{'raw ms':>9}{'raw again':>11}{'lattice_tg':>12}   (raw boto3 {boto3.__version__} = 1.00)")
        for name, calls in compared(url).items():
            raw, again, ours = measure(calls, options.rounds)
            print(f"{name:22}{raw:9.2f}{again / raw:11.2f}{ours / raw:12.2f}")
    finally:
        os.kill(server, 9)


if __name__ == "__main__":
    main()
