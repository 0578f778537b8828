"""Models to and from the dicts of boto3: the only room of the library that knows cattrs and camelCase."""

from lattice_tg.wire.conversion import from_boto3, to_boto3
from lattice_tg.wire.reading import reader
from lattice_tg.wire.writing import writer

__all__ = ["from_boto3", "reader", "to_boto3", "writer"]
