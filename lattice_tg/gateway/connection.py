"""Making the boto3 client, and telling what is missing when that fails."""

import logging
from collections.abc import Mapping
from typing import Any

import boto3
from attrs import frozen
from botocore.config import Config
from botocore.exceptions import BotoCoreError, NoRegionError, ProfileNotFound, UnknownServiceError

from lattice_tg.errors import ConfigurationError

_SERVICE = "vpc-lattice"
_LEGACY_ATTEMPTS = 5
_STANDARD_ATTEMPTS = 3

_log = logging.getLogger("lattice_tg")


@frozen(kw_only=True)
class ConnectionSettings:
    """What a boto3 client is made from; no credentials, so that it may be pickled and sent elsewhere."""

    region_name: str | None
    profile_name: str | None
    endpoint_url: str | None
    config: Any
    max_connections: int
    connect_timeout_seconds: float
    read_timeout_seconds: float

    def boto3_client(self, session: Any = None) -> Any:
        """A new client, whose own retries are off: how often a request is sent is decided in one place, ours.

        Raises:
            ConfigurationError: Something is missing; it says what, and the way out.

        """
        try:
            session = session or boto3.Session(profile_name=self.profile_name)
            return session.client(
                _SERVICE, region_name=self.region_name, endpoint_url=self.endpoint_url, config=self._config()
            )
        except (BotoCoreError, ValueError) as error:
            raise ConfigurationError(_what_is_missing(error)) from error

    def chosen(self) -> Mapping[str, object]:
        """The settings that say which client is meant, by the names of the client's arguments."""
        return {
            "region_name": self.region_name,
            "profile_name": self.profile_name,
            "endpoint_url": self.endpoint_url,
            "config": self.config,
        }

    def _config(self) -> Any:
        own: Any = Config(
            retries={"mode": "standard", "total_max_attempts": 1},
            max_pool_connections=self.max_connections,
            connect_timeout=self.connect_timeout_seconds,
            read_timeout=self.read_timeout_seconds,
            user_agent_extra="lattice_tg",
        )
        return own if self.config is None else own.merge(self.config)


def _what_is_missing(error: Exception) -> str:
    match error:
        case NoRegionError():
            return "no region: pass region_name='us-east-1', or set AWS_DEFAULT_REGION, or `region` in the profile"
        case ProfileNotFound():
            return f"{error}: pass another profile_name, or set the profile up with `aws configure --profile`"
        case UnknownServiceError():
            return f"boto3 {boto3.__version__} is too old to know vpc-lattice: pip install --upgrade 'boto3>=1.36'"
        case _:
            return str(error)


@frozen(kw_only=True)
class Connection:
    """A boto3 client, and what it was made from where we made it from plain settings."""

    client: Any
    settings: ConnectionSettings | None
    is_ours: bool

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
        if self.is_ours:
            self.client.close()


def connected(settings: ConnectionSettings, session: Any, boto3_client: Any, max_attempts: int) -> Connection:
    """The connection that a client was asked for: its own, one of a session, or one that was handed in.

    Raises:
        ConfigurationError: Something is missing or contradicts something else.

    """
    if boto3_client is not None:
        _refuse_together("boto3_client", {**settings.chosen(), "session": session})
        _tell_own_attempts(_checked(boto3_client), max_attempts)
        return Connection(client=boto3_client, settings=None, is_ours=False)
    if session is not None:
        _refuse_together("session", {"profile_name": settings.profile_name})
    client = settings.boto3_client(session)
    return Connection(client=client, settings=settings if session is None else None, is_ours=True)


def _refuse_together(one: str, others: Mapping[str, object]) -> None:
    if given := [name for name, value in others.items() if value is not None]:
        raise ConfigurationError(f"{one} and {', '.join(given)} contradict each other: pass one or the other")


def _checked(client: Any) -> Any:
    meta = getattr(client, "meta", None)
    service = getattr(getattr(meta, "service_model", None), "service_name", None)
    if service != _SERVICE:
        raise ConfigurationError(
            f"boto3_client is {f'a client of {service}' if service else repr(client)}; "
            f"pass boto3.client('{_SERVICE}'), or nothing and have one made"
        )
    return client


def _own_attempts(client: Any) -> int:
    """How often a boto3 client sends one request by itself."""
    retries: dict[str, Any] = client.meta.config.retries or {}
    if "total_max_attempts" in retries:
        return int(retries["total_max_attempts"])
    return _LEGACY_ATTEMPTS if retries.get("mode") == "legacy" else _STANDARD_ATTEMPTS


def _tell_own_attempts(client: Any, max_attempts: int) -> None:
    """Warn that a client which retries by itself multiplies the attempts of the retry policy."""
    if (inner := _own_attempts(client)) > 1:
        _log.warning(
            "the boto3 client sends a request up to %d times by itself: with the retry policy's %d attempts that makes "
            "%d; switch its own off with Config(retries={'total_max_attempts': 1})",
            inner,
            max_attempts,
            inner * max_attempts,
        )
