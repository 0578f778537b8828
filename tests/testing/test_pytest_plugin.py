"""The pytest fixture ``vpc_lattice``."""

import importlib
import os
import socket
import subprocess
import sys
import urllib.request
from importlib.machinery import ModuleSpec
from textwrap import dedent
from typing import Any

import pytest
from botocore.exceptions import ClientError  # pyright: ignore[reportMissingTypeStubs]
from botocore.httpsession import URLLib3Session  # pyright: ignore[reportMissingTypeStubs]

from lattice_tg.testing import VirtualClock, VpcLatticeEmulator, current_emulator, serve
from lattice_tg.testing.network_guard import RealEndpointBlockedError
from support.emulator_requests import ACCOUNT

pytest_plugins = ["pytester"]

boto3: Any = importlib.import_module("boto3")
MARKER_CLOCK = VirtualClock(7)


def test_the_fixture_is_the_active_emulator(vpc_lattice: VpcLatticeEmulator) -> None:
    """A test with the fixture has an emulator, credentials and a Region."""
    client = boto3.client("vpc-lattice")

    created = client.create_target_group(name="orders", type="LAMBDA")

    assert vpc_lattice is current_emulator()
    assert created["arn"].startswith(f"arn:aws:vpc-lattice:us-east-1:{ACCOUNT}:targetgroup/tg-")
    assert [call.operation for call in vpc_lattice.calls] == ["CreateTargetGroup"]


@pytest.mark.vpc_lattice(clock=MARKER_CLOCK)
def test_the_marker_passes_options(vpc_lattice: VpcLatticeEmulator) -> None:
    """The marker passes options to ``mock_vpc_lattice``."""
    assert vpc_lattice.clock is MARKER_CLOCK


@pytest.mark.vpc_lattice(clock="virtual")
def test_the_clock_of_the_fixture_can_be_advanced(vpc_lattice: VpcLatticeEmulator) -> None:
    """A test advances the virtual clock of the fixture, and type checkers accept the call."""
    vpc_lattice.clock.advance(30)

    assert vpc_lattice.clock.monotonic() == 30


def test_unmocked_operations_are_blocked(vpc_lattice: VpcLatticeEmulator) -> None:
    """A request that moto does not implement is blocked with a clear message."""
    client = boto3.client("translate")

    with pytest.raises(
        RealEndpointBlockedError,
        match=r"Blocked a request to translate\.us-east-1\.amazonaws\.com, a real AWS endpoint\. The",
    ):
        client.translate_text(Text="Hallo", SourceLanguageCode="de", TargetLanguageCode="en")


def test_errors_of_mocked_services_pass_through(vpc_lattice: VpcLatticeEmulator) -> None:
    """An error of a service that moto mocks is raised unchanged."""
    with pytest.raises(ClientError, match="NoSuchBucket"):
        boto3.client("s3").get_object(Bucket="none", Key="none")


def test_requests_without_boto3_are_blocked(vpc_lattice: VpcLatticeEmulator) -> None:
    """Requests that do not use boto3 or a client that moto has patched are blocked."""
    unpatched: Any = URLLib3Session()
    request = type("Request", (), {"url": "https://sts.amazonaws.com/"})

    with pytest.raises(RealEndpointBlockedError, match=r"sts\.us-east-1\.amazonaws\.com, a real AWS endpoint"):
        urllib.request.urlopen("https://sts.us-east-1.amazonaws.com/")
    with pytest.raises(RealEndpointBlockedError, match=r"sts\.amazonaws\.com, a real AWS endpoint"):
        unpatched.send(request)


@pytest.mark.parametrize(
    "host", ["abc.lambda-url.us-east-1.on.aws", "STS.amazonaws.com.", "sts.amazonaws.eu", "api.aws"]
)
def test_all_domains_of_aws_are_blocked(vpc_lattice: VpcLatticeEmulator, host: str) -> None:
    """The guard blocks all partitions, function URLs, and host names that end with a dot."""
    with pytest.raises(RealEndpointBlockedError, match=f"Blocked a request to {host}, a real AWS endpoint"):
        socket.getaddrinfo(host, 443)


def test_requests_to_other_hosts_are_not_blocked(vpc_lattice: VpcLatticeEmulator) -> None:
    """Requests to a local endpoint and name lookups for other hosts are not blocked."""
    with serve() as server:
        client = boto3.client("vpc-lattice", endpoint_url=server.url)
        assert client.list_target_groups()["items"] == []
        client.close()

    assert socket.getaddrinfo(b"127.0.0.1", 80)
    assert socket.getaddrinfo(None, 80)


PROJECT = """
    import os, boto3

    def test_with(vpc_lattice):
        boto3.client("vpc-lattice").list_target_groups()
        assert "AWS_PROFILE" not in os.environ
        assert "AWS_ENDPOINT_URL_VPC_LATTICE" not in os.environ

    def test_without():
        assert os.environ["AWS_PROFILE"] == "mine"
        assert "AWS_DEFAULT_REGION" not in os.environ
"""


def test_the_fixture_in_another_project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fixture needs no import, hides AWS settings, and does not affect other tests."""
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("AWS_ENDPOINT_URL_VPC_LATTICE", "http://127.0.0.1:1")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    pytester.path.joinpath("test_it.py").write_text(dedent(PROJECT))

    result = pytester.runpytest_inprocess("--strict-markers", "-p", "no:asyncio", "-p", "no:randomly")

    result.assert_outcomes(passed=2)


PROJECT_WITH_MARKERS = """
    import unittest
    import boto3, pytest
    from lattice_tg.testing import VirtualClock, current_emulator

    clocks = []

    def create():
        boto3.client("vpc-lattice").create_target_group(name="orders", type="LAMBDA")
        return [call.operation for call in current_emulator().calls]

    @pytest.mark.vpc_lattice
    def test_function():
        assert create() == ["CreateTargetGroup"]

    @pytest.mark.vpc_lattice(create_seconds=30, clock="virtual")
    class TestMethods:
        def test_one(self, vpc_lattice):
            clocks.append(vpc_lattice.clock)
            vpc_lattice.clock.advance(30)
            assert create() == ["CreateTargetGroup"]

        def test_two(self):
            clocks.append(current_emulator().clock)
            assert [type(clock) for clock in clocks] == [VirtualClock, VirtualClock]
            assert [clock.monotonic() for clock in clocks] == [30, 0]

    @pytest.mark.vpc_lattice
    class TestCases(unittest.TestCase):
        def test_it(self):
            assert create() == ["CreateTargetGroup"]

    @pytest.mark.parametrize("number", [pytest.param(1, marks=pytest.mark.vpc_lattice(drain_seconds=1))])
    def test_parameter(number):
        assert create() == ["CreateTargetGroup"]

    def test_without():
        with pytest.raises(RuntimeError, match="no emulator is active"):
            current_emulator()

    @pytest.mark.vpc_lattice(clock="fake")
    def test_invalid_clock(): ...
"""


def test_the_marker_activates_the_fixture(pytester: pytest.Pytester) -> None:
    """The marker activates the fixture of functions, methods, test cases and parameters, and creates virtual clocks."""
    pytester.path.joinpath("test_it.py").write_text(dedent(PROJECT_WITH_MARKERS))

    result = pytester.runpytest_inprocess("--strict-markers", "-p", "no:asyncio", "-p", "no:randomly")

    result.assert_outcomes(passed=6, errors=1)
    result.stdout.fnmatch_lines(["*clock='fake': must be 'virtual' or a clock. Pass clock='virtual'."])


PROJECT_WITH_EARLY_CLIENT = """
    import boto3

    client = boto3.client("vpc-lattice", region_name="us-east-1")

    def test_it(vpc_lattice):
        client.list_target_groups()
"""


def test_clients_created_before_the_test_are_explained(pytester: pytest.Pytester) -> None:
    """A client that was created at import without credentials fails with the reason and the fix."""
    pytester.path.joinpath("test_it.py").write_text(dedent(PROJECT_WITH_EARLY_CLIENT))

    result = pytester.runpytest_inprocess("-p", "no:asyncio", "-p", "no:randomly")

    result.assert_outcomes(failed=1)
    reason = (
        "Blocked ListTargetGroups because the client has no credentials. The vpc_lattice fixture sets fake credentials"
    )
    result.stdout.fnmatch_lines(
        [f"*RealEndpointBlockedError: {reason}, so the client was created before the test. Create*"]
    )


def find_no_spec(name: str) -> ModuleSpec | None:
    """Return None, as ``find_spec`` does for a missing module."""
    return None


def test_the_fixture_fails_without_moto(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without moto, only the test with the fixture fails, and the message says what to install."""
    monkeypatch.setattr("lattice_tg.testing.pytest_plugin.find_spec", find_no_spec)
    pytester.path.joinpath("test_it.py").write_text("def test_with(vpc_lattice): ...\ndef test_without(): ...\n")

    result = pytester.runpytest_inprocess("-p", "no:asyncio", "-p", "no:randomly")

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*requires moto. Install it with: pip install 'lattice-tg[[]testing]'"])


IMPORT_CHECK = """
import sys
import lattice_tg.testing, lattice_tg.testing.pytest_plugin
heavy = {"moto", "boto3", "botocore", "attrs"} & sys.modules.keys()
sys.exit(f"imported: {heavy}" if heavy else 0)
"""


def test_the_plugin_imports_nothing_heavy() -> None:
    """Neither the package nor the plugin imports moto, boto3 or other slow modules."""
    environment = {**os.environ, "PYTHONWARNINGS": "error"}

    finished = subprocess.run(
        [sys.executable, "-c", IMPORT_CHECK], env=environment, capture_output=True, text=True, check=False
    )

    assert finished.stderr == ""
