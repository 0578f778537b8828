"""The boto3 client that requests go through: our own, one of a session, or one that was handed in."""

import logging
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from lattice_tg.errors import ConfigurationError
from lattice_tg.gateway.settings import SERVICE, ConnectionSettings

_LEGACY_ATTEMPTS = 5
_STANDARD_ATTEMPTS = 3

_log = logging.getLogger("lattice_tg")


@frozen(kw_only=True)
class Connection:
    """A boto3 client, and what it was made from where we made it from plain settings."""

    client: Any
    settings: ConnectionSettings | None
    is_owned: bool

    @property
    def max_connections(self) -> int:
        """How many requests can be under way at once."""
        return int(self.client.meta.config.max_pool_connections)

    def describe(self) -> str:
        """The Region and the address, for a repr."""
        meta = self.client.meta
        return f"region_name={meta.region_name!r}, endpoint_url={meta.endpoint_url!r}"

    def close(self) -> None:
        """Close the connections of a client that we made; one that was handed in stays as it is."""
        if self.is_owned:
            self.client.close()


def open_connection(settings: ConnectionSettings, session: Any, boto3_client: Any, max_attempts: int) -> Connection:
    """The connection that a client was asked for: its own, one of a session, or one that was handed in.

    Raises:
        ConfigurationError: Something is missing or contradicts something else.

    """
    settings.validate()
    if boto3_client is not None:
        _check_mutually_exclusive("boto3_client", {**settings.non_defaults(), "session": session})
        _warn_about_botocore_retries(_validate_client(boto3_client), max_attempts)
        return Connection(client=boto3_client, settings=None, is_owned=False)
    if session is not None:
        _check_mutually_exclusive("session", {"profile_name": settings.profile_name})
        _validate_session(session)
    client = settings.create_client(session)
    _warn_about_botocore_retries(client, max_attempts)  # a config that was handed in may have switched them on
    return Connection(client=client, settings=settings if session is None else None, is_owned=True)


def _check_mutually_exclusive(one: str, others: Mapping[str, object]) -> None:
    if given := [name for name, value in others.items() if value is not None]:
        raise ConfigurationError(f"{one} and {', '.join(given)} contradict each other: pass one or the other")


def _validate_session(session: object) -> None:
    if not callable(getattr(session, "client", None)):
        raise ConfigurationError(
            f"session={session!r}: must be a boto3.Session; one of botocore goes into boto3.Session(botocore_session=…)"
        )


def _validate_client(client: Any) -> Any:
    meta = getattr(client, "meta", None)
    service = getattr(getattr(meta, "service_model", None), "service_name", None)
    if service != SERVICE:
        raise ConfigurationError(
            f"boto3_client is {f'a client of {service}' if service else repr(client)}; "
            f"pass boto3.client('{SERVICE}'), or nothing and have one made"
        )
    return client


def _botocore_max_attempts(client: Any) -> int:
    """How often a boto3 client sends one request by itself."""
    retries: dict[str, Any] = client.meta.config.retries or {}
    if "total_max_attempts" in retries:
        return int(retries["total_max_attempts"])
    return _LEGACY_ATTEMPTS if retries.get("mode") == "legacy" else _STANDARD_ATTEMPTS


def _warn_about_botocore_retries(client: Any, max_attempts: int) -> None:
    """Warn that a client which retries by itself multiplies the attempts of the retry policy."""
    if (inner := _botocore_max_attempts(client)) > 1:
        _log.warning(
            "the boto3 client sends a request up to %d times by itself: with the retry policy's %d attempts that makes "
            "%d; switch its own off with Config(retries={'total_max_attempts': 1})",
            inner,
            max_attempts,
            inner * max_attempts,
        )
