"""The emulator's target groups, listeners and rules in moto's Resource Groups Tagging API."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from typing import Any

from moto.core.resource_tagging import TaggedResource

from lattice_tg.testing.backend import RegionBackend
from lattice_tg.testing.errors import EmulatedServiceError
from lattice_tg.testing.http_messages import is_emulated_arn
from lattice_tg.testing.listeners import Listener, Rule
from lattice_tg.testing.operations import tag_resource, untag_resource
from lattice_tg.testing.target_group import TargetGroup

FailedResources = dict[str, Mapping[str, Any]]
Change = Callable[[str], object]

_RESOURCE_TYPES = {
    TargetGroup: "vpc-lattice:targetgroup",
    Listener: "vpc-lattice:listener",
    Rule: "vpc-lattice:rule",
}


@contextmanager
def extend_tagging_api(tagging_api: Any, vpc_lattice: Any, backend: RegionBackend, now: float) -> Generator[None]:
    """Let moto's tagging API find and change the resources of the emulator until the context ends.

    Args:
        tagging_api: moto's backend of the Resource Groups Tagging API.
        vpc_lattice: moto's backend of VPC Lattice in the same account and Region.
        backend: The emulator's backend of this account and Region.
        now: The reading of the emulator's clock.

    """
    list_others: Callable[[], Iterator[TaggedResource]] = vpc_lattice.iter_tagged_resources
    tag_others: Callable[[list[str], dict[str, str]], FailedResources] = tagging_api.tag_resources
    untag_others: Callable[[list[str], list[str]], FailedResources] = tagging_api.untag_resources

    def iter_tagged_resources() -> Iterator[TaggedResource]:
        others = (item for item in list_others() if item.resource_type not in _RESOURCE_TYPES.values())
        return chain(_iter_resources(backend, now), others)

    def tag_resources(resource_arns: list[str], tags: dict[str, str]) -> FailedResources:
        def tag(arn: str) -> object:
            return tag_resource(backend, {"resourceArn": arn, "tags": tags}, now)

        return _change_each(resource_arns, tag) | tag_others(_others(resource_arns), tags)

    def untag_resources(resource_arn_list: list[str], tag_keys: list[str]) -> FailedResources:
        def untag(arn: str) -> object:
            return untag_resource(backend, {"resourceArn": arn, "tagKeys": tag_keys}, now)

        return _change_each(resource_arn_list, untag) | untag_others(_others(resource_arn_list), tag_keys)

    vpc_lattice.iter_tagged_resources = iter_tagged_resources
    tagging_api.tag_resources = tag_resources
    tagging_api.untag_resources = untag_resources
    try:
        yield
    finally:
        del vpc_lattice.iter_tagged_resources, tagging_api.tag_resources, tagging_api.untag_resources


def _iter_resources(backend: RegionBackend, now: float) -> Iterator[TaggedResource]:
    resources: list[TargetGroup | Listener | Rule] = [*backend.existing_groups(now), *backend.listeners.values()]
    for resource in (*resources, *backend.rules.values()):
        yield TaggedResource(resource.arn, dict(resource.tags), _RESOURCE_TYPES[type(resource)])


def _others(arns: Iterable[str]) -> list[str]:
    return [arn for arn in arns if not is_emulated_arn(arn)]


def _change_each(arns: Iterable[str], change: Change) -> FailedResources:
    """Change the tags of the emulator's resources, and return the failures by ARN."""
    failures = FailedResources()
    for arn in filter(is_emulated_arn, arns):
        try:
            change(arn)
        except EmulatedServiceError as error:
            # The API reference lists this code for invalid parameters. The code for unknown ARNs is not documented.
            failures[arn] = {
                "StatusCode": error.response.http_status,
                "ErrorCode": "InvalidParameterException",
                "ErrorMessage": error.response.message,
            }
    return failures
