"""The boto3 client that requests go through: our own, one of a session, or one that was handed in."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import boto3
from attrs import frozen
from botocore.config import Config
from botocore.exceptions import BotoCoreError, NoRegionError, ProfileNotFound, UnknownServiceError

from lattice_tg.errors import ConfigurationError
from lattice_tg.transport.error_mapping import settings_hint
from lattice_tg.transport.event_handlers import register_fast_path_handlers, register_handlers
from lattice_tg.transport.parameter_validation import make_parameter_validator
from lattice_tg.transport.session import create_fast_session

SERVICE = "vpc-lattice"

_STRING_FIELDS = ("region_name", "profile_name", "endpoint_url")
_TIMEOUT_FIELDS = ("connect_timeout_seconds", "read_timeout_seconds")


@frozen(kw_only=True)
class ConnectionSettings:
    """What a boto3 client is made from; no credentials, so that it may be pickled and sent elsewhere."""

    region_name: str | None = None
    profile_name: str | None = None
    endpoint_url: str | None = None
    config: Any = None
    max_connections: int = 16
    connect_timeout_seconds: float = 5.0
    read_timeout_seconds: float = 30.0

    def validate(self) -> None:
        """Refuse settings that no client can be made from.

        Raises:
            ConfigurationError: It says what each has to be.

        """
        if wrong := tuple(self._iter_errors()):
            raise ConfigurationError("; ".join(wrong))

    def create_client(self, session: Any = None) -> Any:
        """A new client, whose own retries are off: how often a request is sent is decided in one place, ours.

        Raises:
            ConfigurationError: Something is missing; it says what, and the way out.

        """
        is_tuned = session is None
        check = make_parameter_validator() if is_tuned and self._validates_parameters() else None
        try:
            if is_tuned:
                session, user_agent = create_fast_session(
                    self.profile_name, getattr(self.config, "user_agent_appid", None)
                )
                ours = {"user_agent": user_agent, "parameter_validation": check is None}
            else:
                ours = {"user_agent_extra": "lattice_tg"}
            config = self._make_config(ours)
            client = session.client(
                SERVICE, region_name=self.region_name, endpoint_url=self.endpoint_url, config=config
            )
        except (BotoCoreError, ValueError) as error:
            raise ConfigurationError(_explain_failure(error)) from error
        register_handlers(client)
        if is_tuned:
            register_fast_path_handlers(client, check, botocore_checks=config.parameter_validation)
        return client

    def non_defaults(self) -> dict[str, object]:
        """The settings that say something, by the names of the client's arguments."""
        given: dict[str, object] = {field.name: getattr(self, field.name) for field in attrs.fields(type(self))}
        return {name: value for name, value in given.items() if value != _DEFAULTS[name]}

    def _validates_parameters(self) -> bool:
        """Whether what is sent through the boto3 client is to be checked: unless the user's own config says no."""
        return self.config is None or bool(self.config.parameter_validation)

    def _make_config(self, ours: Mapping[str, Any]) -> Any:
        own: Any = Config(
            retries={"mode": "standard", "total_max_attempts": 1},
            max_pool_connections=self.max_connections,
            connect_timeout=self.connect_timeout_seconds,
            read_timeout=self.read_timeout_seconds,
            **ours,
        )
        return own if self.config is None else own.merge(self.config)

    def _iter_errors(self) -> Iterator[str]:
        for name in _STRING_FIELDS:
            value = getattr(self, name)
            if not (value is None or (isinstance(value, str) and value)):
                yield f"{name}={value!r}: must be a string or None"
        if not (self.config is None or isinstance(self.config, Config)):
            yield f"config={self.config!r}: must be a botocore.config.Config"
        connections: object = self.max_connections
        if not (isinstance(connections, int) and connections >= 1):  # pyright: ignore[reportUnnecessaryIsInstance]
            yield f"max_connections={connections!r}: must be an integer of at least 1"
        for name in _TIMEOUT_FIELDS:
            value = getattr(self, name)
            if not (isinstance(value, int | float) and value > 0):
                yield f"{name}={value!r}: must be a number of seconds greater than 0"


_DEFAULTS = {field.name: field.default for field in attrs.fields(ConnectionSettings)}


def _explain_failure(error: Exception) -> str:
    match error:
        case NoRegionError():
            return "no region: pass region_name='us-east-1', or set AWS_DEFAULT_REGION, or `region` in the profile"
        case ProfileNotFound():
            return f"{error}: pass another profile_name, or set the profile up with `aws configure --profile`"
        case UnknownServiceError():
            return f"boto3 {boto3.__version__} is too old to know vpc-lattice: pip install --upgrade 'boto3>=1.36'"
        case _:
            return settings_hint(error)


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
