"""What a reply says about each target of its request."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tg.errors import TransportError
from lattice_tg.models.responses import TargetFailure
from lattice_tg.models.target_keys import unique_targets
from lattice_tg.models.targets import Target
from lattice_tg.operations.targets import build_result, merge_results
from lattice_tg.results import FailedRequest, TargetsResult
from support.strategies import modestly

A, B, C = "10.0.0.1", "10.0.0.2", "10.0.0.3"

Row = dict[str, Any]


def reported(
    targets: list[Target], successful: list[Row], unsuccessful: list[Row], port: int | None = 80, **options: Any
) -> tuple[list[Target], list[TargetFailure], list[Target]]:
    """The targets that were taken, the refusals, and the targets of which nothing is said."""
    reply = {"successful": successful, "unsuccessful": unsuccessful}
    report = build_result("RegisterTargets", targets, reply, port, **options)
    assert all(chunk.targets for chunk in report.failed_requests)
    silent = [target for chunk in report.failed_requests for target in chunk.targets]
    return list(report.successful), list(report.unsuccessful), silent


def test_each_target_is_reported_in_the_order_given() -> None:
    """Targets come in the order of the request as they were written there, whatever the order of the reply."""
    targets = [Target.ip(A), Target.ip(B, 81), Target.ip(C), Target.ip(A, 82)]

    report = reported(
        targets,
        [{"id": A, "port": 82}, {"id": B, "port": 81}],
        [
            {"id": C, "port": 80, "failureCode": "Late", "failureMessage": "m"},
            {"id": A, "port": 80, "failureCode": "X"},
        ],
    )

    assert report == (
        [Target.ip(B, 81), Target.ip(A, 82)],
        [
            TargetFailure(id=A, port=80, failure_code="X"),
            TargetFailure(id=C, port=80, failure_code="Late", failure_message="m"),
        ],
        [],
    )


def test_what_a_reply_omits_is_unanswered() -> None:
    """A target that the reply does not mention was sent, and what became of it is not known."""
    report = build_result("RegisterTargets", [Target.ip(A), Target.ip(B)], {"successful": [{"id": A, "port": 80}]}, 80)

    chunk = report.failed_requests[0]
    assert (report.successful, report.unsuccessful, len(report.failed_requests)) == ((Target.ip(A),), (), 1)
    assert (chunk.targets, chunk.sent, type(chunk.error)) == ((Target.ip(B),), True, TransportError)
    assert str(chunk.error) == (
        "RegisterTargets: no answer: the reply does not mention these targets; it may have been done; doing it again is "
        "safe [attempts: 1]"
    )


NAMELESS: list[Any] = [None, {}, {"id": None, "port": 80}, {"id": 5}, {"id": [A]}, {"id": A, "port": [80]}]
"""Rows that name no target."""


@pytest.mark.parametrize(
    "reply",
    [{}, {"successful": None, "unsuccessful": None}, *({"successful": [row]} for row in NAMELESS)],
)
def test_an_empty_reply_answers_for_nothing(reply: dict[str, Any]) -> None:
    """A reply without rows, or with rows that name no target, answers for none of them and raises nothing."""
    report = build_result("RegisterTargets", [Target.ip(A)], reply, 80)

    assert (report.successful, report.unsuccessful) == ((), ())
    assert [chunk.targets for chunk in report.failed_requests] == [(Target.ip(A),)]


@pytest.mark.parametrize("row", [*NAMELESS, {"id": None, "failureCode": "X"}, {"id": "", "failureCode": "X"}])
def test_a_refusal_of_no_target(row: Row) -> None:
    """A refusal that names no target says nothing about those that were sent."""
    assert reported([Target.ip(A)], [], [row]) == ([], [], [Target.ip(A)])


def test_a_row_that_names_no_target_among_others() -> None:
    """What the other rows say counts all the same."""
    targets = [Target.ip(A, 80), Target.ip(B, 80)]

    report = reported(targets, [*NAMELESS, {"id": A, "port": 80}], [*NAMELESS, {"id": B, "port": 80}])

    assert report == ([Target.ip(A, 80)], [TargetFailure(id=B, port=80)], [])


def test_rows_that_were_not_asked_for_are_ignored() -> None:
    """A reply about other targets, or about other ports of the same, changes nothing."""
    report = reported([Target.ip(A)], [{"id": B, "port": 80}, {"id": A, "port": 81}], [{"id": C}])

    assert report == ([], [], [Target.ip(A)])


def test_a_refusal_without_code() -> None:
    """A refusal that gives no reason is a refusal, and no code that is forgiven."""
    report = reported([Target.ip(A)], [], [{"id": A}], ignored_codes=("TargetNotFound",))

    assert report == ([], [TargetFailure(id=A)], [])


@pytest.mark.parametrize("target", [Target.ip(A), Target.ip(A, 80)])
def test_refused_and_taken(target: Target) -> None:
    """Of two rows about one target the refusal counts."""
    report = reported([target], [{"id": A, "port": 80}], [{"id": A, "port": 80, "failureCode": "X"}])

    assert report == ([], [TargetFailure(id=A, port=80, failure_code="X")], [])


def test_forgiven_failures_are_successes() -> None:
    """A failure whose code says that it had been done before is a success, in its place; another code is not."""
    targets = [Target.ip(A), Target.ip(B), Target.ip(C), Target.ip(C, 82)]
    gone = "TargetNotFound"
    failures: list[Row] = [
        {"id": A, "failureCode": gone},
        {"id": C, "port": 80, "failureCode": "Other"},
        {"id": C, "port": 82, "failureCode": gone},
    ]

    report = reported(targets, [{"id": B, "port": 80}], failures, ignored_codes=(gone,))

    other = TargetFailure(id=C, port=80, failure_code="Other")
    assert report == ([Target.ip(A), Target.ip(B), Target.ip(C, 82)], [other], [])


@pytest.mark.parametrize("port", [80, None])
@pytest.mark.parametrize("row", [{"id": A}, {"id": A, "port": 80}])
def test_a_target_without_port(port: int | None, row: Row) -> None:
    """A target without a port is found whether the reply gives it the group's or none, be that known or not."""
    assert reported([Target.ip(A)], [row], [], port) == ([Target.ip(A)], [], [])
    assert reported([Target.ip(A)], [], [row], port) == ([], [TargetFailure(**row)], [])


def test_the_same_id_on_two_ports() -> None:
    """Two ports of one id are two targets, each with its own answer."""
    targets = [Target.ip(A, 80), Target.ip(A, 81)]

    report = reported(targets, [{"id": A, "port": 81}], [{"id": A, "port": 80, "failureCode": "X"}], None)

    assert report == ([Target.ip(A, 81)], [TargetFailure(id=A, port=80, failure_code="X")], [])


Ports = list[int | None]
SHARED: list[tuple[list[int], list[int], tuple[Ports, Ports, Ports]]] = [
    ([80, 81], [], ([None, 81], [], [])),
    ([81], [], ([None, 81], [], [])),
    ([], [81], ([], [81, 81], [])),
    ([80], [81], ([None], [81], [])),
    ([], [], ([], [], [None, 81])),
]


@pytest.mark.parametrize(("successful", "unsuccessful", "expected"), SHARED)
def test_with_and_without_port_where_the_groups_is_not_known(
    successful: list[int], unsuccessful: list[int], expected: tuple[Ports, Ports, Ports]
) -> None:
    """A row that nobody else asked for answers for the target without port; else it shares its namesake's answer."""
    targets = [Target.ip(A), Target.ip(A, 81)]

    report = reported(
        targets,
        [{"id": A, "port": port} for port in successful],
        [{"id": A, "port": port} for port in unsuccessful],
        None,
    )

    taken, refused, silent = report
    assert ([t.port for t in taken], [f.port for f in refused], [t.port for t in silent]) == expected


def test_namesakes_that_differ_answer_for_nobody() -> None:
    """Where one port is taken and one refused, what became of the target without a port is not known."""
    targets = [Target.ip(A), Target.ip(A, 80), Target.ip(A, 81)]

    report = reported(targets, [{"id": A, "port": 80}], [{"id": A, "port": 81}], None)

    assert report == ([Target.ip(A, 80)], [TargetFailure(id=A, port=81)], [Target.ip(A)])


@pytest.mark.parametrize("spelling", ["2001:db8::1", "2001:DB8::1", "2001:0db8:0:0::1", "2001:db8:0:0:0:0:0:1"])
def test_spellings_of_an_address(spelling: str) -> None:
    """An IPv6 address is the same target in every spelling, and is reported as it was given."""
    assert reported([Target.ip(spelling)], [{"id": "2001:db8::1", "port": 80}], []) == ([Target.ip(spelling)], [], [])
    assert reported([Target.ip("2001:db8::1")], [{"id": spelling, "port": 80}], []) == (
        [Target.ip("2001:db8::1")],
        [],
        [],
    )


def test_an_id_that_only_looks_like_an_address() -> None:
    """What has colons and is no address is compared as it is written."""
    targets = [Target.lambda_("arn:aws:lambda:::function:F"), Target.ip("not:an:address")]

    report = reported(targets, [{"id": "arn:aws:lambda:::function:F"}, {"id": "not:an:address", "port": 80}], [], None)

    assert report == (targets, [], [])


def test_ids_that_only_look_like_addresses_are_told_apart() -> None:
    """Two of them on one port are two targets."""
    targets = [Target.ip("not:an:address", 80), Target.ip("nor:is:this", 80)]

    assert unique_targets(targets, 80) == tuple(targets)
    assert reported(targets, [], [{"id": "nor:is:this", "port": 80}]) == (
        [],
        [TargetFailure(id="nor:is:this", port=80)],
        targets[:1],
    )


def test_reports_are_joined_in_order() -> None:
    """One report of many has all that they have, in their order."""
    errors = [TransportError(operation="RegisterTargets", message=text) for text in "ab"]
    silences = [FailedRequest((Target.ip(C),), error, sent=True) for error in errors]
    one = TargetsResult((Target.ip(A),), (TargetFailure(id="x"),), (silences[0],))
    other = TargetsResult((Target.ip(B),), (TargetFailure(id="y"),), (silences[1],))

    assert merge_results([one, TargetsResult(), other]) == TargetsResult(
        (Target.ip(A), Target.ip(B)), (TargetFailure(id="x"), TargetFailure(id="y")), tuple(silences)
    )
    assert merge_results([]) == TargetsResult()


ROWS: st.SearchStrategy[Row] = st.fixed_dictionaries(
    {"id": st.sampled_from([A, B, "2001:db8::1", "2001:DB8:0::1"]), "port": st.sampled_from([80, 81])}
)
TARGETS = st.builds(
    Target, id=st.sampled_from([A, B, "2001:db8::1", "2001:DB8:0::1"]), port=st.sampled_from([None, 80, 81])
)


@given(st.lists(TARGETS, max_size=4), st.lists(ROWS, max_size=5), st.sampled_from([None, 80]))
@modestly
def test_the_quick_look_says_what_the_careful_one_says(
    targets: list[Target], taken: list[Row], port: int | None
) -> None:
    """A reply without a refusal is looked at quickly; a refusal of something else makes the look a careful one."""
    asked = list(unique_targets(targets, port))

    quick = reported(asked, taken, [], port)

    assert quick == reported(asked, taken, [{"id": C, "port": 1, "failureCode": "X"}], port)
