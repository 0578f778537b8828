"""The command ``python -m lattice_tg.testing``."""

import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
from collections.abc import Callable, Generator
from contextlib import ExitStack
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
    """The command prints its URL, serves the emulator, and ends cleanly when a signal arrives in any thread."""
    port, main_thread, stopped = free_port(), threading.get_ident(), threading.Event()
    url = f"http://127.0.0.1:{port}"
    monkeypatch.setattr(sys, "argv", ["lattice_tg.testing", "--port", str(port), "--drain-seconds", "5"])
    stopped_in_time = list[bool]()

    def stop_when_healthy() -> None:
        """Send the signal to this thread as soon as the server responds, as the kernel may do."""
        wait_until_healthy(url)
        signal.pthread_kill(threading.get_ident(), stop_signal)
        stopped_in_time.append(stopped.wait(5))
        if not stopped_in_time[0]:
            signal.pthread_kill(main_thread, stop_signal)

    stopper = threading.Thread(target=stop_when_healthy)
    stopper.start()
    run()
    stopped.set()
    stopper.join()

    assert capsys.readouterr().out.splitlines() == [url]
    assert stopped_in_time == [True]


@pytest.mark.usefixtures("restore_signal_handlers")
def test_a_port_in_use_is_reported() -> None:
    """If the port is in use, the command exits with a message that names the port."""
    with socket.socket() as occupied:
        occupied.bind(("127.0.0.1", 0))
        occupied.listen()
        port = occupied.getsockname()[1]

        with pytest.raises(SystemExit, match=f"--port {port}: .*Address already in use.*Choose another port, or 0"):
            main(["--port", str(port)])


@pytest.mark.parametrize("run", range(3))
def test_sigterm_ends_the_process_while_connections_are_open(run: int) -> None:
    """The command prints only the URL, and SIGTERM ends the process with status 0 despite unfinished requests."""
    command = [sys.executable, "-W", "error", "-m", "lattice_tg.testing", "--port", "0"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process,
        ExitStack() as open_,
    ):
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        for unfinished in (b"", b"GET /_hea", b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{") * 3:
            connection = open_.enter_context(socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))))
            connection.sendall(unfinished)
        health = fetch(f"{url}/_health")
        process.terminate()
        output, errors = process.communicate(timeout=10)

    assert health == (200, {"status": "ok"})
    assert (process.returncode, output, errors) == (0, "", "")


@pytest.mark.parametrize("value", ["nan", "inf", "-1"])
@pytest.mark.parametrize("status", ["create", "initial", "drain", "delete"])
def test_invalid_durations_are_rejected(status: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A duration that is negative or not finite is rejected with the usage of the command."""
    with pytest.raises(SystemExit) as caught:
        main([f"--{status}-seconds={value}"])

    rule = "must be finite and not negative. Pass a number of seconds, such as 60."
    assert caught.value.code == 2
    assert f"error: {status}_seconds={float(value)}: {rule}" in capsys.readouterr().err


def test_help_describes_the_command_and_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    """``--help`` prints what the command does and every option."""
    with pytest.raises(SystemExit) as caught:
        main(["--help"])

    text = " ".join(capsys.readouterr().out.split())
    assert caught.value.code == 0
    assert "Serve an emulator of VPC Lattice target groups on 127.0.0.1." in text
    options = ["--port", *(f"--{state}-seconds" for state in ("create", "initial", "drain", "delete"))]
    assert [option for option in options if option not in text] == []
