"""``python -m lattice_tg.testing``: the emulator as a process."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
from collections.abc import Callable, Generator
from importlib.resources import files
from runpy import run_path

import pytest

from lattice_tg import testing
from lattice_tg.testing.__main__ import main
from support.http_client import fetch


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(url: str) -> None:
    """Wait until the server responds."""
    for _ in range(500):
        try:
            assert fetch(f"{url}/_health") == (200, {"status": "ok"})
        except urllib.error.URLError:
            time.sleep(0.01)
        else:
            return


def run_main() -> None:
    """Run the module as a script."""
    run_path(str(files(testing) / "__main__.py"), run_name="__main__")


@pytest.fixture
def restore_signal_handlers() -> Generator[None]:
    """Restore the signal handlers afterwards."""
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    yield
    for each, previous in before.items():
        signal.signal(each, previous)


@pytest.mark.usefixtures("restore_signal_handlers")
@pytest.mark.parametrize(("run", "number"), [(run_main, signal.SIGTERM), (main, signal.SIGINT)])
def test_the_command_prints_its_url_and_stops_on_a_signal(
    run: Callable[[], object],
    number: signal.Signals,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The command prints its URL first, serves, and ends cleanly on a signal."""
    port, pid = free_port(), os.getpid()
    url = f"http://127.0.0.1:{port}"
    monkeypatch.setattr(sys, "argv", ["lattice_tg.testing", "--port", str(port), "--drain-seconds", "5"])

    def stop_when_healthy() -> None:
        """Send a signal when the server responds."""
        wait_until_healthy(url)
        os.kill(pid, number)

    stopper = threading.Thread(target=stop_when_healthy)
    stopper.start()
    run()
    stopper.join()

    assert capsys.readouterr().out.splitlines() == [url]


@pytest.mark.usefixtures("restore_signal_handlers")
def test_a_port_in_use_is_reported() -> None:
    """A port in use is reported in one line."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(SystemExit, match=f"--port {port}: .*Address already in use. Choose another port, or 0"):
            main(["--port", str(port)])


def test_the_command_as_a_process() -> None:
    """The first line is the URL, and SIGTERM ends the process with status 0."""
    command = [sys.executable, "-W", "error", "-m", "lattice_tg.testing", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        health = fetch(f"{url}/_health")
        process.terminate()
        rest, errors = process.communicate(timeout=10)

    assert health == (200, {"status": "ok"})
    assert (process.returncode, rest, errors) == (0, "", "")
