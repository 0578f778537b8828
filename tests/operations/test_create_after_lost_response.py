"""Name conflicts of create() after an attempt that may or may not have created the group."""

import logging

import attrs
import pytest

from lattice_tg import ConflictError, HealthCheck, TargetGroup, TargetGroupConfig, TargetGroupSpec, to_boto3
from lattice_tg.testing import VpcLatticeEmulator
from support.clients import MakeClient
from support.http_stub import CLOSE_CONNECTION, error_response, http_response, serve
from support.sample_groups import ARN, CONFIG, ID, SPEC, wire_group

CREATE = "CreateTargetGroup"
NAME_CONFLICT = error_response(409, "ConflictException", {"message": "Target group orders already exists"})
LIST_RESPONSE = http_response(200, {"items": [wire_group()]})
GROUP = wire_group(config=to_boto3(CONFIG))
TAGS_RESPONSE = http_response(200, {"tags": {"team": "shop", "other": "1"}})


def get_create_conflict(make_client: MakeClient, *responses: bytes, spec: TargetGroupSpec = SPEC) -> ConflictError:
    """Return the ConflictError of a create() that gets these responses."""
    with serve(*responses) as stub, pytest.raises(ConflictError) as caught:
        make_client(endpoint_url=stub.url).create(spec)
    assert len(stub.requests) == len(responses)
    return caught.value


@pytest.mark.parametrize(
    "unclear_response",
    [CLOSE_CONNECTION, http_response(200), http_response(502), error_response(500, "InternalServerException")],
)
def test_matching_group_after_lost_response_is_returned(
    unclear_response: bytes, make_client: MakeClient, info_log: pytest.LogCaptureFixture
) -> None:
    """If a group matches all fields and tags of the spec, create() returns the group.

    A warning is logged.
    """
    with serve(unclear_response, NAME_CONFLICT, LIST_RESPONSE, http_response(200, GROUP), TAGS_RESPONSE) as stub:
        group = make_client(endpoint_url=stub.url).create(SPEC)

    record = info_log.records[-1]
    assert group == TargetGroup(id=ID, arn=ARN, name="orders", type="IP", status="ACTIVE", config=CONFIG)
    assert (record.levelno, record.getMessage()) == (
        logging.WARNING,
        (
            "An earlier attempt to send CreateTargetGroup got no response, and a group with this name exists. The client "
            f"returns {ID} because the group matches the spec."
        ),
    )
    assert {name: value for name, value in record.__dict__.items() if name.startswith("lattice_")} == {
        "lattice_operation": CREATE,
        "lattice_attempts": 2,
        "lattice_target_group": ID,
    }


def test_tags_are_not_read_for_spec_without_tags(make_client: MakeClient) -> None:
    """The tags of the existing group are read only if the spec has tags."""
    with serve(CLOSE_CONNECTION, NAME_CONFLICT, LIST_RESPONSE, http_response(200, GROUP)) as stub:
        group = make_client(endpoint_url=stub.url).create(attrs.evolve(SPEC, tags={}))

    assert (group.id, len(stub.requests)) == (ID, 4)


@pytest.mark.parametrize("first", [(), (error_response(429, "ThrottlingException"),)])
def test_name_conflict_without_lost_response_raises(first: tuple[bytes, ...], make_client: MakeClient) -> None:
    """If no earlier attempt can have created the group, a name conflict raises without a lookup."""
    conflict = get_create_conflict(make_client, *first, NAME_CONFLICT)

    assert (conflict.kind, conflict.attempts) == ("name_exists", len(first) + 1)


def test_token_conflict_after_lost_response_raises(make_client: MakeClient) -> None:
    """After a token conflict, create() does not look up the existing group."""
    token_conflict = error_response(
        409, "ConflictException", {"message": "The clientToken was used with other parameters"}
    )

    assert get_create_conflict(make_client, CLOSE_CONNECTION, token_conflict).kind == "token_reused"


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
def test_group_that_differs_from_spec_raises_conflict(
    spec: TargetGroupSpec, note: str, make_client: MakeClient
) -> None:
    """If the group differs from the spec, the conflict has a note that names the difference."""
    conflict = get_create_conflict(
        make_client, CLOSE_CONNECTION, NAME_CONFLICT, LIST_RESPONSE, http_response(200, GROUP), TAGS_RESPONSE, spec=spec
    )

    assert conflict.__notes__ == [f"The existing group with this name differs from the spec: {note}"]
    assert (conflict.kind, conflict.attempts) == ("name_exists", 2)


def test_conflict_note_lists_every_difference(make_client: MakeClient) -> None:
    """A single note lists all differences between the group and the spec."""
    config = TargetGroupConfig(port=1, protocol="HTTPS", vpc_identifier=CONFIG.vpc_identifier)
    spec = attrs.evolve(SPEC, config=config, tags={})

    conflict = get_create_conflict(
        make_client, CLOSE_CONNECTION, NAME_CONFLICT, LIST_RESPONSE, http_response(200, GROUP), spec=spec
    )

    assert conflict.__notes__ == [
        "The existing group with this name differs from the spec: config.port: 8080 -> 1; config.protocol: 'HTTP' -> 'HTTPS'"
    ]


@pytest.mark.parametrize("status", ["DELETE_IN_PROGRESS", "DELETE_FAILED", "CREATE_FAILED"])
def test_group_being_deleted_or_failed_raises_conflict(status: str, make_client: MakeClient) -> None:
    """If a matching group is being deleted or has failed, the conflict is raised."""
    group_response = http_response(200, {**GROUP, "status": status})

    conflict = get_create_conflict(
        make_client, CLOSE_CONNECTION, NAME_CONFLICT, LIST_RESPONSE, group_response, TAGS_RESPONSE
    )

    assert conflict.kind == "name_exists"


@pytest.mark.parametrize(
    "lookups",
    [
        (http_response(200, {"items": []}),),
        (LIST_RESPONSE, error_response(404, "ResourceNotFoundException")),
    ],
)
def test_group_deleted_before_lookup_raises_conflict(lookups: tuple[bytes, ...], make_client: MakeClient) -> None:
    """If the group was deleted before the lookup, the conflict is raised."""
    assert get_create_conflict(make_client, CLOSE_CONNECTION, NAME_CONFLICT, *lookups).kind == "name_exists"


@pytest.mark.parametrize("lookups", [(), (LIST_RESPONSE, http_response(200, GROUP))])
def test_denied_lookup_raises_conflict_with_note(lookups: tuple[bytes, ...], make_client: MakeClient) -> None:
    """If the group cannot be read, the conflict is raised with a note that gives the reason."""
    conflict = get_create_conflict(
        make_client, CLOSE_CONNECTION, NAME_CONFLICT, *lookups, error_response(403, "AccessDeniedException")
    )

    request = f"ListTagsForResource for {ID}" if lookups else "ListTargetGroups"
    assert conflict.__notes__[0].startswith(
        f"The client could not check whether an earlier attempt created the group: {request} failed: AccessDeniedException (403)"
    )
    assert type(conflict.__cause__).__name__ == "ConflictException"


def test_emulated_group_after_lost_response_is_returned(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """If a lost response is followed by a name conflict, create() returns the existing group."""
    lattice.drop_response(CREATE)
    lattice.fail(CREATE, "ConflictException", message="Target group orders already exists")

    group = make_client().create(SPEC)

    assert [summary.id for summary in make_client().list()] == [group.id]
