"""The blocking client for target groups."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import Executor
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from attrs import asdict, evolve

from lattice_tg import operations
from lattice_tg.events import CallEvent, RetryEvent
from lattice_tg.literals import ResettableHealthCheckField, TargetGroupType
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.responses import TargetGroupDeletion, TargetGroupSummary, TargetSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupSpec
from lattice_tg.models.targets import Target
from lattice_tg.runtime.blocking import BlockingRuntime, iterate, iterate_pages, run
from lattice_tg.runtime.clocks import Clock, SystemClock
from lattice_tg.sending.client_options import validate_options
from lattice_tg.sending.rate_limiter import RateLimiter
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.sending.retry_policy import RetryPolicy
from lattice_tg.transport import ConnectionSettings, VpcLatticeApi, open_connection
from lattice_tg.validation.identifiers import TargetGroupLike

if TYPE_CHECKING:
    from lattice_tg.models.desired_state import DesiredState
    from lattice_tg.planning.plan import ApplyOrder, Plan
    from lattice_tg.results import ApplyResult, BatchProgress, PlanResult, TargetsResult, WaitProgress
    from lattice_tg.route import Route


class TargetGroupClient:
    """Client for VPC Lattice target groups and their targets.

    Every ``target_group`` parameter accepts an id, an ARN, or a :class:`TargetGroup` or :class:`TargetGroupSummary`
    that the client returned. Threads can share a client, and a forked process opens new connections. Unless a method
    documents another error, the errors that the methods raise are defined in :mod:`lattice_tg.errors`.

    Unless you pass ``session``, ``boto3_client`` or ``profile_name``, the client uses the credentials, the profile, the
    Region and the default client config of boto3's default session, if the session exists. For example,
    ``boto3.setup_default_session()`` and ``boto3.client()`` create a default session. All clients of one session share
    the credentials of the session. Otherwise, each client finds its own credentials: if the profile has a
    ``credential_process``, five clients start the process five times.

    A connection setting comes from its argument, ``config``, the default client config of the session, or the default
    below, in this order.

    Args:
        region_name: AWS Region. Default: the Region from the default session, the environment or the profile.
        profile_name: Profile in the AWS configuration. Default: the profile from the default session or the
            environment.
        endpoint_url: Endpoint URL, such as the URL of an emulator. A user name and password in the URL are ignored.
            Default: the VPC Lattice endpoint of the Region.
        session: A ``boto3.Session`` from which to create the boto3 client. The client ignores ``retries`` in the
            default client config of the session. Default: boto3's default session if it exists and ``profile_name`` is
            not set, and otherwise a new session.
        boto3_client: An existing boto3 client for ``vpc-lattice``. The library does not change this client or its retry
            settings. Default: a new client.
        config: A ``botocore.config.Config`` whose settings override the settings of this library. If the config sets
            ``retries``, botocore also retries each request. Default: None.
        retry: Policy that decides whether and when to retry a request. Default: ``RetryPolicy()``.
        on_retry: Function that the client calls before each retry. If the function raises an error, the call fails.
            In a bulk operation, only the affected request or target group fails. Default: None.
        on_call: Function that the client calls after the last attempt of each API operation. In bulk operations, the
            blocking client calls the function in several threads at the same time. If the function raises an error,
            the client logs the error and continues. Default: None.
        max_requests_per_second: Maximum number of requests that this client sends per second, greater than 0.
            Default: no fixed maximum. The client adapts its request rate when the service throttles requests.
        max_connections: Maximum number of connections, and of requests in flight in bulk operations. At least 1.
            Default: 16.
        connect_timeout_seconds: Seconds after which an attempt to connect fails. Default: 5.
        read_timeout_seconds: Seconds to wait for a response before the request fails. Default: 30.
        allow_unknown: Whether specs may contain enum values that this library does not know, such as values that AWS
            added after the release of this library. Default: False.
        clock: Clock for delays and timeouts. Default: the system's monotonic clock.

    Raises:
        ConfigurationError: If the options are invalid or the boto3 client cannot be created, for example because no
            Region is set, the profile does not exist, or ``boto3_client`` is a client for another service. The
            message says how to fix the problem.

    """

    def __init__(
        self,
        *,
        region_name: str | None = None,
        profile_name: str | None = None,
        endpoint_url: str | None = None,
        session: Any = None,
        boto3_client: Any = None,
        config: Any = None,
        retry: RetryPolicy = RetryPolicy(),
        on_retry: Callable[[RetryEvent], object] | None = None,
        on_call: Callable[[CallEvent], object] | None = None,
        max_requests_per_second: float | None = None,
        max_connections: int | None = None,
        connect_timeout_seconds: float | None = None,
        read_timeout_seconds: float | None = None,
        allow_unknown: bool = False,
        clock: Clock = SystemClock(),
    ) -> None:
        settings = ConnectionSettings(
            region_name=region_name,
            profile_name=profile_name,
            endpoint_url=endpoint_url,
            config=config,
            max_connections=max_connections,
            connect_timeout_seconds=connect_timeout_seconds,
            read_timeout_seconds=read_timeout_seconds,
        )
        runtime = BlockingRuntime(clock)
        validate_options(runtime, retry, on_retry, on_call, max_requests_per_second)
        self._connection = open_connection(settings, session, boto3_client, retry.max_attempts)
        self._max_requests_per_second = max_requests_per_second
        self._allow_unknown = allow_unknown
        self._sender = RequestSender(
            api=VpcLatticeApi(self._connection.client, self._connection.fork_detector),
            limiter=RateLimiter(clock=clock, max_requests_per_second=max_requests_per_second),
            policy=retry,
            runtime=runtime,
            max_workers=self._connection.max_connections,
            on_retry=on_retry,
            on_call=on_call,
        )

    def create(
        self,
        spec: TargetGroupSpec,
        *,
        client_token: str | None = None,
        wait: bool = False,
        timeout_seconds: float = 300.0,
    ) -> TargetGroup:
        """Create a target group.

        All attempts within one call use the same client token, so retries never create a second group.

        Args:
            spec: The group to create. ``TargetGroupBuilder`` builds specs.
            client_token: Idempotency token of 1-64 characters. Default: a random token. To resume a creation
                that failed, pass the ``client_token`` of the error.
            wait: Whether to wait until the group is ACTIVE. By default, the group may still be CREATE_IN_PROGRESS.
            timeout_seconds: Seconds to wait if ``wait`` is set, at least 0. Default: 300.

        Returns:
            The group that VPC Lattice created.

        Raises:
            InvalidSpecError: If the spec breaks a rule. No request was sent.
            InvalidArgumentError: If ``client_token`` or ``timeout_seconds`` is invalid. No request was sent.
            ConflictError: If another group has the same name (``kind`` is ``name_exists``), or if the client token
                belongs to another request (``kind`` is ``token_reused``).
            ServiceQuotaExceededError: If the account has reached its quota for target groups.
            TargetGroupFailedError: If ``wait`` is set and VPC Lattice fails to create the group.
            WaitTimeoutError: If ``wait`` is set and the group is not ACTIVE in time.

        """
        return run(
            operations.create.create,
            self._sender.for_method("create"),
            spec,
            client_token=client_token,
            wait=wait,
            timeout_seconds=timeout_seconds,
            allow_unknown=self._allow_unknown,
        )

    def get(self, target_group: TargetGroupLike) -> TargetGroup:
        """Return the details of a target group.

        Args:
            target_group: The group.

        Raises:
            ResourceNotFoundError: If the group does not exist.
            InvalidIdentifierError: If ``target_group`` is a name. Pass names to :meth:`find`.

        """
        return run(operations.read.get, self._sender.for_method("get"), target_group)

    def find(self, name: str) -> TargetGroup | None:
        """Return the target group named ``name``, or None if no group has this name.

        VPC Lattice cannot look up a group by name, so the client reads the list of all groups until it finds the name.

        Args:
            name: 3-128 characters from ``a-z`` and ``0-9``, with single hyphens between them. The name must not start
                with ``tg-``.

        Raises:
            InvalidArgumentError: If ``name`` cannot be the name of a group. No request was sent.

        """
        return run(operations.read.find, self._sender.for_method("find"), name)

    def list(
        self, *, type: TargetGroupType | None = None, vpc_identifier: str | None = None
    ) -> Generator[TargetGroupSummary]:
        """Iterate over the target groups of the account and Region.

        The client requests each page of the list when the iteration reaches the page.

        Args:
            type: Type of the groups to list: IP, INSTANCE, ALB or LAMBDA. Default: all types.
            vpc_identifier: Id of a VPC. Only groups in this VPC are listed. Default: all groups, with or without a VPC.

        Yields:
            A summary of each group.

        Raises:
            InvalidArgumentError: If a filter is invalid. No request was sent.

        """
        return iterate_pages(
            operations.read.list_target_groups(
                self._sender.for_method("list"), type, vpc_identifier, allow_unknown=self._allow_unknown
            )
        )

    def update_health_check(
        self,
        target_group: TargetGroupLike,
        health_check: HealthCheck = HealthCheck(),
        *,
        reset: Iterable[ResettableHealthCheckField] = (),
    ) -> TargetGroup:
        """Update the health check of a target group.

        The health check is the only part of a group that can be updated. The request contains only the fields that you
        set or reset. AWS does not document whether VPC Lattice keeps the values of omitted fields.

        Args:
            target_group: The group. If you pass a model instead of an id or ARN, the client also rejects updates to ALB
                and LAMBDA groups, because these types do not support health checks.
            health_check: The fields to set. Default: none.
            reset: Names of the fields to reset to the service defaults. Valid names: port, path, interval_seconds,
                timeout_seconds, healthy_threshold_count, unhealthy_threshold_count and matcher. Default: none.

        Returns:
            The updated group.

        Raises:
            InvalidSpecError: If the update breaks a rule or contains no fields, or if the group's type does not support
                health checks. No request was sent.

        """
        return run(
            operations.update.update_health_check,
            self._sender.for_method("update_health_check"),
            target_group,
            health_check,
            reset,
            allow_unknown=self._allow_unknown,
        )

    def delete(
        self,
        target_group: TargetGroupLike,
        *,
        missing_ok: bool = False,
        drain: bool = False,
        wait_for_services: bool = False,
        wait: bool = False,
        timeout_seconds: float = 600.0,
    ) -> TargetGroupDeletion | None:
        """Delete a target group.

        If an earlier deletion failed and the status of the group is DELETE_FAILED, you can delete the group again.

        Args:
            target_group: The group.
            missing_ok: Whether to return None instead of raising an error if the group does not exist. Default: False.
            drain: Whether to deregister all targets and wait until they are drained before deleting the group. If a
                service uses the group, no target is deregistered. Default: False.
            wait_for_services: Whether to wait until no service uses the group, for example because the services are
                being deleted. Default: False, which raises ``ConflictError`` at once.
            wait: Whether to wait until the group is deleted. Default: False.
            timeout_seconds: Seconds for the whole call, at least 0. Default: 600.

        Returns:
            The response from VPC Lattice, or None if the group had already been deleted.

        Raises:
            ConflictError: If a service uses the group (``kind`` is ``in_use``, and ``service_arns`` lists the
                services), or if the group has targets (``kind`` is ``has_targets``).
            ResourceNotFoundError: If the group does not exist and ``missing_ok`` is not set.
            PartialFailureError: If ``drain`` is set and some targets cannot be deregistered. The group was not deleted.
            TargetGroupFailedError: If ``wait`` is set and VPC Lattice fails to delete the group. Call ``delete`` again.
            WaitTimeoutError: If the call does not finish in time. The error says what the call was waiting for.

        """
        return run(
            operations.delete.delete,
            self._sender.for_method("delete"),
            target_group,
            missing_ok=missing_ok,
            drain=drain,
            wait_for_services=wait_for_services,
            wait=wait,
            timeout_seconds=timeout_seconds,
        )

    def register_targets(self, target_group: TargetGroupLike, targets: Iterable[Target]) -> TargetsResult:
        """Register any number of targets with a target group.

        The client sends each distinct target once, in concurrent requests with up to 100 targets each. If a request
        fails, the other requests continue, and the result contains the error and the targets of the failed request.

        Args:
            target_group: The group. If the group is still being created, the client waits. If you pass a
                ``TargetGroup``, the client checks the targets against the group's type and address family.
                Otherwise, the client checks only the format of the targets.
            targets: The targets.

        Returns:
            The result for each target, in the order of ``targets``.

        Raises:
            InvalidSpecError: If some targets are invalid. The error lists every problem, and no request was sent.

        """
        return run(
            operations.targets.register_targets, self._sender.for_method("register_targets"), target_group, targets
        )

    def iter_register_targets(
        self, target_group: TargetGroupLike, targets: Iterable[Target]
    ) -> Generator[TargetsResult]:
        """Register any number of targets, using constant memory.

        If a target is invalid, the client does not send the request that would contain the target. Instead, the result
        for the targets of that request (at most 100) contains the error. If the iterable ``targets`` raises an error,
        the client first sends the targets that the iterable has already yielded, yields the results for these targets,
        and then raises the error. If you stop iterating or close the generator, the client sends no further requests.

        Args:
            target_group: The group. If the group is still being created, the client waits.
            targets: Any number of targets. The client consumes the iterable as requests finish.

        Yields:
            One result per batch of up to 100 targets, in the order of ``targets``.

        """
        return iterate(
            operations.targets.iter_register_targets(
                self._sender.for_method("iter_register_targets"), target_group, targets
            )
        )

    def deregister_targets(
        self,
        target_group: TargetGroupLike,
        targets: Iterable[Target | TargetSummary],
        *,
        min_healthy: int | None = None,
        missing_ok: bool = False,
        wait: bool = False,
        timeout_seconds: float = 600.0,
    ) -> TargetsResult:
        """Deregister any number of targets from a target group.

        The client sends each distinct target once. After a ``TargetNotFound`` failure, the client lists the targets of
        the group once, and ``TargetFailure.registered_ports`` contains the ports on which the target is registered.

        Args:
            target_group: The group.
            targets: The targets. Summaries from :meth:`list_targets` are also accepted.
            min_healthy: Minimum number of targets that must still receive traffic (HEALTHY or UNAVAILABLE), 0 or more.
                If fewer would remain, no target is deregistered. Default: None, which allows any number.
            missing_ok: Whether a target that is not registered counts as successful, unless the target is registered on
                another port. Default: False.
            wait: Whether to wait until the deregistered targets are drained and receive no more traffic.
                Default: False.
            timeout_seconds: Seconds to wait if ``wait`` is set, at least 0. Default: 600.

        Returns:
            The result for each target, in the order of ``targets``.

        Raises:
            InvalidArgumentError: If ``min_healthy`` or ``timeout_seconds`` is invalid. No request was sent.
            InvalidSpecError: If some targets are invalid. The error lists every problem, and no request was sent.
            InsufficientHealthyTargetsError: If fewer than ``min_healthy`` healthy targets would remain.
            DrainTimeoutError: If ``wait`` is set and some targets are not drained in time. The error names these
                targets and contains the result.

        """
        return run(
            operations.targets.deregister_targets,
            self._sender.for_method("deregister_targets"),
            target_group,
            targets,
            min_healthy=min_healthy,
            missing_ok=missing_ok,
            wait=wait,
            timeout_seconds=timeout_seconds,
        )

    def list_targets(self, target_group: TargetGroupLike, targets: Iterable[Target] = ()) -> Generator[TargetSummary]:
        """Iterate over summaries of the targets that are registered with a target group.

        The client requests each page of the list when the iteration reaches the page.

        Args:
            target_group: The group.
            targets: The targets to list. Default: all targets of the group.

        Yields:
            A summary of each target, with the target's status.

        Raises:
            InvalidSpecError: If some targets are invalid. No request was sent.

        """
        return iterate_pages(
            operations.read.list_targets(self._sender.for_method("list_targets"), target_group, targets)
        )

    def tags(self, target_group: TargetGroupLike) -> Mapping[str, str]:
        """Return the tags of a target group.

        Args:
            target_group: The group. If you pass an id, the client sends an additional request to get the ARN.

        """
        return run(operations.tags.get_tags, self._sender.for_method("tags"), target_group)

    def tag(self, target_group: TargetGroupLike, tags: Mapping[str, str]) -> None:
        """Add tags to a target group, replacing the values of existing keys.

        Args:
            target_group: The group. If you pass an id, the client sends an additional request to get the ARN.
            tags: At least one tag. A key has 1-128 characters, and a value has 0-256 characters. Keys and values must
                not start with ``aws:``. A group can have at most 50 tags.

        Raises:
            InvalidSpecError: If ``tags`` is empty or breaks a rule. No request was sent.

        """
        run(operations.tags.add_tags, self._sender.for_method("tag"), target_group, tags)

    def untag(self, target_group: TargetGroupLike, keys: Iterable[str]) -> None:
        """Remove tags from a target group.

        Keys that the group does not have are ignored.

        Args:
            target_group: The group. If you pass an id, the client sends an additional request to get the ARN.
            keys: Keys of the tags to remove, at least one.

        Raises:
            InvalidSpecError: If ``keys`` is empty or breaks a rule. No request was sent.

        """
        run(operations.tags.remove_tags, self._sender.for_method("untag"), target_group, keys)

    def wait_until_active(
        self,
        target_group: TargetGroupLike,
        *,
        timeout_seconds: float = 300.0,
        poll_seconds: float = 2.0,
        on_progress: Callable[[WaitProgress], object] | None = None,
    ) -> TargetGroup:
        """Wait until a target group is ACTIVE.

        Args:
            target_group: The group.
            timeout_seconds: Seconds to wait, at least 0. Default: 300.
            poll_seconds: Seconds between the first two polls, greater than 0. The delay increases to about
                five times this value. Default: 2.
            on_progress: Function that the client calls after each poll. Default: None.

        Returns:
            The group.

        Raises:
            TargetGroupFailedError: If VPC Lattice failed to create or delete the group.
            WaitFailedError: If the group is being deleted.
            WaitTimeoutError: If the group is not ACTIVE in time.

        """
        return run(
            operations.waiters.wait_until_active,
            self._sender.for_method("wait_until_active"),
            target_group,
            operations.waiters.make_waiter(
                self._sender,
                target_group,
                "active",
                timeout_seconds=timeout_seconds,
                poll_seconds=poll_seconds,
                on_progress=on_progress,
            ),
        )

    def wait_until_deleted(
        self,
        target_group: TargetGroupLike,
        *,
        timeout_seconds: float = 300.0,
        poll_seconds: float = 2.0,
        on_progress: Callable[[WaitProgress], object] | None = None,
    ) -> None:
        """Wait until a target group is deleted.

        Args:
            target_group: The group.
            timeout_seconds: Seconds to wait, at least 0. Default: 300.
            poll_seconds: Seconds between the first two polls, greater than 0. The delay increases to about
                five times this value. Default: 2.
            on_progress: Function that the client calls after each poll. Default: None.

        Raises:
            TargetGroupFailedError: If VPC Lattice fails to delete the group. Call ``delete`` again.
            WaitTimeoutError: If the group is not deleted in time.

        """
        run(
            operations.waiters.wait_until_deleted,
            self._sender.for_method("wait_until_deleted"),
            target_group,
            operations.waiters.make_waiter(
                self._sender,
                target_group,
                "deleted",
                timeout_seconds=timeout_seconds,
                poll_seconds=poll_seconds,
                on_progress=on_progress,
            ),
        )

    def wait_until_healthy(
        self,
        target_group: TargetGroupLike,
        targets: Iterable[Target] | None = None,
        *,
        timeout_seconds: float = 300.0,
        poll_seconds: float = 2.0,
        on_progress: Callable[[WaitProgress], object] | None = None,
    ) -> tuple[TargetSummary, ...]:
        """Wait until targets are healthy, and return their summaries.

        A target is healthy if its status is HEALTHY or, in a group without health checks, UNAVAILABLE.

        Args:
            target_group: The group.
            targets: The targets to wait for. Default: all targets that are not draining. If there is no such target,
                the client waits until there is one.
            timeout_seconds: Seconds to wait, at least 0. Default: 300.
            poll_seconds: Seconds between the first two polls, greater than 0. The delay increases to about
                five times this value. Default: 2.
            on_progress: Function that the client calls after each poll. Default: None.

        Returns:
            A summary of each target.

        Raises:
            InvalidSpecError: If some targets are invalid. No request was sent.
            WaitFailedError: If, for at least 5 s, some targets cannot become healthy because no service uses the group
                (UNUSED) or because the targets are being deregistered (DRAINING).
            WaitTimeoutError: If some targets are not healthy in time. The error names the targets and the reasons that
                VPC Lattice reports. Targets can stay UNUSED although a service uses the group, for example if the
                service has no service network association or an instance is stopped.

        """
        return run(
            operations.waiters.wait_until_healthy,
            self._sender.for_method("wait_until_healthy"),
            target_group,
            targets,
            operations.waiters.make_waiter(
                self._sender,
                target_group,
                "healthy",
                timeout_seconds=timeout_seconds,
                poll_seconds=poll_seconds,
                on_progress=on_progress,
            ),
        )

    def wait_until_drained(
        self,
        target_group: TargetGroupLike,
        targets: Iterable[Target] | None = None,
        *,
        timeout_seconds: float = 600.0,
        poll_seconds: float = 5.0,
        on_progress: Callable[[WaitProgress], object] | None = None,
    ) -> None:
        """Wait until targets are drained.

        A target is drained when VPC Lattice no longer lists the target. A target that is still listed can still be
        handling requests.

        Args:
            target_group: The group.
            targets: The targets to wait for. Default: all draining targets of the group.
            timeout_seconds: Seconds to wait, at least 0. Default: 600.
            poll_seconds: Seconds between the first two polls, greater than 0. The delay increases to about
                five times this value. Default: 5.
            on_progress: Function that the client calls after each poll. Default: None.

        Raises:
            InvalidSpecError: If some targets are invalid. No request was sent.
            WaitTimeoutError: If some targets are not drained in time. The error names the targets and the reasons that
                VPC Lattice reports.

        """
        run(
            operations.waiters.wait_until_drained,
            self._sender.for_method("wait_until_drained"),
            target_group,
            targets,
            operations.waiters.make_waiter(
                self._sender,
                target_group,
                "drained",
                timeout_seconds=timeout_seconds,
                poll_seconds=poll_seconds,
                on_progress=on_progress,
            ),
        )

    def plan(
        self,
        spec: TargetGroupSpec,
        *,
        targets: Iterable[Target] | None = None,
        prune: bool = False,
        replace: bool = False,
        order: ApplyOrder = "healthy_first",
    ) -> Plan:
        """Plan the steps that turn the existing target group into the desired state.

        This method changes nothing. The method compares only the fields that the spec sets, taking the service's
        defaults into account. The plan keeps tags that the spec does not contain. If the spec has no health check, the
        plan keeps the existing health check. If the group is being created or deleted, the plan assumes that the
        creation or deletion succeeds, and :meth:`apply` first waits for the creation or deletion to finish.

        Args:
            spec: The desired state of the group. To find the existing group by name, the client reads the list of all
                groups.
            targets: The targets that should be registered. Default: None, which leaves the targets unchanged.
            prune: Whether to deregister targets that are not in ``targets``. Default: False, which keeps all
                registered targets.
            replace: Whether the plan may drain, delete and recreate a group that has failed (CREATE_FAILED or
                DELETE_FAILED) or that differs from the spec in a field that cannot change. The new group has only the
                targets in ``targets``. Default: False.
            order: Order of registering and deregistering targets. ``healthy_first`` registers new targets, waits until
                all desired targets are healthy, and then deregisters old targets, so that healthy targets
                take traffic at all times. The plan contains no wait if all targets to deregister are UNUSED.
                ``register_first`` does not wait. ``deregister_first`` deregisters old targets before it registers new
                targets, so that the group does not temporarily exceed the target quota. ALB and LAMBDA groups can have
                only one target and always use ``deregister_first``. Default: ``healthy_first``.

        Returns:
            The plan. ``str(plan)`` looks like a diff.

        Raises:
            InvalidArgumentError: If ``order`` is invalid. No request was sent.
            InvalidSpecError: If the spec or the targets break a rule (no request was sent), or if an ALB or LAMBDA
                group already has a different target and ``prune`` is not set (nothing was changed).
            ReplacementRequiredError: If the group must be replaced, but ``replace`` is not set or a service uses the
                group.

        """
        return run(
            operations.plan.plan,
            self._sender.for_method("plan"),
            spec,
            targets=targets,
            prune=prune,
            replace=replace,
            order=order,
            allow_unknown=self._allow_unknown,
        )

    def apply(self, plan: Plan, *, health_timeout_seconds: float = 300.0) -> TargetGroup:
        """Apply a plan, skipping steps that are already done.

        The client first re-reads the state on which the plan is based. If the group is being created, the client waits
        up to 300 s until the group is ACTIVE. If a group with the same name is being deleted, the client waits up to
        300 s until that group is deleted. If the plan replaces a group, the client waits up to 600 s until the group is
        drained and deleted. The client does not wait until deregistered targets are drained unless the group can have
        only one target.

        Args:
            plan: A plan that :meth:`plan` returned, possibly in an earlier run or in another process. Unpickle plans
                only from sources that you trust.
            health_timeout_seconds: Seconds to wait until the desired targets are healthy, at least 0. If the wait times
                out, the old targets stay registered. To continue, make and apply a new plan. Default: 300.

        Returns:
            The group in its new state.

        Raises:
            InvalidArgumentError: If ``plan`` is not a plan or ``health_timeout_seconds`` is invalid.
            StalePlanError: If the group has changed since the plan was made and now requires different steps. Nothing
                was changed.
            ApplyError: If a step failed, such as the wait for healthy targets. The error lists the completed steps. To
                continue, make and apply a new plan.
            TargetGroupFailedError: If the group was being created and VPC Lattice failed to create the group. Nothing
                was changed.
            WaitTimeoutError: If the group was being created and did not become ACTIVE in time. Nothing was changed.

        """
        return run(
            operations.apply.apply,
            self._sender.for_method("apply"),
            plan,
            health_timeout_seconds=health_timeout_seconds,
            allow_unknown=self._allow_unknown,
        )

    def ensure(
        self,
        spec: TargetGroupSpec,
        *,
        targets: Iterable[Target] | None = None,
        prune: bool = False,
        replace: bool = False,
        order: ApplyOrder = "healthy_first",
        health_timeout_seconds: float = 300.0,
        run_id: str | None = None,
    ) -> TargetGroup:
        """Change a target group until it matches the desired state.

        This method combines :meth:`plan` and :meth:`apply` in one call.

        Args:
            spec: The desired state of the group, as for :meth:`plan`.
            targets: The targets that should be registered. Default: None, which leaves the targets unchanged.
            prune: Whether to deregister targets that are not in ``targets``. Default: False.
            replace: Whether the client may drain, delete and recreate the group, as for :meth:`plan`. Default: False.
            order: Order of registering and deregistering targets: ``healthy_first``, ``register_first`` or
                ``deregister_first``, as for :meth:`plan`. Default: ``healthy_first``.
            health_timeout_seconds: Seconds to wait until the desired targets are healthy, at least 0. If the wait times
                out, the old targets stay registered. To continue, call ``ensure`` again. Default: 300.
            run_id: Any string that identifies this run. To resume the creation that an interrupted run started, pass
                the ``run_id`` of that run. Use a different string for every other run. With a ``run_id``, the client
                reads a new group again after creating it, because an earlier run may have created and deleted the
                group. Default: a random string. The client logs the string at level INFO.

        Returns:
            The group in the desired state.

        Raises:
            InvalidArgumentError: If ``order``, ``health_timeout_seconds`` or ``run_id`` is invalid.
            InvalidSpecError: If the spec or the targets break a rule (no request was sent), or if an ALB or LAMBDA
                group already has a different target and ``prune`` is not set (nothing was changed).
            ReplacementRequiredError: If the group must be replaced, but ``replace`` is not set or a service uses the
                group.
            ApplyError: If a step failed. The error lists the completed steps. To continue, call ``ensure`` again.
            TargetGroupFailedError: If the group was being created and VPC Lattice failed to create the group. Nothing
                was changed.
            WaitTimeoutError: If the group was being created and did not become ACTIVE in time. Nothing was changed.

        """
        return run(
            operations.apply.ensure,
            self._sender.for_method("ensure"),
            spec,
            targets=targets,
            prune=prune,
            replace=replace,
            order=order,
            health_timeout_seconds=health_timeout_seconds,
            run_id=run_id,
            allow_unknown=self._allow_unknown,
        )

    def plan_all(
        self,
        items: Iterable[TargetGroupSpec | DesiredState],
        *,
        order: ApplyOrder = "healthy_first",
        max_workers: int = 16,
    ) -> Generator[PlanResult]:
        """Plan many target groups, reading the list of existing groups only once.

        The generator is lazy: the client makes at most ``2 * max_workers`` plans ahead of the plans that you have
        consumed. If you close the generator, the client sends no further requests.

        Args:
            items: The desired states: specs, or ``DesiredState`` objects to include targets.
            order: Order of registering and deregistering targets: ``healthy_first``, ``register_first`` or
                ``deregister_first``, as for :meth:`plan`. Default: ``healthy_first``.
            max_workers: Maximum number of groups to plan at the same time, 1-1000. Default: 16.

        Yields:
            The result for each group, in the order of ``items``. Each result contains either a plan or an error.

        Raises:
            InvalidArgumentError: If ``order`` or ``max_workers`` is invalid.
            InvalidSpecError: If some items break a rule or have the same name. The error lists every problem, and no
                request was sent.
            LatticeError: If the list of existing groups cannot be read. The generator raises the error when you request
                the first result.

        """
        return iterate(
            operations.batch.plan_all(
                self._sender.for_method("plan_all"),
                items,
                order=order,
                max_workers=max_workers,
                allow_unknown=self._allow_unknown,
            )
        )

    def apply_all(
        self,
        plans: Iterable[Plan],
        *,
        health_timeout_seconds: float = 300.0,
        max_workers: int = 16,
        run_id: str | None = None,
        on_progress: Callable[[BatchProgress], object] | None = None,
    ) -> Generator[ApplyResult]:
        """Apply many plans, skipping steps that are already done.

        For each plan, this method does the same as :meth:`apply`. If a group fails, the client continues with the other
        groups. The generator is as lazy as the generator of :meth:`ensure_all`, and can be interrupted and closed in
        the same way.

        Args:
            plans: Plans that :meth:`plan` or :meth:`plan_all` returned, possibly in an earlier run or in another
                process. Unpickle plans only from sources that you trust.
            health_timeout_seconds: Seconds to wait until the desired targets of a group are healthy, at least 0. A
                group that waits occupies one of ``max_workers``. Default: 300.
            max_workers: Maximum number of groups to process at the same time, 1-1000. Default: 16.
            run_id: Any string that identifies this run. To resume an interrupted run, pass the ``run_id`` of that run.
                Use a different string for every other run. Default: a random string. Each result contains the string.
            on_progress: Function that the client calls at the start and after each group. If the function raises an
                error, the batch ends. Default: None.

        Yields:
            The result for each plan, in the order in which the groups finish. Each result contains either the group in
            its desired state or an error, such as a :class:`StalePlanError`.

        Raises:
            InvalidArgumentError: If an item is not a plan, or if another argument is invalid.
            InvalidSpecError: If several plans have the same name, or if the desired state of a plan breaks a rule.

        """
        return iterate(
            operations.batch.apply_all(
                self._sender.for_method("apply_all"),
                plans,
                health_timeout_seconds=health_timeout_seconds,
                max_workers=max_workers,
                run_id=run_id,
                on_progress=on_progress,
                allow_unknown=self._allow_unknown,
            )
        )

    def ensure_all(
        self,
        items: Iterable[TargetGroupSpec | DesiredState],
        *,
        order: ApplyOrder = "healthy_first",
        health_timeout_seconds: float = 300.0,
        max_workers: int = 16,
        executor: Executor | None = None,
        run_id: str | None = None,
        on_progress: Callable[[BatchProgress], object] | None = None,
    ) -> Generator[ApplyResult]:
        """Change many target groups until they match their desired states.

        If a group fails, the client continues with the other groups.

        The generator is lazy: work starts when you request the first result, and at most ``max_workers`` groups run
        ahead of the results that you have consumed. All threads share the rate limiter of this client. If you
        interrupt the iteration or close the generator, no further group starts, and the client waits at most 1 s for
        the requests in flight. After an interrupt, a note on the exception lists the completed groups. If a worker is
        lost, or if ``on_retry`` raises an error in a worker, the result for the affected group contains an
        :class:`IncompleteError`.

        Args:
            items: The desired states: specs, or ``DesiredState`` objects to include targets.
            order: Order of registering and deregistering targets: ``healthy_first``, ``register_first`` or
                ``deregister_first``, as for :meth:`plan`. Default: ``healthy_first``.
            health_timeout_seconds: Seconds to wait until the desired targets of a group are healthy, at least 0. A
                group that waits occupies one of ``max_workers``. Default: 300.
            max_workers: Maximum number of groups to process at the same time, 1-1000. If you pass ``executor``, the
                client ignores this argument, and the executor determines the number of workers. Default: 16.
            executor: Any ``concurrent.futures.Executor``, such as a process pool or Dask's executor. The client submits
                all groups to the executor at the start. Each worker process creates its own client, which has the
                settings of this client but a separate rate limiter. A client that was created from a session or a
                boto3 client cannot be sent to another process. Default: None, which uses threads.
            run_id: Any string that identifies this run. To resume an interrupted run, pass the ``run_id`` of that run.
                Use a different string for every other run. Default: a random string. Each result contains the string,
                and the client logs the string at level INFO.
            on_progress: Function that the client calls in this process at the start and after each group. If the
                function raises an error, the batch ends. Default: None.

        Yields:
            The result for each group, in the order in which the groups finish. Each result contains either the
            group in its desired state or an error.

        Raises:
            InvalidArgumentError: If ``order``, ``health_timeout_seconds``, ``max_workers``, ``executor``, ``run_id`` or
                ``on_progress`` is invalid.
            InvalidSpecError: If some items break a rule or have the same name. The error lists every problem, and no
                request was sent.
            TypeError: If ``executor`` is not a thread pool and this client cannot be sent to another process. Either
                the client was created from a session or a boto3 client and holds credentials, or one of its options,
                such as ``on_retry``, cannot be pickled.
            LatticeError: If the list of existing groups cannot be read. The generator raises the error when you request
                the first result.

        """
        return iterate(
            operations.batch.ensure_all(
                self._sender.for_method("ensure_all"),
                items,
                order=order,
                health_timeout_seconds=health_timeout_seconds,
                max_workers=max_workers,
                executor=None if executor is None else operations.batch_task.ExecutorBatch.from_client(executor, self),
                run_id=run_id,
                on_progress=on_progress,
                allow_unknown=self._allow_unknown,
            )
        )

    def route(self, *, service: str, listener: str, rule: str | None = None) -> Route:
        """Return the route whose weights you want to read or change. This method sends no request.

        Args:
            service: Id or ARN of the service.
            listener: Id or ARN of the listener.
            rule: Id or ARN of a rule of the listener. Default: the default action of the listener.

        Raises:
            InvalidIdentifierError: If an identifier is not an id or ARN, or if the ARN of the listener or rule belongs
                to another service or listener.

        """
        from lattice_tg.route import Route  # noqa: PLC0415 - most programs do not change routes

        return Route(self._sender, operations.route.make_route_id(service, listener, rule))

    @property
    def boto3_client(self) -> Any:
        """The underlying boto3 client, for operations that this client does not provide."""
        return self._connection.client

    def with_options(
        self,
        *,
        retry: RetryPolicy | None = None,
        on_retry: Callable[[RetryEvent], object] | None = None,
        on_call: Callable[[CallEvent], object] | None = None,
        allow_unknown: bool | None = None,
    ) -> Self:
        """Return a copy of this client with different options.

        The copy and this client share the connections and the rate limiter.

        Args:
            retry: Policy that decides whether and when to retry a request. Default: the policy of this client.
            on_retry: Function that the copy calls before each retry. Default: the function of this client.
            on_call: Function that the copy calls after each API operation. Default: the function of this client.
            allow_unknown: Whether specs may contain enum values that this library does not know, such as values that
                AWS added after the release of this library. Default: the value of this client.

        Raises:
            ConfigurationError: If an option is invalid.

        """
        policy = self._sender.policy if retry is None else retry
        retry_callback = self._sender.on_retry if on_retry is None else on_retry
        call_callback = self._sender.on_call if on_call is None else on_call
        validate_options(self._sender.runtime, policy, retry_callback, call_callback)
        client = object.__new__(type(self))  # copy.copy() would call __reduce__() and open new connections.
        client.__dict__.update(
            self.__dict__,
            _sender=evolve(self._sender, policy=policy, on_retry=retry_callback, on_call=call_callback),
            _allow_unknown=self._allow_unknown if allow_unknown is None else allow_unknown,
        )
        return client

    def close(self) -> None:
        """Close the connections.

        If you passed a boto3 client, its connections stay open.
        """
        self._sender.runtime.close()
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._connection.describe()})"

    def __reduce__(self) -> tuple[Callable[[], Self], tuple[()]]:
        """Return the settings from which pickle recreates the client.

        The settings contain no credentials. The process that unpickles the client uses its own credentials.

        Raises:
            TypeError: If the client depends on credentials that another process cannot find.

        """
        factory = partial(
            type(self),
            **asdict(self._connection.settings_without_secrets()),
            retry=self._sender.policy,
            on_retry=self._sender.on_retry,
            on_call=self._sender.on_call,
            max_requests_per_second=self._max_requests_per_second,
            allow_unknown=self._allow_unknown,
            clock=self._sender.clock,
        )
        return factory, ()
