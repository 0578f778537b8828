"""Connections to VPC Lattice: settings and boto3 clients."""

import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self
from urllib.parse import urlsplit

import attrs
import botocore
from attrs import evolve, field, frozen
from botocore.config import Config
from botocore.exceptions import BotoCoreError, NoRegionError, ProfileNotFound, UnknownServiceError

from lattice_tg.errors import ConfigurationError
from lattice_tg.formatting import format_problems
from lattice_tg.logs import log
from lattice_tg.models.base import ReprMixin
from lattice_tg.models.problem import Problem
from lattice_tg.runtime.processes import ForkDetector
from lattice_tg.transport.api import SERVICE
from lattice_tg.transport.error_mapping import describe_invalid_settings
from lattice_tg.transport.redaction import redact, redact_exception, remove_userinfo
from lattice_tg.transport.session import (
    create_fast_session,
    has_custom_credentials,
    make_requests_faster,
    register_handlers,
)
from lattice_tg.validation.arguments import interval_rule

_STRING_FIELDS = ("region_name", "profile_name", "endpoint_url")
_TIMEOUT_FIELDS = ("connect_timeout_seconds", "read_timeout_seconds")

_DEFAULTS: Mapping[str, Any] = {"max_pool_connections": 16, "connect_timeout": 5.0, "read_timeout": 30.0}
_NO_RETRIES: Mapping[str, Any] = {"mode": "standard", "total_max_attempts": 1}


def _without_userinfo(url: Any) -> Any:
    return remove_userinfo(url) if isinstance(url, str) else url  # validate() reports values of other types.


@frozen(kw_only=True, repr=False)
class ConnectionSettings(ReprMixin):
    """Settings for a boto3 client.

    Settings contain no AWS credentials. The user name and password of an endpoint URL are removed, because signed
    requests do not use them. Only ``config`` can contain secrets, in the URLs of its proxies.
    """

    region_name: str | None = None
    profile_name: str | None = None
    endpoint_url: str | None = field(default=None, converter=_without_userinfo)
    config: Any = None
    max_connections: int | None = None
    connect_timeout_seconds: float | None = None
    read_timeout_seconds: float | None = None

    def validate(self) -> None:
        """Raise an error if a setting has an invalid type or value.

        Raises:
            ConfigurationError: If a setting is invalid. The message lists every problem.

        """
        if problems := tuple(self._iter_problems()):
            raise configuration_error(problems)

    def inherit(self, session: Any) -> Self:
        """Return a copy of the settings that adds the profile, the Region and the default client config of ``session``.

        The settings take precedence over the session. ``retries`` in the default client config is ignored because the
        retry policy of the library replaces the retries of botocore.
        """
        core = getattr(session, "_session", None)  # boto3 has no public access to the botocore session.
        if core is None:
            return self
        config = _merge_configs(_without_retries(core.get_default_client_config()), self.config)
        region_name = self.region_name or getattr(config, "region_name", None) or session.region_name
        return evolve(self, region_name=region_name, profile_name=core.get_config_variable("profile"), config=config)

    def create_client(self, session: Any = None, *, default_session: Any = None) -> Any:
        """Create a boto3 client without botocore's retries.

        The retry policy replaces the retries of botocore.

        Args:
            session: ``boto3.Session`` that creates the client. Default: a new session from ``create_fast_session()``.
            default_session: ``boto3.Session`` that provides the credentials if ``session`` is None. Default: none.

        Raises:
            ConfigurationError: If a setting is missing or invalid. The message says how to fix the setting.

        """
        options: dict[str, Any] = {}
        try:
            if session is None:
                fast_session, options["user_agent"] = create_fast_session(
                    self.profile_name, getattr(self.config, "user_agent_appid", None), default_session
                )
                create_client = fast_session.create_client
            else:
                options["user_agent_extra"] = "lattice_tg"
                create_client = session.client
            client = create_client(
                SERVICE,
                region_name=self.region_name,
                endpoint_url=self.endpoint_url,
                config=self._make_config(options),
            )
        except (BotoCoreError, ValueError) as error:
            redact_exception(error)
            raise ConfigurationError(_describe_failure(error)) from error
        _check_port(client.meta.endpoint_url)
        register_handlers(client)
        make_requests_faster(client)
        return client

    def non_defaults(self) -> dict[str, object]:
        """Return the settings that are set, by name."""
        values: dict[str, object] = {name: getattr(self, name) for name in attrs.fields_dict(type(self))}
        return {name: value for name, value in values.items() if value is not None}

    def _make_config(self, options: Mapping[str, Any]) -> Any:
        arguments: dict[str, Any] = {
            "max_pool_connections": self.max_connections,
            "connect_timeout": self.connect_timeout_seconds,
            "read_timeout": self.read_timeout_seconds,
        }
        overrides = {name: value for name, value in arguments.items() if value is not None}
        if self.config is None or self.config.retries is None:
            overrides["retries"] = _NO_RETRIES
        config: Any = Config(**_DEFAULTS, **options)
        return _merge_configs(config, self.config).merge(Config(**overrides))

    def _iter_problems(self) -> Iterator[Problem]:
        for name in _STRING_FIELDS:
            value = getattr(self, name)
            if not (value is None or (isinstance(value, str) and value)):
                yield Problem(name, value, "must be a non-empty string or None")
        if not (self.config is None or isinstance(self.config, Config)):
            yield Problem("config", _TypeOnly(self.config), "must be a botocore.config.Config or None")
        connections: Any = self.max_connections
        if not (connections is None or (isinstance(connections, int) and connections >= 1)):
            yield Problem("max_connections", connections, "must be an integer of at least 1")
        for name in _TIMEOUT_FIELDS:
            value = getattr(self, name)
            if value is not None and (rule := interval_rule(value)):
                yield Problem(name, value, *rule)


def _check_port(endpoint_url: str) -> None:
    """Raise an error if the port of an endpoint URL is not a number.

    The URL may come from the environment or a profile. botocore would notice the port when it sends a request.
    """
    try:
        urlsplit(endpoint_url).port  # noqa: B018 - the property raises the error
    except ValueError:
        rule = "the port must be an integer from 0 to 65535"
        hint = "Correct the argument, AWS_ENDPOINT_URL or the AWS profile"
        raise configuration_error([Problem("endpoint_url", endpoint_url, rule, hint)]) from None


def _merge_configs(config: Any, overrides: Any) -> Any:
    """Merge two optional configs. The options in ``overrides`` take precedence."""
    if config is None or overrides is None:
        return config or overrides
    return config.merge(overrides)


def _without_retries(config: Any) -> Any:
    if config is None or config.retries is None:
        return config
    log(
        logging.INFO,
        "The retries in the session's default client config are ignored because the client's RetryPolicy replaces "
        "them.",
    )
    return config.merge(Config(retries=None))


@frozen(repr=False)
class _TypeOnly:
    """A replacement for a value that may contain secrets. Its repr shows only the type of the value."""

    value: object

    def __repr__(self) -> str:
        return f"<{type(self.value).__name__}>"


def configuration_error(problems: Sequence[Problem]) -> ConfigurationError:
    """Return the error for invalid settings or options. The message lists all ``problems``."""
    message = str(problems[0]) if len(problems) == 1 else format_problems(problems)
    return ConfigurationError(redact(message))


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
                f"botocore {botocore.__version__} does not support {SERVICE}. Upgrade it with "
                "`pip install --upgrade 'boto3>=1.36'`."
            )
        case _:
            return describe_invalid_settings(error)


_LEGACY_MAX_ATTEMPTS = 5
_STANDARD_MAX_ATTEMPTS = 3


@frozen(kw_only=True, eq=False, repr=False)
class Connection:
    """A boto3 client and the settings from which the client can be recreated."""

    client: Any
    settings: ConnectionSettings | None
    """Settings of the client. None if the user passed a session or a boto3 client."""

    is_owned: bool
    """Whether the library created the client and must close it."""

    default_session: Any = None
    """boto3's default session if the client uses the credentials of this session."""

    fork_detector: ForkDetector | None = None
    """Detector that closes connections in forked processes. None if the client has an event handler for this."""

    @property
    def max_connections(self) -> int:
        """Maximum number of requests in flight."""
        return int(self.client.meta.config.max_pool_connections)

    def describe(self) -> str:
        """Return the Region and the endpoint URL for use in a repr."""
        meta = self.client.meta
        return f"region_name={meta.region_name!r}, endpoint_url={remove_userinfo(meta.endpoint_url)!r}"

    def settings_without_secrets(self) -> ConnectionSettings:
        """Return the settings from which another process can recreate the client.

        Raises:
            TypeError: If the client depends on credentials that the settings must not contain.

        """
        if self.settings is None:
            reason = (
                "A client that was created from a session or a boto3 client cannot be pickled because it "
                "holds credentials. Create the client from region_name, profile_name or endpoint_url."
            )
            raise TypeError(reason)
        if self.default_session is not None and has_custom_credentials(self.default_session):
            reason = (
                "A client that uses explicit credentials from boto3's default session cannot be pickled "
                "because the pickle would not contain the credentials. Set up the default session with profile_name, "
                "or pass profile_name to the client."
            )
            raise TypeError(reason)
        if _has_proxy_credentials(self.settings.config):
            reason = (
                "A client whose config contains the user name or password of a proxy cannot be pickled. "
                "Set the proxy in each process, such as with the environment variable HTTPS_PROXY."
            )
            raise TypeError(reason)
        return self.settings

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
        # The library registers no handlers on a client that the user passed.
        fork_detector = ForkDetector(boto3_client.close)
        return Connection(client=boto3_client, settings=None, is_owned=False, fork_detector=fork_detector)
    if session is not None:
        _check_mutually_exclusive("session", {"profile_name": settings.profile_name})
        _validate_session(session)
        client = settings.inherit(session).create_client(session)
        connection = Connection(client=client, settings=None, is_owned=True)
    else:
        default_session = _find_default_session() if settings.profile_name is None else None
        if default_session is not None:
            settings = settings.inherit(default_session)
        client = settings.create_client(default_session=default_session)
        connection = Connection(client=client, settings=settings, is_owned=True, default_session=default_session)
    _warn_about_botocore_retries(client, max_attempts)  # The user's config may have enabled botocore's retries.
    return connection


def _find_default_session() -> Any:
    """Return boto3's default session, or None if there is none. boto3 is slow to import and rarely needed."""
    return getattr(sys.modules.get("boto3"), "DEFAULT_SESSION", None)


def _has_proxy_credentials(config: Any) -> bool:
    proxies: Mapping[str, str] = getattr(config, "proxies", None) or {}
    return any("@" in str(url) for url in proxies.values())


def _check_mutually_exclusive(name: str, others: Mapping[str, object]) -> None:
    if conflicting := [other for other, value in others.items() if value is not None]:
        *first, last = conflicting
        listed = f"{', '.join(first)} or {last}" if first else last
        fix = f"Remove {name}, or remove the other arguments" if first else f"Remove {name} or {last}"
        raise ConfigurationError(f"{name} cannot be combined with {listed}. {fix}.")


def _validate_session(session: object) -> None:
    if not callable(getattr(session, "client", None)):
        raise ConfigurationError(
            f"session={_TypeOnly(session)!r}: must be a boto3.Session. Wrap a botocore session in "
            "boto3.Session(botocore_session=...)."
        )


def _validate_client(client: Any) -> Any:
    meta = getattr(client, "meta", None)
    service = getattr(getattr(meta, "service_model", None), "service_name", None)
    if service != SERVICE:
        problem = (
            f"boto3_client is a client for {service}, expected {SERVICE}"
            if service
            else f"boto3_client={_TypeOnly(client)!r}: must be a boto3 client for {SERVICE}"
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
        log(
            logging.WARNING,
            "The boto3 client can send each request %d times, and the retry policy allows %d attempt%s. Therefore, one "
            "call can send %d requests. Disable botocore's retries with Config(retries={'total_max_attempts': 1}).",
            botocore_attempts,
            max_attempts,
            "s" * (max_attempts != 1),
            botocore_attempts * max_attempts,
        )
