"""Models to the dicts of boto3: only what is set."""

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
def test_models_are_written_under_the_names_of_the_service(model: Any, data: dict[str, Any]) -> None:
    """Every field of every model has its exact place in the dict."""
    assert to_boto3(model) == data


def test_what_is_not_set_is_not_sent() -> None:
    """A dict has no member for what is None."""
    written = [to_boto3(model) for model in (HealthCheck(), TargetGroupConfig(), Target(id="i-1"))]

    assert written == [{}, {}, {"id": "i-1"}]


@pytest.mark.parametrize(
    "config",
    [TargetGroupConfig(), TargetGroupConfig(health_check=HealthCheck())],
)
def test_an_empty_config_is_not_sent(config: TargetGroupConfig) -> None:
    """A config that sets nothing, or nothing but an empty health check, is left out, and so are no tags."""
    spec = TargetGroupSpec(name="resize", type="LAMBDA", config=config)
    group = TargetGroup(id=ID, arn=ARN, name="resize", type="LAMBDA", status="ACTIVE", config=config)

    assert to_boto3(spec) == {"name": "resize", "type": "LAMBDA"}
    assert to_boto3(group) == {"id": ID, "arn": ARN, "name": "resize", "type": "LAMBDA", "status": "ACTIVE"}


def test_an_empty_health_check_is_not_sent() -> None:
    """A health check that sets nothing is left out of a config that sets something."""
    assert to_boto3(TargetGroupConfig(port=80, health_check=HealthCheck())) == {"port": 80}


def test_what_is_false_is_sent() -> None:
    """False, 0 and empty text are set, and so they are written."""
    check = HealthCheck(enabled=False, port=0, path="", matcher=Matcher(http_code=""))

    assert to_boto3(check) == {"enabled": False, "port": 0, "path": "", "matcher": {"httpCode": ""}}


def test_written_dicts_are_plain_and_fresh() -> None:
    """What is written can be changed without changing the model, and JSON takes it."""
    first, second = to_boto3(SPEC), to_boto3(SPEC)

    first["tags"]["more"] = "1"
    first["config"]["port"] = 1

    assert (type(first["tags"]), second, json.loads(json.dumps(second))) == (dict, to_boto3(SPEC), second)
