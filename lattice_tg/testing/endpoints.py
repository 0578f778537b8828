"""The Regions, partitions and host names that botocore knows."""

import re
from functools import cache
from typing import Any

from attrs import frozen
from botocore.loaders import Loader  # pyright: ignore[reportMissingTypeStubs]

_STANDARD_SUFFIX = "amazonaws.com"
_SHARED_SUFFIX = (
    "on.aws"  # Dual-stack endpoints of some services, and the default domain names of VPC Lattice services.
)
_REGION = re.compile(r"[a-z]+(-[a-z]+)+-\d+", re.ASCII)


@frozen
class Partition:
    """A partition of AWS, such as ``aws`` or ``aws-cn``."""

    name: str
    region_pattern: re.Pattern[str]
    regions: frozenset[str]
    suffixes: frozenset[str]
    """The domain names under which the endpoints of the partition are."""


@frozen
class AwsHost:
    """The host name of an AWS endpoint, split into its parts."""

    labels: tuple[str, ...]
    """The labels in front of the suffix, without a FIPS marker. For most endpoints: the service and the Region."""
    suffix: str

    @property
    def standard_name(self) -> str:
        """The host name of the same endpoint under the suffix that moto supports."""
        suffix = self.suffix if self.suffix.startswith(_STANDARD_SUFFIX) else _STANDARD_SUFFIX
        return ".".join((*self.labels, suffix))


@cache
def partitions() -> tuple[Partition, ...]:
    """Return the partitions that the installed botocore knows."""
    loader: Any = Loader()
    endpoints = {item["partition"]: item for item in loader.load_data("endpoints")["partitions"]}
    return tuple(
        _make_partition(item, endpoints.get(item["id"], {})) for item in loader.load_data("partitions")["partitions"]
    )


def _make_partition(item: dict[str, Any], endpoints: dict[str, Any]) -> Partition:
    outputs = item["outputs"]
    # The file of partitions also lists pseudo Regions, such as aws-global.
    pattern = re.compile(item["regionRegex"])
    regions = {*item["regions"], *endpoints.get("regions", {})}
    return Partition(
        name=item["id"],
        region_pattern=pattern,
        regions=frozenset(region for region in regions if pattern.match(region)),
        suffixes=frozenset({outputs["dnsSuffix"], outputs["dualStackDnsSuffix"]}),
    )


def is_known_region(region: str) -> bool:
    """Return whether botocore knows ``region``."""
    return any(region in partition.regions for partition in partitions())


def partition_of(region: str) -> str:
    """Return the name of the partition of ``region``. For unknown Regions, this is ``aws``, as in botocore."""
    matching = (partition.name for partition in partitions() if partition.region_pattern.match(region))
    return next(matching, "aws")


def parse_host(host: str) -> AwsHost | None:
    """Return the parts of the host name of an AWS endpoint, or None for another host.

    Upper case and a trailing dot make no difference. Dual-stack and FIPS endpoints are included.
    """
    name = host.lower().removesuffix(".")
    for suffix in _suffixes():
        if name.endswith(f".{suffix}"):
            labels = name.removesuffix(f".{suffix}").split(".")
            return AwsHost(tuple(_without_fips(labels)), suffix)
    return None


def _without_fips(labels: list[str]) -> list[str]:
    """Return the labels without the FIPS marker of the service, which is the label in front of the Region."""
    match labels:
        case [*subdomains, service, region] if _REGION.fullmatch(region):
            return [*subdomains, service.removesuffix("-fips"), region]
        case _:
            return labels


@cache
def _suffixes() -> list[str]:
    return sorted({_SHARED_SUFFIX}.union(*(partition.suffixes for partition in partitions())), key=len, reverse=True)
