"""Which format a file has: its name says it."""

from pathlib import Path
from typing import Literal

from lattice_tg.errors import ConfigurationError, InvalidSpecError
from lattice_tg.models.problems import make_problem

Format = Literal["json", "yaml"]

_FORMATS: dict[str, Format] = {".json": "json", ".yaml": "yaml", ".yml": "yaml"}


def detect_format(path: Path) -> Format:
    """The format of the file at ``path``."""
    if path.suffix.lower() not in _FORMATS:
        rule = f"its name does not say which format it has; let it end in {', '.join(_FORMATS)}"
        raise InvalidSpecError((make_problem("path", str(path), rule),))
    return _FORMATS[path.suffix.lower()]


def missing_pyyaml_error() -> ConfigurationError:
    """What is said where PyYAML is not installed."""
    return ConfigurationError("YAML files need PyYAML, which is not installed: pip install 'lattice-tg[yaml]'")
