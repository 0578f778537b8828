"""Tests of the validation of unknown enum values, with and without ``allow_unknown``."""

from typing import Any

import pytest

from lattice_tg.errors import InvalidSpecError
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.validation import find_problems, update_problems, validate
from support.validation import changed, ip, messages


def test_unknown_enum_values_are_problems_unless_allowed() -> None:
    """In every enum field, unknown values are problems unless ``allow_unknown`` is set."""
    health_check: dict[str, Any] = {"protocol": "QUIC", "protocol_version": "HTTP3"}
    config: dict[str, Any] = {"protocol": "QUIC", "protocol_version": "HTTP3", "ip_address_type": "IPV7"}
    spec = changed(ip(**config, health_check=HealthCheck(**health_check)), type="POD")

    fields = [problem.field for problem in find_problems(spec)]

    assert find_problems(spec, allow_unknown=True) == ()
    assert fields == [
        "type",
        "config.protocol",
        "config.protocol_version",
        "config.ip_address_type",
        "config.health_check.protocol",
        "config.health_check.protocol_version",
    ]
    with pytest.raises(InvalidSpecError):
        validate(spec)
    validate(spec, allow_unknown=True)


def test_allow_unknown_does_not_disable_other_rules() -> None:
    """With ``allow_unknown``, all other rules still apply. Values that cannot be enum values are problems."""
    invalid: dict[str, Any] = {"protocol": "", "protocol_version": 5, "port": 0}
    spec = changed(ip(**invalid, health_check=HealthCheck(**invalid)), type=5)

    fields = [problem.field for problem in find_problems(spec, allow_unknown=True)]

    assert fields == [
        "type",
        "config.protocol",
        "config.protocol_version",
        "config.port",
        "config.health_check.protocol",
        "config.health_check.protocol_version",
        "config.health_check.port",
    ]


def test_allow_unknown_does_not_disable_rules_of_the_type() -> None:
    """If the type is known, fields that the type does not support are problems even with unknown values."""
    spec = changed(ip(protocol="QUIC", port=0), type="LAMBDA")

    fields = [problem.field for problem in find_problems(spec, allow_unknown=True)]

    assert fields == ["config.port", "config.protocol", "config.vpc_identifier"]


def test_unknown_enum_values_in_updates_are_problems_unless_allowed() -> None:
    """In health check updates, unknown enum values are problems unless ``allow_unknown`` is set."""
    protocol: Any = "QUIC"
    health_check = HealthCheck(protocol=protocol)

    assert messages(update_problems(health_check, ())) == ["health_check.protocol='QUIC': must be one of HTTP, HTTPS"]
    assert update_problems(health_check, (), allow_unknown=True) == ()
