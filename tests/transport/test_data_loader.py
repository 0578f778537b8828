"""Tests of the loader for botocore's data files, whose data must equal what botocore's loader loads."""

import gzip
import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.exceptions import BotoCoreError, DataNotFoundError, UnknownServiceError
from botocore.loaders import Loader
from botocore.regions import EndpointResolver

from lattice_tg import TargetGroupClient
from lattice_tg.transport import data_loader
from lattice_tg.transport.data_loader import create_data_loader, parse_endpoints

DATA_FOLDER = Path(botocore.__file__).parent / "data"
ENDPOINTS = (DATA_FOLDER / "endpoints.json").read_bytes()
TABLE: dict[str, Any] = json.loads(ENDPOINTS)
REGIONS = sorted(
    {region for partition in TABLE["partitions"] for region in partition["regions"]}
    | {
        name
        for partition in TABLE["partitions"]
        for service in partition["services"].values()
        for name in service.get("endpoints", {})
    }
    | {"us-east-99", "cn-new-1", "eusc-xx-north-1", "nowhere"}
)
"""Every Region and pseudo Region in the table, Regions that only match a pattern, and one that matches none."""


def make_loader() -> Any:
    """Return a loader for botocore's own data."""
    return create_data_loader([str(DATA_FOLDER)])


def make_botocores_loader() -> Any:
    """Return botocore's loader for the same data."""
    return Loader()


def make_resolver(table: Any) -> Any:
    """Return botocore's resolver for a table of endpoints."""
    return EndpointResolver(table)


def load_nothing() -> None:
    """Fail, because the test needs no endpoints of other services."""
    raise AssertionError


def replace_by_load_nothing(_: object) -> Any:
    """Return ``load_nothing`` instead of a function that parses all endpoints."""
    return load_nothing


def iter_endpoints(table: Any, services: tuple[str, ...]) -> Iterator[object]:
    """Yield the endpoint, or the error, of each service in each Region with each combination of FIPS and dual stack."""
    resolver = make_resolver(table)
    for service, region, use_fips, use_dual_stack in product(services, REGIONS, (False, True), (False, True)):
        options = {"use_fips_endpoint": use_fips, "use_dualstack_endpoint": use_dual_stack}
        try:
            yield resolver.construct_endpoint(service, region, **options)
        except BotoCoreError as error:
            yield str(error)


def test_endpoints_of_vpc_lattice_equal_botocores() -> None:
    """The endpoint, signing Region and partition are identical, and the endpoints of other services are not parsed."""
    table = parse_endpoints(ENDPOINTS, load_nothing)

    endpoints = [*iter_endpoints(table, ("vpc-lattice",))]

    assert endpoints == [*iter_endpoints(json.loads(ENDPOINTS), ("vpc-lattice",))]
    assert len(endpoints) == len(REGIONS) * 4
    assert [make_partition(table, region) for region in REGIONS] == [
        make_partition(TABLE, region) for region in REGIONS
    ]


def test_partitions_without_vpc_lattice_may_come_first() -> None:
    """The endpoints of VPC Lattice belong to the partition in which the table contains them."""
    first, *others = json.loads(ENDPOINTS)["partitions"]
    partitions = [*others, first]
    content = b'{\n  "partitions" : [ %b ],\n  "version" : 3\n}' % b", ".join(map(encode_partition, partitions))

    table = parse_endpoints(content, load_nothing)

    assert [*iter_endpoints(table, ("vpc-lattice",))] == [*iter_endpoints(json.loads(content), ("vpc-lattice",))]


def encode_partition(partition: dict[str, Any]) -> bytes:
    """Return a partition in the layout of botocore's table."""
    return json.dumps(partition, indent=2, separators=(",", " : ")).replace("\n", "\n  ").encode()


def make_partition(table: Any, region: str) -> str:
    """Return the partition of a Region, or the error if no partition contains the Region."""
    try:
        partition: str = make_resolver(table).get_partition_for_region(region)
    except BotoCoreError as error:
        return str(error)
    return partition


def test_endpoints_of_services_for_credentials_equal_botocores() -> None:
    """The endpoints of the services that provide credentials are those of botocore's whole table."""
    services = ("sts", "sso", "sso-oidc", "signin", "no-such-service")
    table = make_loader().load_data("endpoints")

    assert [*iter_endpoints(table, services)] == [*iter_endpoints(json.loads(ENDPOINTS), services)]


def test_table_equals_botocores() -> None:
    """The complete table is equal, and the file is parsed one more time for all other services together."""
    parsed: list[str] = []

    def load_all() -> Any:
        parsed.append("endpoints")
        return json.loads(ENDPOINTS)

    table: Any = parse_endpoints(ENDPOINTS, load_all)
    partitions = [{**partition, "services": dict(partition["services"])} for partition in table["partitions"]]

    assert {**table, "partitions": partitions} == TABLE
    assert [len(partition["services"]) for partition in table["partitions"]] == [
        len(partition["services"]) for partition in TABLE["partitions"]
    ]
    assert parsed == ["endpoints"]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(TABLE).encode(),
        ENDPOINTS.replace(b"\n    }", b"\n     }"),
        ENDPOINTS.replace(b'\n    "services" : {', b'\n    "services" :  {'),
        b"{}",
    ],
    ids=["one line", "other indentation", "other spaces", "no partitions"],
)
def test_other_layouts_are_parsed_completely(content: bytes, tmp_path: Path) -> None:
    """A file with another layout is parsed like every other file."""
    (tmp_path / "endpoints.json").write_bytes(content)

    loader: Any = create_data_loader([str(tmp_path)])
    table = loader.load_data("endpoints")

    assert table == json.loads(content)


def test_new_client_parses_no_endpoints_of_other_services(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client with credentials in environment variables needs only the endpoints of VPC Lattice."""
    monkeypatch.setattr("lattice_tg.transport.session._loaders", {})
    monkeypatch.setattr(data_loader, "cache", replace_by_load_nothing)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")

    client = TargetGroupClient(region_name="eu-west-1")

    assert client.boto3_client.meta.endpoint_url == "https://vpc-lattice.eu-west-1.amazonaws.com"


def test_service_is_found_without_a_list_of_all_services(monkeypatch: pytest.MonkeyPatch) -> None:
    """To load the model of a service, the loader looks only at the directory of the service."""
    loader = make_loader()
    listed: list[str] = []
    loader_class: Any = Loader
    list_all = loader_class.list_available_services

    def record(loader: Any, type_name: str) -> Any:
        listed.append(type_name)
        return list_all(loader, type_name)

    monkeypatch.setattr(Loader, "list_available_services", record)
    model = loader.load_service_model("vpc-lattice", "service-2")

    assert listed == []
    assert model == make_botocores_loader().load_service_model("vpc-lattice", "service-2")


@pytest.mark.parametrize("service", ["vpc-lattice", "sts", "sso", "sso-oidc"])
@pytest.mark.parametrize("type_name", ["service-2", "endpoint-rule-set-1", "paginators-1"])
def test_files_of_services_equal_botocores(service: str, type_name: str) -> None:
    """Plain and compressed files have the contents and the order that botocore's loader returns."""
    loaders = make_loader(), make_botocores_loader()

    loaded, expected = (json.dumps(loader.load_service_model(service, type_name)) for loader in loaders)

    assert loaded == expected


@pytest.mark.parametrize("suffix", [".json", ".json.gz"])
def test_files_in_other_directories_are_loaded(suffix: str, tmp_path: Path) -> None:
    """Files can be compressed, and can contain characters that are not in ASCII."""
    content = '{"name": "é"}'.encode()
    (tmp_path / f"names{suffix}").write_bytes(gzip.compress(content) if suffix.endswith(".gz") else content)
    loader: Any = create_data_loader([str(tmp_path)])

    assert loader.load_data("names") == {"name": "é"}


@pytest.mark.parametrize("name", ["names", "n" * 300])
def test_missing_file_raises_botocores_error(name: str, tmp_path: Path) -> None:
    """If no directory contains a file, or the system rejects its path, the loader raises botocore's error."""
    loader: Any = create_data_loader([str(tmp_path)])

    with pytest.raises(DataNotFoundError):
        loader.load_data(name)


def test_encodings_other_than_utf_8_are_rejected(tmp_path: Path) -> None:
    """Like botocore's loader, the loader reads only UTF-8."""
    (tmp_path / "names.json").write_bytes('{"name": "é"}'.encode("utf-16"))
    loader: Any = create_data_loader([str(tmp_path)])

    with pytest.raises(UnicodeDecodeError):
        loader.load_data("names")


def test_loader_knows_the_same_services_as_botocores() -> None:
    """The names of the services are the names that botocore's loader lists."""
    names = make_loader().list_available_services("service-2")

    expected = make_botocores_loader().list_available_services("service-2")
    assert ([*names], len(names), names[0], "vpc-lattice" in names) == (expected, len(expected), expected[0], True)
    assert "no-such-service" not in names


def test_unknown_service_is_rejected_as_by_botocore() -> None:
    """If a service does not exist, the loader raises botocore's error with the names of all services."""
    errors = list[str]()
    for loader in (make_loader(), make_botocores_loader()):
        with pytest.raises(UnknownServiceError) as caught:
            loader.load_service_model("no-such-service", "service-2")
        errors.append(str(caught.value))

    assert errors[0] == errors[1]
