"""Connections to VPC Lattice: settings, and the boto3 client that sends requests."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import boto3
from attrs import frozen
from botocore.config import Config
from botocore.exceptions import BotoCoreError, NoRegionError, ProfileNotFound, UnknownServiceError

from lattice_tg.errors import ConfigurationError
from lattice_tg.transport.error_mapping import describe_invalid_settings
from lattice_tg.transport.parameter_validation import make_parameter_validator
from lattice_tg.transport.session import create_fast_session, register_fast_path_handlers, register_handlers

SERVICE = "vpc-lattice"

_STRING_FIELDS = ("region_name", "profile_name", "endpoint_url")
_TIMEOUT_FIELDS = ("connect_timeout_seconds", "read_timeout_seconds")


@frozen(kw_only=True)
class ConnectionSettings:
    """Settings of a boto3 client.

    They contain no credentials, so that they can be pickled and sent to other processes.
    """

    region_name: str | None = None
    profile_name: str | None = None
    endpoint_url: str | None = None
    config: Any = None
    max_connections: int = 16
    connect_timeout_seconds: float = 5.0
    read_timeout_seconds: float = 30.0

    def validate(self) -> None:
        """Raise an error if a setting has an invalid type or value.

        Raises:
            ConfigurationError: If a setting is invalid. The message lists every problem.

        """
        if problems := tuple(self._iter_problems()):
            raise ConfigurationError(" ".join(f"{problem}." for problem in problems))

    def create_client(self, session: Any = None) -> Any:
        """Create a boto3 client with botocore's retries disabled in favor of the retry policy.

        Args:
            session: ``boto3.Session`` that creates the client. Default: a new, fast session.

        Raises:
            ConfigurationError: If a setting is missing or invalid. The message includes the fix.

        """
        is_fast = session is None
        validator = make_parameter_validator() if is_fast and self._validates_parameters() else None
        try:
            if is_fast:
                session, user_agent = create_fast_session(
                    self.profile_name, getattr(self.config, "user_agent_appid", None)
                )
                options = {"user_agent": user_agent, "parameter_validation": validator is None}
            else:
                options = {"user_agent_extra": "lattice_tg"}
            config = self._make_config(options)
            client = session.client(
                SERVICE, region_name=self.region_name, endpoint_url=self.endpoint_url, config=config
            )
        except (BotoCoreError, ValueError) as error:
            raise ConfigurationError(_describe_failure(error)) from error
        register_handlers(client)
        if is_fast:
            register_fast_path_handlers(client, validator, botocore_validates=config.parameter_validation)
        return client

    def non_defaults(self) -> dict[str, object]:
        """Return the settings that differ from their defaults, by name."""
        values: dict[str, object] = {field.name: getattr(self, field.name) for field in attrs.fields(type(self))}
        return {name: value for name, value in values.items() if value != _DEFAULTS[name]}

    def _validates_parameters(self) -> bool:
        """Return whether parameters are validated, which the user's ``config`` can disable."""
        return self.config is None or bool(self.config.parameter_validation)

    def _make_config(self, options: Mapping[str, Any]) -> Any:
        config: Any = Config(
            retries={"mode": "standard", "total_max_attempts": 1},
            max_pool_connections=self.max_connections,
            connect_timeout=self.connect_timeout_seconds,
            read_timeout=self.read_timeout_seconds,
            **options,
        )
        return config if self.config is None else config.merge(self.config)

    def _iter_problems(self) -> Iterator[str]:
        for name in _STRING_FIELDS:
            value = getattr(self, name)
            if not (value is None or (isinstance(value, str) and value)):
                yield f"{name}={value!r}: must be a non-empty string or None"
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


def _describe_failure(error: Exception) -> str:
    match error:
        case NoRegionError():
            return (
                'region_name is not set. Pass region_name="us-east-1", set AWS_DEFAULT_REGION, or set region in the '
                "AWS profile."
            )
        case ProfileNotFound():
            return (
                f"{error}. Pass another profile_name, change AWS_PROFILE, or create the profile with "
                "`aws configure --profile`."
            )
        case UnknownServiceError():
            return (
                f"boto3 {boto3.__version__} does not support {SERVICE}. Upgrade it with "
                "`pip install --upgrade 'boto3>=1.36'`."
            )
        case _:
            return describe_invalid_settings(error)


_LEGACY_MAX_ATTEMPTS = 5
_STANDARD_MAX_ATTEMPTS = 3

_log = logging.getLogger("lattice_tg")


@frozen(kw_only=True)
class Connection:
    """A boto3 client, and the settings from which it can be recreated."""

    client: Any
    settings: ConnectionSettings | None
    """Settings, or None if the user passed a session or a boto3 client."""

    is_owned: bool
    """Whether the library created the client, and closes it."""

    @property
    def max_connections(self) -> int:
        """Number of requests that can be in flight at the same time."""
        return int(self.client.meta.config.max_pool_connections)

    def describe(self) -> str:
        """Return the Region and the endpoint URL, formatted for a repr."""
        meta = self.client.meta
        return f"region_name={meta.region_name!r}, endpoint_url={meta.endpoint_url!r}"

    def close(self) -> None:
        """Close the boto3 client if the library created it."""
        if self.is_owned:
            self.client.close()


def open_connection(settings: ConnectionSettings, session: Any, boto3_client: Any, max_attempts: int) -> Connection:
    """Return a connection that uses ``boto3_client``, or a new client.

    Args:
        settings: Settings of a new client.
        session: ``boto3.Session`` that creates a new client, or None.
        boto3_client: Existing client for VPC Lattice, or None. It excludes a session and settings.
        max_attempts: Attempts of the retry policy, for the warning about botocore's own retries.

    Raises:
        ConfigurationError: If an argument is missing or invalid, or arguments exclude each other.

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
    _warn_about_botocore_retries(client, max_attempts)  # The user's config may have enabled them.
    return Connection(client=client, settings=settings if session is None else None, is_owned=True)


def _check_mutually_exclusive(name: str, others: Mapping[str, object]) -> None:
    if conflicting := [other for other, value in others.items() if value is not None]:
        raise ConfigurationError(f"{name} cannot be combined with {', '.join(conflicting)}. Pass one or the other.")


def _validate_session(session: object) -> None:
    if not callable(getattr(session, "client", None)):
        raise ConfigurationError(
            f"session={session!r}: must be a boto3.Session. Wrap a botocore session in "
            "boto3.Session(botocore_session=...)."
        )


def _validate_client(client: Any) -> Any:
    meta = getattr(client, "meta", None)
    service = getattr(getattr(meta, "service_model", None), "service_name", None)
    if service != SERVICE:
        problem = (
            f"boto3_client is a client for {service}, expected {SERVICE}"
            if service
            else f"boto3_client={client!r}: must be a boto3 client for {SERVICE}"
        )
        raise ConfigurationError(f"{problem}. Pass boto3.client('{SERVICE}'), or omit boto3_client.")
    return client


def _botocore_max_attempts(client: Any) -> int:
    """Return how often botocore sends one request, including its own retries."""
    retries: dict[str, Any] = client.meta.config.retries or {}
    if "total_max_attempts" in retries:
        return int(retries["total_max_attempts"])
    return _LEGACY_MAX_ATTEMPTS if retries.get("mode") == "legacy" else _STANDARD_MAX_ATTEMPTS


def _warn_about_botocore_retries(client: Any, max_attempts: int) -> None:
    """Log a warning if botocore's own retries multiply the attempts of the retry policy."""
    if (botocore_attempts := _botocore_max_attempts(client)) > 1:
        _log.warning(
            "The boto3 client sends each request up to %d times. With the %d attempts of the retry policy, that makes "
            "up to %d requests. Disable botocore's retries with Config(retries={'total_max_attempts': 1}).",
            botocore_attempts,
            max_attempts,
            botocore_attempts * max_attempts,
        )
