"""Tests of the validation of target group ids and ARNs."""

from typing import Any

import attrs
import pytest

from lattice_tg.errors import InvalidIdentifierError
from lattice_tg.validation.identifiers import TargetGroupLike, known_arn, resolve_identifier
from support.model_examples import ARN, ID, SERVICE_ARN, SUMMARY, TARGET_GROUP

GOV_ARN = f"arn:aws-us-gov:vpc-lattice:us-gov-west-1:123456789012:targetgroup/{ID}"


class HasIdAsString:
    """A class whose instances are not strings, although ``str()`` of an instance is an id."""

    def __str__(self) -> str:
        return ID


@pytest.mark.parametrize(
    ("target_group", "expected"),
    [(ID, ID), (ARN, ARN), (GOV_ARN, GOV_ARN), (TARGET_GROUP, ID), (SUMMARY, ID)],
)
def test_resolve_identifier_accepts_ids_arns_and_models(target_group: TargetGroupLike, expected: str) -> None:
    """An id or an ARN is returned unchanged, and a model is resolved to the id of the model."""
    assert resolve_identifier(target_group) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "orders",
        ID[:-1],
        ID + "0",
        ID.upper(),
        f" {ID}",
        f"{ID}\n",
        "tg-" + "-" * 17,
        f"x{ARN}",
        f"{ARN}/",
        ARN.replace("vpc-lattice", "elasticloadbalancing"),
        ARN.replace("123456789012", "1234"),
        ARN.replace("123456789012", "\u0661" * 12),
        SERVICE_ARN,
        None,
        5,
        b"tg-0123456789abcdefg",
        HasIdAsString(),
    ],
)
def test_value_that_is_not_an_identifier_raises(value: Any) -> None:
    """Names, None, malformed ids, malformed ARNs, and values of other types are rejected."""
    for resolve in (resolve_identifier, known_arn):
        with pytest.raises(InvalidIdentifierError) as caught:
            resolve(value)

        assert caught.value.problems[0].value is value


def test_group_without_an_id_raises() -> None:
    """A model with an empty id is not an identifier."""
    with pytest.raises(InvalidIdentifierError) as caught:
        resolve_identifier(attrs.evolve(TARGET_GROUP, id=""))

    assert caught.value.problems[0].value == ""


@pytest.mark.parametrize(
    ("target_group", "expected"),
    [
        (ID, None),
        (ARN, ARN),
        (TARGET_GROUP, ARN),
        (SUMMARY, ARN),
        (attrs.evolve(SUMMARY, arn=""), None),
    ],
)
def test_known_arn_returns_the_arn_of_arns_and_models(target_group: TargetGroupLike, expected: str | None) -> None:
    """``known_arn()`` returns the ARN for an ARN or a model, and None for an id."""
    assert known_arn(target_group) == expected
