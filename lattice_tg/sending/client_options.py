"""Validation of client options."""

from collections.abc import Callable

from lattice_tg.events import CallEvent, RetryEvent
from lattice_tg.models.problem import Problem
from lattice_tg.runtime.base import Runtime
from lattice_tg.sending.retry_policy import RetryPolicy
from lattice_tg.transport.connection import configuration_error
from lattice_tg.validation.arguments import is_number


def validate_options(
    runtime: Runtime,
    retry: RetryPolicy,
    on_retry: Callable[[RetryEvent], object] | None,
    on_call: Callable[[CallEvent], object] | None,
    max_requests_per_second: float | None = None,
) -> None:
    """Raise an error if a client option is invalid.

    Raises:
        ConfigurationError: If an option is invalid. The message lists every problem.

    """
    problems: list[Problem] = []
    if not isinstance(retry, RetryPolicy):  # pyright: ignore[reportUnnecessaryIsInstance] - not all callers are typed
        problems.append(Problem("retry", retry, "must be a RetryPolicy, such as RetryPolicy(max_attempts=5)"))
    problems += runtime.find_hook_problems("on_retry", on_retry, "a RetryEvent")
    problems += runtime.find_hook_problems("on_call", on_call, "a CallEvent")
    rate = max_requests_per_second
    if not (rate is None or (is_number(rate) and rate > 0)):
        hint = "Omit max_requests_per_second to let the client find the rate"
        problems.append(Problem("max_requests_per_second", rate, "must be a number greater than 0", hint))
    if problems:
        raise configuration_error(problems)
