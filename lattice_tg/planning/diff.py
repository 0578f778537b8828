"""Differences between a spec and an existing target group."""

from collections.abc import Iterator, Mapping

import attrs

from lattice_tg.formatting import format_item_path
from lattice_tg.models.change import Change
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec


def diff_config(spec: TargetGroupSpec, group: TargetGroup) -> Iterator[Change]:
    """Yield the differences in the type and in config fields that cannot be updated.

    The health check is not compared.
    """
    if spec.type != group.type:
        yield Change("type", group.type, spec.type)
    yield from _diff_set_fields(spec.config, group.config, "config.", skip="health_check")


def diff_health_check(spec: TargetGroupSpec, group: TargetGroup) -> Iterator[Change]:
    """Yield the differences in the health check.

    The health check is the only part of the config that can be updated.
    """
    desired = spec.config.health_check or HealthCheck()
    yield from _diff_set_fields(desired, group.config.health_check or HealthCheck(), "config.health_check.")


def diff_tags(spec: TargetGroupSpec, tags: Mapping[str, str]) -> Iterator[Change]:
    """Yield the differences in the tags that the spec sets."""
    for key, value in spec.tags.items():
        if tags.get(key) != value:
            yield Change(format_item_path("tags", key), tags.get(key), value)


def _diff_set_fields(
    desired: TargetGroupConfig | HealthCheck, observed: TargetGroupConfig | HealthCheck, path: str, *, skip: str = ""
) -> Iterator[Change]:
    for field in attrs.fields(type(desired)):
        new, old = getattr(desired, field.name), getattr(observed, field.name)
        if field.name != skip and new is not None and new != old:
            yield Change(path + field.name, old, new)
