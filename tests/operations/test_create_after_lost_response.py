"""A name that is taken after an attempt without an answer: whose group it is."""

import logging

import attrs
import pytest

from conftest import MakeClient
from lattice_tg import ConflictError, HealthCheck, TargetGroup, TargetGroupConfig, TargetGroupSpec, to_boto3
from lattice_tg.testing import VpcLatticeEmulator
from support.http_stub import LOST, answer, answering, refusal
from support.sample_groups import ARN, CONFIG, ID, SPEC, wire_group

CREATE = "CreateTargetGroup"
TAKEN = refusal(409, "ConflictException", {"message": "Target group orders already exists"})
LISTED = answer(200, {"items": [wire_group()]})
GROUP = wire_group(config=to_boto3(CONFIG))
TAGS = answer(200, {"tags": {"team": "shop", "other": "1"}})


def taken_after(make_client: MakeClient, *answers: bytes, spec: TargetGroupSpec = SPEC) -> ConflictError:
    """The conflict that a create ends with that gets these answers."""
    with answering(*answers) as stub, pytest.raises(ConflictError) as caught:
        make_client(endpoint_url=stub.url).create(spec)
    assert len(stub.asked) == len(answers)
    return caught.value


@pytest.mark.parametrize("unanswered", [LOST, answer(200), answer(502), refusal(500, "InternalServerException")])
def test_the_group_of_an_unanswered_attempt(
    unanswered: bytes, make_client: MakeClient, info_log: pytest.LogCaptureFixture
) -> None:
    """A group that equals the spec, in every field and tag that it sets, is this create's; that is logged."""
    with answering(unanswered, TAKEN, LISTED, answer(200, GROUP), TAGS) as stub:
        group = make_client(endpoint_url=stub.url).create(SPEC)

    record = info_log.records[-1]
    assert group == TargetGroup(id=ID, arn=ARN, name="orders", type="IP", status="ACTIVE", config=CONFIG)
    assert (record.levelno, record.getMessage()) == (
        logging.WARNING,
        (
            f"CreateTargetGroup: taking {ID} for the group of an attempt that got no answer: its name and all that "
            "was asked for are the same"
        ),
    )
    assert {name: record.__dict__[name] for name in ("operation", "attempts", "target_group_id")} == {
        "operation": CREATE,
        "attempts": 2,
        "target_group_id": ID,
    }


def test_a_spec_without_tags(make_client: MakeClient) -> None:
    """Tags are only read where the spec has some."""
    with answering(LOST, TAKEN, LISTED, answer(200, GROUP)) as stub:
        group = make_client(endpoint_url=stub.url).create(attrs.evolve(SPEC, tags={}))

    assert (group.id, len(stub.asked)) == (ID, 4)


@pytest.mark.parametrize("first", [(), (refusal(429, "ThrottlingException"),)])
def test_taken_at_first(first: tuple[bytes, ...], make_client: MakeClient) -> None:
    """A name that is taken when every attempt was answered is raised, however equal the group may be."""
    conflict = taken_after(make_client, *first, TAKEN)

    assert (conflict.kind, conflict.attempts) == ("name_exists", len(first) + 1)


def test_a_conflict_of_another_kind(make_client: MakeClient) -> None:
    """Only a name that is taken is looked into."""
    reused = refusal(409, "ConflictException", {"message": "The clientToken was used with other parameters"})

    assert taken_after(make_client, LOST, reused).kind == "token_reused"


@pytest.mark.parametrize(
    ("spec", "note"),
    [
        (attrs.evolve(SPEC, type="INSTANCE"), "type: 'IP' -> 'INSTANCE'"),
        (attrs.evolve(SPEC, config=attrs.evolve(CONFIG, port=80)), "config.port: 8080 -> 80"),
        (
            attrs.evolve(SPEC, config=attrs.evolve(CONFIG, health_check=HealthCheck(interval_seconds=20))),
            "config.health_check.interval_seconds: 10 -> 20",
        ),
        (attrs.evolve(SPEC, tags={"team": "shops"}), "tags['team']: 'shop' -> 'shops'"),
        (attrs.evolve(SPEC, tags={"team": "shop", "new": ""}), "tags['new']: None -> ''"),
    ],
)
def test_another_s_group(spec: TargetGroupSpec, note: str, make_client: MakeClient) -> None:
    """A group that differs anywhere is another's: the conflict is raised, and says where."""
    conflict = taken_after(make_client, LOST, TAKEN, LISTED, answer(200, GROUP), TAGS, spec=spec)

    assert conflict.__notes__ == [f"the group of that name is another: {note}"]
    assert (conflict.kind, conflict.attempts) == ("name_exists", 2)


def test_every_difference_is_said(make_client: MakeClient) -> None:
    """All that differs is in one note."""
    other = TargetGroupConfig(port=1, protocol="HTTPS", vpc_identifier=CONFIG.vpc_identifier)
    spec = attrs.evolve(SPEC, config=other, tags={})

    conflict = taken_after(make_client, LOST, TAKEN, LISTED, answer(200, GROUP), spec=spec)

    assert conflict.__notes__ == [
        "the group of that name is another: config.port: 8080 -> 1; config.protocol: 'HTTP' -> 'HTTPS'"
    ]


@pytest.mark.parametrize("status", ["DELETE_IN_PROGRESS", "DELETE_FAILED", "CREATE_FAILED"])
def test_a_group_that_is_going(status: str, make_client: MakeClient) -> None:
    """A group that is going or failed is nobody's, however equal it is."""
    going = answer(200, {**GROUP, "status": status})

    assert taken_after(make_client, LOST, TAKEN, LISTED, going, TAGS).kind == "name_exists"


@pytest.mark.parametrize(
    "looks",
    [
        (answer(200, {"items": []}),),
        (LISTED, refusal(404, "ResourceNotFoundException")),
    ],
)
def test_a_group_that_is_gone(looks: tuple[bytes, ...], make_client: MakeClient) -> None:
    """Where there is no such group any more, the conflict is raised."""
    assert taken_after(make_client, LOST, TAKEN, *looks).kind == "name_exists"


@pytest.mark.parametrize("looks", [(), (LISTED, answer(200, GROUP))])
def test_not_allowed_to_look(looks: tuple[bytes, ...], make_client: MakeClient) -> None:
    """Where the group cannot be looked at, the conflict is raised, and says why."""
    conflict = taken_after(make_client, LOST, TAKEN, *looks, refusal(403, "AccessDeniedException"))

    operation = "ListTagsForResource" if looks else "ListTargetGroups"
    assert conflict.__notes__[0].startswith(
        f"whether it is this create's own group could not be seen: {operation}: AccessDeniedException (403)"
    )
    assert type(conflict.__cause__).__name__ == "ConflictException"


def test_in_the_emulator(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """With a service that forgot the token, the group of the lost reply is found again."""
    lattice.drop_response(CREATE)
    lattice.fail(CREATE, "ConflictException", message="Target group orders already exists")

    group = make_client().create(SPEC)

    assert [row.id for row in make_client().list()] == [group.id]
