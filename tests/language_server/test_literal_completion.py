"""The words that an editor offers inside quotes."""

import pytest

from lattice_tg.literals import ResettableHealthCheckField
from support.open_document import OpenFile
from support.public_api import MODELS, Call, calls, fields, words_of

KEYWORDS = [
    pytest.param(call, each.name, words, id=f"{call.name}-{each.name}")
    for call in calls()
    for each in call.keywords
    if (words := words_of(each.annotation))
]
"""Every keyword that takes words of a closed list."""

FIELDS = [
    pytest.param(name, each.name, words, id=f"{name}-{each.name}")
    for name, cls in MODELS.items()
    for each in fields(cls)
    if (words := words_of(each.annotation))
]
"""Every field that holds them, on errors, too."""

EXAMPLES = (
    ("HealthCheck(protocol=", {"HTTP", "HTTPS"}),
    ("HealthCheck.https(version=", {"HTTP1", "HTTP2"}),
    ("TargetGroupSpec(name='orders', type=", {"IP", "INSTANCE", "ALB", "LAMBDA"}),
    ("TargetGroupConfig(protocol=", {"HTTP", "HTTPS", "TCP"}),
    ("TargetGroupConfig(protocol_version=", {"HTTP1", "HTTP2", "GRPC"}),
    ("TargetGroupConfig(ip_address_type=", {"IPV4", "IPV6"}),
    ("TargetGroupBuilder.lambda_('orders').event_structure_version(", {"V1", "V2"}),
    ("TargetGroupBuilder.alb('orders', vpc_identifier='vpc-1').http(version=", {"HTTP1", "HTTP2", "GRPC"}),
    ("TargetGroupClient().list(type=", {"IP", "INSTANCE", "ALB", "LAMBDA"}),
    ("TargetGroupClient().apply(plan, order=", {"register_first", "deregister_first"}),
)


@pytest.mark.parametrize(("typed", "words"), EXAMPLES)
@pytest.mark.parametrize("quote", ["'", '"'])
def test_words_are_offered(file: OpenFile, typed: str, words: set[str], quote: str) -> None:
    """Inside quotes of either kind, exactly the words of the list are offered."""
    offered = file.words(f"from lattice_tg import *\n{typed}{quote}|{quote})")

    assert {*offered} == words


OBSERVED = (
    ("TargetGroup", "type", {"IP", "INSTANCE", "ALB", "LAMBDA"}),
    (
        "TargetGroup",
        "status",
        {"CREATE_IN_PROGRESS", "ACTIVE", "DELETE_IN_PROGRESS", "CREATE_FAILED", "DELETE_FAILED"},
    ),
    ("TargetGroupSummary", "protocol", {"HTTP", "HTTPS", "TCP"}),
    ("TargetSummary", "status", {"INITIAL", "HEALTHY", "UNHEALTHY", "UNUSED", "UNAVAILABLE", "DRAINING"}),
    (
        "ConflictError",
        "kind",
        {"name_exists", "wrong_status", "in_use", "has_targets", "token_reused", "unknown"},
    ),
)


@pytest.mark.parametrize(("model", "field", "words"), OBSERVED)
def test_states_are_offered(file: OpenFile, model: str, field: str, words: set[str]) -> None:
    """What the service says is compared with words that are offered, though it may say others."""
    offered = file.words(f"from lattice_tg import {model}\ndef use(it: {model}) -> bool:\n    return it.{field} == '|'")

    assert {*offered} == words


@pytest.mark.parametrize(("call", "keyword", "words"), KEYWORDS)
def test_every_keyword_offers_its_words(file: OpenFile, call: Call, keyword: str, words: tuple[str, ...]) -> None:
    """No keyword that takes words leaves a user to look them up."""
    offered = file.words(f"{call.typed}{keyword}='|')")

    assert {*offered} == {*words}


@pytest.mark.parametrize(("model", "field", "words"), FIELDS)
@pytest.mark.parametrize("typed", ["if {}=='|': ...", "match {}:\n        case '|': ..."], ids=["equals", "case"])
def test_every_comparison_offers_its_words(
    file: OpenFile, model: str, field: str, words: tuple[str, ...], typed: str
) -> None:
    """A state that is asked for is completed, where the service may send others, too."""
    compared = typed.format(f"it.{field}")

    offered = file.words(f"import lattice_tg\ndef use(it: lattice_tg.{model}) -> None:\n    {compared}")

    assert {*offered} == {*words}


def test_words_in_a_list(file: OpenFile) -> None:
    """What to reset is completed inside the list."""
    offered = file.words("from lattice_tg import *\nTargetGroupClient().update_health_check('tg', reset=['path', '|'])")

    assert {*offered} == {*words_of(ResettableHealthCheckField)}
