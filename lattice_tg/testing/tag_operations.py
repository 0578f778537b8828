"""The three operations on the tags of a target group."""

from typing import Any

from attrs import evolve

from lattice_tg.testing.realm import RegionBackend
from lattice_tg.testing.refusals import validation_error
from lattice_tg.testing.tag_rules import tag_violations

Params = dict[str, Any]
Answer = dict[str, Any]


def tag_resource(realm: RegionBackend, params: Params, now: float) -> Answer:
    """Tags added, or changed where the key is there already."""
    group = realm.get(params["resourceArn"], now)
    if violations := list(tag_violations(params["tags"], group.tags)):
        raise validation_error(violations)
    realm.save(evolve(group, tags={**group.tags, **params["tags"]}))
    return {}


def untag_resource(realm: RegionBackend, params: Params, now: float) -> Answer:
    """Tags taken away; keys that are not there do no harm."""
    group = realm.get(params["resourceArn"], now)
    left = {key: value for key, value in group.tags.items() if key not in params["tagKeys"]}
    realm.save(evolve(group, tags=left))
    return {}


def list_tags_for_resource(realm: RegionBackend, params: Params, now: float) -> Answer:
    """All tags."""
    return {"tags": dict(realm.get(params["resourceArn"], now).tags)}
