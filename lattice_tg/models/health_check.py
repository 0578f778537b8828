"""Health checks of target groups."""

from typing import Self

from attrs import frozen

from lattice_tg.literals import HealthCheckProtocol, HealthCheckProtocolVersion
from lattice_tg.models.base import ReprMixin


@frozen(kw_only=True, repr=False)
class Matcher(ReprMixin):
    """The HTTP status codes of a healthy target."""

    http_code: str
    """HTTP status codes, such as ``"200"``, ``"200,202"`` or ``"200-299"``. Service default: 200."""


@frozen(kw_only=True, repr=False)
class UnknownMatcher(ReprMixin):
    """A matcher of a type that the installed botocore does not support.

    The client can read such a matcher but cannot send it.
    """

    member_name: str
    """The name of the unknown matcher type."""


@frozen(kw_only=True, repr=False)
class HealthCheck(ReprMixin):
    """The health check of a target group.

    ``HealthCheck.http()``, ``.https()`` and ``.disabled()`` create the usual health checks.
    Fields that are None are not sent. For these fields, VPC Lattice uses the service defaults when it creates a group.
    Source of ranges and defaults: AWS API reference, HealthCheckConfig.
    """

    enabled: bool | None = None
    """Whether VPC Lattice checks the targets. Service default: True for HTTP1 groups, False for HTTP2, GRPC and TCP."""

    protocol: HealthCheckProtocol | None = None
    """HTTP or HTTPS. Required if checks are enabled for a TCP group. Service default: HTTP (AWS user guide, "Health
    checks"). For HTTPS groups, however, an AWS CLI example shows HTTPS."""

    protocol_version: HealthCheckProtocolVersion | None = None
    """HTTP1 or HTTP2. Required if checks are enabled for a TCP or GRPC group. Service default: HTTP1."""

    port: int | None = None
    """Port to check (1-65535). Service default: the port on which the target receives traffic."""

    path: str | None = None
    """Path to request, starting with ``/`` and at most 2,048 characters long. Service default: ``/``."""

    interval_seconds: int | None = None
    """Seconds between two checks of a target (5-300). Service default: 30."""

    timeout_seconds: int | None = None
    """Seconds after which a check without a response fails (1-120). Service default: 5."""

    healthy_threshold_count: int | None = None
    """Consecutive successful checks before an unhealthy target becomes healthy (2-10). Service default: 5."""

    unhealthy_threshold_count: int | None = None
    """Consecutive failed checks before a healthy target becomes unhealthy (2-10). Service default: 2."""

    matcher: Matcher | UnknownMatcher | None = None
    """HTTP status codes of a healthy target. Service default: 200."""

    @classmethod
    def http(
        cls,
        path: str = "/",
        *,
        version: HealthCheckProtocolVersion = "HTTP1",
        port: int | None = None,
        interval_seconds: int | None = None,
        timeout_seconds: int | None = None,
        healthy_threshold_count: int | None = None,
        unhealthy_threshold_count: int | None = None,
        success_codes: str | None = None,
    ) -> Self:
        """Return an enabled health check over HTTP.

        Args:
            path: Path to request, starting with ``/`` and at most 2,048 characters long. Default: ``/`` (sent
                explicitly).
            version: HTTP1 or HTTP2. Default: HTTP1 (sent explicitly).
            port: Port to check (1-65535). Service default: the port on which the target receives traffic.
            interval_seconds: Seconds between two checks of a target (5-300). Service default: 30.
            timeout_seconds: Seconds after which a check without a response fails (1-120). Service default: 5.
            healthy_threshold_count: Consecutive successful checks before an unhealthy target becomes healthy (2-10).
                Service default: 5.
            unhealthy_threshold_count: Consecutive failed checks before a healthy target becomes unhealthy (2-10).
                Service default: 2.
            success_codes: HTTP status codes of a healthy target, such as ``"200"``, ``"200,202"`` or ``"200-299"``.
                Service default: 200.

        """
        return cls(
            enabled=True,
            protocol="HTTP",
            protocol_version=version,
            path=path,
            port=port,
            interval_seconds=interval_seconds,
            timeout_seconds=timeout_seconds,
            healthy_threshold_count=healthy_threshold_count,
            unhealthy_threshold_count=unhealthy_threshold_count,
            matcher=None if success_codes is None else Matcher(http_code=success_codes),
        )

    @classmethod
    def https(
        cls,
        path: str = "/",
        *,
        version: HealthCheckProtocolVersion = "HTTP1",
        port: int | None = None,
        interval_seconds: int | None = None,
        timeout_seconds: int | None = None,
        healthy_threshold_count: int | None = None,
        unhealthy_threshold_count: int | None = None,
        success_codes: str | None = None,
    ) -> Self:
        """Return an enabled health check over HTTPS.

        VPC Lattice does not validate the certificates of targets.

        Args:
            path: Path to request, starting with ``/`` and at most 2,048 characters long. Default: ``/`` (sent
                explicitly).
            version: HTTP1 or HTTP2. Default: HTTP1 (sent explicitly).
            port: Port to check (1-65535). Service default: the port on which the target receives traffic.
            interval_seconds: Seconds between two checks of a target (5-300). Service default: 30.
            timeout_seconds: Seconds after which a check without a response fails (1-120). Service default: 5.
            healthy_threshold_count: Consecutive successful checks before an unhealthy target becomes healthy (2-10).
                Service default: 5.
            unhealthy_threshold_count: Consecutive failed checks before a healthy target becomes unhealthy (2-10).
                Service default: 2.
            success_codes: HTTP status codes of a healthy target, such as ``"200"``, ``"200,202"`` or ``"200-299"``.
                Service default: 200.

        """
        return cls(
            enabled=True,
            protocol="HTTPS",
            protocol_version=version,
            path=path,
            port=port,
            interval_seconds=interval_seconds,
            timeout_seconds=timeout_seconds,
            healthy_threshold_count=healthy_threshold_count,
            unhealthy_threshold_count=unhealthy_threshold_count,
            matcher=None if success_codes is None else Matcher(http_code=success_codes),
        )

    @classmethod
    def disabled(cls) -> Self:
        """Return a disabled health check. Without health checks, every target receives traffic."""
        return cls(enabled=False)
