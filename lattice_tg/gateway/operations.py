"""The service as it is: one method an operation, dict in, dict out, our errors."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from attrs import frozen

from lattice_tg.gateway.translation import FOREIGN, translated, unreadable
from lattice_tg.gateway.validation import CHECKED_BY_OUR_RULES, sent_as_checked

Request = Mapping[str, Any]
Reply = dict[str, Any]

# botocore hands over what it cannot parse, such as a body that was cut off, as an answer without members
_ALWAYS_TOLD: Mapping[str, str] = {
    "create_target_group": "id",
    "get_target_group": "id",
    "update_target_group": "id",
    "delete_target_group": "id",
    "list_target_groups": "items",
    "list_targets": "items",
}


@frozen
class Gateway:
    """Sends one request and hands back the answer; nothing is checked, repeated or paced here."""

    client: Any
    """The boto3 client for ``vpc-lattice``."""

    def create_target_group(self, request: Request) -> Reply:
        """CreateTargetGroup."""
        return self._answer("create_target_group", request)

    def get_target_group(self, request: Request) -> Reply:
        """GetTargetGroup."""
        return self._answer("get_target_group", request)

    def list_target_groups(self, request: Request) -> Reply:
        """ListTargetGroups: one page."""
        return self._answer("list_target_groups", request)

    def update_target_group(self, request: Request) -> Reply:
        """UpdateTargetGroup."""
        return self._answer("update_target_group", request)

    def delete_target_group(self, request: Request) -> Reply:
        """DeleteTargetGroup."""
        return self._answer("delete_target_group", request)

    def register_targets(self, request: Request) -> Reply:
        """RegisterTargets: at most 100 targets."""
        return self._answer("register_targets", request)

    def deregister_targets(self, request: Request) -> Reply:
        """DeregisterTargets: at most 100 targets."""
        return self._answer("deregister_targets", request)

    def list_targets(self, request: Request) -> Reply:
        """ListTargets: one page."""
        return self._answer("list_targets", request)

    def list_tags_for_resource(self, request: Request) -> Reply:
        """ListTagsForResource."""
        return self._answer("list_tags_for_resource", request)

    def tag_resource(self, request: Request) -> Reply:
        """TagResource."""
        return self._answer("tag_resource", request)

    def untag_resource(self, request: Request) -> Reply:
        """UntagResource."""
        return self._answer("untag_resource", request)

    def _answer(self, method: str, request: Request) -> Reply:
        operation = _operation(method)
        try:
            reply: Reply = self._sent(method, operation, request)
        except FOREIGN as error:
            raise translated(operation, error) from error
        if why := _why_unreadable(method, reply):
            raise unreadable(operation, why)
        return reply

    def _sent(self, method: str, operation: str, request: Request) -> Any:
        call = getattr(self.client, method)
        return sent_as_checked(call, operation, request) if method in CHECKED_BY_OUR_RULES else call(**request)


def _why_unreadable(method: str, reply: Reply) -> str | None:
    metadata: Mapping[str, Any] = reply.get("ResponseMetadata", {})
    kind = metadata.get("HTTPHeaders", {}).get("content-type", "")
    if str(kind).startswith("text/html"):
        return f"it is {kind}"
    member = _ALWAYS_TOLD.get(method)
    return f"it has no {member!r}" if member is not None and reply.get(member) is None else None


@cache
def _operation(method: str) -> str:
    """The API's name of a client method: ``create_target_group`` is CreateTargetGroup."""
    return "".join(word.capitalize() for word in method.split("_"))
