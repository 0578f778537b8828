"""Client tokens: random ones, derived ones, and what can be one."""

import pytest

from lattice_tg import HealthCheck, TargetGroupConfig, TargetGroupSpec, client_token_for
from lattice_tg.sending.client_tokens import is_client_token, new_client_token
from support.sample_groups import CONFIG, FUNCTION, SPEC, VPC


def test_random_tokens_differ() -> None:
    """Two intentions never share a token."""
    assert len({new_client_token() for _ in range(1000)}) == 1000


def test_a_random_token_is_one() -> None:
    """A random token is one that the service takes, and has 128 bits."""
    token = new_client_token()

    assert is_client_token(token)
    assert len(bytes.fromhex(token)) == 16


def test_derived_tokens_never_change() -> None:
    """The same spec and run_id give this very token on every machine and in every version, or resuming would fail."""
    assert client_token_for(SPEC, "run-7") == "7e310837dcee90a6a07d769509210e02ca70b85780879932135b8768673cf86e"
    assert client_token_for(FUNCTION, "run-7") == "e0da5a3b6ba733ba33635da345627ec66533765aeeceec675ad2ccd05ba20972"


def test_a_derived_token_is_one() -> None:
    """A derived token is one that the service takes."""
    assert is_client_token(client_token_for(SPEC, ""))


@pytest.mark.parametrize(
    "spec",
    [
        TargetGroupSpec(name="orders-2", type="IP", config=CONFIG, tags={"team": "shop"}),
        TargetGroupSpec(name="orders", type="INSTANCE", config=CONFIG, tags={"team": "shop"}),
        TargetGroupSpec(name="orders", type="IP", config=CONFIG, tags={"team": "shops"}),
        TargetGroupSpec(name="orders", type="IP", config=CONFIG),
        TargetGroupSpec(name="orders", type="IP", config=TargetGroupConfig(port=8080), tags={"team": "shop"}),
    ],
)
def test_another_spec(spec: TargetGroupSpec) -> None:
    """A spec that differs anywhere gives another token: the service refuses one with other parameters."""
    assert client_token_for(spec, "run-7") != client_token_for(SPEC, "run-7")


def test_another_salt() -> None:
    """Another run's token is another, and line breaks in a run_id do not make two runs alike."""
    run_ids = ["run-7", "run-8", "", "run-7\n", "é"]

    assert len({client_token_for(SPEC, run_id) for run_id in run_ids}) == 5


def test_the_same_request() -> None:
    """Specs that are written differently and send the same have the same token."""
    empty = TargetGroupConfig(protocol="HTTP", vpc_identifier=VPC, health_check=HealthCheck())
    absent = TargetGroupConfig(protocol="HTTP", vpc_identifier=VPC)
    one, other = {"a": "1", "b": "2"}, {"b": "2", "a": "1"}

    assert client_token_for(TargetGroupSpec(name="orders", type="IP", config=empty, tags=one), "x") == (
        client_token_for(TargetGroupSpec(name="orders", type="IP", config=absent, tags=other), "x")
    )


@pytest.mark.parametrize(
    ("token", "fits"),
    [
        ("a", True),
        ("x" * 64, True),
        ("é !", True),
        ("", False),
        ("x" * 65, False),
        ("   ", False),
        ("éé", False),
        ("a\n", False),
        ("a\nb", False),
        (5, False),
        (None, False),
        (b"abc", False),
    ],
)
def test_what_can_be_a_token(token: object, fits: bool) -> None:
    """A token is one line of 1 to 64 characters, one of them visible."""
    assert is_client_token(token) is fits
