"""Clients that we make read botocore's descriptions of services once."""

from pathlib import Path
from typing import Any

import botocore.session
import pytest

from lattice_tg.gateway.tuning import tuned_session


def loader_of(session: Any) -> Any:
    """What the clients of a boto3 session read descriptions with."""
    return session._session.get_component("data_loader")


def test_they_are_read_once() -> None:
    """A second session of ours reads nothing from disk, so that a client for each test costs little."""
    first, _ = tuned_session(None)

    second, _ = tuned_session(None)

    assert loader_of(second) is loader_of(first)


def test_many_clients_leave_nothing_behind() -> None:
    """What is shared does not grow with the sessions that share it."""
    paths = [*loader_of(tuned_session(None)[0]).search_paths]

    session, _ = tuned_session(None)

    assert loader_of(session).search_paths == paths


def test_a_place_of_the_user_s_own_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Who keeps descriptions somewhere else gets those, and only who does."""
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    there = loader_of(tuned_session(None)[0])
    monkeypatch.delenv("AWS_DATA_PATH")

    here = loader_of(tuned_session(None)[0])

    assert str(tmp_path) in there.search_paths
    assert str(tmp_path) not in here.search_paths


def test_other_sessions_keep_their_own() -> None:
    """Only sessions that we make share: boto3's others read for themselves."""
    ours, _ = tuned_session(None)

    other: Any = botocore.session.Session()
    assert other.get_component("data_loader") is not loader_of(ours)


def test_a_missing_hook_is_logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A session whose botocore has moved the hook is made all the same, and says so at DEBUG."""
    monkeypatch.delattr(botocore.session.Session, "register_component")

    with caplog.at_level("DEBUG", logger="lattice_tg"):
        session, _ = tuned_session(None)

    assert caplog.messages == ["this botocore takes no other data loader; its own is used"]
    assert "vpc-lattice" in session.get_available_services()
