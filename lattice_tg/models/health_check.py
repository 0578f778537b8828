"""How VPC Lattice finds out whether a target can take traffic."""

from typing import Self

from attrs import frozen

from lattice_tg.literals import HealthCheckProtocol, HealthCheckProtocolVersion
from lattice_tg.models.base import ReprMixin


@frozen(kw_only=True, repr=False)
class Matcher(ReprMixin):
    """Which answers of a target count as healthy."""

    http_code: str
    """HTTP status codes: ``"200"``, ``"200,202"``, ``"200-299"``. Service default: 200."""


@frozen(kw_only=True, repr=False)
class UnknownMatcher(ReprMixin):
    """A matcher of a kind that the installed botocore does not know; it can be read, not sent."""

    member_name: str
    """The name of the unknown kind."""


@frozen(kw_only=True, repr=False)
class HealthCheck(ReprMixin):
    """A health check; ``HealthCheck.http()``, ``.https()`` and ``.disabled()`` say most of what one wants.

    ``None`` means not set, and what is not set is not sent: the service then takes its own default.
    Source of ranges and defaults: the API reference, HealthCheckConfig.
    """

    enabled: bool | None = None
    """Whether targets are checked. Service default: yes for HTTP1 groups, no for HTTP2, GRPC and TCP."""

    protocol: HealthCheckProtocol | None = None
    """HTTP or HTTPS; required where checks are enabled on a TCP group. Service default: not settled for HTTPS
    groups (the user guide says HTTP, the AWS CLI's example shows HTTPS)."""

    protocol_version: HealthCheckProtocolVersion | None = None
    """HTTP1 or HTTP2; required where checks are enabled on a TCP or GRPC group. Service default: HTTP1."""

    port: int | None = None
    """Port to check, 1-65535. Service default: the port that takes the traffic."""

    path: str | None = None
    """Path to ask for, starting with ``/``, at most 2,048 characters. Service default: ``/``."""

    interval_seconds: int | None = None
    """Seconds between two checks of a target, 5-300. Service default: 30."""

    timeout_seconds: int | None = None
    """Seconds until a check without an answer has failed, 1-120. Service default: 5."""

    healthy_threshold_count: int | None = None
    """Passed checks in a row that make an unhealthy target healthy, 2-10. Service default: 5."""

    unhealthy_threshold_count: int | None = None
    """Failed checks in a row that make a target unhealthy, 2-10. Service default: 2."""

    matcher: Matcher | UnknownMatcher | None = None
    """Which answers count as healthy. Service default: HTTP 200."""

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
        """A check over HTTP, switched on.

        Args:
            path: Path to ask for, starting with ``/``, at most 2,048 characters; sent even when it is the default.
            version: HTTP1 or HTTP2; sent even when it is the default, HTTP1.
            port: Port to check, 1-65535; the service's default is the port that takes the traffic.
            interval_seconds: Seconds between two checks of a target, 5-300; the service's default is 30.
            timeout_seconds: Seconds until a check has failed, 1-120; the service's default is 5.
            healthy_threshold_count: Passed checks that heal, 2-10; the service's default is 5.
            unhealthy_threshold_count: Failed checks that condemn, 2-10; the service's default is 2.
            success_codes: ``"200"``, ``"200,202"`` or ``"200-299"``; the service's default is 200.

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
        """A check over HTTPS, switched on; the target's certificate is not validated.

        Args:
            path: Path to ask for, starting with ``/``, at most 2,048 characters; sent even when it is the default.
            version: HTTP1 or HTTP2; sent even when it is the default, HTTP1.
            port: Port to check, 1-65535; the service's default is the port that takes the traffic.
            interval_seconds: Seconds between two checks of a target, 5-300; the service's default is 30.
            timeout_seconds: Seconds until a check has failed, 1-120; the service's default is 5.
            healthy_threshold_count: Passed checks that heal, 2-10; the service's default is 5.
            unhealthy_threshold_count: Failed checks that condemn, 2-10; the service's default is 2.
            success_codes: ``"200"``, ``"200,202"`` or ``"200-299"``; the service's default is 200.

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
        """No check: every target takes traffic."""
        return cls(enabled=False)
