"""Log records of the library, in applications whose logging raises errors."""

import logging
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

import lattice_tg
from lattice_tg import TargetGroupClient
from lattice_tg.logs import log
from lattice_tg.testing import VpcLatticeEmulator
from support.sample_groups import FUNCTION

LOGGER = logging.getLogger("lattice_tg")
PACKAGE = Path(lattice_tg.__file__).parent


class RaisingHandler(logging.Handler):
    """A handler that raises an error for each record."""

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - part of the interface
        raise RuntimeError("broken handler")


def reject_record(_: logging.LogRecord) -> bool:
    raise RuntimeError("broken filter")


@contextmanager
def raising_filter() -> Generator[None]:
    LOGGER.addFilter(reject_record)
    yield
    LOGGER.removeFilter(reject_record)


@contextmanager
def raising_handler() -> Generator[None]:
    handler = RaisingHandler()
    LOGGER.addHandler(handler)
    yield
    LOGGER.removeHandler(handler)


@contextmanager
def colliding_factory() -> Generator[None]:
    """Set attributes of each record, as applications do to log the id of their own request."""
    make_record = logging.getLogRecordFactory()

    def factory(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make_record(*args, **kwargs)
        vars(record).update(request_id="app-1", operation="checkout", attempts=0, run_id="app-run", target_group="x")
        return record

    logging.setLogRecordFactory(factory)
    yield
    logging.setLogRecordFactory(make_record)


@pytest.mark.parametrize("broken_logging", [colliding_factory, raising_filter, raising_handler])
def test_logging_never_ends_a_call(
    broken_logging: Callable[[], AbstractContextManager[None]],
    client: TargetGroupClient,
    lattice: VpcLatticeEmulator,
    info_log: pytest.LogCaptureFixture,
) -> None:
    """A throttled create and an ensure succeed, whatever the log record factory, a filter or a handler does."""
    lattice.throttle("CreateTargetGroup")

    with broken_logging():
        created = client.create(FUNCTION)
        ensured = client.ensure(FUNCTION)

    assert ensured.id == created.id


def test_facts_do_not_overwrite_attributes_of_the_application(
    client: TargetGroupClient, lattice: VpcLatticeEmulator, info_log: pytest.LogCaptureFixture
) -> None:
    """If an application sets ``request_id`` on each record, the record has both request ids."""
    lattice.throttle("CreateTargetGroup")

    with colliding_factory():
        client.create(FUNCTION)

    (record,) = info_log.records
    assert (vars(record)["request_id"], vars(record)["operation"]) == ("app-1", "checkout")
    assert vars(record)["lattice_request_id"] not in ("app-1", None)
    assert vars(record)["lattice_operation"] == "CreateTargetGroup"


def test_throttled_creates_can_be_told_apart(
    client: TargetGroupClient, lattice: VpcLatticeEmulator, info_log: pytest.LogCaptureFixture
) -> None:
    """The log line of each throttled create names its target group."""
    names = ["orders", "payments", "users"]
    for name in names:
        lattice.throttle("CreateTargetGroup")
        client.create(evolve(FUNCTION, name=name))

    assert [record.getMessage().partition(":")[0] for record in info_log.records] == [
        f"CreateTargetGroup for {name} failed" for name in names
    ]
    assert [vars(record)["lattice_target_group"] for record in info_log.records] == names


@pytest.mark.parametrize(("raise_exceptions", "is_printed"), [(True, True), (False, False)])
def test_errors_of_a_filter_are_printed(
    raise_exceptions: bool, is_printed: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The traceback of an error in a filter is printed to stderr unless ``logging.raiseExceptions`` is False."""
    monkeypatch.setattr(logging, "raiseExceptions", raise_exceptions)

    with raising_filter():
        log(logging.WARNING, "something happened")

    assert ("RuntimeError: broken filter" in capsys.readouterr().err) is is_printed


def test_a_record_names_its_source(info_log: pytest.LogCaptureFixture) -> None:
    """A record contains the module and the line that logged the message, not those of the helper function."""
    log(logging.INFO, "%s of %d", "one", 2, run_id="r")

    (record,) = info_log.records
    assert (record.module, record.funcName, record.getMessage(), vars(record)["lattice_run_id"]) == (
        "test_logs",
        "test_a_record_names_its_source",
        "one of 2",
        "r",
    )


def test_all_records_are_logged_by_one_function() -> None:
    """Only one module gets the logger of the library."""
    modules = [path.name for path in PACKAGE.rglob("*.py") if 'getLogger("lattice_tg' in path.read_text()]

    assert modules == ["logs.py"]
