"""Completion of Literal values in quotes."""

import pytest

from lattice_tg.literals import ResettableHealthCheckField
from support.open_document import OpenFile
from support.public_api import MODELS, Call, calls, fields, literal_values_of

KEYWORDS = [
    pytest.param(call, each.name, values, id=f"{call.name}-{each.name}")
    for call in calls()
    for each in call.keywords
    if (values := literal_values_of(each.annotation))
]
"""Every keyword with a Literal type."""

FIELDS = [
    pytest.param(name, each.name, values, id=f"{name}-{each.name}")
    for name, cls in MODELS.items()
    for each in fields(cls)
    if (values := literal_values_of(each.annotation))
]
"""Every field with a Literal type, including fields of errors."""

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
    ("TargetGroupClient().plan(spec, order=", {"healthy_first", "register_first", "deregister_first"}),
)


@pytest.mark.parametrize(("typed", "values"), EXAMPLES)
@pytest.mark.parametrize("quote", ["'", '"'])
def test_values_are_completed(file: OpenFile, typed: str, values: set[str], quote: str) -> None:
    """Completion in single or double quotes lists exactly the values of the Literal."""
    completions = file.literal_values(f"from lattice_tg import *\n{typed}{quote}|{quote})")

    assert {*completions} == values


OPERATIONS = {
    "CreateTargetGroup", "GetTargetGroup", "ListTargetGroups", "UpdateTargetGroup", "DeleteTargetGroup",
    "RegisterTargets", "DeregisterTargets", "ListTargets", "TagResource", "UntagResource", "ListTagsForResource", "*",
    "GetListener", "ListListeners", "CreateListener", "UpdateListener", "DeleteListener",
    "GetRule", "ListRules", "CreateRule", "UpdateRule", "DeleteRule", "BatchUpdateRule",
}  # fmt: skip
ERROR_CODES = {
    "AccessDeniedException", "ConflictException", "InternalServerException", "ResourceNotFoundException",
    "ServiceQuotaExceededException", "ThrottlingException", "ValidationException",
}  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("throttle(", OPERATIONS),
        ("fail(", OPERATIONS),
        ("fail('*', ", ERROR_CODES),
        ("drop_response(", OPERATIONS),
        ("delay(", OPERATIONS),
        ("rate_limit(", OPERATIONS),
        (
            "set_target_status('tg-1', '10.0.0.1', ",
            {"DRAINING", "UNAVAILABLE", "HEALTHY", "UNHEALTHY", "INITIAL", "UNUSED"},
        ),
        ("set_quota(", {"target_groups", "targets_per_target_group"}),
    ],
)
def test_values_of_the_emulator_are_completed(file: OpenFile, typed: str, values: set[str]) -> None:
    """Completion in quotes lists operations, error codes, statuses and quotas, although other strings are accepted."""
    completions = file.literal_values(f"from lattice_tg.testing import *\ncurrent_emulator().{typed}'|')")

    assert {*completions} == values


RESPONSE_FIELDS = (
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


@pytest.mark.parametrize(("model", "field", "values"), RESPONSE_FIELDS)
def test_values_of_response_fields_are_completed(file: OpenFile, model: str, field: str, values: set[str]) -> None:
    """Values of response fields are completed in comparisons, although the fields are strings."""
    completions = file.literal_values(
        f"from lattice_tg import {model}\ndef use(it: {model}) -> bool:\n    return it.{field} == '|'"
    )

    assert {*completions} == values


@pytest.mark.parametrize(("call", "keyword", "values"), KEYWORDS)
def test_every_literal_keyword_is_completed(file: OpenFile, call: Call, keyword: str, values: tuple[str, ...]) -> None:
    """Completion lists the values of every keyword with a Literal type."""
    completions = file.literal_values(f"{call.typed}{keyword}='|')")

    assert {*completions} == {*values}


@pytest.mark.parametrize(("model", "field", "values"), FIELDS)
@pytest.mark.parametrize("typed", ["if {}=='|': ...", "match {}:\n        case '|': ..."], ids=["equals", "case"])
def test_every_literal_field_is_completed_in_comparisons(
    file: OpenFile, model: str, field: str, values: tuple[str, ...], typed: str
) -> None:
    """Completion in a comparison lists the values of every field with a Literal type."""
    compared = typed.format(f"it.{field}")

    completions = file.literal_values(f"import lattice_tg\ndef use(it: lattice_tg.{model}) -> None:\n    {compared}")

    assert {*completions} == {*values}


def test_values_in_a_list_are_completed(file: OpenFile) -> None:
    """Completion inside a list lists the values of ``reset``."""
    completions = file.literal_values(
        "from lattice_tg import *\nTargetGroupClient().update_health_check('tg', reset=['path', '|'])"
    )

    assert {*completions} == {*literal_values_of(ResettableHealthCheckField)}
