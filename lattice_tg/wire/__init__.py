"""Models to and from the dicts of boto3: the only room of the library that knows cattrs and camelCase."""

from lattice_tg.wire.conversion import from_boto3, to_boto3
from lattice_tg.wire.reading import structure_fn
from lattice_tg.wire.writing import unstructure_fn

__all__ = ["from_boto3", "structure_fn", "to_boto3", "unstructure_fn"]
