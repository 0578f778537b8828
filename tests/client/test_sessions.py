"""Sessions: boto3's default session, passed sessions, and the precedence of their settings."""

import logging
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import botocore.credentials
import botocore.session
import pytest
from botocore.config import Config

from lattice_tg import ConfigurationError, TargetGroupClient
from lattice_tg.transport.plain_json import parse_timestamp
from support.http_stub import RecordedRequest, http_response, serve
from support.sample_groups import ID, wire_group

boto3_module: Any = boto3
credentials_class: Any = botocore.credentials.RefreshableCredentials


@pytest.fixture(autouse=True)
def no_default_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start without a default session of boto3."""
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the profiles ``default``, ``staging`` and ``process``. Return the file that lists the process's starts."""
    starts, script, config = tmp_path / "starts", tmp_path / "process.py", tmp_path / "config"
    script.write_text(
        "import json\n"
        f"print('started', file=open({str(starts)!r}, 'a'))\n"
        "print(json.dumps({'Version': 1, 'AccessKeyId': 'process-key', 'SecretAccessKey': 's'}))\n"
    )
    config.write_text(
        "[default]\nregion = us-east-1\naws_access_key_id = default-key\naws_secret_access_key = s\n"
        "[profile staging]\nregion = eu-west-1\naws_access_key_id = staging-key\naws_secret_access_key = s\n"
        f"[profile process]\nregion = eu-west-1\ncredential_process = {sys.executable} {script}\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    return starts


def get_scope(request: RecordedRequest) -> tuple[str, str]:
    """Return the access key id and the Region with which a request was signed."""
    credential = request.raw.partition(b"Credential=")[2].partition(b",")[0].decode()
    key, _, region, *_ = credential.split("/")
    return key, region


def send_request(**options: Any) -> tuple[str, str]:
    """Return the access key id and the Region of the request of a client with these options."""
    with serve(http_response(200, wire_group())) as stub, TargetGroupClient(endpoint_url=stub.url, **options) as client:
        client.get(ID)
    return get_scope(stub.requests[0])


BOTH = "import boto3, lattice_tg\n"
SCRIPTS = {
    "boto3 first": "import boto3\nboto3.setup_default_session(profile_name='staging')\nimport lattice_tg\n",
    "lattice_tg first": "import lattice_tg\nlattice_tg.TargetGroupClient\nimport boto3\n"
    "boto3.setup_default_session(profile_name='staging')\n",
    "after a client": BOTH + "lattice_tg.TargetGroupClient(region_name='us-east-1')\n"
    "boto3.setup_default_session(profile_name='staging')\n",
    "a client of another service first": "import os\nos.environ['AWS_PROFILE'] = 'staging'\n"
    + BOTH
    + "boto3.client('s3')\ndel os.environ['AWS_PROFILE']\n",
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_default_session_is_used(script: str, profiles: Path) -> None:
    """The client uses the default session, whoever created the session and whichever package is imported first."""
    call = "lattice_tg.TargetGroupClient(endpoint_url=os.environ['URL']).get(os.environ['ID'])\n"
    with serve(http_response(200, wire_group())) as stub:
        environment = {**os.environ, "URL": stub.url, "ID": ID}
        subprocess.run([sys.executable, "-c", f"{script}import os\n{call}"], env=environment, check=True, timeout=60)

    assert [key for key, _ in map(get_scope, stub.requests)] == ["staging-key"]


def test_default_session_gives_profile_and_region(profiles: Path) -> None:
    """The default session gives the credentials and the Region. Arguments take precedence over the session."""
    boto3_module.setup_default_session(profile_name="staging")

    assert [
        send_request(),
        send_request(region_name="ap-south-1"),
        send_request(profile_name="default"),
        send_request(session=boto3.Session(profile_name="default")),
    ] == [
        ("staging-key", "eu-west-1"),
        ("staging-key", "ap-south-1"),
        ("default-key", "us-east-1"),
        ("default-key", "us-east-1"),
    ]


@pytest.mark.parametrize("is_default", [True, False])
def test_region_of_the_config_overrides_the_session(is_default: bool, profiles: Path) -> None:
    """``region_name`` in ``config`` takes precedence over the Region of the session, as in boto3."""
    session, config = boto3.Session(profile_name="staging"), Config(region_name="ap-south-1")

    client = use_session(session, is_default=is_default, config=config)

    assert client.boto3_client.meta.region_name == "ap-south-1"


def test_no_default_session_is_created(profiles: Path) -> None:
    """If boto3 has no default session, the client does not create one."""
    assert send_request() == ("default-key", "us-east-1")
    assert boto3_module.DEFAULT_SESSION is None


def test_default_session_stays_unchanged(profiles: Path) -> None:
    """The client is as fast as without a default session, and other clients of the default session do not change."""
    boto3_module.setup_default_session(profile_name="staging")
    client = TargetGroupClient()

    raw = boto3_module.client("vpc-lattice")
    parsers = [
        each._endpoint._response_parser_factory.create_parser("rest-json") for each in (client.boto3_client, raw)
    ]
    assert [parser._timestamp_parser is parse_timestamp for parser in parsers] == [True, False]


def test_default_session_without_credentials(profiles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the default session has no credentials, the call reports the missing credentials."""
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    boto3_module.setup_default_session(region_name="eu-west-1")

    with pytest.raises(ConfigurationError, match="Unable to locate credentials"):
        send_request()


def count_starts(starts: Path) -> int:
    return len(starts.read_text().splitlines())


def test_each_client_resolves_its_credentials(profiles: Path) -> None:
    """Five clients with a profile start its credential process five times."""
    scopes = {send_request(profile_name="process") for _ in range(5)}

    assert (scopes, count_starts(profiles)) == ({("process-key", "eu-west-1")}, 5)


@pytest.mark.parametrize("is_default", [True, False])
def test_clients_of_a_session_share_credentials(is_default: bool, profiles: Path) -> None:
    """Five clients of one session, passed or by default, start the credential process one time."""
    options: dict[str, Any] = {}
    if is_default:
        boto3_module.setup_default_session(profile_name="process")
    else:
        options["session"] = boto3.Session(profile_name="process")

    scopes = {send_request(**options) for _ in range(5)}

    assert (scopes, count_starts(profiles)) == ({("process-key", "eu-west-1")}, 1)


def make_session(config: Config | None, **options: Any) -> Any:
    """Return a session with a default client config."""
    core: Any = botocore.session.Session()
    if config is not None:
        core.set_default_client_config(config)
    return boto3.Session(botocore_session=core, region_name="eu-west-1", **options)


def use_session(session: Any, *, is_default: bool, **options: Any) -> TargetGroupClient:
    """Return a client that uses ``session`` as an argument or as boto3's default session."""
    if not is_default:
        return TargetGroupClient(session=session, **options)
    boto3_module.DEFAULT_SESSION = session
    return TargetGroupClient(**options)


SESSION_CONFIG = Config(max_pool_connections=20, connect_timeout=21, read_timeout=22)
CONFIG = Config(max_pool_connections=30, connect_timeout=31)
ARGUMENTS: dict[str, Any] = {"max_connections": 40}


@pytest.mark.parametrize("is_default", [True, False])
@pytest.mark.parametrize(
    ("session_config", "options", "expected"),
    [
        (None, {}, (16, 5.0, 30.0)),
        (SESSION_CONFIG, {}, (20, 21, 22)),
        (SESSION_CONFIG, {"config": CONFIG}, (30, 31, 22)),
        (SESSION_CONFIG, {"config": CONFIG, **ARGUMENTS}, (40, 31, 22)),
        (Config(read_timeout=22), {"config": CONFIG, "connect_timeout_seconds": 41}, (30, 41, 22)),
        (None, {"config": CONFIG, "read_timeout_seconds": 42}, (30, 31, 42)),
        (Config(connect_timeout=21), {"connect_timeout_seconds": 5.0}, (16, 5.0, 30.0)),
    ],
)
def test_precedence_of_timeouts_and_pool_size(
    is_default: bool, session_config: Config | None, options: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    """An argument overrides ``config``, which overrides the session's default config, which overrides the defaults."""
    config = use_session(make_session(session_config), is_default=is_default, **options).boto3_client.meta.config

    assert (config.max_pool_connections, config.connect_timeout, config.read_timeout) == expected


@pytest.mark.parametrize("is_default", [True, False])
def test_other_settings_of_the_default_config_are_used(is_default: bool) -> None:
    """The client uses the proxies of the session's default client config."""
    session = make_session(Config(proxies={"https": "http://127.0.0.1:1"}))

    client = use_session(session, is_default=is_default)

    assert client.boto3_client.meta.config.proxies == {"https": "http://127.0.0.1:1"}


@pytest.mark.parametrize("is_default", [True, False])
def test_retries_of_the_default_config_are_ignored(is_default: bool, info_log: pytest.LogCaptureFixture) -> None:
    """``retries`` in the session's default client config is ignored, which is logged."""
    session = make_session(Config(retries={"mode": "adaptive", "total_max_attempts": 5}, read_timeout=22))

    config = use_session(session, is_default=is_default).boto3_client.meta.config

    assert (config.retries["total_max_attempts"], config.read_timeout) == (1, 22)
    assert info_log.record_tuples == [
        (
            "lattice_tg",
            logging.INFO,
            (
                "The retries in the session's default client config are ignored because the client's RetryPolicy "
                "replaces them."
            ),
        )
    ]


@pytest.mark.parametrize("is_default", [True, False])
def test_retries_of_the_config_are_used(is_default: bool, info_log: pytest.LogCaptureFixture) -> None:
    """``retries`` in ``config`` is used although the session has a default client config, with a warning."""
    client = use_session(
        make_session(SESSION_CONFIG), is_default=is_default, config=Config(retries={"total_max_attempts": 2})
    )

    assert client.boto3_client.meta.config.retries["total_max_attempts"] == 2
    assert [record.levelname for record in info_log.records] == ["WARNING"]


def test_client_of_the_default_session_is_pickled(profiles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that uses the default session pickles as profile, Region and settings, without the session."""
    core: Any = botocore.session.Session()
    core.set_default_client_config(Config(read_timeout=22, retries={"total_max_attempts": 5}))
    boto3_module.setup_default_session(profile_name="staging", region_name="ap-south-1", botocore_session=core)

    with serve(http_response(200, wire_group())) as stub:
        pickled = pickle.dumps(TargetGroupClient(endpoint_url=stub.url, connect_timeout_seconds=2))
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
        unpickled = pickle.loads(pickled)
        unpickled.get(ID)

    config = unpickled.boto3_client.meta.config
    assert get_scope(stub.requests[0]) == ("staging-key", "ap-south-1")
    assert (config.read_timeout, config.connect_timeout, config.retries["total_max_attempts"]) == (22, 2, 1)
    assert b"staging-key" not in pickled


def test_client_of_an_implicit_default_session_is_pickled(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the default session uses credentials from the environment, the client can be pickled."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "environment-key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    boto3_module.client("s3", region_name="eu-west-1")

    client = TargetGroupClient(region_name="eu-west-1")

    assert repr(pickle.loads(pickle.dumps(client))) == repr(client)


def assume_role_of_ones_own() -> Any:
    """Return a session whose credentials come from a function of the user."""
    metadata = {"access_key": "own-key", "secret_key": "s", "token": "t", "expiry_time": "2100-01-01T00:00:00Z"}
    core: Any = botocore.session.Session()
    core._credentials = credentials_class.create_from_metadata(metadata, lambda: metadata, "own-method")
    return boto3.Session(botocore_session=core, region_name="eu-west-1")


@pytest.mark.parametrize(
    "session",
    [
        boto3.Session(aws_access_key_id="explicit-key", aws_secret_access_key="s", region_name="eu-west-1"),
        assume_role_of_ones_own(),
    ],
)
def test_client_with_explicit_credentials_cannot_be_pickled(session: Any) -> None:
    """If the default session has keys that another process could not find, pickling the client raises TypeError."""
    client = use_session(session, is_default=True)

    with pytest.raises(TypeError) as caught:
        pickle.dumps(client)

    assert str(caught.value) == (
        "A client that uses explicit credentials from boto3's default session cannot be pickled because the "
        "pickle would not contain the credentials. Set up the default session with profile_name, or pass profile_name "
        "to the client."
    )
