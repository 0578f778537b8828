"""The Literal types in the signatures of the emulator, compared with botocore's service model."""

from typing import get_args

from lattice_tg.testing.service_model import (
    OPERATION_NAMES,
    ErrorCode,
    FaultOperation,
    TargetStatus,
    error_shapes,
    service_model,
)


def test_operations_are_those_of_the_emulator() -> None:
    """Faults can be injected into each emulated operation and into all operations together."""
    names = {name for part in get_args(FaultOperation) for name in get_args(part)}

    assert names == {*OPERATION_NAMES, "*"}


def test_error_codes_are_those_of_the_model() -> None:
    """The error codes are the error shapes of the emulated operations."""
    assert sorted(get_args(ErrorCode)) == sorted(error_shapes())


def test_target_statuses_are_those_of_the_model() -> None:
    """The target statuses are the values of the enum in the model."""
    assert sorted(get_args(TargetStatus)) == sorted(service_model().shape_for("TargetStatus").enum)
