"""The three operations on the tags of a target group."""

from typing import Any

from attrs import evolve

from lattice_tg.testing.realm import Realm
from lattice_tg.testing.refusals import invalid
from lattice_tg.testing.tag_rules import tag_violations

Params = dict[str, Any]
Answer = dict[str, Any]


def tag_resource(realm: Realm, params: Params, now: float) -> Answer:
    """Tags added, or changed where the key is there already."""
    group = realm.find(params["resourceArn"], now)
    if violations := list(tag_violations(params["tags"], group.tags)):
        raise invalid(violations)
    realm.keep(evolve(group, tags={**group.tags, **params["tags"]}))
    return {}


def untag_resource(realm: Realm, params: Params, now: float) -> Answer:
    """Tags taken away; keys that are not there do no harm."""
    group = realm.find(params["resourceArn"], now)
    left = {key: value for key, value in group.tags.items() if key not in params["tagKeys"]}
    realm.keep(evolve(group, tags=left))
    return {}


def list_tags_for_resource(realm: Realm, params: Params, now: float) -> Answer:
    """All tags."""
    return {"tags": dict(realm.find(params["resourceArn"], now).tags)}
