"""moto's own tests of VPC Lattice, run inside the emulator.

The nox session downloads the sdist of moto, which contains the tests.
"""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

EXPECTED_FAILURES = {
    # The tests expect status 200. VPC Lattice responds with 201, as in botocore's service model.
    "test_vpc_lattice_listener_tagging_api": "assert 201 == 200",
    "test_vpc_lattice_target_group_tagging_api": "assert 201 == 200",
    # The test uses an id that is too short, and expects ResourceNotFoundException. The emulator validates the format.
    "test_get_nonexistent_target_group": "assert 'ValidationException' == 'ResourceNotFoundException'",
}
"""The tests that fail inside the emulator, and the messages of the failures."""


def test_motos_tests_pass_inside_the_emulator(tmp_path: Path) -> None:
    """All of moto's tests pass, except tests that depend on behavior in which moto differs from the service."""
    tests, report = Path(os.environ["INTEROP_MOTO"]) / "tests" / "test_vpclattice", tmp_path / "report.xml"
    paths = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    plugins = ("-p", "inside_emulator", "-p", "no:randomly", "-p", "no:cacheprovider")
    command = [sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", str(tmp_path), *plugins]

    finished = subprocess.run(
        [*command, f"--junitxml={report}", str(tests)],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert report.exists(), finished.stdout + finished.stderr
    cases = list(ET.parse(report).iter("testcase"))
    failures = {
        case.attrib["name"]: problem.attrib["message"].splitlines()[0].removeprefix("AssertionError: ")
        for case in cases
        for problem in case
        if problem.tag in {"failure", "error"}
    }
    assert failures == EXPECTED_FAILURES
    assert len(cases) >= 70
