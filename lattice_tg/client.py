"""The client."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import cache, partial
from types import TracebackType
from typing import Any, Self

from attrs import asdict, evolve

from lattice_tg.conversion import from_boto3
from lattice_tg.literals import ResettableHealthCheckField, TargetGroupType
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.responses import TargetGroupDeletion, TargetGroupSummary, TargetSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupSpec
from lattice_tg.models.target_keys import unique_targets
from lattice_tg.models.targets import Target
from lattice_tg.operations import apply, arguments, batch, create, delete, read, waiters
from lattice_tg.operations.batch_task import ProcessWorker
from lattice_tg.operations.plan import plan_by_name
from lattice_tg.operations.targets import TargetBatcher
from lattice_tg.planning.plan import ApplyOrder, Plan, validate_desired, validate_plan
from lattice_tg.results import ApplyResult, BatchProgress, RetryEvent, TargetsResult, WaitProgress
from lattice_tg.runtime.clocks import Clock, SystemClock
from lattice_tg.sending.client_tokens import new_client_token
from lattice_tg.sending.rate_limiter import RateLimiter
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.sending.retry_policy import RetryPolicy
from lattice_tg.transport import ConnectionSettings, VpcLatticeApi, open_connection
from lattice_tg.transport.api import TAG_RESOURCE, UNTAG_RESOURCE, UPDATE_TARGET_GROUP
from lattice_tg.validation import validate
from lattice_tg.validation.arguments import (
    reject_single_value,
    to_tuple,
    validate_optional_targets,
    validate_seconds,
    validate_targets,
)
from lattice_tg.validation.identifiers import TargetGroupLike, group_port, resolve_identifier


class TargetGroupClient:
    """Creates, reads, fills, drains and deletes VPC Lattice target groups.

    Wherever a method takes a target group, it takes its id, its ARN, or what the client said about it. One client
    may be used from many threads. Every method raises the errors of :mod:`lattice_tg.errors` and no others.

    Args:
        region_name: AWS Region; default: that of the environment or profile.
        profile_name: Profile of the AWS configuration; default: that of the environment.
        endpoint_url: Another address of the service, such as an emulator's.
        session: A ``boto3.Session`` to make the client from.
        boto3_client: A ``vpc-lattice`` client to use as it is, its own retries included.
        config: A ``botocore.config.Config`` whose settings win over this library's.
        retry: When a request is sent again.
        on_retry: Called before a request is sent again; what it raises ends the call, and in bulk work costs its own
            request or group only.
        max_requests_per_second: A ceiling for all requests of this client; default: what the service bears.
        max_connections: Connections to the service, and requests under way in bulk work; 1 or more.
        connect_timeout_seconds: Seconds until a connection has failed.
        read_timeout_seconds: Seconds until an answer counts as lost.
        allow_unknown: Let words pass in specs that this library does not know, for a service that is newer.
        clock: The clock to wait on.

    Raises:
        ConfigurationError: No region, no such profile, a client of another service, …: it says what to do.

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
        max_requests_per_second: float | None = None,
        max_connections: int = 16,
        connect_timeout_seconds: float = 5.0,
        read_timeout_seconds: float = 30.0,
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
        arguments.validate_options(retry, on_retry, max_requests_per_second)
        self._connection = open_connection(settings, session, boto3_client, retry.max_attempts)
        self._max_requests_per_second = max_requests_per_second
        self._allow_unknown = allow_unknown
        self._sender = RequestSender(
            api=VpcLatticeApi(self._connection.client),
            limiter=RateLimiter(clock=clock, max_requests_per_second=max_requests_per_second),
            policy=retry,
            clock=clock,
            max_workers=self._connection.max_connections,
            on_retry=on_retry,
        )

    def create(
        self,
        spec: TargetGroupSpec,
        *,
        client_token: str | None = None,
        wait: bool = False,
        timeout_seconds: float = 300.0,
    ) -> TargetGroup:
        """The group made for ``spec``: one, however often the request had to be sent.

        Args:
            spec: What is wanted; ``TargetGroupBuilder`` writes one.
            client_token: 1-64 characters that name this create; default: a random one. Pass an error's
                ``client_token`` to resume the create that it ended.
            wait: Return once the group is ACTIVE, not while it is being created.
            timeout_seconds: With ``wait``: seconds to wait.

        Raises:
            InvalidSpecError: The spec breaks rules; nothing was sent.
            ConflictError: Its name is taken (``kind`` is ``name_exists``), or the token is another request's.
            ServiceQuotaExceededError: The account has as many groups as it may have.

        """
        validate(spec, allow_unknown=self._allow_unknown)
        validate_seconds(timeout_seconds=timeout_seconds)
        token = new_client_token() if client_token is None else arguments.validate_client_token(client_token)
        group = create.create(self._sender, spec, token)
        return self.wait_until_active(group, timeout_seconds=timeout_seconds) if wait else group

    def get(self, target_group: TargetGroupLike) -> TargetGroup:
        """The group's description.

        Args:
            target_group: The group.

        Raises:
            ResourceNotFoundError: There is none.
            InvalidIdentifierError: A name was given; ``find`` takes one.

        """
        return read.get(self._sender, target_group)

    def find(self, name: str) -> TargetGroup | None:
        """The group of this name, or None; the service has no look-up by name, so this reads all pages of the list.

        Args:
            name: 3-128 of ``a-z``, ``0-9`` and single inner hyphens, not starting with ``tg-``.

        """
        return read.find(self._sender, arguments.validate_name(name))

    def list(
        self, *, type: TargetGroupType | None = None, vpc_identifier: str | None = None
    ) -> Iterator[TargetGroupSummary]:
        """Every group of the account and Region, page by page as they are taken.

        Args:
            type: Only groups of this type: IP, INSTANCE, ALB or LAMBDA; default: of any.
            vpc_identifier: Only groups of this VPC, by its id; default: of any, and of none.

        """
        filters = arguments.list_filters(type, vpc_identifier, allow_unknown=self._allow_unknown)
        return read.iter_summaries(self._sender, filters)

    def update_health_check(
        self,
        target_group: TargetGroupLike,
        health_check: HealthCheck = HealthCheck(),
        *,
        reset: Iterable[ResettableHealthCheckField] = (),
    ) -> TargetGroup:
        """The group, its health check changed: nothing else of a group can change.

        Exactly what is set is sent. Whether the service keeps the fields that are not sent is not documented.

        Args:
            target_group: The group; where its description is given, its type counts: ALB and LAMBDA groups have no
                health check.
            health_check: The fields to set.
            reset: The fields to put back to the service's defaults.

        Raises:
            InvalidSpecError: It breaks rules, says nothing, or is not for this type; nothing was sent.

        """
        request = {
            "targetGroupIdentifier": resolve_identifier(target_group),
            "healthCheck": arguments.health_check_update(
                target_group, health_check, reset, allow_unknown=self._allow_unknown
            ),
        }
        return from_boto3(TargetGroup, self._sender.send(UPDATE_TARGET_GROUP, request))

    def delete(
        self,
        target_group: TargetGroupLike,
        *,
        missing_ok: bool = False,
        drain: bool = False,
        wait: bool = False,
        timeout_seconds: float = 600.0,
    ) -> TargetGroupDeletion | None:
        """The service's answer to a delete, or None where the group was gone already.

        A group whose deletion failed (DELETE_FAILED) can be deleted again.

        Args:
            target_group: The group.
            missing_ok: A group that is not there is no error.
            drain: First deregister all targets and wait until they are gone; a group in use is left as it is.
            wait: Return once the group is gone.
            timeout_seconds: Seconds for all of this together.

        Raises:
            ConflictError: A service uses the group (``kind`` is ``in_use``, and ``service_arns`` says which), or it
                has targets (``has_targets``).
            ResourceNotFoundError: There is none, and ``missing_ok`` is not set.
            PartialFailureError: With ``drain``: some targets could not be deregistered; nothing was deleted.
            TargetGroupFailedError: With ``wait``: deleting it failed; ``delete`` tries again.
            WaitTimeoutError: It was not done in time; it says how far it came.

        """
        validate_seconds(timeout_seconds=timeout_seconds)
        return delete.delete(
            self._sender, target_group, missing_ok=missing_ok, drain=drain, wait=wait, timeout_seconds=timeout_seconds
        )

    def register_targets(self, target_group: TargetGroupLike, targets: Iterable[Target]) -> TargetsResult:
        """What became of each target, in the order given; any number, each sent once.

        Given a ``TargetGroup``, the targets are held against its type, address family and port first; given an id,
        only their form is. A request that fails stops no other: its targets are in the report, with the error.

        Args:
            target_group: The group; one that is still being created is waited for.
            targets: The targets; requests of 100 run over all connections of the client.

        Raises:
            InvalidSpecError: Some targets are wrong, all of which are named; nothing was sent.

        """
        requests = TargetBatcher.for_register(self._sender, target_group)
        return requests.run(to_tuple("targets", targets))

    def iter_register_targets(
        self, target_group: TargetGroupLike, targets: Iterable[Target]
    ) -> Generator[TargetsResult]:
        """A report for each 100 targets, in order, as they are done: a stream of any length in constant memory.

        Targets that are wrong are reported as not sent, with the others of their 100. Where ``targets`` itself raises,
        what it gave before is sent and reported first. A stream that is left early, or closed, sends nothing more.

        Args:
            target_group: The group; one that is still being created is waited for.
            targets: The targets, any number; they are taken as there is room for them.

        """
        requests = TargetBatcher.for_register(self._sender, target_group)
        reject_single_value("targets", targets)
        return requests.stream(targets)

    def deregister_targets(
        self,
        target_group: TargetGroupLike,
        targets: Iterable[Target],
        *,
        wait: bool = False,
        timeout_seconds: float = 600.0,
    ) -> TargetsResult:
        """What became of each target, in the order given; any number, each sent once.

        Args:
            target_group: The group.
            targets: The targets.
            wait: Return once those that were taken out are gone, so that nothing sends them traffic.
            timeout_seconds: With ``wait``: seconds to wait.

        Raises:
            InvalidSpecError: Some targets are wrong, all of which are named; nothing was sent.
            DrainTimeoutError: With ``wait``: some were not gone in time; it names them, and has the report.

        """
        validate_seconds(timeout_seconds=timeout_seconds)
        requests = TargetBatcher.for_deregister(self._sender, target_group)
        report = requests.run(to_tuple("targets", targets))
        if wait and report.successful:
            with waiters.attach_report(report):
                self.wait_until_drained(target_group, report.successful, timeout_seconds=timeout_seconds)
        return report

    def list_targets(self, target_group: TargetGroupLike, targets: Iterable[Target] = ()) -> Iterator[TargetSummary]:
        """The registered targets and their states, page by page as they are taken.

        Args:
            target_group: The group.
            targets: The targets to tell about; default: all.

        """
        named = unique_targets(validate_targets(targets), group_port(target_group))
        return read.iter_targets(self._sender, resolve_identifier(target_group), named)

    def tags(self, target_group: TargetGroupLike) -> Mapping[str, str]:
        """The group's tags; given an id, this costs one Get for the ARN.

        Args:
            target_group: The group.

        """
        return read.tags(self._sender, target_group)

    def tag(self, target_group: TargetGroupLike, tags: Mapping[str, str]) -> None:
        """Add tags to the group, or change their values; the others stay.

        Args:
            target_group: The group.
            tags: Keys of 1-128 characters, not starting with ``aws:``, and values of 0-256; a group has 50 at most.

        """
        checked = arguments.validate_tags(tags)
        request = {"resourceArn": read.resolve_arn(self._sender, target_group), "tags": checked}
        self._sender.send(TAG_RESOURCE, request)

    def untag(self, target_group: TargetGroupLike, keys: Iterable[str]) -> None:
        """Take tags off the group; one that it has not is no error.

        Args:
            target_group: The group.
            keys: The keys of the tags, one at least.

        """
        checked = arguments.validate_tag_keys(keys)
        request = {"resourceArn": read.resolve_arn(self._sender, target_group), "tagKeys": checked}
        self._sender.send(UNTAG_RESOURCE, request)

    def wait_until_active(
        self,
        target_group: TargetGroupLike,
        *,
        timeout_seconds: float = 300.0,
        poll_seconds: float = 2.0,
        on_progress: Callable[[WaitProgress], object] | None = None,
    ) -> TargetGroup:
        """The group, once it is ACTIVE.

        Args:
            target_group: The group.
            timeout_seconds: Seconds to wait.
            poll_seconds: Seconds between the first two looks; they grow to five times that.
            on_progress: Called after each look.

        Raises:
            TargetGroupFailedError: Creating it failed.
            WaitFailedError: It is being deleted.
            WaitTimeoutError: It was not ACTIVE in time.

        """
        wait = waiters.make_waiter(
            self._sender,
            target_group,
            "active",
            timeout_seconds=timeout_seconds,
            poll_seconds=poll_seconds,
            on_progress=on_progress,
        )
        return waiters.wait_until_active(self._sender, target_group, wait)

    def wait_until_deleted(
        self,
        target_group: TargetGroupLike,
        *,
        timeout_seconds: float = 300.0,
        poll_seconds: float = 2.0,
        on_progress: Callable[[WaitProgress], object] | None = None,
    ) -> None:
        """Return once the group is gone.

        Args:
            target_group: The group.
            timeout_seconds: Seconds to wait.
            poll_seconds: Seconds between the first two looks; they grow to five times that.
            on_progress: Called after each look.

        Raises:
            TargetGroupFailedError: Deleting it failed; ``delete`` tries again.
            WaitTimeoutError: It was not gone in time.

        """
        wait = waiters.make_waiter(
            self._sender,
            target_group,
            "deleted",
            timeout_seconds=timeout_seconds,
            poll_seconds=poll_seconds,
            on_progress=on_progress,
        )
        waiters.wait_until_deleted(self._sender, target_group, wait)

    def wait_until_healthy(
        self,
        target_group: TargetGroupLike,
        targets: Iterable[Target] | None = None,
        *,
        timeout_seconds: float = 300.0,
        poll_seconds: float = 2.0,
        on_progress: Callable[[WaitProgress], object] | None = None,
    ) -> tuple[TargetSummary, ...]:
        """The targets, once all of them take traffic: HEALTHY, or UNAVAILABLE where there are no health checks.

        Args:
            target_group: The group.
            targets: The targets to wait for; default: all of the group, at least one, but for those that drain.
            timeout_seconds: Seconds to wait.
            poll_seconds: Seconds between the first two looks; they grow to five times that.
            on_progress: Called after each look.

        Raises:
            WaitFailedError: Some never will be: no listener uses the group (UNUSED), or they are leaving.
            WaitTimeoutError: Some were not in time; it names them, with the service's reasons.

        """
        wait = waiters.make_waiter(
            self._sender,
            target_group,
            "healthy",
            timeout_seconds=timeout_seconds,
            poll_seconds=poll_seconds,
            on_progress=on_progress,
        )
        return waiters.wait_until_healthy(self._sender, target_group, validate_optional_targets(targets), wait)

    def wait_until_drained(
        self,
        target_group: TargetGroupLike,
        targets: Iterable[Target] | None = None,
        *,
        timeout_seconds: float = 600.0,
        poll_seconds: float = 5.0,
        on_progress: Callable[[WaitProgress], object] | None = None,
    ) -> None:
        """Return once the targets are gone: a target that is still listed may still get traffic.

        Args:
            target_group: The group.
            targets: The targets to wait for; default: those that are draining.
            timeout_seconds: Seconds to wait.
            poll_seconds: Seconds between the first two looks; they grow to five times that.
            on_progress: Called after each look.

        Raises:
            WaitTimeoutError: Some were not gone in time; it names them, with the service's reasons.

        """
        wait = waiters.make_waiter(
            self._sender,
            target_group,
            "drained",
            timeout_seconds=timeout_seconds,
            poll_seconds=poll_seconds,
            on_progress=on_progress,
        )
        waiters.wait_until_drained(self._sender, target_group, validate_optional_targets(targets), wait)

    def plan(
        self,
        spec: TargetGroupSpec,
        *,
        targets: Iterable[Target] | None = None,
        prune: bool = False,
        replace: bool = False,
    ) -> Plan:
        """What would have to be done to have this group, as a value that prints like a diff; this only reads.

        Only what the spec sets is compared, with the service's defaults where the service fills them in. Tags that
        it does not name stay, and so does the health check of a group whose spec has none. A group that is being
        created or deleted is planned for as it will be; waiting for that is left to ``apply``.

        Args:
            spec: The group as it should be; it is looked for by its name, which reads the list of all groups.
            targets: The targets that should be registered; None leaves targets alone.
            prune: Take out targets that are not named; if not, those that others registered stay.
            replace: Allow to drain, delete and create again a group that cannot be changed into this one, or that
                failed (CREATE_FAILED, DELETE_FAILED). The new group has the targets named here and no others.

        Raises:
            InvalidSpecError: The spec or the targets break rules; nothing was sent.
            ReplacementRequiredError: The group differs where it cannot change, or failed, and ``replace`` is not
                set or a service uses the group.

        """
        return plan_by_name(self._sender, self._make_desired(spec, targets, prune, replace))

    def apply(self, plan: Plan, *, order: ApplyOrder = "register_first") -> TargetGroup:
        """The group, once each step of the plan is done; what is done already is not done again.

        First it reads again what the plan was made against. A group that is being created is waited for, and so is
        one that is being deleted and whose name is needed, for 300 s each; what a replacement drains, for 600 s.
        Targets that were taken out are not waited for, unless there can be one target only.

        Args:
            plan: What ``plan`` returned, here or elsewhere, now or earlier.
            order: ``register_first`` lets new targets in before old ones are out, which is safe for traffic;
                ``deregister_first`` the other way round, which needs no room in the quota. ALB and LAMBDA groups,
                which can have one target, take ``deregister_first`` whatever is asked for.

        Raises:
            StalePlanError: Something moved since, and more or other things would have to be done; nothing was.
            ApplyError: A step failed; it says which are done. Plan and apply again to go on.
            TargetGroupFailedError: The group was found while it was being created, and that failed; nothing was done.
            WaitTimeoutError: The same, and it was not ACTIVE in time.

        """
        validate_plan(plan, allow_unknown=self._allow_unknown)
        return apply.apply(self._sender, plan, order)

    def ensure(
        self,
        spec: TargetGroupSpec,
        *,
        targets: Iterable[Target] | None = None,
        prune: bool = False,
        replace: bool = False,
        run_id: str | None = None,
    ) -> TargetGroup:
        """The group, as it should be: ``plan`` and ``apply`` in one.

        Args:
            spec: As for :meth:`plan`, and so are the next three.
            targets: The targets that should be registered; None leaves targets alone.
            prune: Take out targets that are not named.
            replace: Allow to delete and create again what cannot change.
            run_id: Any text that names this run, to resume a creation of the same run; default: a new one, which is
                logged at INFO. Use one again only to resume.

        Raises:
            InvalidSpecError: The spec or the targets break rules; nothing was sent.
            ReplacementRequiredError: As for :meth:`plan`.
            ApplyError: A step failed; it says which are done. Call again to go on.
            TargetGroupFailedError: The group was found while it was being created, and that failed; nothing was done.
            WaitTimeoutError: The same, and it was not ACTIVE in time.

        """
        arguments.validate_run_id(run_id)
        return apply.ensure(self._sender, self._make_desired(spec, targets, prune, replace), run_id)

    def plan_all(self, items: Iterable[TargetGroupSpec | DesiredState], *, max_workers: int = 16) -> Generator[Plan]:
        """The plan for each group, in order; one scan of the service's list serves them all.

        A few are made ahead of those that were taken. Closing the generator sends nothing more.

        Args:
            items: The groups as they should be: specs, or ``Desired`` where targets belong to them.
            max_workers: Groups read at a time, at least 1.

        Raises:
            InvalidSpecError: Some break rules, or two have one name; all problems are named, and nothing was sent.
            ExceptionGroup: After the other plans: the errors of groups that cannot be planned.

        """
        arguments.validate_max_workers(max_workers)
        return batch.iter_plans(
            self._sender, batch.validate_items(items, allow_unknown=self._allow_unknown), max_workers
        )

    def ensure_all(
        self,
        items: Iterable[TargetGroupSpec | DesiredState],
        *,
        max_workers: int = 16,
        executor: Executor | None = None,
        run_id: str | None = None,
        on_progress: Callable[[BatchProgress], object] | None = None,
    ) -> Generator[ApplyResult]:
        """The outcome of each group, as it finishes: as it should be, or the error; one that fails stops no other.

        All workers share this client's pacing. An interrupt begins nothing more, waits for what is under way, and
        has a note of what is done; so does ``close()``. No more than ``max_workers`` groups are begun ahead of the
        outcomes that were taken. Where a worker is lost, or a hook raises in one, the error of that group is an
        :class:`IncompleteError`.

        Args:
            items: The groups as they should be: specs, or ``Desired`` where targets belong to them.
            max_workers: Groups seen to at a time, at least 1; an ``executor`` has its own number.
            executor: Any ``concurrent.futures.Executor``, such as a process pool's or Dask's; all groups are handed
                to it at once. In another process, the client is made anew from its settings, with a pacing of its
                own; one made from a session cannot go there.
            run_id: Any text that names this run, to resume a run that was ended; default: a new one, which is in each
                outcome and logged at INFO. Use one again only to resume.
            on_progress: Called here at the start, and after each group; what it raises ends the fleet.

        Raises:
            InvalidSpecError: Some break rules, or two have one name; all problems are named, and nothing was sent.
            TypeError: The executor is no thread pool, and this client cannot be sent to another process: it was made
                from a session or a client and so holds credentials, or its hooks cannot be pickled.
            LatticeError: With the first outcome: the list could not be read.

        """
        arguments.validate_max_workers(max_workers)
        arguments.validate_run_id(run_id)
        arguments.validate_executor(executor, on_progress)
        elsewhere = cache(lambda: ProcessWorker.from_client(self))
        if not isinstance(executor, ThreadPoolExecutor | None):
            elsewhere()  # a client that cannot be sent is refused now, not by each worker
        return batch.iter_results(
            self._sender,
            batch.validate_items(items, allow_unknown=self._allow_unknown),
            max_workers=max_workers,
            executor=executor,
            elsewhere=elsewhere,
            run_id=run_id,
            on_progress=on_progress,
        )

    @property
    def boto3_client(self) -> Any:
        """The boto3 client behind this one, for what it does not do."""
        return self._connection.client

    def with_options(
        self,
        *,
        retry: RetryPolicy | None = None,
        on_retry: Callable[[RetryEvent], object] | None = None,
        allow_unknown: bool | None = None,
    ) -> Self:
        """A copy with other options; connections and pacing are shared. What is left out stays as it is.

        Args:
            retry: When a request is sent again.
            on_retry: Called before a request is sent again.
            allow_unknown: Let words pass in specs that this library does not know, for a service that is newer.

        """
        policy = self._sender.policy if retry is None else retry
        told = self._sender.on_retry if on_retry is None else on_retry
        arguments.validate_options(policy, told)
        changed = object.__new__(type(self))  # copy() would make a client anew, as pickling does
        changed.__dict__.update(
            self.__dict__,
            _sender=evolve(self._sender, policy=policy, on_retry=told),
            _allow_unknown=self._allow_unknown if allow_unknown is None else allow_unknown,
        )
        return changed

    def close(self) -> None:
        """Close the connections; those of a boto3 client that was handed in are left alone."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._connection.describe()})"

    def __reduce__(self) -> tuple[Callable[[], Self], tuple[()]]:
        """A client pickles as the settings that it was made from; credentials are found anew where it arrives."""
        settings = self._connection.settings
        if settings is None:
            raise TypeError(
                "a TargetGroupClient made from a session or a boto3 client cannot be pickled, as it holds credentials; "
                "make it from region_name, profile_name or endpoint_url"
            )
        remake = partial(
            type(self),
            **asdict(settings),
            retry=self._sender.policy,
            on_retry=self._sender.on_retry,
            max_requests_per_second=self._max_requests_per_second,
            allow_unknown=self._allow_unknown,
            clock=self._sender.clock,
        )
        return remake, ()

    def _make_desired(
        self, spec: TargetGroupSpec, targets: Iterable[Target] | None, prune: bool, replace: bool
    ) -> DesiredState:
        desired = DesiredState(spec, targets, prune=prune, replace=replace)
        validate_desired(desired, allow_unknown=self._allow_unknown)
        return desired
