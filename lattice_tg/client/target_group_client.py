"""The client, put together: how it is made, copied, pickled and closed."""

from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Any, Self

from attrs import asdict, evolve

from lattice_tg.calls import RequestSender
from lattice_tg.client.desired_state import DesiredStateMixin
from lattice_tg.client.fleets import BatchMixin
from lattice_tg.client.groups import TargetGroupsMixin
from lattice_tg.client.tags import TagsMixin
from lattice_tg.client.targets import TargetsMixin
from lattice_tg.client.waits import WaitersMixin
from lattice_tg.clock import Clock, SystemClock
from lattice_tg.gateway import ConnectionSettings, VpcLatticeApi, open_connection
from lattice_tg.pacing import RateLimiter
from lattice_tg.retry import RetryEvent, RetryPolicy
from lattice_tg.verbs import arguments


class TargetGroupClient(TargetGroupsMixin, TargetsMixin, TagsMixin, WaitersMixin, DesiredStateMixin, BatchMixin):
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
