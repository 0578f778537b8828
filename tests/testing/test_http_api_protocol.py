"""What comes over the wire: values of the wrong type, what is not JSON, headers, and what errors carry."""

import json
from typing import Any

import pytest

from lattice_tg.testing import VpcLatticeEmulator
from lattice_tg.testing.errors import Violation
from lattice_tg.testing.http_messages import DroppedResponse, Request, Response
from lattice_tg.testing.service_model import service_model
from lattice_tg.testing.validation import shape_violations
from support.emulator_requests import ACCOUNT, REGION, UNKNOWN_ID, refusal


def asked(method: str = "POST", path: str = "/targetgroups", query: str = "", body: bytes = b"") -> Request:
    return Request(method, path, query, body, ACCOUNT, REGION)


def answered(reply: Response | DroppedResponse | None) -> tuple[int, Any]:
    assert isinstance(reply, Response)
    return reply.http_status, json.loads(reply.body)


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"text"'])
def test_no_json_object(body: bytes) -> None:
    """A body that is no JSON object cannot be parsed, and is in the log all the same."""
    lattice = VpcLatticeEmulator()

    status, error = answered(lattice.handle_request(asked(body=body)))

    assert (status, error["reason"], [row["name"] for row in error["fieldList"]]) == (400, "cannotParse", ["body"])
    assert [(call.operation, call.status) for call in lattice.calls] == [("CreateTargetGroup", 400)]


def test_wrong_types() -> None:
    """Values of another type than the model's are told one by one, with what they must be."""
    body = {
        "name": 5,
        "type": "IP",
        "tags": ["a"],
        "config": {"port": True, "healthCheck": {"enabled": "yes", "matcher": "200", "path": None}, "unknown": 1},
    }

    status, error = answered(VpcLatticeEmulator().handle_request(asked(body=json.dumps(body).encode())))

    assert status == 400
    assert {row["name"]: row["message"] for row in error["fieldList"]} == {
        "name": "Member must be a string",
        "config.port": "Member must be an integer",
        "config.healthCheck.enabled": "Member must be a boolean",
        "config.healthCheck.matcher": "Member must be a structure",
        "tags": "Member must be a map",
    }


def test_wrong_lists_and_numbers_in_the_query() -> None:
    """A list must be a list; a number in the query must be one."""
    path = f"/targetgroups/{UNKNOWN_ID}/listtargets"

    status, error = answered(
        VpcLatticeEmulator().handle_request(asked(path=path, query="maxResults=many", body=b'{"targets": {}}'))
    )

    assert status == 400
    assert {row["name"]: row["message"] for row in error["fieldList"]} == {
        "maxResults": "Member must be an integer",
        "targets": "Member must be a list",
    }


def test_types_that_are_not_known() -> None:
    """A type that no request has today is let through."""
    shape = service_model().shape_for("Timestamp")

    assert list(shape_violations(shape, "yesterday")) == []
    assert list(shape_violations(service_model().shape_for("Port"), "80", "port")) == [
        Violation("port", "Member must be an integer")
    ]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/services"),
        ("PUT", "/targetgroups"),
        ("GET", "/tags/arn%3Aaws%3Avpc-lattice%3Aeu-west-1%3A123456789012%3Aservice%2Fsvc-1"),
    ],
)
def test_what_is_not_its_own(method: str, path: str) -> None:
    """What the emulator does not know it leaves to moto, and does not log."""
    lattice = VpcLatticeEmulator()

    assert lattice.handle_request(asked(method, path)) is None
    assert lattice.calls == ()


def test_an_error_on_the_wire() -> None:
    """An error has its code in a header, its members in the body, and an id of the request."""
    lattice = VpcLatticeEmulator()
    lattice.throttle("ListTargetGroups", retry_after_seconds=7)

    reply = lattice.handle_request(asked("GET"))

    assert isinstance(reply, Response)
    assert reply.headers == {
        "Content-Type": "application/json",
        "x-amzn-requestid": reply.headers["x-amzn-requestid"],
        "x-amzn-errortype": "ThrottlingException",
        "Retry-After": "7",
    }
    members = {"serviceCode": "vpc-lattice", "quotaCode": "L-EMULATOR"}
    assert answered(reply) == (429, {"message": "Rate exceeded", **members})


MEMBERS: dict[str, dict[str, Any]] = {
    "ValidationException": {"reason": "other", "fieldList": []},
    "AccessDeniedException": {},
    "ResourceNotFoundException": {"resourceId": "tg-unknown", "resourceType": "TARGET_GROUP"},
    "ConflictException": {"resourceId": "tg-unknown", "resourceType": "TARGET_GROUP"},
    "ThrottlingException": {"serviceCode": "vpc-lattice", "quotaCode": "L-EMULATOR"},
    "ServiceQuotaExceededException": {
        "resourceId": "tg-unknown",
        "resourceType": "TARGET_GROUP",
        "serviceCode": "vpc-lattice",
        "quotaCode": "L-EMULATOR",
    },
    "InternalServerException": {},
}
HTTP_STATUSES = {
    "ValidationException": 400,
    "AccessDeniedException": 403,
    "ResourceNotFoundException": 404,
    "ConflictException": 409,
    "ThrottlingException": 429,
    "ServiceQuotaExceededException": 402,
    "InternalServerException": 500,
}


@pytest.mark.parametrize("code", MEMBERS)
def test_every_error_has_its_members(lattice: VpcLatticeEmulator, client: Any, code: str) -> None:
    """boto3 finds each modelled error with its HTTP status, message and members."""
    lattice.fail("ListTargetGroups", code, message="as asked")

    error = refusal(client.list_target_groups)

    metadata = error.pop("ResponseMetadata")
    assert metadata["HTTPStatusCode"] == HTTP_STATUSES[code]
    assert error == {"Error": {"Code": code, "Message": "as asked"}, "message": "as asked", **MEMBERS[code]}
