"""Words that this library does not know: problems, unless they are allowed."""

from typing import Any

import pytest

from lattice_tg.errors import InvalidSpecError
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.validation import find_problems, update_problems, validate
from support.validation import changed, ip, messages


def test_unknown_words_are_problems_unless_allowed() -> None:
    """With ``allow_unknown``, words of a newer service pass, wherever words stand."""
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


def test_allowing_unknown_words_allows_nothing_else() -> None:
    """With ``allow_unknown``, what is no word, and every other rule, is still checked."""
    wrong: dict[str, Any] = {"protocol": "", "protocol_version": 5, "port": 0}
    spec = changed(ip(**wrong, health_check=HealthCheck(**wrong)), type=5)

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


def test_rules_of_a_known_type_hold_for_unknown_words() -> None:
    """A word that the library does not know frees no other field."""
    spec = changed(ip(protocol="QUIC", port=0), type="LAMBDA")

    fields = [problem.field for problem in find_problems(spec, allow_unknown=True)]

    assert fields == ["config.port", "config.protocol", "config.vpc_identifier"]


def test_unknown_words_in_updates() -> None:
    """Unknown words are problems in an update, too, unless allowed."""
    word: Any = "QUIC"
    health_check = HealthCheck(protocol=word)

    assert messages(update_problems(health_check, ())) == ["health_check.protocol='QUIC': must be one of HTTP, HTTPS"]
    assert update_problems(health_check, (), allow_unknown=True) == ()
