"""Operations of the VPC Lattice API, and a client that sends single requests."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from attrs import Factory, field, frozen

from lattice_tg.errors import TransportError
from lattice_tg.models.base import ReprMixin
from lattice_tg.runtime.base import WaitReadable
from lattice_tg.runtime.processes import ForkDetector
from lattice_tg.transport.direct_sender import DirectSender, create_direct_sender
from lattice_tg.transport.error_mapping import map_exception
from lattice_tg.transport.parameter_validation import send_prevalidated

SERVICE = "vpc-lattice"
"""Name of the service in botocore."""

Request = Mapping[str, Any]
Response = dict[str, Any]


@frozen(repr=False)
class Operation(ReprMixin):
    """An operation of the VPC Lattice API."""

    name: str
    """Name in the API, such as ``CreateTargetGroup``."""

    method: str
    """Method of the boto3 client, such as ``create_target_group``."""

    required_members: tuple[str, ...] = ()
    """Members of which every usable response contains at least one. If botocore cannot parse a body, the response
    contains none of these members. Default: none, so an empty response is usable."""

    echoed_members: tuple[str, str] | None = None
    """A member of the request, and the member of the response that refers to the same resource. Default: the response
    does not name the resource."""

    is_prevalidated: bool = True
    """Whether the library validates every argument. If so, botocore's validation is skipped."""


_ID = ("targetGroupIdentifier", "id")
_LISTENER_ID = ("listenerIdentifier", "id")
_RULE_ID = ("ruleIdentifier", "id")
_TARGETS = ("successful", "unsuccessful")

CREATE_TARGET_GROUP = Operation("CreateTargetGroup", "create_target_group", ("id",), ("name", "name"))
GET_TARGET_GROUP = Operation("GetTargetGroup", "get_target_group", ("id",), _ID)
LIST_TARGET_GROUPS = Operation("ListTargetGroups", "list_target_groups", ("items",))
UPDATE_TARGET_GROUP = Operation("UpdateTargetGroup", "update_target_group", ("id",), _ID)
DELETE_TARGET_GROUP = Operation("DeleteTargetGroup", "delete_target_group", ("id",), _ID)
REGISTER_TARGETS = Operation("RegisterTargets", "register_targets", _TARGETS)
DEREGISTER_TARGETS = Operation("DeregisterTargets", "deregister_targets", _TARGETS)
LIST_TARGETS = Operation("ListTargets", "list_targets", ("items",))
LIST_TAGS_FOR_RESOURCE = Operation("ListTagsForResource", "list_tags_for_resource", ("tags",), is_prevalidated=False)
TAG_RESOURCE = Operation("TagResource", "tag_resource", is_prevalidated=False)
UNTAG_RESOURCE = Operation("UntagResource", "untag_resource", is_prevalidated=False)
GET_LISTENER = Operation("GetListener", "get_listener", ("defaultAction",), _LISTENER_ID)
UPDATE_LISTENER = Operation("UpdateListener", "update_listener", ("id",), _LISTENER_ID)
GET_RULE = Operation("GetRule", "get_rule", ("action",), _RULE_ID)
UPDATE_RULE = Operation("UpdateRule", "update_rule", ("id",), _RULE_ID)

_HTML_CONTENT_TYPES = ("text/html", "application/xhtml")

OPERATIONS_WITHOUT_RESPONSE = (TAG_RESOURCE, UNTAG_RESOURCE)
"""Operations whose responses have no members, so that only the body shows whether a response is usable."""


@frozen(eq=False, repr=False)
class VpcLatticeApi:
    """A client that sends single requests and maps botocore exceptions to library errors."""

    client: Any
    """The boto3 client for ``vpc-lattice``."""

    fork_detector: ForkDetector | None = None
    """Detector that is checked before each request. Default: the client itself detects forked processes."""

    _direct_sender: DirectSender | None = field(
        init=False,
        default=Factory(lambda self: create_direct_sender(self.client), takes_self=True),
    )

    def call(self, operation: Operation, request: Request) -> Response:
        """Send ``request`` once and return the response.

        Raises:
            LatticeError: If VPC Lattice rejects the request or if no usable response arrives.
            Exception: If a test fails or a user's event handler raises an error, the unchanged exception.

        """
        with self._attempt(operation):
            return _check_response(operation, request, self._send(operation, request))

    async def call_without_blocking(
        self, operation: Operation, request: Request, wait_readable: WaitReadable
    ) -> Response | None:
        """Send ``request`` once and return the response, or return None if the request would block the thread.

        Raises:
            LatticeError: If VPC Lattice rejects the request or if no usable response arrives.

        """
        if self._direct_sender is None:
            return None
        with self._attempt(operation):
            response = await self._direct_sender.send_without_blocking(
                operation.name, operation.method, request, wait_readable
            )
            return None if response is None else _check_response(operation, request, response)

    @contextmanager
    def _attempt(self, operation: Operation) -> Generator[None]:
        """Map the errors of an attempt to send a request."""
        if self.fork_detector is not None:
            self.fork_detector.check()
        try:
            yield
        except Exception as error:
            mapped = map_exception(operation.name, error)
            if mapped is error:
                raise
            raise mapped from error

    def _send(self, operation: Operation, request: Request) -> Any:
        if operation.is_prevalidated and self._direct_sender is not None:
            response = self._direct_sender.send(operation.name, operation.method, request)
            if response is not None:
                return response
        method = getattr(self.client, operation.method)
        if operation.is_prevalidated:
            return send_prevalidated(method, operation.name, request)
        return method(**request)


def target_group_of(request: Request) -> str | None:
    """Return the name or id of the target group that a request concerns, or None if the request names no group."""
    identifier = request.get("targetGroupIdentifier") or request.get("resourceArn") or request.get("name")
    return None if identifier is None else str(identifier).rpartition("/")[2]  # The last part of an ARN is the id.


def _check_response(operation: Operation, request: Request, response: Response) -> Response:
    if reason := _unusable_reason(operation, request, response):
        raise TransportError(operation=operation.name, message=reason)
    return response


def _unusable_reason(operation: Operation, request: Request, response: Response) -> str | None:
    """Return why the response cannot be the service's response to ``request``, or None if the response is usable."""
    metadata: Mapping[str, Any] = response.get("ResponseMetadata", {})
    content_type = str(metadata.get("HTTPHeaders", {}).get("content-type", ""))
    if content_type.strip().lower().startswith(_HTML_CONTENT_TYPES):
        return f"the response has the content type {content_type}"
    members = operation.required_members
    if members and all(response.get(member) is None for member in members):
        return f"the response has no {' or '.join(map(repr, members))}"
    if operation.echoed_members is not None:
        sent_member, received_member = operation.echoed_members
        sent, received = request.get(sent_member), response.get(received_member)
        # The last part of an ARN is the id.
        if sent is not None and received is not None and received != str(sent).rpartition("/")[2]:
            return f"the response is about {received_member}={received!r}, expected {sent!r}"
    return None
