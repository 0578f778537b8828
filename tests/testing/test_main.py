"""The command ``python -m lattice_tg.testing``."""

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
    """Wait until the server responds to requests."""
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
    """Restore the signal handlers after the test."""
    handlers = {signal_number: signal.getsignal(signal_number) for signal_number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for signal_number, handler in handlers.items():
        signal.signal(signal_number, handler)


@pytest.mark.usefixtures("restore_signal_handlers")
@pytest.mark.parametrize(("run", "stop_signal"), [(run_main, signal.SIGTERM), (main, signal.SIGINT)])
def test_the_command_prints_its_url_and_stops_on_a_signal(
    run: Callable[[], object],
    stop_signal: signal.Signals,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The command prints its URL, serves the emulator, and ends cleanly when a signal arrives."""
    port, pid = free_port(), os.getpid()
    url = f"http://127.0.0.1:{port}"
    monkeypatch.setattr(sys, "argv", ["lattice_tg.testing", "--port", str(port), "--drain-seconds", "5"])

    def stop_when_healthy() -> None:
        """Send the signal as soon as the server responds."""
        wait_until_healthy(url)
        os.kill(pid, stop_signal)

    stopper = threading.Thread(target=stop_when_healthy)
    stopper.start()
    run()
    stopper.join()

    assert capsys.readouterr().out.splitlines() == [url]


@pytest.mark.usefixtures("restore_signal_handlers")
def test_a_port_in_use_is_reported() -> None:
    """If the port is in use, the command exits with a message that names the port."""
    with socket.socket() as occupied:
        occupied.bind(("127.0.0.1", 0))
        occupied.listen()
        port = occupied.getsockname()[1]

        with pytest.raises(SystemExit, match=f"--port {port}: .*Address already in use. Choose another port, or 0"):
            main(["--port", str(port)])


def test_the_command_as_a_process() -> None:
    """The command prints only the URL, and SIGTERM ends the process with status 0."""
    command = [sys.executable, "-W", "error", "-m", "lattice_tg.testing", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        health = fetch(f"{url}/_health")
        process.terminate()
        output, errors = process.communicate(timeout=10)

    assert health == (200, {"status": "ok"})
    assert (process.returncode, output, errors) == (0, "", "")


def test_help_describes_the_command_and_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    """``--help`` prints what the command does and every option."""
    with pytest.raises(SystemExit) as caught:
        main(["--help"])

    text = " ".join(capsys.readouterr().out.split())
    assert caught.value.code == 0
    assert "Serve an emulator of VPC Lattice target groups on 127.0.0.1." in text
    options = ["--port", *(f"--{state}-seconds" for state in ("create", "initial", "drain", "delete"))]
    assert [option for option in options if option not in text] == []
