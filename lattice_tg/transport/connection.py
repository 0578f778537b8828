"""Connections to VPC Lattice: settings and boto3 clients."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
import boto3
from attrs import frozen
from botocore.config import Config
from botocore.exceptions import BotoCoreError, NoRegionError, ProfileNotFound, UnknownServiceError

from lattice_tg.errors import ConfigurationError
from lattice_tg.formatting import format_problems, short_repr
from lattice_tg.models.problem import Problem
from lattice_tg.transport.error_mapping import describe_invalid_settings
from lattice_tg.transport.parameter_validation import make_parameter_validator
from lattice_tg.transport.session import create_fast_session, register_fast_path_handlers, register_handlers
from lattice_tg.validation.arguments import interval_rule

SERVICE = "vpc-lattice"

_STRING_FIELDS = ("region_name", "profile_name", "endpoint_url")
_TIMEOUT_FIELDS = ("connect_timeout_seconds", "read_timeout_seconds")


@frozen(kw_only=True)
class ConnectionSettings:
    """Settings for a boto3 client.

    Settings contain no credentials, so you can safely pickle settings and send them to other processes.
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
            raise configuration_error(problems)

    def create_client(self, session: Any = None) -> Any:
        """Create a boto3 client without botocore's retries.

        The retry policy replaces the retries of botocore.

        Args:
            session: ``boto3.Session`` that creates the client. Default: a new session from ``create_fast_session()``.

        Raises:
            ConfigurationError: If a setting is missing or invalid. The message says how to fix the setting.

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
        """Return whether request parameters are validated.

        The user's ``config`` can disable the validation.
        """
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

    def _iter_problems(self) -> Iterator[Problem]:
        for name in _STRING_FIELDS:
            value = getattr(self, name)
            if not (value is None or (isinstance(value, str) and value)):
                yield Problem(name, value, "must be a non-empty string or None")
        if not (self.config is None or isinstance(self.config, Config)):
            yield Problem("config", self.config, "must be a botocore.config.Config or None")
        connections: object = self.max_connections
        if not (isinstance(connections, int) and connections >= 1):  # pyright: ignore[reportUnnecessaryIsInstance]
            yield Problem("max_connections", connections, "must be an integer of at least 1")
        for name in _TIMEOUT_FIELDS:
            value = getattr(self, name)
            if rule := interval_rule(value):
                yield Problem(name, value, *rule)


_DEFAULTS = {field.name: field.default for field in attrs.fields(ConnectionSettings)}


def configuration_error(problems: Sequence[Problem]) -> ConfigurationError:
    """Return the error for invalid settings or options. The message lists all ``problems``."""
    return ConfigurationError(str(problems[0]) if len(problems) == 1 else format_problems(problems))


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
    """A boto3 client and the settings from which the client can be recreated."""

    client: Any
    settings: ConnectionSettings | None
    """Settings of the client. None if the user passed a session or a boto3 client."""

    is_owned: bool
    """Whether the library created the client and must close it."""

    @property
    def max_connections(self) -> int:
        """Maximum number of requests in flight."""
        return int(self.client.meta.config.max_pool_connections)

    def describe(self) -> str:
        """Return the Region and the endpoint URL for use in a repr."""
        meta = self.client.meta
        return f"region_name={meta.region_name!r}, endpoint_url={meta.endpoint_url!r}"

    def close(self) -> None:
        """Close the boto3 client if the library created it."""
        if self.is_owned:
            self.client.close()


def open_connection(settings: ConnectionSettings, session: Any, boto3_client: Any, max_attempts: int) -> Connection:
    """Return a connection that uses ``boto3_client`` or a new boto3 client.

    Args:
        settings: Settings for a new client.
        session: ``boto3.Session`` that creates a new client, or None.
        boto3_client: Existing client for VPC Lattice, or None. Cannot be combined with a session or settings.
        max_attempts: Maximum number of attempts that the retry policy allows. A warning about botocore's retries
            contains this number.

    Raises:
        ConfigurationError: If an argument is missing or invalid, or if arguments cannot be combined.

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
    _warn_about_botocore_retries(client, max_attempts)  # The user's config may have enabled botocore's retries.
    return Connection(client=client, settings=settings if session is None else None, is_owned=True)


def _check_mutually_exclusive(name: str, others: Mapping[str, object]) -> None:
    if conflicting := [other for other, value in others.items() if value is not None]:
        *first, last = conflicting
        listed = f"{', '.join(first)} or {last}" if first else last
        fix = f"Remove {name}, or remove the other arguments" if first else f"Remove {name} or {last}"
        raise ConfigurationError(f"{name} cannot be combined with {listed}. {fix}.")


def _validate_session(session: object) -> None:
    if not callable(getattr(session, "client", None)):
        raise ConfigurationError(
            f"session={short_repr(session)}: must be a boto3.Session. Wrap a botocore session in "
            "boto3.Session(botocore_session=...)."
        )


def _validate_client(client: Any) -> Any:
    meta = getattr(client, "meta", None)
    service = getattr(getattr(meta, "service_model", None), "service_name", None)
    if service != SERVICE:
        problem = (
            f"boto3_client is a client for {service}, expected {SERVICE}"
            if service
            else f"boto3_client={short_repr(client)}: must be a boto3 client for {SERVICE}"
        )
        raise ConfigurationError(f"{problem}. Pass boto3.client('{SERVICE}'), or omit boto3_client.")
    return client


def _botocore_max_attempts(client: Any) -> int:
    """Return the maximum number of times that botocore sends one request, including its retries."""
    retries: dict[str, Any] = client.meta.config.retries or {}
    if "total_max_attempts" in retries:
        return int(retries["total_max_attempts"])
    return _LEGACY_MAX_ATTEMPTS if retries.get("mode") == "legacy" else _STANDARD_MAX_ATTEMPTS


def _warn_about_botocore_retries(client: Any, max_attempts: int) -> None:
    """Log a warning if botocore also retries each attempt of the retry policy."""
    if (botocore_attempts := _botocore_max_attempts(client)) > 1:
        _log.warning(
            "The boto3 client can send each request %d times, and the retry policy allows %d attempts. Therefore, one "
            "call can send %d requests. Disable botocore's retries with Config(retries={'total_max_attempts': 1}).",
            botocore_attempts,
            max_attempts,
            botocore_attempts * max_attempts,
        )
