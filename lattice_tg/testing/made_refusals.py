"""Refusals that a test asks for: throttling, and any other error by its code."""

from lattice_tg.testing.model import error_shapes, http_status_of
from lattice_tg.testing.refusals import ErrorResponse, placeholder_members


def throttling_error(retry_after_seconds: int | None) -> ErrorResponse:
    """429."""
    return make_error("ThrottlingException", "Rate exceeded", None, retry_after_seconds)


def make_error(
    code: str, message: str | None, http_status: int | None, retry_after_seconds: int | None = None
) -> ErrorResponse:
    """A refusal with this code; one that the model does not have needs its HTTP status said."""
    if http_status is None and code not in error_shapes():
        known = ", ".join(sorted(error_shapes()))
        problem = f"code={code!r}: not an error of VPC Lattice; write one of {known}, or say its http_status= too"
        raise ValueError(problem)
    status = http_status_of(code) if http_status is None else http_status
    text = f"{code}, as the test asked" if message is None else message
    return ErrorResponse(
        code, text, status, placeholder_members(code, "tg-unknown"), validate_retry_after(retry_after_seconds)
    )


def validate_retry_after(seconds: int | None) -> int | None:
    """What to put into ``Retry-After``: the model has whole seconds, and boto3 can read no others."""
    if seconds is not None and (seconds < 0 or seconds != int(seconds)):
        message = f"retry_after_seconds={seconds!r}: not whole seconds; write 0, 1, 2 or more"
        raise ValueError(message)
    return None if seconds is None else int(seconds)
