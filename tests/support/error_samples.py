"""Samples of all error classes, and the expected message of each sample."""

from lattice_tg.errors import (
    AccessDeniedError,
    ApplyError,
    ConfigurationError,
    ConflictError,
    DrainTimeoutError,
    IncompleteError,
    InsufficientHealthyTargetsError,
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
    ShiftError,
    StalePlanError,
    StaleRouteError,
    TargetGroupFailedError,
    ThrottlingError,
    TransportError,
    ValidationError,
    WaitFailedError,
    WaitTimeoutError,
)
from lattice_tg.models.base import FrozenMapping
from lattice_tg.models.change import Change
from lattice_tg.models.plan_steps import DeregisterStep, RegisterStep, TagStep, WaitHealthyStep
from lattice_tg.models.problem import Problem
from lattice_tg.models.responses import TargetFailure, TargetSummary
from lattice_tg.models.targets import Target
from lattice_tg.results import FailedRequest, TargetsResult
from support.model_examples import ID, SERVICE_ARN, TARGET_GROUP

PROBLEMS = (
    Problem("name", "x", "is too short"),
    Problem("config.port", 0, "is too small", location="groups.yaml:7"),
)
RESULT = TargetsResult(
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
    (ConfigurationError("No Region is set. Set AWS_REGION."), "No Region is set. Set AWS_REGION."),
    (
        ServiceError(
            operation="GetTargetGroup",
            code="TeapotException",
            message="short and stout",
            http_status=418,
            target_group=ID,
            request_id="r-1",
            attempts=3,
            client_token="t-1",
            retryable=True,
            retry_after_seconds=1.5,
        ),
        (
            f"GetTargetGroup for {ID} failed: TeapotException (418): short and stout. Look up the code under Common Errors "
            "in the VPC Lattice API reference. [attempts: 3, request id: r-1]"
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
        (
            "CreateTargetGroup failed: ValidationException (400): wrong. Correct these fields: name (too short), "
            "config.port (too big). [attempts: 1]"
        ),
    ),
    (
        AccessDeniedError(operation="DeleteTargetGroup", code="AccessDeniedException", message="no", http_status=403),
        (
            "DeleteTargetGroup failed: AccessDeniedException (403): no. "
            "Allow vpc-lattice:DeleteTargetGroup in the caller's IAM policy. [attempts: 1]"
        ),
    ),
    (
        ResourceNotFoundError(
            operation="GetTargetGroup",
            code="ResourceNotFoundException",
            message="no such group",
            http_status=404,
            resource_id=ID,
            resource_type="TARGET_GROUP",
        ),
        (
            "GetTargetGroup failed: ResourceNotFoundException (404): no such group. Check the id, the account and the Region. "
            "[attempts: 1]"
        ),
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
            "DeleteTargetGroup failed: ConflictException (409): in use. Remove the target group from the listeners and "
            f"rules of the services that use it: {SERVICE_ARN}, svc-2. [attempts: 1]"
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
            "CreateTargetGroup failed: ServiceQuotaExceededException (402): too many. Delete unused resources, or "
            "request an increase of quota L-1 of vpc-lattice in Service Quotas. [attempts: 1]"
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
            "CreateTargetGroup failed: ThrottlingException (429): slower. Wait 2 s, as the response requests. "
            "Set a lower max_requests_per_second, or allow more time in RetryPolicy. [attempts: 1]"
        ),
    ),
    (
        InternalServerError(operation="ListTargets", code="InternalServerException", message="oh", http_status=500),
        (
            "ListTargets failed: InternalServerException (500): oh. Retry later, or allow more retries in RetryPolicy. "
            "[attempts: 1]"
        ),
    ),
    (
        TransportError(
            operation="CreateTargetGroup", message="timed out", target_group="orders", attempts=8, client_token="t-1"
        ),
        (
            "CreateTargetGroup for orders received no usable response: timed out. VPC Lattice may have processed the request. "
            "Call create(spec, client_token=error.client_token) to resume. [attempts: 8]"
        ),
    ),
    (
        PartialFailureError(RESULT),
        (
            "Not all targets succeeded: 1 successful, 1 unsuccessful, 2 unconfirmed\n"
            "  10.0.0.2 port 80: UnsupportedTarget: no\n"
            "  2 targets starting with 10.0.0.3 (sent, result unknown): RegisterTargets received no usable response: "
            "timed out. VPC Lattice may have processed the request. You can safely repeat the call. [attempts: 1]"
        ),
    ),
    (
        InsufficientHealthyTargetsError(healthy=3, remaining=1, min_healthy=2),
        (
            "No target was deregistered: 1 of 3 healthy targets would remain, but min_healthy=2. Register more targets, "
            "wait until they are healthy, and try again."
        ),
    ),
    (
        WaitTimeoutError(
            waiting_for="targets of orders to become healthy",
            last_status="10.0.0.1 is INITIAL",
            elapsed_seconds=300.0,
            targets=(TargetSummary(id="10.0.0.1", status="INITIAL"),),
            target_group=ID,
        ),
        (
            "Timed out after 300 s waiting for targets of orders to become healthy (last status: 10.0.0.1 is INITIAL). "
            "Wait again or increase timeout_seconds."
        ),
    ),
    (
        DrainTimeoutError(
            waiting_for="targets of orders to be drained",
            last_status="10.0.0.1 port 80 is DRAINING",
            elapsed_seconds=600.0,
            result=RESULT,
        ),
        (
            "Timed out after 600 s waiting for targets of orders to be drained (last status: 10.0.0.1 port 80 is "
            "DRAINING). Result of the deregistration: 1 successful, 1 unsuccessful, 2 unconfirmed. "
            "Wait again or increase timeout_seconds."
        ),
    ),
    (
        WaitFailedError(
            waiting_for="targets of orders to become healthy",
            reason="no service uses the group",
            targets=(TargetSummary(id="10.0.0.1", status="UNUSED"),),
        ),
        "Waiting for targets of orders to become healthy failed: no service uses the group.",
    ),
    (
        TargetGroupFailedError(
            waiting_for="orders to become ACTIVE", reason="CREATE_FAILED", target_group=TARGET_GROUP
        ),
        "Waiting for orders to become ACTIVE failed: CREATE_FAILED.",
    ),
    (
        ReplacementRequiredError((Change("config.port", 80, 8080), Change("type", "IP", "ALB")), "orders", ("svc-1",)),
        (
            "Target group 'orders' cannot be updated to the desired state:\n"
            "  config.port: 80 -> 8080\n"
            "  type: 'IP' -> 'ALB'\n"
            "The group cannot be replaced while these services use it: svc-1. Create a target group with another name "
            "and change the listeners and rules of these services to forward to the new group."
        ),
    ),
    (
        StalePlanError((Change("config.health_check.path", "/", "/other"),), "orders"),
        (
            "Target group 'orders' has changed since it was planned:\n"
            "  config.health_check.path: '/' -> '/other'\n"
            "No changes were made. Plan again."
        ),
    ),
    (
        StaleRouteError({"tg-a": 99, "tg-b": 1}, {"tg-a": 50, "tg-b": 50}, "the default action of listener-a"),
        (
            "The weights of the default action of listener-a are {'tg-a': 50, 'tg-b': 50}, expected {'tg-a': 99, "
            "'tg-b': 1}. The current weights were left unchanged. Find out what else sets these weights, and read "
            "them again with get_weights()."
        ),
    ),
    (
        ShiftError(
            route="rule-a",
            reason="the targets of tg-b are not healthy: 10.0.0.1 port 80 is UNHEALTHY",
            weights={"tg-a": 100, "tg-b": 0},
            targets=(TargetSummary(id="10.0.0.1", port=80, status="UNHEALTHY"),),
            rolled_back=True,
        ),
        (
            "Shifting the traffic of rule-a failed: the targets of tg-b are not healthy: 10.0.0.1 port 80 is "
            "UNHEALTHY. The original weights are restored. Weights: {'tg-a': 100, 'tg-b': 0}."
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
            "Applying the plan for target group 'orders' failed: RegisterTargets received no usable response: timed "
            "out. VPC Lattice may have processed the request. You can safely repeat the call. [attempts: 1]\n"
            "Completed:\n  + tags['team']: 'shop'\n"
            "Failed:\n  + target 10.0.0.1\n  + target 10.0.0.2 port 8080\n"
            "Not started:\n  - target 10.0.0.9 port 80\n"
            "Plan and apply again to continue."
        ),
    ),
    (
        ApplyError(
            name="orders",
            completed=(),
            failed=WaitHealthyStep((Target.ip("10.0.0.1", 80),)),
            error=WaitTimeoutError(
                waiting_for="targets of orders to become healthy",
                last_status="10.0.0.1 port 80 is INITIAL",
                elapsed_seconds=300.0,
            ),
            pending=(),
        ),
        (
            "Applying the plan for target group 'orders' failed: Timed out after 300 s waiting for targets of orders "
            "to become healthy (last status: 10.0.0.1 port 80 is INITIAL).\n"
            "Failed:\n    wait until 1 target is healthy\n"
            "Plan and apply again to continue. If the targets need more time, increase health_timeout_seconds."
        ),
    ),
    (
        ApplyError(
            name="orders",
            completed=(),
            failed=DeregisterStep((Target.ip("10.0.0.1", 80),)),
            error=WaitTimeoutError(
                waiting_for="the rate limiter", last_status="limited to 1 requests/s", elapsed_seconds=5.0
            ),
            pending=(),
        ),
        (
            "Applying the plan for target group 'orders' failed: Timed out after 5 s waiting for the rate limiter "
            "(last status: limited to 1 requests/s).\n"
            "Failed:\n  - target 10.0.0.1 port 80\n"
            "Plan and apply again to continue."
        ),
    ),
    (
        IncompleteError(name="orders", reason="it was stopped", run_id="run-1"),
        "Target group 'orders' was left unfinished: it was stopped. Run again with run_id='run-1' to resume.",
    ),
)
"""An instance of every error class with every field set, and the expected message of the error."""
