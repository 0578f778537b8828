"""JSON and YAML files of specs."""

from lattice_tg.spec_files.reader import read_specs
from lattice_tg.spec_files.writer import write_specs

__all__ = ["read_specs", "write_specs"]
