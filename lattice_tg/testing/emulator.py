"""``VpcLatticeEmulator``, the object with which tests control the emulator."""

from typing import cast, get_args

from attrs import evolve

from lattice_tg.testing.backend import QuotaName, RegionBackend, attach_service, detach_services
from lattice_tg.testing.faults import (
    Delay,
    DropResponse,
    RespondWithError,
    make_error,
    make_token_bucket,
    throttling_error,
    validate_operation,
    validate_retry_after,
    validate_seconds,
)
from lattice_tg.testing.routing import TrafficShare
from lattice_tg.testing.service_model import ErrorCode, FaultOperation, TargetStatus, service_model
from lattice_tg.testing.state import EmulatedService, RecordedCall
from lattice_tg.testing.target_group import Failure, TargetGroup, TargetHealth
from lattice_tg.testing.virtual_clock import VirtualClock


class VpcLatticeEmulator:
    """An emulator of VPC Lattice target groups, listeners and rules, returned by ``with mock_vpc_lattice()``.

    The methods ``throttle``, ``fail``, ``drop_response`` and ``delay`` add a fault and share these arguments:

    - ``operation``: the API name of the operation, such as ``"CreateTargetGroup"``, or ``"*"`` for all operations.
    - ``times``: the number of requests to affect, at least 1. Default: 1, or unlimited if ``probability`` is given.
    - ``probability``: the probability (0-1) that the fault affects a request. Default: 1.
    - ``seed``: the seed for the random numbers. A fixed seed makes ``probability`` reproducible. Default: a random
      seed for each fault.

    These methods raise a ValueError if the operation is not emulated or a number is out of range. Faults apply in the
    order in which you add them: a request is affected by every matching delay and by the first other matching fault.
    """

    def __init__(self, service: EmulatedService) -> None:
        self.clock: VirtualClock = cast("VirtualClock", service.settings.clock)
        """The clock that determines statuses, delays and rate limits.

        The annotation is ``VirtualClock``, so that type checkers accept ``clock.advance()``. Without a ``clock``
        option, the value is a ``SystemClock``, which cannot be advanced.
        """
        self._service = service

    @property
    def calls(self) -> tuple[RecordedCall, ...]:
        """The requests that the emulator has received, in the order of their arrival."""
        return self._service.state.log.calls()

    def reset(self) -> None:
        """Remove all target groups, listeners, rules, faults, rate limits, quotas, rejections of targets and calls."""
        self._service.reset()

    def clear_faults(self) -> None:
        """Remove all faults and rate limits, and keep everything else."""
        self._service.state.faults.clear()
        self._service.state.limits = {}

    def throttle(
        self,
        operation: FaultOperation | str,
        *,
        times: int | None = None,
        retry_after_seconds: int | None = None,
        probability: float | None = None,
        seed: int | None = None,
    ) -> None:
        """Reject requests with a ``ThrottlingException`` (429).

        Args:
            operation: The operation to throttle, or ``"*"``.
            times: Number of requests to throttle.
            retry_after_seconds: Value of the ``Retry-After`` header, in whole seconds, at least 0. Default: no header.
            probability: Probability that a request is throttled.
            seed: Seed for the random numbers.

        Raises:
            ValueError: If the operation is not emulated or a number is out of range.

        """
        effect = RespondWithError(throttling_error(retry_after_seconds))
        self._service.state.faults.add(operation, effect, times, probability, seed)

    def fail(
        self,
        operation: FaultOperation | str,
        code: ErrorCode | str,
        *,
        times: int | None = None,
        message: str | None = None,
        http_status: int | None = None,
        retry_after_seconds: int | None = None,
        probability: float | None = None,
        seed: int | None = None,
    ) -> None:
        """Reject requests with the error ``code`` without executing the operation.

        Args:
            operation: The operation to reject, or ``"*"``.
            code: The error code, such as ``"InternalServerException"``, without spaces.
            times: Number of requests to reject.
            message: The error message. Default: a message that says that the error was injected.
            http_status: The HTTP status, 200-599. Default: the status that the service model assigns to ``code``. If
                the model does not define ``code``, ``http_status`` is required.
            retry_after_seconds: Value of the ``Retry-After`` header, in whole seconds, at least 0. Default: no header.
            probability: Probability that a request is rejected.
            seed: Seed for the random numbers.

        Raises:
            ValueError: If the operation is not emulated, the service model does not define ``code`` and
                ``http_status`` is missing, ``code`` is malformed, or a number is out of range.

        """
        effect = RespondWithError(make_error(code, message, http_status, retry_after_seconds))
        self._service.state.faults.add(operation, effect, times, probability, seed)

    def drop_response(
        self,
        operation: FaultOperation | str,
        *,
        times: int | None = None,
        probability: float | None = None,
        seed: int | None = None,
    ) -> None:
        """Execute the operation, then close the connection without sending the response.

        Args:
            operation: The operation whose response is dropped, or ``"*"``.
            times: Number of responses to drop.
            probability: Probability that a response is dropped.
            seed: Seed for the random numbers.

        Raises:
            ValueError: If the operation is not emulated or a number is out of range.

        """
        self._service.state.faults.add(operation, DropResponse(), times, probability, seed)

    def delay(
        self,
        operation: FaultOperation | str,
        *,
        seconds: float,
        times: int | None = None,
        probability: float | None = None,
        seed: int | None = None,
    ) -> None:
        """Delay requests by ``seconds`` on the emulator's clock.

        Args:
            operation: The operation to delay, or ``"*"``.
            seconds: Duration of the delay in seconds, at least 0.
            times: Number of requests to delay.
            probability: Probability that a request is delayed.
            seed: Seed for the random numbers.

        Raises:
            ValueError: If the operation is not emulated or a number is out of range.

        """
        self._service.state.faults.add(operation, Delay(validate_seconds(seconds)), times, probability, seed)

    def rate_limit(
        self,
        operation: FaultOperation | str = "*",
        *,
        per_second: float,
        burst: float,
        retry_after_seconds: int | None = None,
    ) -> None:
        """Reject requests above a rate with a ``ThrottlingException`` (429).

        The limit is a token bucket that is full at first. The limit applies until you call ``clear_faults()`` or
        ``reset()``. A second call for the same operation replaces the limit.

        Args:
            operation: The operation to limit, or ``"*"`` for all operations together. Default: ``"*"``.
            per_second: Average number of requests per second that are accepted, more than 0.
            burst: Number of requests that are accepted at once after a pause, at least 1.
            retry_after_seconds: Value of the ``Retry-After`` header, in whole seconds, at least 0. Default: no header.

        Raises:
            ValueError: If the operation is not emulated or a number is out of range.

        """
        retry_after = validate_retry_after(retry_after_seconds)
        limit = make_token_bucket(per_second, burst, retry_after, self.clock.monotonic())
        self._service.state.limits[validate_operation(operation)] = limit

    def set_quota(self, quota: QuotaName, limit: int) -> None:
        """Set a quota.

        Requests that would exceed the quota are rejected with a ``ServiceQuotaExceededException`` (402). By default,
        there are no quotas.

        Args:
            quota: ``"target_groups"`` (per account and Region) or ``"targets_per_target_group"``.
            limit: The maximum number, at least 0.

        Raises:
            ValueError: If the quota does not exist or the limit is negative.

        """
        if quota not in get_args(QuotaName):
            message = f"quota={quota!r}: must be the name of a quota. Use one of {', '.join(get_args(QuotaName))}."
            raise ValueError(message)
        if limit < 0:
            message = f"limit={limit!r}: must not be negative. Pass 0 or more."
            raise ValueError(message)
        self._service.state.overrides.quotas[quota] = limit

    def reject_target(self, target_id: str, *, code: str, message: str = "Rejected by reject_target()") -> None:
        """Reject every registration of a target, in any group.

        RegisterTargets responses list the target in ``unsuccessful``.

        Args:
            target_id: The id of the target: an IP address, an instance id or an ARN.
            code: The ``failureCode``, such as ``"UnsupportedTarget"``.
            message: The ``failureMessage``.

        """
        self._service.state.overrides.rejected_targets[target_id] = Failure(code, message)

    def fail_next_create(self, name: str, *, code: str, message: str = "Injected by fail_next_create()") -> None:
        """Make the next creation of a group with this name fail.

        The group becomes CREATE_FAILED after ``create_seconds``.

        Args:
            name: The name of the target group. The group need not exist yet.
            code: The ``failureCode`` of the group, such as ``"InternalFailure"``.
            message: The ``failureMessage`` of the group.

        """
        self._service.state.overrides.failing_creates[name] = Failure(code, message)

    def fail_next_delete(
        self, target_group: str, *, code: str, message: str = "Injected by fail_next_delete()"
    ) -> None:
        """Make the next deletion of a group fail.

        The group becomes DELETE_FAILED after ``delete_seconds``.

        Args:
            target_group: The id or ARN of an existing target group.
            code: The ``failureCode`` of the group, such as ``"InternalFailure"``.
            message: The ``failureMessage`` of the group.

        Raises:
            ValueError: If the target group does not exist.

        """
        with self._service.state.lock:
            _, group = self._find_group(target_group)
            self._service.state.overrides.failing_deletes[group.id] = Failure(code, message)

    def attach_to_service(self, target_group: str, service_arn: str | None = None) -> None:
        """Attach a target group to a service, as if a listener forwarded to the group.

        Args:
            target_group: The id or ARN of an existing target group.
            service_arn: The ARN of the service. The service need not exist. Default: a generated ARN.

        Raises:
            ValueError: If the target group does not exist.

        """
        with self._service.state.lock:
            backend, group = self._find_group(target_group)
            attach_service(backend, group, service_arn)
            self._refresh(backend)

    def detach_from_services(self, target_group: str) -> None:
        """Detach a target group from all services.

        Rules that forward to the group are ignored until their action is updated.

        Args:
            target_group: The id or ARN of an existing target group.

        Raises:
            ValueError: If the target group does not exist.

        """
        with self._service.state.lock:
            backend, group = self._find_group(target_group)
            detach_services(backend, group)
            self._refresh(backend)

    def associate_with_service_network(self, service: str) -> None:
        """Associate a service with a service network, after ``disassociate_from_service_networks()``.

        ``CreateServiceNetworkServiceAssociation`` has the same effect.

        Args:
            service: The id or ARN of the service.

        Raises:
            ValueError: If the service does not exist.

        """
        with self._service.state.lock:
            backend, arn = self._service.state.find_service(service)
            backend.service_usage.disassociated.discard(arn)
            self._refresh(backend)

    def disassociate_from_service_networks(self, service: str) -> None:
        """Remove the association of a service with its service networks.

        The targets behind the service become UNUSED, but ``serviceArns`` still lists the service. A service without an
        association counts as associated until you call this method or delete its last association with
        ``DeleteServiceNetworkServiceAssociation``.

        Args:
            service: The id or ARN of the service.

        Raises:
            ValueError: If the service does not exist.

        """
        with self._service.state.lock:
            backend, arn = self._service.state.find_service(service)
            backend.service_usage.disassociated.add(arn)
            self._refresh(backend)

    def stop_instance(self, instance_id: str) -> None:
        """Stop an EC2 instance, which makes its targets UNUSED in every group and prevents its registration.

        moto's ``StopInstances`` and ``TerminateInstances`` have the same effect on instances that moto created.

        Args:
            instance_id: The id of the instance, which need not exist.

        """
        self._service.state.overrides.stopped_instances.add(instance_id)
        self._service.refresh_all()

    def start_instance(self, instance_id: str) -> None:
        """Start an EC2 instance after ``stop_instance()``. The health checks of its targets start again.

        Args:
            instance_id: The id of the instance.

        """
        self._service.state.overrides.stopped_instances.discard(instance_id)
        self._service.refresh_all()

    def traffic_shares(self, service: str, *, at: float | None = None) -> tuple[TrafficShare, ...]:
        """Return the share of each target that receives requests of a service.

        For each rule, including default rules, the weights that have propagated determine the shares of the groups. The
        targets of a group that are HEALTHY or UNAVAILABLE receive equal parts. If a group has none, its UNHEALTHY and
        INITIAL targets receive the requests, as the User Guide describes ("fail open"). If the shares of a rule add up
        to less than 1, the remaining requests fail because a group has no target for them.

        Args:
            service: The id or ARN of the service.
            at: The reading of the emulator's clock, now or later. For a later time, the result is a prediction: it
                assumes no further requests. Default: now.

        Raises:
            ValueError: If the service does not exist or ``at`` is in the past.

        """
        with self._service.state.lock:
            backend, arn = self._service.state.find_service(service)
            self._refresh(backend)
            now = self.clock.monotonic()
            if at is not None and at < now:
                message = f"at={at!r}: must not be before the current reading of the clock, {now}. Omit it for now."
                raise ValueError(message)
            return backend.traffic_shares(arn, now if at is None else at)

    def set_target_status(
        self,
        target_group: str,
        target_id: str,
        status: TargetStatus | str,
        *,
        port: int | None = None,
        reason_code: str | None = None,
    ) -> None:
        """Set the status of a registered target until the target is deregistered.

        Args:
            target_group: The id or ARN of an existing target group.
            target_id: The id of a target that is registered with the group.
            status: A target status of the API, such as ``"UNHEALTHY"``.
            port: The port of the target. Default: every port on which ``target_id`` is registered.
            reason_code: The ``reasonCode`` of the target. Default: no reason code.

        Raises:
            ValueError: If the target group does not exist, the target is not registered or the status is unknown.

        """
        _validate_target_status(status)
        with self._service.state.lock:
            backend, group = self._find_group(target_group)
            targets = group.existing_targets(self.clock.monotonic())
            keys = [key for key in targets if key[0] == target_id and port in (None, key[1])]
            if not keys:
                message = (
                    f"target_id={target_id!r}: must be registered with {group.id}. "
                    f"Use one of the registered targets: {sorted(targets)}."
                )
                raise ValueError(message)
            health = TargetHealth(status, reason_code)
            updated = {key: evolve(targets[key], forced_health=health) for key in keys}
            backend.save(evolve(group, targets=targets | updated))

    def _find_group(self, target_group: str) -> tuple[RegionBackend, TargetGroup]:
        return self._service.state.find_group(target_group, self.clock.monotonic())

    def _refresh(self, backend: RegionBackend) -> None:
        self._service.refresh(backend.account, backend.region)


def _validate_target_status(status: str) -> None:
    statuses = service_model().shape_for("TargetStatus").enum
    if status not in statuses:
        message = f"status={status!r}: must be a target status of the API. Use one of {', '.join(statuses)}."
        raise ValueError(message)
