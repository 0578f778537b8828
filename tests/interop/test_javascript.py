"""Compatibility of the JavaScript SDK with the emulator, tested by emulator.test.mjs."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from interop.helpers import Emulator

TEST_FILE = Path(__file__).with_name("emulator.test.mjs")


def test_javascript_tests_pass(emulator: Emulator, node_folder: Path) -> None:
    """Each test of emulator.test.mjs runs and passes."""
    script = Path(shutil.copy(TEST_FILE, node_folder))
    environment = {"PATH": os.environ["PATH"], "LATTICE_URL": emulator.url, "NODE_NO_WARNINGS": "1"}
    command = ["node", "--test", "--test-reporter=tap", script.name]

    finished = subprocess.run(
        command, cwd=node_folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )

    expected_count = len(re.findall(r"^test\(", TEST_FILE.read_text(encoding="utf-8"), re.MULTILINE))
    counts = re.findall(r"^# (\w+) (\d+)$", finished.stdout, re.MULTILINE)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert dict(counts)["tests"] == dict(counts)["pass"] == str(expected_count)
