"""Clients that we make read botocore's descriptions of services once."""

import os
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from lattice_tg.transport.session import create_fast_session


def loader_of(session: Any) -> Any:
    """What the clients of a boto3 session read descriptions with."""
    return session._session.get_component("data_loader")


def test_they_are_read_once() -> None:
    """A second session of ours reads nothing from disk, so that a client for each test costs little."""
    first, _ = create_fast_session(None)

    second, _ = create_fast_session(None)

    assert loader_of(second) is loader_of(first)


def test_many_clients_leave_nothing_behind() -> None:
    """What is shared does not grow with the sessions that share it."""
    paths = [*loader_of(create_fast_session(None)[0]).search_paths]

    session, _ = create_fast_session(None)

    assert loader_of(session).search_paths == paths


def test_a_place_of_the_user_s_own_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Who keeps descriptions somewhere else gets those, and only who does."""
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    there = loader_of(create_fast_session(None)[0])
    monkeypatch.delenv("AWS_DATA_PATH")

    here = loader_of(create_fast_session(None)[0])

    assert str(tmp_path) in there.search_paths
    assert str(tmp_path) not in here.search_paths


def test_a_place_that_means_another_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One setting may name several places: a folder of the present directory, or one that a variable names."""
    monkeypatch.setenv("AWS_DATA_PATH", f"models{os.pathsep}$MODELS")
    loaders: list[Any] = []
    for place, variable in [("a", "x"), ("b", "x"), ("b", "y"), ("a", "x")]:
        (tmp_path / place).mkdir(exist_ok=True)
        monkeypatch.chdir(tmp_path / place)
        monkeypatch.setenv("MODELS", str(tmp_path / variable))
        loaders.append(loader_of(create_fast_session(None)[0]))

    assert [loaders.index(loader) for loader in loaders] == [0, 1, 2, 0]


def test_a_directory_that_is_gone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """Where nobody can tell which folder is meant, nothing is shared."""
    monkeypatch.setenv("AWS_DATA_PATH", "models")
    monkeypatch.chdir(tmp_path)
    tmp_path.rmdir()

    with caplog.at_level("DEBUG", logger="lattice_tg"):
        session, _ = create_fast_session(None)

    assert caplog.messages == ["The service models cannot be shared. The session loads its own."]
    assert "vpc-lattice" in session.get_available_services()


def test_other_sessions_keep_their_own() -> None:
    """Only sessions that we make share: boto3's others read for themselves."""
    ours, _ = create_fast_session(None)

    other: Any = botocore.session.Session()
    assert other.get_component("data_loader") is not loader_of(ours)


def test_a_missing_hook_is_logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A session whose botocore has moved the hook is made all the same, and says so at DEBUG."""
    monkeypatch.delattr(botocore.session.Session, "register_component")

    with caplog.at_level("DEBUG", logger="lattice_tg"):
        session, _ = create_fast_session(None)

    assert caplog.messages == ["The service models cannot be shared. The session loads its own."]
    assert "vpc-lattice" in session.get_available_services()
