"""Specs in files, JSON or YAML: read strictly, with the line of every mistake; written so that they read back equal."""

from lattice_tg.spec_files.reader import read_specs
from lattice_tg.spec_files.writer import write_specs

__all__ = ["read_specs", "write_specs"]
