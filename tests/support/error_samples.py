"""One sample of each error, with what it says."""

from lattice_tg.errors import (
    AccessDeniedError,
    ApplyError,
    ConfigurationError,
    ConflictError,
    DrainTimeoutError,
    IncompleteError,
    InternalServerError,
    InvalidArgumentError,
    InvalidIdentifierError,
    InvalidSpecError,
    LatticeError,
    PartialFailureError,
    ReplacementRequiredError,
    ResourceNotFoundError,
    ServiceError,
    ServiceQuotaExceededError,
    StalePlanError,
    TargetGroupFailedError,
    ThrottlingError,
    TransportError,
    ValidationError,
    WaitFailedError,
    WaitTimeoutError,
)
from lattice_tg.models.base import FrozenMapping
from lattice_tg.models.plan_steps import Change, DeregisterStep, RegisterStep, TagStep
from lattice_tg.models.problem import Problem
from lattice_tg.models.responses import TargetFailure, TargetSummary
from lattice_tg.models.targets import Target
from lattice_tg.results import FailedRequest, TargetsResult
from support.model_examples import ID, SERVICE_ARN, TARGET_GROUP

PROBLEMS = (
    Problem("name", "x", "is too short"),
    Problem("config.port", 0, "is too small", location="groups.yaml:7"),
)
REPORT = TargetsResult(
    successful=(Target.ip("10.0.0.1"),),
    unsuccessful=(TargetFailure(id="10.0.0.2", port=80, failure_code="UnsupportedTarget", failure_message="no"),),
    failed_requests=(
        FailedRequest(
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
        "2 validation errors:\n  name='x': is too short\n  groups.yaml:7: config.port=0: is too small",
    ),
    (
        InvalidArgumentError((Problem("max_workers", 0, "must be at least 1"),)),
        "1 validation error:\n  max_workers=0: must be at least 1",
    ),
    (
        InvalidIdentifierError((Problem("target_group", "orders", "must be an id", "Pass what find() returns"),)),
        "1 validation error:\n  target_group='orders': must be an id. Pass what find() returns.",
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
        PartialFailureError(REPORT),
        (
            "1 successful, 1 unsuccessful, 2 unanswered\n"
            "  10.0.0.2 port 80: UnsupportedTarget: no\n"
            "  2 from 10.0.0.3 on: sent, not answered: RegisterTargets: no answer: timed out; it may have been done; "
            "doing it again is safe [attempts: 1]"
        ),
    ),
    (
        WaitTimeoutError(waiting_for="orders to be ACTIVE", last_status="CREATE_IN_PROGRESS", elapsed_seconds=300.0),
        (
            "orders to be ACTIVE did not come in 300 s; last seen: CREATE_IN_PROGRESS; "
            "nothing was undone: wait again, or longer"
        ),
    ),
    (
        DrainTimeoutError(
            waiting_for="orders to be drained",
            last_status="10.0.0.1 port 80 is DRAINING",
            elapsed_seconds=600.0,
            result=REPORT,
        ),
        (
            "orders to be drained did not come in 600 s; last seen: 10.0.0.1 port 80 is DRAINING; "
            "deregistered: 1 successful, 1 unsuccessful, 2 unanswered; nothing was undone: wait again, or longer"
        ),
    ),
    (
        WaitFailedError(
            waiting_for="healthy targets",
            reason="no service uses the group",
            targets=(TargetSummary(id="10.0.0.1", status="UNUSED"),),
        ),
        "healthy targets can never come: no service uses the group",
    ),
    (
        TargetGroupFailedError(waiting_for="orders to be ACTIVE", reason="CREATE_FAILED", target_group=TARGET_GROUP),
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
            completed=(TagStep((Change("tags['team']", None, "shop"),), FrozenMapping({"team": "shop"})),),
            failed=RegisterStep((Target.ip("10.0.0.1"), Target.ip("10.0.0.2", 8080))),
            error=TransportError(operation="RegisterTargets", message="timed out"),
            pending=(DeregisterStep((Target.ip("10.0.0.9", 80),)),),
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
        IncompleteError(name="orders", reason="it was stopped", run_id="run-1"),
        "orders: it was stopped; a run with run_id='run-1' goes on from there",
    ),
)
"""An error of every class, with every fact set, and its text."""
