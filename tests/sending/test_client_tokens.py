"""Client tokens: random tokens, derived tokens, and the format of tokens."""

import pytest
from attrs import evolve

from lattice_tg import HealthCheck, TargetGroupConfig, TargetGroupSpec, client_token_for
from lattice_tg.sending.client_tokens import is_client_token, new_client_token
from support.sample_groups import CONFIG, FUNCTION, SPEC, VPC


def test_random_tokens_differ() -> None:
    """Random tokens are unique."""
    assert len({new_client_token() for _ in range(1000)}) == 1000


def test_random_token_is_valid() -> None:
    """A random token is a valid client token with 128 random bits."""
    token = new_client_token()

    assert is_client_token(token)
    assert len(bytes.fromhex(token)) == 16


def test_derived_tokens_are_stable() -> None:
    """A spec and a run ID give the same token on every machine and in every version, so that runs can be resumed."""
    assert client_token_for(SPEC, "run-7") == "7e310837dcee90a6a07d769509210e02ca70b85780879932135b8768673cf86e"
    assert client_token_for(FUNCTION, "run-7") == "e0da5a3b6ba733ba33635da345627ec66533765aeeceec675ad2ccd05ba20972"


def test_derived_token_of_a_non_ascii_tag_is_stable() -> None:
    """A spec with non-ASCII characters also has a stable token."""
    spec = evolve(FUNCTION, tags={"team": "café"})

    assert client_token_for(spec, "run-7") == "b4471b1aba215b40b242d73f66eba7dbfe1467b82dbcde3f25828412a4ade0df"


def test_derived_token_is_valid() -> None:
    """A derived token is a valid client token."""
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
def test_changed_spec_has_a_different_token(spec: TargetGroupSpec) -> None:
    """Specs that differ in any field have different tokens, because a token belongs to one request."""
    assert client_token_for(spec, "run-7") != client_token_for(SPEC, "run-7")


def test_each_run_has_its_own_tokens() -> None:
    """Different run IDs give different tokens, even if the run IDs differ only in a line break."""
    run_ids = ["run-7", "run-8", "", "run-7\n", "é"]

    assert len({client_token_for(SPEC, run_id) for run_id in run_ids}) == 5


def test_specs_with_the_same_request_share_a_token() -> None:
    """Specs that differ only in the order of tags or in an empty health check have the same token."""
    empty = TargetGroupConfig(protocol="HTTP", vpc_identifier=VPC, health_check=HealthCheck())
    absent = TargetGroupConfig(protocol="HTTP", vpc_identifier=VPC)
    tags, reordered_tags = {"a": "1", "b": "2"}, {"b": "2", "a": "1"}

    assert client_token_for(TargetGroupSpec(name="orders", type="IP", config=empty, tags=tags), "x") == (
        client_token_for(TargetGroupSpec(name="orders", type="IP", config=absent, tags=reordered_tags), "x")
    )


@pytest.mark.parametrize(
    ("token", "is_valid"),
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
def test_client_token_format(token: object, is_valid: bool) -> None:
    """A client token is one line of 1-64 characters and contains at least one visible character."""
    assert is_client_token(token) is is_valid
