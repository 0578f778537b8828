"""Results built from the response to a target request."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tg.client import TargetGroupClient
from lattice_tg.errors import TransportError
from lattice_tg.models.responses import TargetFailure
from lattice_tg.models.target_keys import unique_targets
from lattice_tg.models.targets import Target
from lattice_tg.operations.targets import build_result, merge_results
from lattice_tg.results import FailedRequest, TargetsResult
from support.http_stub import http_response, serve
from support.sample_groups import ID
from support.strategies import limited_examples

A, B, C = "10.0.0.1", "10.0.0.2", "10.0.0.3"

Item = dict[str, Any]


def build_lists(
    targets: list[Target], successful: list[Item], unsuccessful: list[Item], port: int | None = 80, **options: Any
) -> tuple[list[Target], list[TargetFailure], list[Target]]:
    """Return the successful targets, the failures and the targets without a result."""
    response = {"successful": successful, "unsuccessful": unsuccessful}
    result = build_result("RegisterTargets", targets, response, port, **options)
    assert all(failed_request.targets for failed_request in result.failed_requests)
    missing = [target for failed_request in result.failed_requests for target in failed_request.targets]
    return list(result.successful), list(result.unsuccessful), missing


def test_result_keeps_the_order_of_the_request() -> None:
    """Targets keep the order and the form of the request, regardless of the response's order."""
    targets = [Target.ip(A), Target.ip(B, 81), Target.ip(C), Target.ip(A, 82)]

    result = build_lists(
        targets,
        [{"id": A, "port": 82}, {"id": B, "port": 81}],
        [
            {"id": C, "port": 80, "failureCode": "Late", "failureMessage": "m"},
            {"id": A, "port": 80, "failureCode": "X"},
        ],
    )

    assert result == (
        [Target.ip(B, 81), Target.ip(A, 82)],
        [
            TargetFailure(id=A, port=80, failure_code="X"),
            TargetFailure(id=C, port=80, failure_code="Late", failure_message="m"),
        ],
        [],
    )


def test_failure_overrides_a_success_of_all_targets(monkeypatch: pytest.MonkeyPatch) -> None:
    """A target is unsuccessful if the response lists all targets as successful and this target also as unsuccessful."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    successful, unsuccessful = [{"id": A}, {"id": B}], [{"id": B, "failureCode": "X", "failureMessage": "m"}]
    response = http_response(200, {"successful": successful, "unsuccessful": unsuccessful})

    with serve(response) as server, TargetGroupClient(region_name="eu-west-1", endpoint_url=server.url) as client:
        result = client.register_targets(ID, [Target.ip(A), Target.ip(B)])

    assert result.successful == (Target.ip(A),)
    assert [failure.id for failure in result.unsuccessful] == [B]


def test_targets_missing_from_the_response_are_reported() -> None:
    """If the response omits a target, the result lists it in a failed request with ``sent=True``."""
    result = build_result("RegisterTargets", [Target.ip(A), Target.ip(B)], {"successful": [{"id": A, "port": 80}]}, 80)

    failed_request = result.failed_requests[0]
    assert (result.successful, result.unsuccessful, len(result.failed_requests)) == ((Target.ip(A),), (), 1)
    assert (failed_request.targets, failed_request.sent, type(failed_request.error)) == (
        (Target.ip(B),),
        True,
        TransportError,
    )
    assert str(failed_request.error) == (
        "RegisterTargets received no usable response: the response does not mention these targets. VPC Lattice may have "
        "processed the request. You can safely repeat the call. [attempts: 1]"
    )


INVALID_ITEMS: list[Any] = [None, {}, {"id": None, "port": 80}, {"id": 5}, {"id": [A]}, {"id": A, "port": [80]}]
"""Items that do not identify a target."""


@pytest.mark.parametrize(
    "response",
    [
        {},
        {"successful": None, "unsuccessful": None},
        {"successful": 5, "unsuccessful": "ab"},
        *({"successful": [item]} for item in INVALID_ITEMS),
    ],
)
def test_response_without_valid_items_does_not_raise(response: dict[str, Any]) -> None:
    """If no item of a response identifies a target, no target has a result.

    build_result() does not raise.
    """
    result = build_result("RegisterTargets", [Target.ip(A)], response, 80)

    assert (result.successful, result.unsuccessful) == ((), ())
    assert [failed_request.targets for failed_request in result.failed_requests] == [(Target.ip(A),)]


@pytest.mark.parametrize("item", [*INVALID_ITEMS, {"id": None, "failureCode": "X"}, {"id": "", "failureCode": "X"}])
def test_failure_without_target_is_ignored(item: Item) -> None:
    """A failure that does not identify a target is ignored."""
    assert build_lists([Target.ip(A)], [], [item]) == ([], [], [Target.ip(A)])


def test_valid_items_count_among_invalid_items() -> None:
    """Valid items count even if other items do not identify a target."""
    targets = [Target.ip(A, 80), Target.ip(B, 80)]

    result = build_lists(targets, [*INVALID_ITEMS, {"id": A, "port": 80}], [*INVALID_ITEMS, {"id": B, "port": 80}])

    assert result == ([Target.ip(A, 80)], [TargetFailure(id=B, port=80)], [])


def test_items_for_other_targets_are_ignored() -> None:
    """Items for other targets, or for other ports of a requested id, are ignored."""
    result = build_lists([Target.ip(A)], [{"id": B, "port": 80}, {"id": A, "port": 81}], [{"id": C}])

    assert result == ([], [], [Target.ip(A)])


def test_failure_without_code_is_reported() -> None:
    """A failure without a code is reported, even if failures with some codes are ignored."""
    result = build_lists([Target.ip(A)], [], [{"id": A}], ignored_codes=("TargetNotFound",))

    assert result == ([], [TargetFailure(id=A)], [])


@pytest.mark.parametrize("target", [Target.ip(A), Target.ip(A, 80)])
def test_failure_takes_precedence_over_success(target: Target) -> None:
    """If a response lists a target as both successful and unsuccessful, the failure counts."""
    result = build_lists([target], [{"id": A, "port": 80}], [{"id": A, "port": 80, "failureCode": "X"}])

    assert result == ([], [TargetFailure(id=A, port=80, failure_code="X")], [])


def test_failures_with_ignored_codes_are_successes() -> None:
    """A failure with an ignored code counts as a success, and the order of targets is kept."""
    targets = [Target.ip(A), Target.ip(B), Target.ip(C), Target.ip(C, 82)]
    ignored_code = "TargetNotFound"
    failures: list[Item] = [
        {"id": A, "failureCode": ignored_code},
        {"id": C, "port": 80, "failureCode": "Other"},
        {"id": C, "port": 82, "failureCode": ignored_code},
    ]

    result = build_lists(targets, [{"id": B, "port": 80}], failures, ignored_codes=(ignored_code,))

    reported = TargetFailure(id=C, port=80, failure_code="Other")
    assert result == ([Target.ip(A), Target.ip(B), Target.ip(C, 82)], [reported], [])


@pytest.mark.parametrize("port", [80, None])
@pytest.mark.parametrize("item", [{"id": A}, {"id": A, "port": 80}])
def test_target_without_port_matches_group_port_or_none(port: int | None, item: Item) -> None:
    """A target without a port matches an item with the group's port or without a port."""
    assert build_lists([Target.ip(A)], [item], [], port) == ([Target.ip(A)], [], [])
    assert build_lists([Target.ip(A)], [], [item], port) == ([], [TargetFailure(**item)], [])


def test_same_id_on_two_ports_is_two_targets() -> None:
    """Two ports of one id are two targets with separate results."""
    targets = [Target.ip(A, 80), Target.ip(A, 81)]

    result = build_lists(targets, [{"id": A, "port": 81}], [{"id": A, "port": 80, "failureCode": "X"}], None)

    assert result == ([Target.ip(A, 81)], [TargetFailure(id=A, port=80, failure_code="X")], [])


Ports = list[int | None]
SHARED_ID_CASES: list[tuple[list[int], list[int], tuple[Ports, Ports, Ports]]] = [
    ([80, 81], [], ([None, 81], [], [])),
    ([81], [], ([None, 81], [], [])),
    ([], [81], ([], [81, 81], [])),
    ([80], [81], ([None], [81], [])),
    ([], [], ([], [], [None, 81])),
]


@pytest.mark.parametrize(("successful", "unsuccessful", "expected"), SHARED_ID_CASES)
def test_target_without_port_gets_unclaimed_or_shared_result(
    successful: list[int], unsuccessful: list[int], expected: tuple[Ports, Ports, Ports]
) -> None:
    """A target without a port gets the item that matches no other target, or shares an item."""
    targets = [Target.ip(A), Target.ip(A, 81)]

    result = build_lists(
        targets,
        [{"id": A, "port": port} for port in successful],
        [{"id": A, "port": port} for port in unsuccessful],
        None,
    )

    successes, failures, missing = result
    assert ([t.port for t in successes], [f.port for f in failures], [t.port for t in missing]) == expected


def test_differing_results_leave_target_without_port_unknown() -> None:
    """If one port succeeds and another fails, a target without a port has an unknown result."""
    targets = [Target.ip(A), Target.ip(A, 80), Target.ip(A, 81)]

    result = build_lists(targets, [{"id": A, "port": 80}], [{"id": A, "port": 81}], None)

    assert result == ([Target.ip(A, 80)], [TargetFailure(id=A, port=81)], [Target.ip(A)])


@pytest.mark.parametrize("spelling", ["2001:db8::1", "2001:DB8::1", "2001:0db8:0:0::1", "2001:db8:0:0:0:0:0:1"])
def test_ipv6_address_matches_in_every_spelling(spelling: str) -> None:
    """An IPv6 address matches in every spelling, and is reported in the spelling of the caller."""
    assert build_lists([Target.ip(spelling)], [{"id": "2001:db8::1", "port": 80}], []) == (
        [Target.ip(spelling)],
        [],
        [],
    )
    assert build_lists([Target.ip("2001:db8::1")], [{"id": spelling, "port": 80}], []) == (
        [Target.ip("2001:db8::1")],
        [],
        [],
    )


def test_non_address_with_colons_is_compared_literally() -> None:
    """An id that contains colons but is not an address is compared literally."""
    targets = [Target.lambda_("arn:aws:lambda:::function:F"), Target.ip("not:an:address")]

    result = build_lists(
        targets, [{"id": "arn:aws:lambda:::function:F"}, {"id": "not:an:address", "port": 80}], [], None
    )

    assert result == (targets, [], [])


def test_different_non_addresses_are_different_targets() -> None:
    """Two different ids that contain colons but are not addresses are two targets."""
    targets = [Target.ip("not:an:address", 80), Target.ip("nor:is:this", 80)]

    assert unique_targets(targets, 80) == tuple(targets)
    assert build_lists(targets, [], [{"id": "nor:is:this", "port": 80}]) == (
        [],
        [TargetFailure(id="nor:is:this", port=80)],
        targets[:1],
    )


def test_merged_results_keep_their_order() -> None:
    """merge_results() concatenates the results in order."""
    errors = [TransportError(operation="RegisterTargets", message=message) for message in "ab"]
    failed_requests = [FailedRequest((Target.ip(C),), error, sent=True) for error in errors]
    first = TargetsResult((Target.ip(A),), (TargetFailure(id="x"),), (failed_requests[0],))
    second = TargetsResult((Target.ip(B),), (TargetFailure(id="y"),), (failed_requests[1],))

    assert merge_results([first, TargetsResult(), second]) == TargetsResult(
        (Target.ip(A), Target.ip(B)), (TargetFailure(id="x"), TargetFailure(id="y")), tuple(failed_requests)
    )
    assert merge_results([]) == TargetsResult()


ITEMS: st.SearchStrategy[Item] = st.fixed_dictionaries(
    {"id": st.sampled_from([A, B, "2001:db8::1", "2001:DB8:0::1"]), "port": st.sampled_from([80, 81])}
)
TARGETS = st.builds(
    Target, id=st.sampled_from([A, B, "2001:db8::1", "2001:DB8:0::1"]), port=st.sampled_from([None, 80, 81])
)


@given(st.lists(TARGETS, max_size=4), st.lists(ITEMS, max_size=5), st.sampled_from([None, 80]))
@limited_examples
def test_fast_path_equals_slow_path(targets: list[Target], successful: list[Item], port: int | None) -> None:
    """The fast path for responses without failures gives the same result as the slow path."""
    requested = list(unique_targets(targets, port))

    fast = build_lists(requested, successful, [], port)

    assert fast == build_lists(requested, successful, [{"id": C, "port": 1, "failureCode": "X"}], port)
