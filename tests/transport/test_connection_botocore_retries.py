"""The warning about boto3 clients whose botocore retries multiply the attempts."""

import logging
from typing import Any

import pytest
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs]

from lattice_tg import RetryPolicy, TargetGroupClient
from support.clients import MakeClient
from support.http_stub import http_response, serve
from support.sample_groups import ID, wire_group


def make_warning(botocore_attempts: int, total: int, attempts: int = 8) -> list[tuple[str, int, str]]:
    message = (
        f"The boto3 client can send each request {botocore_attempts} times, and the retry policy allows {attempts} "
        f"attempt{'s' * (attempts != 1)}. Therefore, one call can send {total} requests. Disable botocore's retries with Config(retries={{'total_max_attempts': 1}})."
    )
    return [("lattice_tg", logging.WARNING, message)]


@pytest.mark.parametrize(
    ("retries", "expected"),
    [
        ({"total_max_attempts": 1}, []),
        ({"max_attempts": 0}, []),
        ({"mode": "standard", "max_attempts": 0}, []),
        ({"max_attempts": 3}, make_warning(4, 32)),
        ({"total_max_attempts": 2}, make_warning(2, 16)),
        ({"mode": "adaptive"}, make_warning(3, 24)),
        ({"mode": "standard"}, make_warning(3, 24)),
        ({"mode": "legacy"}, make_warning(5, 40)),
    ],
)
def test_retrying_boto3_client_is_warned_about(
    retries: dict[str, Any], expected: list[Any], session: Any, info_log: pytest.LogCaptureFixture
) -> None:
    """Passing a boto3 client with botocore retries logs one warning. Without such retries, nothing is logged."""
    TargetGroupClient(boto3_client=session.client("vpc-lattice", config=Config(retries=retries)))

    assert info_log.record_tuples == expected


def test_warning_is_logged_once(session: Any, info_log: pytest.LogCaptureFixture) -> None:
    """The warning is logged once and contains the attempts that the client's retry policy allows."""
    with serve(http_response(200, wire_group())) as stub:
        boto3_client = session.client(
            "vpc-lattice", endpoint_url=stub.url, config=Config(retries={"total_max_attempts": 2})
        )
        client = TargetGroupClient(boto3_client=boto3_client, retry=RetryPolicy(max_attempts=5))
        client.get(ID)
        client.with_options(allow_unknown=True).get(ID)

    assert info_log.record_tuples == make_warning(2, 10, attempts=5)


def test_warning_about_a_single_attempt_is_grammatical(session: Any, info_log: pytest.LogCaptureFixture) -> None:
    """If the retry policy allows only one attempt, the warning says "1 attempt"."""
    TargetGroupClient(boto3_client=session.client("vpc-lattice"), retry=RetryPolicy.disabled())

    (record,) = info_log.records
    assert "the retry policy allows 1 attempt. Therefore, one call" in record.getMessage()


def test_default_retries_are_warned_about(session: Any, info_log: pytest.LogCaptureFixture) -> None:
    """Passing a boto3 client without a retry configuration logs a warning, because botocore retries by default."""
    TargetGroupClient(boto3_client=session.client("vpc-lattice"))

    assert info_log.record_tuples in (make_warning(3, 24), make_warning(5, 40))


def test_missing_retry_configuration_is_warned_about(session: Any, info_log: pytest.LogCaptureFixture) -> None:
    """If the config of a boto3 client has no ``retries``, the warning assumes botocore's default."""
    client = session.client("vpc-lattice")
    client.meta.config.retries = None

    TargetGroupClient(boto3_client=client)

    assert info_log.record_tuples == make_warning(3, 24)


def test_config_that_enables_retries_is_warned_about(
    make_client: MakeClient, info_log: pytest.LogCaptureFixture
) -> None:
    """A passed config that enables botocore's retries is used, and a warning is logged."""
    make_client(config=Config(retries={"mode": "adaptive", "total_max_attempts": 3}))

    assert info_log.record_tuples == make_warning(3, 24)


def test_client_of_the_library_sends_each_request_once(
    make_client: MakeClient, info_log: pytest.LogCaptureFixture
) -> None:
    """A boto3 client created by the library sends each request once, and no warning is logged."""
    with serve(http_response(503)) as stub:
        client = make_client(endpoint_url=stub.url, retry=RetryPolicy(max_elapsed_seconds=0))
        with pytest.raises(Exception, match="503"):
            client.get(ID)

    assert (len(stub.requests), info_log.record_tuples) == (1, [])
