"""structlog, which formats the log records of the library."""

import asyncio
import io
import json
import logging
from collections.abc import Generator
from importlib import import_module
from typing import Any

import pytest

from lattice_tg import AsyncTargetGroupClient, TargetGroupClient, TargetGroupSpec
from lattice_tg.testing import VpcLatticeEmulator

STRUCTLOG: Any = import_module("structlog")
SPEC = TargetGroupSpec(name="resize", type="LAMBDA")


@pytest.fixture
def output() -> Generator[io.StringIO]:
    """Write the log records of the library as JSON with all their facts and the bound context variables."""
    output = io.StringIO()
    processors = [
        STRUCTLOG.stdlib.ExtraAdder(),
        STRUCTLOG.stdlib.ProcessorFormatter.remove_processors_meta,
        STRUCTLOG.processors.JSONRenderer(),
    ]
    # structlog recommends merging in `foreign_pre_chain`, which runs in the thread that logs.
    merge = [STRUCTLOG.contextvars.merge_contextvars, STRUCTLOG.stdlib.add_log_level]
    handler = logging.StreamHandler(output)
    handler.setFormatter(STRUCTLOG.stdlib.ProcessorFormatter(processors=processors, foreign_pre_chain=merge))
    logger = logging.getLogger("lattice_tg")
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.INFO)
    yield output
    logger.setLevel(level)
    logger.removeHandler(handler)


def create(client: TargetGroupClient) -> None:
    client.create(SPEC)


def create_all(client: TargetGroupClient) -> None:
    assert [result.error for result in client.ensure_all([SPEC])] == [None]


def create_async(_: TargetGroupClient) -> None:
    async def main() -> None:
        async with AsyncTargetGroupClient(region_name="eu-west-1") as client:
            await client.create(SPEC)

    asyncio.run(main())


@pytest.mark.parametrize("call", [create, create_all, create_async])
def test_records_have_the_bound_context(vpc_lattice: VpcLatticeEmulator, output: io.StringIO, call: Any) -> None:
    """Records have the caller's context variables, also in worker threads and tasks, and are valid JSON."""
    vpc_lattice.throttle("CreateTargetGroup")

    with STRUCTLOG.contextvars.bound_contextvars(deployment="blue"):
        call(TargetGroupClient(region_name="eu-west-1"))

    records = [json.loads(line) for line in output.getvalue().splitlines()]
    assert {(record["deployment"], record["level"]) for record in records} == {("blue", "info")}
    assert any(record["event"].startswith("CreateTargetGroup") for record in records)
