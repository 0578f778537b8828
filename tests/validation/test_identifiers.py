"""Telling an id or ARN from everything else."""

from typing import Any

import attrs
import pytest

from lattice_tg.errors import InvalidIdentifierError
from lattice_tg.validation.identifiers import TargetGroupLike, known_arn, resolve_identifier
from support.model_examples import ARN, ID, SERVICE_ARN, SUMMARY, TARGET_GROUP

GOV_ARN = f"arn:aws-us-gov:vpc-lattice:us-gov-west-1:123456789012:targetgroup/{ID}"


class LooksLikeAnId:
    """Prints like an id and is none."""

    def __str__(self) -> str:
        return ID


@pytest.mark.parametrize(
    ("target_group", "expected"),
    [(ID, ID), (ARN, ARN), (GOV_ARN, GOV_ARN), (TARGET_GROUP, ID), (SUMMARY, ID)],
)
def test_what_names_a_group(target_group: TargetGroupLike, expected: str) -> None:
    """An id and an ARN name a group as they are; a description names it by its id."""
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
        LooksLikeAnId(),
    ],
)
def test_what_names_no_group(value: Any) -> None:
    """Names, nothing, near misses and other things are refused before the service sees them."""
    for read in (resolve_identifier, known_arn):
        with pytest.raises(InvalidIdentifierError) as caught:
            read(value)

        assert caught.value.problems[0].value is value


def test_a_group_without_an_id() -> None:
    """A description that came without an id names no group."""
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
def test_the_arn_where_it_is_known(target_group: TargetGroupLike, expected: str | None) -> None:
    """The ARN is in an ARN and in a description; an id alone does not tell it."""
    assert known_arn(target_group) == expected
