"""Fixture: errors that Python cannot raise."""

import sys

import pytest


@pytest.fixture
def unraisable(monkeypatch: pytest.MonkeyPatch) -> list[type[BaseException]]:
    """Return a list of the types of errors in destructors, and of warnings about coroutines that were not awaited."""
    errors: list[type[BaseException]] = []

    def record(report: "sys.UnraisableHookArgs") -> None:
        errors.append(report.exc_type)

    monkeypatch.setattr(sys, "unraisablehook", record)
    return errors
