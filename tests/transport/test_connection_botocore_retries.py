"""A boto3 client that retries by itself multiplies attempts, and that is said once."""

import logging
from typing import Any

import pytest
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs]

from conftest import MakeClient
from lattice_tg import RetryPolicy, TargetGroupClient
from support.http_stub import answer, answering
from support.sample_groups import ID, wire_group


def warning(inner: int, product: int, outer: int = 8) -> list[tuple[str, int, str]]:
    message = (
        f"The boto3 client sends each request up to {inner} times. With the {outer} attempts of the retry policy, that "
        f"makes up to {product} requests. Disable botocore's retries with Config(retries={{'total_max_attempts': 1}})."
    )
    return [("lattice_tg", logging.WARNING, message)]


@pytest.mark.parametrize(
    ("retries", "expected"),
    [
        ({"total_max_attempts": 1}, []),
        ({"max_attempts": 0}, []),
        ({"mode": "standard", "max_attempts": 0}, []),
        ({"max_attempts": 3}, warning(4, 32)),
        ({"total_max_attempts": 2}, warning(2, 16)),
        ({"mode": "adaptive"}, warning(3, 24)),
        ({"mode": "standard"}, warning(3, 24)),
        ({"mode": "legacy"}, warning(5, 40)),
    ],
)
def test_a_client_that_is_handed_in(
    retries: dict[str, Any], expected: list[Any], session: Any, info_log: pytest.LogCaptureFixture
) -> None:
    """Where a client's own retries are on, the product is said when it is handed in; where they are off, nothing."""
    TargetGroupClient(boto3_client=session.client("vpc-lattice", config=Config(retries=retries)))

    assert info_log.record_tuples == expected


def test_it_is_said_once(session: Any, info_log: pytest.LogCaptureFixture) -> None:
    """Calls and copies do not say it again; the number is that of the client's policy."""
    with answering(answer(200, wire_group())) as stub:
        noisy = session.client("vpc-lattice", endpoint_url=stub.url, config=Config(retries={"total_max_attempts": 2}))
        client = TargetGroupClient(boto3_client=noisy, retry=RetryPolicy(max_attempts=5))
        client.get(ID)
        client.with_options(allow_unknown=True).get(ID)

    assert info_log.record_tuples == warning(2, 10, outer=5)


def test_nothing_said_by_a_client(session: Any, info_log: pytest.LogCaptureFixture) -> None:
    """A client that says nothing about retries has botocore's default, which is said, too."""
    TargetGroupClient(boto3_client=session.client("vpc-lattice"))

    assert info_log.record_tuples in (warning(3, 24), warning(5, 40))


def test_a_client_without_any_word_of_retries(session: Any, info_log: pytest.LogCaptureFixture) -> None:
    """A client in whose Config there are none has the default as well."""
    client = session.client("vpc-lattice")
    client.meta.config.retries = None

    TargetGroupClient(boto3_client=client)

    assert info_log.record_tuples == warning(3, 24)


def test_a_config_that_switches_them_on(make_client: MakeClient, info_log: pytest.LogCaptureFixture) -> None:
    """A Config for a client of ours wins; if it brings boto3's own retries back, that is said."""
    make_client(config=Config(retries={"mode": "adaptive", "total_max_attempts": 3}))

    assert info_log.record_tuples == warning(3, 24)


def test_a_client_of_ours(make_client: MakeClient, info_log: pytest.LogCaptureFixture) -> None:
    """A client that we make sends each request once, and has nothing to say."""
    with answering(answer(503)) as stub:
        client = make_client(endpoint_url=stub.url, retry=RetryPolicy(max_elapsed_seconds=0))
        with pytest.raises(Exception, match="503"):
            client.get(ID)

    assert (len(stub.asked), info_log.record_tuples) == (1, [])
