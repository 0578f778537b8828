"""Validation of the options of a client."""

from collections.abc import Callable

from lattice_tg.errors import ConfigurationError
from lattice_tg.results import RetryEvent
from lattice_tg.sending.retry_policy import RetryPolicy
from lattice_tg.validation.arguments import is_number


def validate_options(
    retry: RetryPolicy, on_retry: Callable[[RetryEvent], object] | None, max_requests_per_second: float | None = None
) -> None:
    """Raise one error if options of a client are invalid.

    Raises:
        ConfigurationError: If an option is invalid. The message states the rule for each invalid option.

    """
    problems: list[str] = []
    if not isinstance(retry, RetryPolicy):  # pyright: ignore[reportUnnecessaryIsInstance] - a caller may be untyped
        problems.append(f"retry={retry!r}: must be a RetryPolicy, such as RetryPolicy(max_attempts=5).")
    if not (on_retry is None or callable(on_retry)):
        problems.append(f"on_retry={on_retry!r}: must be a function that accepts a RetryEvent.")
    rate = max_requests_per_second
    if not (rate is None or (is_number(rate) and rate > 0)):
        problems.append(
            f"max_requests_per_second={rate!r}: must be greater than 0. Omit it to adapt the rate to the service."
        )
    if problems:
        raise ConfigurationError(" ".join(problems))
