"""Tests for the conversion of models to dicts for boto3."""

import json
from typing import Any

import pytest

from lattice_tg.conversion import to_boto3
from lattice_tg.models.health_check import HealthCheck, Matcher
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target
from support.conversion import each_example
from support.model_examples import ARN, ID, SPEC


@each_example("model", "data")
def test_models_are_converted_to_the_names_of_the_api(model: Any, data: dict[str, Any]) -> None:
    """Every field of every model is converted to the corresponding member of the dict."""
    assert to_boto3(model) == data


def test_fields_that_are_not_set_are_omitted() -> None:
    """The dict has no member for a field that is None."""
    dicts = [to_boto3(model) for model in (HealthCheck(), TargetGroupConfig(), Target(id="i-1"))]

    assert dicts == [{}, {}, {"id": "i-1"}]


@pytest.mark.parametrize(
    "config",
    [TargetGroupConfig(), TargetGroupConfig(health_check=HealthCheck())],
)
def test_empty_config_is_omitted(config: TargetGroupConfig) -> None:
    """Empty tags are omitted, and so is a config without fields or with only an empty health check."""
    spec = TargetGroupSpec(name="resize", type="LAMBDA", config=config)
    group = TargetGroup(id=ID, arn=ARN, name="resize", type="LAMBDA", status="ACTIVE", config=config)

    assert to_boto3(spec) == {"name": "resize", "type": "LAMBDA"}
    assert to_boto3(group) == {"id": ID, "arn": ARN, "name": "resize", "type": "LAMBDA", "status": "ACTIVE"}


def test_empty_health_check_is_omitted() -> None:
    """A health check without fields is omitted from a config that has other fields."""
    assert to_boto3(TargetGroupConfig(port=80, health_check=HealthCheck())) == {"port": 80}


def test_falsy_values_are_sent() -> None:
    """Fields that are False, 0 or an empty string are set, so the dict contains them."""
    check = HealthCheck(enabled=False, port=0, path="", matcher=Matcher(http_code=""))

    assert to_boto3(check) == {"enabled": False, "port": 0, "path": "", "matcher": {"httpCode": ""}}


def test_dicts_are_plain_and_independent_of_the_model() -> None:
    """Changing the dict does not change the model, and the dict can be serialized as JSON."""
    first: Any = to_boto3(SPEC)
    second = to_boto3(SPEC)

    first["tags"]["more"] = "1"
    first["config"]["port"] = 1

    assert (type(first["tags"]), second, json.loads(json.dumps(second))) == (dict, to_boto3(SPEC), second)
