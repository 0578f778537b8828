"""The tree of errors: what each says, and that it travels with all its facts."""

import copy
import importlib
import inspect
import pickle
import pkgutil
import re
from collections.abc import Iterator, Sequence
from typing import Any

import attrs
import pytest

import lattice_tg
from examples import ID, SERVICE_ARN, TARGET_GROUP
from lattice_tg import errors
from lattice_tg.errors import (
    ApplyError,
    ConfigurationError,
    InvalidIdentifierError,
    InvalidSpecError,
    LatticeError,
    ReplacementRequiredError,
    StalePlanError,
    TargetGroupFailedError,
    UnfinishedError,
    WaitFailedError,
    WaitTimeoutError,
)
from lattice_tg.frozen import FrozenMapping
from lattice_tg.models.changes import Change
from lattice_tg.models.problems import Problem
from lattice_tg.models.steps import Deregister, Register, Tag
from lattice_tg.models.targets import Target, TargetFailure, TargetSummary
from lattice_tg.reports import DrainTimeoutError, TargetsReport, TargetsUnsuccessfulError, UnansweredTargets
from lattice_tg.service_errors import (
    AccessDeniedError,
    ConflictError,
    ConflictKind,
    InternalServerError,
    ResourceNotFoundError,
    ServiceError,
    ServiceQuotaExceededError,
    ThrottlingError,
    TransportError,
    ValidationError,
)

PROBLEMS = (
    Problem("name", "x", "name='x': is too short"),
    Problem("config.port", 0, "config.port=0: is too small", "groups.yaml:7"),
)

REPORT = TargetsReport(
    successful=(Target.ip("10.0.0.1"),),
    unsuccessful=(TargetFailure(id="10.0.0.2", port=80, failure_code="UnsupportedTarget", failure_message="no"),),
    unanswered=(
        UnansweredTargets(
            (Target.ip("10.0.0.3"), Target.ip("10.0.0.4")),
            TransportError(operation="RegisterTargets", message="timed out"),
            sent=True,
        ),
    ),
)

SAMPLES: tuple[tuple[LatticeError, str], ...] = (
    (LatticeError("anything"), "anything"),
    (
        InvalidSpecError(PROBLEMS),
        "2 problems, nothing was sent:\n  name='x': is too short\n  groups.yaml:7: config.port=0: is too small",
    ),
    (
        InvalidIdentifierError("orders"),
        (
            "'orders' is not a target group's id (tg- and 17 of 0-9, a-z) or ARN; the service takes no names here: "
            "look one up with client.find(name) and pass what it returns"
        ),
    ),
    (ConfigurationError("no Region; set AWS_REGION"), "no Region; set AWS_REGION"),
    (
        ServiceError(
            operation="GetTargetGroup",
            code="TeapotException",
            message="short and stout",
            http_status=418,
            request_id="r-1",
            attempts=3,
            client_token="t-1",
            retryable=True,
            retry_after_seconds=1.5,
        ),
        (
            "GetTargetGroup: TeapotException (418): short and stout; look the code up in the VPC Lattice API reference, "
            "common errors [attempts: 3, request id: r-1]"
        ),
    ),
    (
        ValidationError(
            operation="CreateTargetGroup",
            code="ValidationException",
            message="wrong",
            http_status=400,
            reason="fieldValidationFailed",
            fields=(("name", "too short"), ("config.port", "too big")),
        ),
        "CreateTargetGroup: ValidationException (400): wrong; name: too short; config.port: too big [attempts: 1]",
    ),
    (
        AccessDeniedError(operation="DeleteTargetGroup", code="AccessDeniedException", message="no", http_status=403),
        (
            "DeleteTargetGroup: AccessDeniedException (403): no; "
            "the caller's IAM policy must allow vpc-lattice:DeleteTargetGroup [attempts: 1]"
        ),
    ),
    (
        ResourceNotFoundError(
            operation="GetTargetGroup",
            code="ResourceNotFoundException",
            message="gone",
            http_status=404,
            resource_id=ID,
            resource_type="TARGET_GROUP",
        ),
        "GetTargetGroup: ResourceNotFoundException (404): gone; check the id, the account and the Region [attempts: 1]",
    ),
    (
        ConflictError(
            operation="DeleteTargetGroup",
            code="ConflictException",
            message="in use",
            http_status=409,
            resource_id=ID,
            resource_type="TARGET_GROUP",
            kind="in_use",
            service_arns=(SERVICE_ARN, "svc-2"),
        ),
        (
            "DeleteTargetGroup: ConflictException (409): in use; take the group out of the listeners and rules of the "
            f"services that use it first: {SERVICE_ARN}, svc-2 [attempts: 1]"
        ),
    ),
    (
        ServiceQuotaExceededError(
            operation="CreateTargetGroup",
            code="ServiceQuotaExceededException",
            message="too many",
            http_status=402,
            resource_type="TARGET_GROUP",
            service_code="vpc-lattice",
            quota_code="L-1",
        ),
        (
            "CreateTargetGroup: ServiceQuotaExceededException (402): too many; "
            "delete what is not needed, or ask Service Quotas to raise L-1 of vpc-lattice [attempts: 1]"
        ),
    ),
    (
        ThrottlingError(
            operation="CreateTargetGroup",
            code="ThrottlingException",
            message="slower",
            http_status=429,
            retry_after_seconds=2.0,
            service_code="vpc-lattice",
            quota_code="L-2",
        ),
        (
            "CreateTargetGroup: ThrottlingException (429): slower; the service asks to wait 2 s; "
            "send less at a time (max_requests_per_second), or wait longer (RetryPolicy) [attempts: 1]"
        ),
    ),
    (
        InternalServerError(operation="ListTargets", code="InternalServerException", message="oh", http_status=500),
        (
            "ListTargets: InternalServerException (500): oh; try again later, or let it be tried for longer (RetryPolicy) "
            "[attempts: 1]"
        ),
    ),
    (
        TransportError(operation="CreateTargetGroup", message="timed out", attempts=8, client_token="t-1"),
        (
            "CreateTargetGroup: no answer: timed out; it may have been done; "
            "create(spec, client_token=error.client_token) resumes it [attempts: 8]"
        ),
    ),
    (
        TargetsUnsuccessfulError(REPORT),
        (
            "1 successful, 1 unsuccessful, 2 unanswered\n"
            "  10.0.0.2 port 80: UnsupportedTarget: no\n"
            "  2 from 10.0.0.3 on: sent, not answered: RegisterTargets: no answer: timed out; it may have been done; "
            "doing it again is safe [attempts: 1]"
        ),
    ),
    (
        WaitTimeoutError(waited_for="orders to be ACTIVE", last_seen="CREATE_IN_PROGRESS", waited_seconds=300.0),
        (
            "orders to be ACTIVE did not come in 300 s; last seen: CREATE_IN_PROGRESS; "
            "nothing was undone: wait again, or longer"
        ),
    ),
    (
        DrainTimeoutError(
            waited_for="orders to be drained",
            last_seen="10.0.0.1 port 80 is DRAINING",
            waited_seconds=600.0,
            report=REPORT,
        ),
        (
            "orders to be drained did not come in 600 s; last seen: 10.0.0.1 port 80 is DRAINING; "
            "deregistered: 1 successful, 1 unsuccessful, 2 unanswered; nothing was undone: wait again, or longer"
        ),
    ),
    (
        WaitFailedError(
            waited_for="healthy targets",
            reason="no service uses the group",
            targets=(TargetSummary(id="10.0.0.1", status="UNUSED"),),
        ),
        "healthy targets can never come: no service uses the group",
    ),
    (
        TargetGroupFailedError(waited_for="orders to be ACTIVE", reason="CREATE_FAILED", target_group=TARGET_GROUP),
        "orders to be ACTIVE can never come: CREATE_FAILED",
    ),
    (
        ReplacementRequiredError((Change("config.port", 80, 8080), Change("type", "IP", "ALB")), "orders", ("svc-1",)),
        (
            "orders cannot be changed, nor be replaced, as services use it: svc-1; make a group of another name, and "
            "let their listeners and rules forward to that one\n  config.port: 80 -> 8080\n  type: 'IP' -> 'ALB'"
        ),
    ),
    (
        StalePlanError((Change("config.health_check.path", "/", "/other"),), "orders"),
        (
            "orders has changed since the plan was made; nothing was done, plan again\n"
            "  config.health_check.path: '/' -> '/other'"
        ),
    ),
    (
        ApplyError(
            name="orders",
            done=(Tag((Change("tags['team']", None, "shop"),), FrozenMapping({"team": "shop"})),),
            failed=Register((Target.ip("10.0.0.1"), Target.ip("10.0.0.2", 8080))),
            error=TransportError(operation="RegisterTargets", message="timed out"),
            pending=(Deregister((Target.ip("10.0.0.9", 80),)),),
        ),
        (
            "orders: a step failed: RegisterTargets: no answer: timed out; it may have been done; doing it again is "
            "safe [attempts: 1]\n"
            "done:\n  + tags['team']: 'shop'\n"
            "failed:\n  + target 10.0.0.1\n  + target 10.0.0.2 port 8080\n"
            "not begun:\n  - target 10.0.0.9 port 80\n"
            "plan and apply again to go on from there"
        ),
    ),
    (
        UnfinishedError(name="orders", reason="it was stopped", salt="run-1"),
        "orders: it was stopped; a run with salt='run-1' goes on from there",
    ),
)
"""An error of every class, with every fact set, and its text."""


def modules_of_the_library() -> Iterator[str]:
    """All but the emulator, which has no errors of this tree."""
    for module in pkgutil.walk_packages(lattice_tg.__path__, "lattice_tg."):
        if not module.name.startswith("lattice_tg.testing"):
            yield module.name


def classes_of_the_tree(root: type[LatticeError] = LatticeError) -> Iterator[type[LatticeError]]:
    """The errors of the library, its own and no test's."""
    if root.__module__.startswith("lattice_tg."):
        yield root
    for child in root.__subclasses__():
        yield from classes_of_the_tree(child)


def all_classes() -> set[type[LatticeError]]:
    for name in modules_of_the_library():
        importlib.import_module(name)
    return set(classes_of_the_tree())


def each_error() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("error", [error for error, _ in SAMPLES], ids=lambda error: type(error).__name__)


def fields_of(cls: type[Any]) -> Sequence[Any]:
    return attrs.fields(cls) if attrs.has(cls) else ()


def facts(error: BaseException) -> tuple[object, ...]:
    """All that an error says; errors within it are compared by what they say, too."""
    return type(error), repr(error), str(error), repr(error.args), getattr(error, "__notes__", None)


def drawn_tree() -> dict[str, list[str]]:
    """Each class in the drawing of ``errors``, with its parents: the one it hangs from, then those in brackets."""
    drawing = inspect.getdoc(errors) or ""
    stem: list[str] = []
    tree: dict[str, list[str]] = {}
    for lead, name, others in re.findall(r"^ {4}([│├└─ ]*)(\w+Error)\b(?:\((\w+)\))?", drawing, re.MULTILINE):
        del stem[len(lead) // 4 :]
        tree[name] = [*stem[-1:], *([others] if others else [])]
        stem.append(name)
    return tree


def test_the_tree_is_as_drawn() -> None:
    """The drawing in the docstring of ``errors`` has each class under its parents, and no other."""
    tree = {cls.__name__: [base.__name__ for base in cls.__bases__ if cls is not LatticeError] for cls in all_classes()}

    assert drawn_tree() == tree


def test_every_error_has_a_sample() -> None:
    """No class of the tree escapes the tests of this file."""
    without = {cls.__name__ for cls in all_classes() - {type(error) for error, _ in SAMPLES}}

    assert not without, f"add a sample of {without}, with every fact set and its text, to tests/test_errors.py"


@each_error()
def test_samples_set_every_fact(error: LatticeError) -> None:
    """A sample differs from the default wherever its own class has a field."""
    own = [field for field in fields_of(type(error)) if not field.inherited]
    unset = {field.name for field in own if getattr(error, field.name) == field.default}

    assert unset <= {"target_group"}


@pytest.mark.parametrize(("error", "text"), SAMPLES, ids=[type(error).__name__ for error, _ in SAMPLES])
def test_errors_say_what_is_wrong(error: LatticeError, text: str) -> None:
    """The text of every error is exact."""
    assert str(error) == text


@each_error()
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_errors_survive_pickling(error: LatticeError, protocol: int) -> None:
    """An error comes out of a pickle with all its facts, and its notes."""
    noted = copy.deepcopy(error)
    noted.add_note("while creating orders")

    restored = pickle.loads(pickle.dumps(noted, protocol))

    assert facts(restored) == facts(noted)
    assert restored.__notes__ == ["while creating orders"]


@each_error()
def test_errors_survive_copying(error: LatticeError) -> None:
    """Copies, deep and shallow, have all the facts; a copy of a copy, too."""
    copies = [copy.copy(error), copy.deepcopy(error), copy.copy(copy.deepcopy(error))]

    assert [facts(each) for each in copies] == [facts(error)] * 3
    assert all(each is not error for each in copies)


@each_error()
def test_errors_are_told_apart(error: LatticeError) -> None:
    """An error is itself and no other, and may stand in a set."""
    assert error != copy.copy(error)
    assert len({error, copy.copy(error)}) == 2


@each_error()
def test_errors_are_of_one_tree(error: LatticeError) -> None:
    """``except LatticeError`` catches every one."""
    with pytest.raises(LatticeError):
        raise error


def test_a_single_problem_is_not_plural() -> None:
    """One problem is one problem."""
    assert str(InvalidSpecError(PROBLEMS[:1])) == "1 problem, nothing was sent:\n  name='x': is too short"


@pytest.mark.parametrize(
    ("kind", "way_out"),
    [
        ("name_exists", "; choose another name, or use the group that find(name) returns"),
        ("wrong_status", "; wait until the group is ACTIVE (wait_until_active), or gone (wait_until_deleted)"),
        ("in_use", "; take the group out of the listeners and rules of the services that use it first"),
        ("has_targets", "; deregister its targets first, or delete(…, drain=True)"),
        ("token_reused", "; this token belongs to another request; create with a fresh one"),
        ("unknown", "; see how the group stands: get(…) has its status and services, list_targets(…) its targets"),
    ],
)
def test_a_conflict_says_the_way_out(kind: ConflictKind, way_out: str) -> None:
    """Each kind of conflict has its own advice."""
    error = ConflictError(operation="Op", code="ConflictException", message="no", http_status=409, kind=kind)

    assert str(error) == f"Op: ConflictException (409): no{way_out} [attempts: 1]"


def test_a_conflict_is_of_unknown_kind_by_default() -> None:
    """Nothing is claimed about a conflict that nobody has looked at."""
    assert ConflictError(operation="Op", code="C", message="m", http_status=409).kind == "unknown"


def test_a_quota_without_a_code_is_still_a_quota() -> None:
    """Where the service names no quota, none is made up."""
    error = ServiceQuotaExceededError(operation="Op", code="Q", message="m", http_status=402)

    assert str(error) == (
        "Op: Q (402): m; delete what is not needed, or ask Service Quotas to raise the quota [attempts: 1]"
    )


def test_throttling_without_a_time() -> None:
    """Where the service asks for no wait, none is told."""
    error = ThrottlingError(operation="Op", code="T", message="m", http_status=429)

    assert str(error) == (
        "Op: T (429): m; send less at a time (max_requests_per_second), or wait longer (RetryPolicy) [attempts: 1]"
    )


def test_no_answer_to_what_cannot_be_resumed() -> None:
    """Without a client token, nothing is said of resuming."""
    error = TransportError(operation="GetTargetGroup", message="timed out")

    assert str(error) == (
        "GetTargetGroup: no answer: timed out; try again later, or let it be tried for longer (RetryPolicy) [attempts: 1]"
    )
