"""Operations of the VPC Lattice API, and a client that sends single requests."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from lattice_tg.errors import TransportError
from lattice_tg.transport.error_mapping import BOTOCORE_EXCEPTIONS, map_exception
from lattice_tg.transport.parameter_validation import send_prevalidated

Request = Mapping[str, Any]
Response = dict[str, Any]


@frozen
class Operation:
    """An operation of the VPC Lattice API."""

    name: str
    """Name in the API, such as ``CreateTargetGroup``."""

    method: str
    """Method of the boto3 client, such as ``create_target_group``."""

    required_member: str | None = None
    """Member that every valid response contains. If botocore cannot parse a body, the response lacks this member."""

    is_prevalidated: bool = True
    """Whether the library validates every argument. If so, botocore's validation is skipped."""


CREATE_TARGET_GROUP = Operation("CreateTargetGroup", "create_target_group", required_member="id")
GET_TARGET_GROUP = Operation("GetTargetGroup", "get_target_group", required_member="id")
LIST_TARGET_GROUPS = Operation("ListTargetGroups", "list_target_groups", required_member="items")
UPDATE_TARGET_GROUP = Operation("UpdateTargetGroup", "update_target_group", required_member="id")
DELETE_TARGET_GROUP = Operation("DeleteTargetGroup", "delete_target_group", required_member="id")
REGISTER_TARGETS = Operation("RegisterTargets", "register_targets")
DEREGISTER_TARGETS = Operation("DeregisterTargets", "deregister_targets")
LIST_TARGETS = Operation("ListTargets", "list_targets", required_member="items")
LIST_TAGS_FOR_RESOURCE = Operation("ListTagsForResource", "list_tags_for_resource", is_prevalidated=False)
TAG_RESOURCE = Operation("TagResource", "tag_resource", is_prevalidated=False)
UNTAG_RESOURCE = Operation("UntagResource", "untag_resource", is_prevalidated=False)


@frozen
class VpcLatticeApi:
    """A client that sends single requests and maps botocore exceptions to library errors."""

    client: Any
    """The boto3 client for ``vpc-lattice``."""

    def call(self, operation: Operation, request: Request) -> Response:
        """Send ``request`` once and return the response.

        Raises:
            LatticeError: If VPC Lattice rejects the request or if no valid response arrives.

        """
        try:
            response: Response = self._send(operation, request)
        except BOTOCORE_EXCEPTIONS as error:
            raise map_exception(operation.name, error) from error
        if reason := _malformed_reason(operation, response):
            raise TransportError(operation=operation.name, message=reason)
        return response

    def _send(self, operation: Operation, request: Request) -> Any:
        method = getattr(self.client, operation.method)
        if operation.is_prevalidated:
            return send_prevalidated(method, operation.name, request)
        return method(**request)


def _malformed_reason(operation: Operation, response: Response) -> str | None:
    metadata: Mapping[str, Any] = response.get("ResponseMetadata", {})
    content_type = metadata.get("HTTPHeaders", {}).get("content-type", "")
    if str(content_type).startswith("text/html"):
        return f"the response has the content type {content_type}"
    member = operation.required_member
    return f"the response has no {member!r}" if member is not None and response.get(member) is None else None
