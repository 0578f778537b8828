"""Loader for the data files of botocore that reads only what a client for VPC Lattice needs.

To create the first client of a process, botocore's loader lists the directories of all services and parses a table of
the endpoints of all services. This takes half of the time and a tenth of the memory of the process. The loader also
parses each JSON object into an OrderedDict, which takes three times as long as parsing it into a dict.
"""

# botocore has no type annotations.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import gzip
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from attrs import frozen
from botocore.exceptions import DataNotFoundError
from botocore.loaders import JSONFileLoader, Loader

from lattice_tg.transport.api import SERVICE


def create_data_loader(search_paths: list[str]) -> Any:
    """Return a data loader for a botocore session."""
    return _DataLoader(search_paths, file_loader=_FileLoader(), include_default_search_paths=False)


class _DataLoader(Loader):  # type: ignore[misc]
    def list_available_services(self, type_name: str) -> Any:
        """Return the names of the services that have a model of this type."""
        return _ServiceNames(self, type_name)


@frozen(eq=False, repr=False)
class _ServiceNames(Sequence[str]):
    """Names of services. All directories are listed only if the names are iterated over."""

    loader: Any
    type_name: str

    def __contains__(self, name: object) -> bool:
        try:
            return bool(self.loader.list_api_versions(name, self.type_name))
        except DataNotFoundError:
            return False

    def __getitem__(self, index: Any) -> Any:
        return self._list_names()[index]

    def __len__(self) -> int:
        return len(self._list_names())

    def _list_names(self) -> list[str]:
        names: list[str] = Loader.list_available_services(self.loader, self.type_name)
        return names


class _FileLoader(JSONFileLoader):  # type: ignore[misc]
    """Loader for one file, given the path without the suffix."""

    def load_file(self, file_path: str) -> Any:
        """Return the contents of a JSON file, or None if the file does not exist."""
        if _is_file(path := Path(f"{file_path}.json")):
            load_all = partial(_read_json, path)
            if path.stem == "endpoints" and (table := parse_endpoints(path.read_bytes(), load_all)) is not None:
                return table
            return load_all()
        if _is_file(path := Path(f"{file_path}.json.gz")):
            return json.loads(gzip.decompress(path.read_bytes()).decode())
        return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # botocore's loader also skips directories that it cannot read.
        return False


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


_SERVICES_START = b'\n    "services" : {\n'
_SERVICES_END = b"\n    }"
_SERVICE_START = f'\n      "{SERVICE}" : '.encode()
"""Lines of botocore's file, in which a partition is indented by 4 spaces and a service by 6 spaces."""


def parse_endpoints(content: bytes, load_all: Callable[[], Any]) -> dict[str, Any] | None:
    """Parse the table of the endpoints of all services, except for the endpoints of other services.

    Args:
        content: Contents of the file.
        load_all: Function that parses the whole table. If the endpoints of another service are needed, such as those of
            the services that provide credentials, the function is called once.

    Returns:
        The table, or None if the file has another layout than botocore's file.

    """
    parts, known, end = list[bytes](), list[dict[str, Any]](), 0
    try:
        start = content.find(_SERVICES_START)
        while start >= 0:
            parts.append(b'%b"services": %d' % (content[end:start], len(known)))
            next_start = content.find(_SERVICES_START, start + 1)
            found = content.rfind(_SERVICE_START, start, len(content) if next_start < 0 else next_start)
            # Services are sorted by name, so VPC Lattice is near the end of its partition.
            end = content.index(_SERVICES_END, max(start, found)) + len(_SERVICES_END)
            known.append({} if found < 0 else {SERVICE: _parse_object(content[found + len(_SERVICE_START) : end])})
            start = next_start
        table: dict[str, Any] = json.loads(b"".join([*parts, content[end:]]))
    except ValueError:
        return None
    load_once = cache(load_all)
    for number, partition in enumerate(table.get("partitions", ())):
        if isinstance(partition["services"], int):
            partition["services"] = _Services(known[partition["services"]], load_once, number)
    return table


def _parse_object(content: bytes) -> Any:
    """Parse the JSON object at the start of ``content``."""
    return json.JSONDecoder().raw_decode(content.decode())[0]


@frozen(eq=False, repr=False)
class _Services(Mapping[str, Any]):
    """The services of a partition and their endpoints. At first, only the endpoints of VPC Lattice are parsed."""

    known: dict[str, Any]
    load_table: Callable[[], Any]
    partition_number: int

    def __getitem__(self, name: str) -> Any:
        return self.known[name] if name == SERVICE else self._load()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._load())

    def __len__(self) -> int:
        return len(self._load())

    def _load(self) -> Any:
        return self.load_table()["partitions"][self.partition_number]["services"]
