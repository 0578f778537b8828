"""Sharing of service models between fast sessions."""

import os
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from lattice_tg.transport.session import create_fast_session


def get_loader(session: Any) -> Any:
    """Return the loader with which the clients of a botocore session load service models."""
    return session.get_component("data_loader")


def test_service_models_are_loaded_once() -> None:
    """A second session uses the loader of the first session, so service models are loaded from disk once."""
    first, _ = create_fast_session(None)

    second, _ = create_fast_session(None)

    assert get_loader(second) is get_loader(first)


def test_shared_loader_does_not_grow() -> None:
    """Creating another session adds no search paths to the shared loader."""
    paths = [*get_loader(create_fast_session(None)[0]).search_paths]

    session, _ = create_fast_session(None)

    assert get_loader(session).search_paths == paths


def test_data_path_is_respected(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only sessions that are created while AWS_DATA_PATH is set load models from it."""
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    loader_with_path = get_loader(create_fast_session(None)[0])
    monkeypatch.delenv("AWS_DATA_PATH")

    loader_without_path = get_loader(create_fast_session(None)[0])

    assert str(tmp_path) in loader_with_path.search_paths
    assert str(tmp_path) not in loader_without_path.search_paths


def test_relative_data_path_is_resolved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Loaders are shared only if AWS_DATA_PATH refers to the same directories after it is resolved."""
    monkeypatch.setenv("AWS_DATA_PATH", f"models{os.pathsep}$MODELS")
    loaders: list[Any] = []
    for directory, variable in [("a", "x"), ("b", "x"), ("b", "y"), ("a", "x")]:
        (tmp_path / directory).mkdir(exist_ok=True)
        monkeypatch.chdir(tmp_path / directory)
        monkeypatch.setenv("MODELS", str(tmp_path / variable))
        loaders.append(get_loader(create_fast_session(None)[0]))

    assert [loaders.index(loader) for loader in loaders] == [0, 1, 2, 0]


def test_deleted_working_directory_is_tolerated(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """If the working directory was deleted, a relative path cannot be resolved and service models are not shared."""
    monkeypatch.setenv("AWS_DATA_PATH", "models")
    monkeypatch.chdir(tmp_path)
    tmp_path.rmdir()

    with caplog.at_level("DEBUG", logger="lattice_tg"):
        session, _ = create_fast_session(None)

    assert caplog.messages == ["The service models cannot be shared. The session loads a separate copy."]
    assert "vpc-lattice" in session.get_available_services()


def test_other_sessions_do_not_use_the_shared_loader() -> None:
    """Sessions that the library did not create do not use the shared loader."""
    fast, _ = create_fast_session(None)

    other: Any = botocore.session.Session()
    assert other.get_component("data_loader") is not get_loader(fast)


def test_missing_component_registry_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """If botocore does not accept a shared loader, the session is created and a DEBUG message is logged."""
    monkeypatch.delattr(botocore.session.Session, "register_component")

    with caplog.at_level("DEBUG", logger="lattice_tg"):
        session, _ = create_fast_session(None)

    assert caplog.messages == ["The service models cannot be shared. The session loads a separate copy."]
    assert "vpc-lattice" in session.get_available_services()
