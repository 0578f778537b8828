"""The service as it is: one method an operation, dict in, dict out, our errors."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from attrs import frozen

from lattice_tg.transport.error_mapping import BOTOCORE_EXCEPTIONS, malformed_response_error, map_exception
from lattice_tg.transport.parameter_validation import PREVALIDATED_METHODS, send_prevalidated

Request = Mapping[str, Any]
Response = dict[str, Any]

# botocore hands over what it cannot parse, such as a body that was cut off, as an answer without members
_REQUIRED_MEMBERS: Mapping[str, str] = {
    "create_target_group": "id",
    "get_target_group": "id",
    "update_target_group": "id",
    "delete_target_group": "id",
    "list_target_groups": "items",
    "list_targets": "items",
}


@frozen
class VpcLatticeApi:
    """Sends one request and hands back the answer; nothing is checked, repeated or paced here."""

    client: Any
    """The boto3 client for ``vpc-lattice``."""

    def create_target_group(self, request: Request) -> Response:
        """CreateTargetGroup."""
        return self._call("create_target_group", request)

    def get_target_group(self, request: Request) -> Response:
        """GetTargetGroup."""
        return self._call("get_target_group", request)

    def list_target_groups(self, request: Request) -> Response:
        """ListTargetGroups: one page."""
        return self._call("list_target_groups", request)

    def update_target_group(self, request: Request) -> Response:
        """UpdateTargetGroup."""
        return self._call("update_target_group", request)

    def delete_target_group(self, request: Request) -> Response:
        """DeleteTargetGroup."""
        return self._call("delete_target_group", request)

    def register_targets(self, request: Request) -> Response:
        """RegisterTargets: at most 100 targets."""
        return self._call("register_targets", request)

    def deregister_targets(self, request: Request) -> Response:
        """DeregisterTargets: at most 100 targets."""
        return self._call("deregister_targets", request)

    def list_targets(self, request: Request) -> Response:
        """ListTargets: one page."""
        return self._call("list_targets", request)

    def list_tags_for_resource(self, request: Request) -> Response:
        """ListTagsForResource."""
        return self._call("list_tags_for_resource", request)

    def tag_resource(self, request: Request) -> Response:
        """TagResource."""
        return self._call("tag_resource", request)

    def untag_resource(self, request: Request) -> Response:
        """UntagResource."""
        return self._call("untag_resource", request)

    def _call(self, method: str, request: Request) -> Response:
        operation = _operation_name(method)
        try:
            reply: Response = self._send(method, operation, request)
        except BOTOCORE_EXCEPTIONS as error:
            raise map_exception(operation, error) from error
        if why := _malformed_reason(method, reply):
            raise malformed_response_error(operation, why)
        return reply

    def _send(self, method: str, operation: str, request: Request) -> Any:
        call = getattr(self.client, method)
        return send_prevalidated(call, operation, request) if method in PREVALIDATED_METHODS else call(**request)


def _malformed_reason(method: str, reply: Response) -> str | None:
    metadata: Mapping[str, Any] = reply.get("ResponseMetadata", {})
    kind = metadata.get("HTTPHeaders", {}).get("content-type", "")
    if str(kind).startswith("text/html"):
        return f"it is {kind}"
    member = _REQUIRED_MEMBERS.get(method)
    return f"it has no {member!r}" if member is not None and reply.get(member) is None else None


@cache
def _operation_name(method: str) -> str:
    """The API's name of a client method: ``create_target_group`` is CreateTargetGroup."""
    return "".join(word.capitalize() for word in method.split("_"))
