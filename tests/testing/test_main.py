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
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(url: str) -> None:
    for _ in range(500):
        try:
            assert fetch(f"{url}/_health") == (200, {"status": "ok"})
        except urllib.error.URLError:
            time.sleep(0.01)
        else:
            return


def run_the_file() -> None:
    run_path(str(files(testing) / "__main__.py"), run_name="__main__")


@pytest.fixture
def signals() -> Generator[None]:
    """The handlers of the signals are put back."""
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    yield
    for each, previous in before.items():
        signal.signal(each, previous)


@pytest.mark.usefixtures("signals")
@pytest.mark.parametrize(("run", "number"), [(run_the_file, signal.SIGTERM), (main, signal.SIGINT)])
def test_the_command(
    run: Callable[[], object],
    number: signal.Signals,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """``python -m lattice_tg.testing`` prints its URL first, serves, and ends cleanly when it is told to."""
    port, pid = free_port(), os.getpid()
    url = f"http://127.0.0.1:{port}"
    monkeypatch.setattr(sys, "argv", ["lattice_tg.testing", "--port", str(port), "--drain-seconds", "5"])

    def stop_when_healthy() -> None:
        wait_until_healthy(url)
        os.kill(pid, number)

    stopper = threading.Thread(target=stop_when_healthy)
    stopper.start()
    run()
    stopper.join()

    assert capsys.readouterr().out.splitlines() == [url]


@pytest.mark.usefixtures("signals")
def test_a_port_that_is_taken() -> None:
    """A port that cannot be had is told in one line."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(SystemExit, match=f"--port {port}: .*Address already in use; give another, or 0"):
            main(["--port", str(port)])


def test_the_command_in_a_process_of_its_own() -> None:
    """So it does as a process: the first line is the URL, and SIGTERM ends it with status 0."""
    command = [sys.executable, "-W", "error", "-m", "lattice_tg.testing", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        health = fetch(f"{url}/_health")
        process.terminate()
        rest, errors = process.communicate(timeout=10)

    assert health == (200, {"status": "ok"})
    assert (process.returncode, rest, errors) == (0, "", "")
