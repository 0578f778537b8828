"""Fuzz tests: validation never raises, whatever the values are."""

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tg.models.health_check import HealthCheck, Matcher
from lattice_tg.models.problem import Problem
from lattice_tg.models.target_group import TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target
from lattice_tg.validation import find_problems, target_problems, update_problems
from support.strategies import junk, limited_examples
from support.validation import group, messages


@pytest.mark.parametrize("spec", [None, "orders", {"name": "orders", "type": "IP"}])
def test_value_that_is_not_a_spec_is_one_problem(spec: Any) -> None:
    """A value that is not a spec has one problem, and the hint covers a forgotten ``build()``."""
    assert messages(find_problems(spec)) == [
        f"spec={spec!r}: must be a TargetGroupSpec. Call build() on a builder, or pass the spec of a DesiredState."
    ]


@limited_examples
@given(
    spec=st.builds(
        TargetGroupSpec,
        name=junk,
        type=junk,
        config=st.builds(TargetGroupConfig, **dict.fromkeys(attrs.fields_dict(TargetGroupConfig), junk)),
        tags=junk | st.dictionaries(st.text(max_size=2) | st.integers(), junk, max_size=2),
    ),
    allow_unknown=st.booleans(),
)
def test_find_problems_accepts_any_field_values(spec: TargetGroupSpec, allow_unknown: bool) -> None:
    """Validating a spec with arbitrary values does not raise."""
    problems = find_problems(spec, allow_unknown=allow_unknown)

    assert all(isinstance(problem, Problem) for problem in problems)


@limited_examples
@given(
    group_type=st.sampled_from(["IP", "INSTANCE"]) | junk,
    protocol=st.sampled_from(["HTTP", "TCP"]) | junk,
    version=st.sampled_from(["GRPC", None]) | junk,
    health_check=st.builds(
        HealthCheck,
        **dict.fromkeys(attrs.fields_dict(HealthCheck), junk) | {"matcher": junk | st.builds(Matcher, http_code=junk)},
    ),
)
def test_find_problems_accepts_any_health_check_values(
    group_type: Any, protocol: Any, version: Any, health_check: HealthCheck
) -> None:
    """Validating a health check with arbitrary values does not raise."""
    config = TargetGroupConfig(protocol=protocol, protocol_version=version, health_check=health_check)
    spec = TargetGroupSpec(name="orders", type=group_type, config=config)

    problems = (*find_problems(spec), *find_problems(spec, allow_unknown=True), *update_problems(health_check, ()))

    assert all(isinstance(problem, Problem) for problem in problems)


@limited_examples
@given(
    targets=st.lists(st.builds(Target, id=junk, port=junk) | junk, max_size=3),
    group_type=st.sampled_from(["IP", "INSTANCE", "ALB", "LAMBDA", "POD"]),
)
def test_target_problems_accepts_any_values(targets: list[Any], group_type: str) -> None:
    """Validating a list of arbitrary values as targets does not raise."""
    problems = (*target_problems(targets), *target_problems(targets, group(group_type)))

    assert all(isinstance(problem, Problem) for problem in problems)
