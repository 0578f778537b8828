"""Whatever stands in a field, the rules answer with problems."""

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
from support.strategies import junk, modestly
from support.validation import group, messages


@pytest.mark.parametrize("spec", [None, "orders", {"name": "orders", "type": "IP"}])
def test_what_is_no_spec(spec: Any) -> None:
    """Something else than a spec, such as a builder, is told so."""
    assert messages(find_problems(spec)) == [f"spec={spec!r}: must be a TargetGroupSpec. Call build() on a builder."]


@modestly
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
def test_junk_never_crashes_the_rules(spec: TargetGroupSpec, allow_unknown: bool) -> None:
    """Whatever a field holds, its problem is told or there is none."""
    found = find_problems(spec, allow_unknown=allow_unknown)

    assert all(isinstance(problem, Problem) for problem in found)


@modestly
@given(
    kind=st.sampled_from(["IP", "INSTANCE"]) | junk,
    protocol=st.sampled_from(["HTTP", "TCP"]) | junk,
    version=st.sampled_from(["GRPC", None]) | junk,
    health_check=st.builds(
        HealthCheck,
        **dict.fromkeys(attrs.fields_dict(HealthCheck), junk) | {"matcher": junk | st.builds(Matcher, http_code=junk)},
    ),
)
def test_junk_in_a_health_check_never_crashes_the_rules(
    kind: Any, protocol: Any, version: Any, health_check: HealthCheck
) -> None:
    """Whatever a health check holds, its problems are told or there are none."""
    config = TargetGroupConfig(protocol=protocol, protocol_version=version, health_check=health_check)
    spec = TargetGroupSpec(name="orders", type=kind, config=config)

    found = (*find_problems(spec), *find_problems(spec, allow_unknown=True), *update_problems(health_check, ()))

    assert all(isinstance(problem, Problem) for problem in found)


@modestly
@given(
    targets=st.lists(st.builds(Target, id=junk, port=junk) | junk, max_size=3),
    kind=st.sampled_from(["IP", "INSTANCE", "ALB", "LAMBDA", "POD"]),
)
def test_junk_never_crashes_the_rules_of_targets(targets: list[Any], kind: str) -> None:
    """Whatever stands in a list of targets, its problems are told or there are none."""
    found = (*target_problems(targets), *target_problems(targets, group(kind)))

    assert all(isinstance(problem, Problem) for problem in found)
