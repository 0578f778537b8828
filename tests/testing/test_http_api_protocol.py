"""HTTP protocol of the emulator: wrong types, invalid JSON, headers and error members."""

import json
from typing import Any

import pytest

from lattice_tg.testing import VpcLatticeEmulator
from lattice_tg.testing.errors import Violation
from lattice_tg.testing.http_messages import DroppedResponse, Request, Response
from lattice_tg.testing.service_model import service_model
from lattice_tg.testing.state import EmulatedService
from lattice_tg.testing.validation import shape_violations
from support.emulator_requests import ACCOUNT, REGION, UNKNOWN_ID, error_response


def make_request(method: str = "POST", path: str = "/targetgroups", query: str = "", body: bytes = b"") -> Request:
    """Return a request to the emulator."""
    return Request(method, path, query, body, ACCOUNT, REGION)


def status_and_body(response: Response | DroppedResponse | None) -> tuple[int, Any]:
    """Return the status and the parsed body of a response."""
    assert isinstance(response, Response)
    return response.http_status, json.loads(response.body)


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"text"', b"[" * 100_000])
def test_non_object_body_is_rejected(body: bytes) -> None:
    """A request whose body is not a JSON object is rejected and recorded."""
    service = EmulatedService()
    lattice = VpcLatticeEmulator(service)

    status, error = status_and_body(service.handle(make_request(body=body)))

    assert (status, error["reason"], [item["name"] for item in error["fieldList"]]) == (400, "cannotParse", ["body"])
    assert [(call.operation, call.status) for call in lattice.calls] == [("CreateTargetGroup", 400)]


def test_wrong_types_are_reported_together() -> None:
    """All values of the wrong type are reported together with the expected types."""
    body = {
        "name": 5,
        "type": "IP",
        "tags": ["a"],
        "config": {"port": True, "healthCheck": {"enabled": "yes", "matcher": "200", "path": None}, "unknown": 1},
    }

    status, error = status_and_body(EmulatedService().handle(make_request(body=json.dumps(body).encode())))

    assert status == 400
    assert {item["name"]: item["message"] for item in error["fieldList"]} == {
        "name": "Member must be a string",
        "config.port": "Member must be an integer",
        "config.healthCheck.enabled": "Member must be a boolean",
        "config.healthCheck.matcher": "Member must be a structure",
        "tags": "Member must be a map",
    }


def test_wrong_types_in_the_query_are_reported() -> None:
    """Wrong types in the query string and in the body are reported."""
    path = f"/targetgroups/{UNKNOWN_ID}/listtargets"

    status, error = status_and_body(
        EmulatedService().handle(make_request(path=path, query="maxResults=many", body=b'{"targets": {}}'))
    )

    assert status == 400
    assert {item["name"]: item["message"] for item in error["fieldList"]} == {
        "maxResults": "Member must be an integer",
        "targets": "Member must be a list",
    }


def test_unknown_shape_types_are_accepted() -> None:
    """Values are accepted if no check exists for the type of their shape."""
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
def test_unknown_paths_are_passed_to_moto(method: str, path: str) -> None:
    """Requests for operations that are not emulated are passed to moto and not recorded."""
    service = EmulatedService()
    lattice = VpcLatticeEmulator(service)

    assert service.handle(make_request(method, path)) is None
    assert lattice.calls == ()


def test_an_error_response_has_code_members_and_request_id() -> None:
    """An error response has the code in a header, the members in the body, and a request id."""
    service = EmulatedService()
    VpcLatticeEmulator(service).throttle("ListTargetGroups", retry_after_seconds=7)

    response = service.handle(make_request("GET"))

    assert isinstance(response, Response)
    assert response.headers == {
        "Content-Type": "application/json",
        "x-amzn-requestid": response.headers["x-amzn-requestid"],
        "x-amzn-errortype": "ThrottlingException",
        "Retry-After": "7",
    }
    members = {"serviceCode": "vpc-lattice", "quotaCode": "L-EMULATOR"}
    assert status_and_body(response) == (429, {"message": "Rate exceeded", **members})


ERROR_MEMBERS: dict[str, dict[str, Any]] = {
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


@pytest.mark.parametrize("code", ERROR_MEMBERS)
def test_every_modeled_error_is_parsed_by_boto3(lattice: VpcLatticeEmulator, client: Any, code: str) -> None:
    """boto3 finds the HTTP status, message and members of each modeled error."""
    lattice.fail("ListTargetGroups", code, message="injected")

    error = error_response(client.list_target_groups)

    metadata = error.pop("ResponseMetadata")
    assert metadata["HTTPStatusCode"] == HTTP_STATUSES[code]
    assert error == {
        "Error": {"Code": code, "Message": "injected"},
        "message": "injected",
        **ERROR_MEMBERS[code],
    }
