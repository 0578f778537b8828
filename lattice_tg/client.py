"""The client: every verb of target groups, each a few lines over the floors below."""

import pickle
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import cache, partial
from threading import Lock
from types import TracebackType
from typing import Any, Self

from attrs import asdict, evolve, frozen

from lattice_tg.calls import Calls
from lattice_tg.clock import Clock, SystemClock
from lattice_tg.gateway import ConnectionSettings, Gateway, connected
from lattice_tg.identifiers import TargetGroupLike, identifier
from lattice_tg.models.desired import Desired
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.observed import TargetGroup, TargetGroupDeletion, TargetGroupSummary
from lattice_tg.models.spec import TargetGroupSpec
from lattice_tg.models.targets import Target, TargetSummary
from lattice_tg.outcome import Outcome
from lattice_tg.pacing import Gate
from lattice_tg.plan import Order, Plan, check_desired
from lattice_tg.reports import TargetsReport
from lattice_tg.retry import RetryEvent, RetryPolicy
from lattice_tg.rules import check
from lattice_tg.target_keys import distinct, group_port
from lattice_tg.tokens import new_client_token
from lattice_tg.verbs import applying, arguments, creation, deletion, fleet, group_waits, planning, reads, target_waits
from lattice_tg.verbs.fleet_task import Task, ensured
from lattice_tg.verbs.registration import TargetRequests
from lattice_tg.vocabulary import ResettableHealthCheckField, TargetGroupType
from lattice_tg.waiting import OnProgress, Wait
from lattice_tg.wire import from_boto3

OnRetry = Callable[[RetryEvent], object]
"""What a client calls before it sends a request again."""


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
        on_retry: Called before a request is sent again.
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
        on_retry: OnRetry | None = None,
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
        arguments.checked_options(retry, on_retry, max_requests_per_second)
        self._connection = connected(settings, session, boto3_client, retry.max_attempts)
        self._max_requests_per_second = max_requests_per_second
        self._allow_unknown = allow_unknown
        self._calls = Calls(
            gateway=Gateway(self._connection.client),
            gate=Gate(clock=clock, max_requests_per_second=max_requests_per_second),
            policy=retry,
            clock=clock,
            max_workers=self._connection.max_connections,
            on_retry=on_retry,
        )

    # ------------------------------------------------------------------ groups

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
        self._check(spec)
        arguments.checked_seconds(timeout_seconds=timeout_seconds)
        token = new_client_token() if client_token is None else arguments.checked_token(client_token)
        group = creation.create(self._calls, spec, token)
        return self.wait_until_active(group, timeout_seconds=timeout_seconds) if wait else group

    def get(self, target_group: TargetGroupLike) -> TargetGroup:
        """The group's description.

        Raises:
            ResourceNotFoundError: There is none.
            InvalidIdentifierError: A name was given; ``find`` takes one.

        """
        return reads.get(self._calls, target_group)

    def find(self, name: str) -> TargetGroup | None:
        """The group of this name, or None; the service has no look-up by name, so this reads all pages of the list."""
        return reads.find(self._calls, arguments.checked_name(name))

    def list(
        self, *, type: TargetGroupType | None = None, vpc_identifier: str | None = None
    ) -> Iterator[TargetGroupSummary]:
        """Every group of the account and Region, page by page as they are taken.

        Args:
            type: Only groups of this type.
            vpc_identifier: Only groups of this VPC.

        """
        filters = arguments.list_filters(type, vpc_identifier, allow_unknown=self._allow_unknown)
        return reads.summaries(self._calls, filters)

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
            target_group: The group.
            health_check: The fields to set.
            reset: The fields to put back to the service's defaults.

        """
        request = {
            "targetGroupIdentifier": identifier(target_group),
            "healthCheck": arguments.health_check_update(health_check, reset, allow_unknown=self._allow_unknown),
        }
        return from_boto3(TargetGroup, self._calls.answer(self._calls.gateway.update_target_group, request))

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
            TargetsUnsuccessfulError: With ``drain``: some targets could not be deregistered; nothing was deleted.
            TargetGroupFailedError: With ``wait``: deleting it failed; ``delete`` tries again.
            WaitTimeoutError: It was not done in time; it says how far it came.

        """
        arguments.checked_seconds(timeout_seconds=timeout_seconds)
        return deletion.delete(
            self._calls, target_group, missing_ok=missing_ok, drain=drain, wait=wait, timeout_seconds=timeout_seconds
        )

    # ----------------------------------------------------------------- targets

    def register_targets(self, target_group: TargetGroupLike, targets: Iterable[Target]) -> TargetsReport:
        """What became of each target, in the order given; any number, each sent once.

        Given a ``TargetGroup``, the targets are held against its type, address family and port first; given an id,
        only their form is. A request that fails stops no other: its targets are in the report, with the error.

        Args:
            target_group: The group; one that is still being created is waited for.
            targets: The targets; requests of 100 run over all connections of the client.

        Raises:
            InvalidSpecError: Some targets are wrong, all of which are named; nothing was sent.

        """
        return TargetRequests.registering(self._calls, target_group).all_at_once(targets)

    def iter_register_targets(
        self, target_group: TargetGroupLike, targets: Iterable[Target]
    ) -> Generator[TargetsReport]:
        """A report for each 100 targets, in order, as they are done: a stream of any length in constant memory.

        Targets that are wrong are reported as not sent, with the others of their 100. Where ``targets`` itself raises,
        what it gave before is sent and reported first. A stream that is left early, or closed, sends nothing more.
        """
        return TargetRequests.registering(self._calls, target_group).streamed(targets)

    def deregister_targets(
        self,
        target_group: TargetGroupLike,
        targets: Iterable[Target],
        *,
        wait: bool = False,
        timeout_seconds: float = 600.0,
    ) -> TargetsReport:
        """What became of each target, in the order given; any number, each sent once.

        Args:
            target_group: The group.
            targets: The targets.
            wait: Return once those that were taken out are gone, so that nothing sends them traffic.
            timeout_seconds: With ``wait``: seconds to wait.

        Raises:
            InvalidSpecError: Some targets are wrong, all of which are named; nothing was sent.
            WaitTimeoutError: With ``wait``: some were not gone in time; it names them.

        """
        arguments.checked_seconds(timeout_seconds=timeout_seconds)
        report = TargetRequests.deregistering(self._calls, target_group).all_at_once(targets)
        if wait and report.successful:
            self.wait_until_drained(target_group, report.successful, timeout_seconds=timeout_seconds)
        return report

    def list_targets(self, target_group: TargetGroupLike, targets: Iterable[Target] = ()) -> Iterator[TargetSummary]:
        """The registered targets and their states, page by page as they are taken: all, or those named."""
        named = distinct(arguments.checked_targets(targets), group_port(target_group))
        return reads.target_rows(self._calls, identifier(target_group), named)

    # -------------------------------------------------------------------- tags

    def tags(self, target_group: TargetGroupLike) -> Mapping[str, str]:
        """The group's tags; given an id, this costs one Get for the ARN."""
        return reads.tags(self._calls, target_group)

    def tag(self, target_group: TargetGroupLike, tags: Mapping[str, str]) -> None:
        """Add tags to the group, or change their values; the others stay."""
        checked = arguments.checked_tags(tags)
        request = {"resourceArn": reads.arn_of(self._calls, target_group), "tags": checked}
        self._calls.answer(self._calls.gateway.tag_resource, request)

    def untag(self, target_group: TargetGroupLike, keys: Iterable[str]) -> None:
        """Take tags off the group; one that it has not is no error."""
        checked = arguments.checked_tag_keys(keys)
        request = {"resourceArn": reads.arn_of(self._calls, target_group), "tagKeys": checked}
        self._calls.answer(self._calls.gateway.untag_resource, request)

    # ------------------------------------------------------------------- waits

    def wait_until_active(
        self,
        target_group: TargetGroupLike,
        *,
        timeout_seconds: float = 300.0,
        poll_seconds: float = 2.0,
        on_progress: OnProgress | None = None,
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
        wait = self._wait(target_group, "ACTIVE", timeout_seconds, poll_seconds, on_progress)
        return group_waits.until_active(self._calls, target_group, wait)

    def wait_until_deleted(
        self,
        target_group: TargetGroupLike,
        *,
        timeout_seconds: float = 300.0,
        poll_seconds: float = 2.0,
        on_progress: OnProgress | None = None,
    ) -> None:
        """Return once the group is gone.

        Args: those of :meth:`wait_until_active`.

        Raises:
            TargetGroupFailedError: Deleting it failed; ``delete`` tries again.
            WaitTimeoutError: It was not gone in time.

        """
        wait = self._wait(target_group, "gone", timeout_seconds, poll_seconds, on_progress)
        group_waits.until_deleted(self._calls, target_group, wait)

    def wait_until_healthy(
        self,
        target_group: TargetGroupLike,
        targets: Iterable[Target] | None = None,
        *,
        timeout_seconds: float = 300.0,
        poll_seconds: float = 2.0,
        on_progress: OnProgress | None = None,
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
        wait = self._wait(target_group, "healthy", timeout_seconds, poll_seconds, on_progress)
        return target_waits.until_healthy(self._calls, target_group, arguments.named_targets(targets), wait)

    def wait_until_drained(
        self,
        target_group: TargetGroupLike,
        targets: Iterable[Target] | None = None,
        *,
        timeout_seconds: float = 600.0,
        poll_seconds: float = 5.0,
        on_progress: OnProgress | None = None,
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
        wait = self._wait(target_group, "drained", timeout_seconds, poll_seconds, on_progress)
        target_waits.until_drained(self._calls, target_group, arguments.named_targets(targets), wait)

    # ----------------------------------------------------------- desired state

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
        return planning.plan_for(self._calls, self._desired(spec, targets, prune, replace))

    def apply(self, plan: Plan, *, order: Order = "register_first") -> TargetGroup:
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
        check_desired(plan.desired, allow_unknown=self._allow_unknown)
        return applying.apply(self._calls, plan, order)

    def ensure(
        self,
        spec: TargetGroupSpec,
        *,
        targets: Iterable[Target] | None = None,
        prune: bool = False,
        replace: bool = False,
        salt: str | None = None,
    ) -> TargetGroup:
        """The group, as it should be: ``plan`` and ``apply`` in one.

        Args:
            spec: As for :meth:`plan`, and so are the next three.
            targets: The targets that should be registered; None leaves targets alone.
            prune: Take out targets that are not named.
            replace: Allow to delete and create again what cannot change.
            salt: Any text that names this run, to resume a creation of the same run; default: a new one, which is
                logged at INFO. Use one again only to resume.

        Raises:
            InvalidSpecError: The spec or the targets break rules; nothing was sent.
            ReplacementRequiredError: As for :meth:`plan`.
            ApplyError: A step failed; it says which are done. Call again to go on.
            TargetGroupFailedError: The group was found while it was being created, and that failed; nothing was done.
            WaitTimeoutError: The same, and it was not ACTIVE in time.

        """
        return applying.ensure(self._calls, self._desired(spec, targets, prune, replace), salt)

    def plan_all(self, items: Iterable[TargetGroupSpec | Desired], *, max_workers: int = 16) -> Iterator[Plan]:
        """The plan for each group, in order; one scan of the service's list serves them all.

        Args:
            items: The groups as they should be: specs, or ``Desired`` where targets belong to them.
            max_workers: Groups read at a time, at least 1.

        Raises:
            InvalidSpecError: Some break rules, or two have one name; all problems are named, and nothing was sent.
            ExceptionGroup: After the other plans: the errors of groups that cannot be planned.

        """
        arguments.checked_workers(max_workers)
        return fleet.plans(self._calls, fleet.checked_items(items, allow_unknown=self._allow_unknown), max_workers)

    def ensure_all(
        self,
        items: Iterable[TargetGroupSpec | Desired],
        *,
        max_workers: int = 16,
        executor: Executor | None = None,
        salt: str | None = None,
        on_progress: fleet.OnProgress | None = None,
    ) -> Iterator[Outcome]:
        """The outcome of each group, as it finishes: as it should be, or the error; one that fails stops no other.

        All workers share this client's pacing. An interrupt begins nothing more, waits for what is under way, and
        has a note of what is done. Where a worker is lost, or a hook raises in one, the error of that group is an
        :class:`UnfinishedError`.

        Args:
            items: The groups as they should be: specs, or ``Desired`` where targets belong to them.
            max_workers: Groups seen to at a time, at least 1; an ``executor`` has its own number.
            executor: Any ``concurrent.futures.Executor``, such as a process pool's or Dask's. There the client is
                made anew from its settings, with a pacing of its own; one made from a session cannot go.
            salt: Any text that names this run, to resume a run that was ended; default: a new one, which is in each
                outcome and logged at INFO. Use one again only to resume.
            on_progress: Called here after each group.

        Raises:
            InvalidSpecError: Some break rules, or two have one name; all problems are named, and nothing was sent.
            TypeError: The executor is no thread pool, and this client holds credentials.
            LatticeError: With the first outcome: the list could not be read.

        """
        arguments.checked_workers(max_workers)
        is_here = executor is None or isinstance(executor, ThreadPoolExecutor)
        return fleet.outcomes(
            self._calls,
            fleet.checked_items(items, allow_unknown=self._allow_unknown),
            max_workers=max_workers,
            executor=executor,
            elsewhere=None if is_here else _Elsewhere(pickle.dumps(self)),
            salt=salt,
            on_progress=on_progress,
        )

    # --------------------------------------------------------------- the client

    @property
    def boto3_client(self) -> Any:
        """The boto3 client behind this one, for what it does not do."""
        return self._connection.client

    def with_options(
        self, *, retry: RetryPolicy | None = None, on_retry: OnRetry | None = None, allow_unknown: bool | None = None
    ) -> Self:
        """A copy with other options; connections and pacing are shared. What is left out stays as it is."""
        policy = self._calls.policy if retry is None else retry
        told = self._calls.on_retry if on_retry is None else on_retry
        arguments.checked_options(policy, told)
        changed = object.__new__(type(self))  # copy() would make a client anew, as pickling does
        changed.__dict__.update(
            self.__dict__,
            _calls=evolve(self._calls, policy=policy, on_retry=told),
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
            retry=self._calls.policy,
            on_retry=self._calls.on_retry,
            max_requests_per_second=self._max_requests_per_second,
            allow_unknown=self._allow_unknown,
            clock=self._calls.clock,
        )
        return remake, ()

    # ------------------------------------------------------------------ inside

    def _ensured(self, task: Task) -> Outcome:
        return ensured(self._calls, task)

    def _check(self, spec: TargetGroupSpec) -> None:
        check(spec, allow_unknown=self._allow_unknown)

    def _desired(self, spec: TargetGroupSpec, targets: Iterable[Target] | None, prune: bool, replace: bool) -> Desired:
        desired = Desired(spec, targets, prune=prune, replace=replace)
        check_desired(desired, allow_unknown=self._allow_unknown)
        return desired

    def _wait(
        self,
        target_group: TargetGroupLike,
        state: str,
        timeout_seconds: float,
        poll_seconds: float,
        on_progress: OnProgress | None,
    ) -> Wait:
        arguments.checked_seconds(timeout_seconds=timeout_seconds, poll_seconds=poll_seconds)
        return Wait(
            waited_for=f"{identifier(target_group)} to be {state}",
            clock=self._calls.clock,
            poll_seconds=poll_seconds,
            timeout_seconds=timeout_seconds,
            on_progress=on_progress,
        )


@frozen
class _Elsewhere:
    """Sees to a group in another process, with a client that is made there once."""

    pickled_client: bytes

    def __call__(self, task: Task) -> Outcome:
        with _making:  # threads of one worker share one client, and so one pacing
            client = _client_of(self.pickled_client)
        return client._ensured(task)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


_making = Lock()


@cache
def _client_of(pickled: bytes) -> TargetGroupClient:
    client: TargetGroupClient = pickle.loads(pickled)  # noqa: S301 - what this library pickled itself
    return client
