"""What every model promises, and what the models' own ways to be made give."""

import copy
import datetime as dt
import importlib
import pickle
import pkgutil
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

import lattice_tg.models
from examples import ALB_ARN, ARN, CONFIG, EXAMPLES, ID, LAMBDA_ARN, SPEC, TARGET_GROUP, VPC
from lattice_tg.frozen import FrozenMapping
from lattice_tg.models.config import TargetGroupConfig
from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
from lattice_tg.models.observed import TargetGroup, TargetGroupDeletion, TargetGroupSummary
from lattice_tg.models.problems import Problem, problem
from lattice_tg.models.spec import TargetGroupSpec
from lattice_tg.models.targets import Target, TargetFailure, TargetSummary

MODELS: tuple[Any, ...] = tuple(model for model, _ in EXAMPLES)

NAMES: dict[str, Any] = {model.__class__.__name__: model.__class__ for model in MODELS} | {"datetime": dt}
"""What the repr of a model is evaluated with."""


OUR_OWN = {
    *("Problem", "Change", "Desired"),
    *("Create", "Replace", "UpdateHealthCheck", "Tag", "Register", "Deregister"),
}
"""Models that never go over the wire; they have tests of their own."""


def classes_of_models() -> Iterator[type[Any]]:
    for module in pkgutil.iter_modules(lattice_tg.models.__path__):
        members = vars(importlib.import_module(f"lattice_tg.models.{module.name}")).values()
        yield from (each for each in members if isinstance(each, type) and attrs.has(each))


def each_model() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)


def test_every_model_has_an_example() -> None:
    """No model escapes the tests of this file."""
    without = {cls.__name__ for cls in classes_of_models()} - OUR_OWN - NAMES.keys()

    assert not without, f"add an example of {without} to tests/examples.py"


@each_model()
def test_examples_set_every_field(model: Any) -> None:
    """Each example differs from the default in every field, so that none is forgotten where it is used."""
    unset = [field.name for field in attrs.fields(model.__class__) if getattr(model, field.name) == field.default]

    assert unset == []


@each_model()
def test_models_cannot_be_changed(model: Any) -> None:
    """No field can be set or deleted, and there is no room for others."""
    for field in attrs.fields(model.__class__):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(model, field.name, None)
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            delattr(model, field.name)
    with pytest.raises(AttributeError):
        model.other = 1


@each_model()
def test_models_are_slotted(model: Any) -> None:
    """A model has slots and no dict, which keeps long lists of them small."""
    assert not hasattr(model, "__dict__")


@each_model()
def test_models_take_no_positional_arguments(model: Any) -> None:
    """Every field is named by whoever makes a model."""
    with pytest.raises(TypeError, match="positional"):
        type(model)("tg")


@each_model()
def test_models_are_compared_and_hashed_by_value(model: Any) -> None:
    """Equal values are one in a set, and a change of any field makes another value."""
    twin = attrs.evolve(model)
    others = [attrs.evolve(model, **{field.name: "other"}) for field in attrs.fields(model.__class__)]

    assert twin == model
    assert hash(twin) == hash(model)
    assert all(other != model for other in others)
    assert len({model, twin, *others}) == 1 + len(others)


def test_models_of_two_classes_differ() -> None:
    """The same fields in another class are another value."""
    models: set[object] = {Target(id="i-1"), TargetFailure(id="i-1")}

    assert len(models) == 2


@each_model()
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_models_survive_pickling(model: Any, protocol: int) -> None:
    """A model comes out of a pickle as it went in."""
    restored = pickle.loads(pickle.dumps(model, protocol))

    assert (type(restored), restored, hash(restored)) == (type(model), model, hash(model))


@each_model()
def test_models_survive_copying(model: Any) -> None:
    """Copies, deep and shallow, are equal."""
    assert (copy.copy(model), copy.deepcopy(model)) == (model, model)


@each_model()
def test_repr_makes_the_model_again(model: Any) -> None:
    """The repr of a model is the Python that makes it."""
    assert eval(repr(model), NAMES) == model


@pytest.mark.parametrize(
    ("model", "text"),
    [
        (HealthCheck(), "HealthCheck()"),
        (HealthCheck(enabled=False), "HealthCheck(enabled=False)"),
        (Target(id="i-1"), "Target(id='i-1')"),
        (
            HealthCheck(port=0, path="", matcher=Matcher(http_code="")),
            "HealthCheck(port=0, path='', matcher=Matcher(http_code=''))",
        ),
        (
            TargetGroupSpec(name="orders", type="IP", config=TargetGroupConfig(port=80), tags={"a": "b"}),
            "TargetGroupSpec(name='orders', type='IP', config=TargetGroupConfig(port=80), tags={'a': 'b'})",
        ),
        (TargetGroupSpec(name="orders", type="LAMBDA"), "TargetGroupSpec(name='orders', type='LAMBDA')"),
    ],
)
def test_repr_has_only_what_is_set(model: object, text: str) -> None:
    """The repr of a model leaves out what is as by default."""
    assert repr(model) == text


def test_rich_shows_what_repr_shows() -> None:
    """``rich`` gets the same fields as ``repr``: those that are set."""
    shown = list(Target(id="i-1", port=80).__rich_repr__()), list(Target(id="i-1").__rich_repr__())

    assert shown == ([("id", "i-1"), ("port", 80)], [("id", "i-1")])


@pytest.mark.parametrize(
    ("cls", "required"),
    [
        (Matcher, {"http_code"}),
        (UnknownMatcher, {"member_name"}),
        (HealthCheck, set[str]()),
        (TargetGroupConfig, set[str]()),
        (TargetGroupSpec, {"name", "type"}),
        (TargetGroup, {"id", "arn", "name", "type", "status"}),
        (TargetGroupSummary, {"id", "arn", "name", "type", "status"}),
        (TargetGroupDeletion, {"id", "arn", "status"}),
        (Target, {"id"}),
        (TargetSummary, {"id", "status"}),
        (TargetFailure, {"id"}),
    ],
)
def test_required_fields(cls: type[attrs.AttrsInstance], required: set[str]) -> None:
    """What identifies a thing is required, all else may be left out."""
    assert {field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING} == required


def test_a_config_is_empty_by_default() -> None:
    """Without a config, a spec and a group have an empty one, never None."""
    configs = (TargetGroupSpec(name="a", type="IP").config, TargetGroupSummary, TARGET_GROUP.config)

    assert configs == (TargetGroupConfig(), TargetGroupSummary, CONFIG)
    assert TargetGroup(id=ID, arn=ARN, name="a", type="IP", status="ACTIVE").config == TargetGroupConfig()


def test_tags_are_frozen() -> None:
    """A spec keeps its own unchangeable copy of the tags it is given."""
    tags = {"team": "shop"}
    spec = TargetGroupSpec(name="orders", type="IP", tags=tags)

    tags["team"] = "other"

    assert spec.tags == {"team": "shop"}
    assert isinstance(spec.tags, FrozenMapping)


def test_frozen_tags_are_shared() -> None:
    """Tags that are frozen already are not copied again."""
    assert attrs.evolve(SPEC, name="other").tags is SPEC.tags


def test_tags_of_none_are_no_tags() -> None:
    """None means not set, for tags, too."""
    untyped: Any = None

    assert TargetGroupSpec(name="orders", type="IP", tags=untyped) == TargetGroupSpec(name="orders", type="IP")


def test_a_health_check_over_http() -> None:
    """``HealthCheck.http()`` switches checks on and sets protocol, version and path."""
    assert HealthCheck.http() == HealthCheck(enabled=True, protocol="HTTP", protocol_version="HTTP1", path="/")


def test_a_health_check_over_https() -> None:
    """``HealthCheck.https()`` does the same over HTTPS."""
    assert HealthCheck.https() == HealthCheck(enabled=True, protocol="HTTPS", protocol_version="HTTP1", path="/")


@pytest.mark.parametrize("protocol", ["HTTP", "HTTPS"])
def test_a_health_check_with_everything(protocol: Any) -> None:
    """``http`` and ``https`` take all that a health check has."""
    make = {"HTTP": HealthCheck.http, "HTTPS": HealthCheck.https}[protocol]

    check = make(
        "/ready",
        version="HTTP2",
        port=8080,
        interval_seconds=10,
        timeout_seconds=4,
        healthy_threshold_count=3,
        unhealthy_threshold_count=6,
        success_codes="200-299",
    )

    assert check == HealthCheck(
        enabled=True,
        protocol=protocol,
        protocol_version="HTTP2",
        port=8080,
        path="/ready",
        interval_seconds=10,
        timeout_seconds=4,
        healthy_threshold_count=3,
        unhealthy_threshold_count=6,
        matcher=Matcher(http_code="200-299"),
    )


def test_empty_success_codes_are_kept() -> None:
    """Empty success codes are not taken for none, so that the rules can name them."""
    checks = HealthCheck.http(success_codes=""), HealthCheck.https(success_codes="")

    assert [check.matcher for check in checks] == [Matcher(http_code="")] * 2


def test_no_health_check() -> None:
    """``HealthCheck.disabled()`` sets nothing but the switch."""
    assert HealthCheck.disabled() == HealthCheck(enabled=False)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (Target.ip("10.0.0.1"), Target(id="10.0.0.1")),
        (Target.ip("2001:db8::1", 8080), Target(id="2001:db8::1", port=8080)),
        (Target.instance("i-0a"), Target(id="i-0a")),
        (Target.instance("i-0a", 8080), Target(id="i-0a", port=8080)),
        (Target.alb(ALB_ARN), Target(id=ALB_ARN)),
        (Target.alb(ALB_ARN, 443), Target(id=ALB_ARN, port=443)),
        (Target.lambda_(LAMBDA_ARN), Target(id=LAMBDA_ARN)),
    ],
)
def test_targets(target: Target, expected: Target) -> None:
    """Each type of target has its own way to be written."""
    assert target == expected


def test_a_group_says_the_spec_that_makes_it_again() -> None:
    """``to_spec`` has the name, type and config of the group."""
    assert TARGET_GROUP.to_spec() == TargetGroupSpec(name="orders", type="IP", config=CONFIG)


def test_a_group_says_its_spec_with_tags() -> None:
    """``to_spec`` takes the tags, which are not in a group's description."""
    spec = TARGET_GROUP.to_spec(tags={"team": "shop"})

    assert spec == TargetGroupSpec(name="orders", type="IP", config=CONFIG, tags={"team": "shop"})


def test_a_problem_prints_its_message() -> None:
    """A problem without a location prints its message alone."""
    assert str(Problem("config.port", 0, "config.port=0: must not")) == "config.port=0: must not"


def test_a_problem_prints_its_location() -> None:
    """A problem with a location prints it first, as compilers do."""
    located = Problem("config.port", 0, "config.port=0: must not", "groups.yaml:7")

    assert str(located) == "groups.yaml:7: config.port=0: must not"


def test_problems_survive_pickling_and_copying() -> None:
    """A problem is a plain value."""
    found = Problem("config.port", 0, "config.port=0: must not", "groups.yaml:7")

    assert [pickle.loads(pickle.dumps(found)), copy.copy(found), copy.deepcopy(found)] == [found] * 3
    assert hash(found) == hash(attrs.evolve(found))


@pytest.mark.parametrize(
    ("value", "shown"),
    [("a" * 78, f"'{'a' * 78}'"), ("a" * 79, f"'{'a' * 78}…"), (VPC, repr(VPC)), (None, "None")],
)
def test_a_problem_shortens_a_long_value(value: object, shown: str) -> None:
    """A message shows at most 80 characters of a value; the value itself is kept whole."""
    found = problem("name", value, "is wrong")

    assert found == Problem("name", value, f"name={shown}: is wrong")
