"""Serialization of requests, which validates only requests that are not prevalidated.

botocore's validation makes a call with 100 targets a third slower. If the library has already validated a request, the
second validation is unnecessary. However, users can also call the boto3 client directly. Without any validation, an
empty identifier would turn DeleteTargetGroup into a DELETE request for the whole list.

To serialize a request, botocore also looks up every member in the service model. The serializer in this module inserts
the targets into the JSON body without such lookups.

botocore serializes a request after the last ``before-parameter-build`` handler and before the first ``before-call``
handler, so every handler sees the complete request.
"""

import json
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from lattice_tg.transport.parameter_validation import is_prevalidated
from lattice_tg.transport.plain_json import is_flat

TARGET_LIST_MEMBERS: Mapping[str, str] = {"DeregisterTargets": "targets", "RegisterTargets": "targets"}
"""Operations whose requests contain targets, and the name of the request member that contains the targets."""


@frozen
class RequestSerializer:
    """A serializer for botocore that serializes prevalidated requests faster."""

    serializer: Any
    """Serializer without validation."""

    validating_serializer: Any
    """Serializer for requests that are not prevalidated. botocore validates them unless the user's config disables
    the validation."""

    def serialize_to_request(self, parameters: Mapping[str, Any], operation_model: Any) -> Any:
        """Return the request for botocore."""
        operation: str = operation_model.name
        if not is_prevalidated(operation, parameters):
            return self.validating_serializer.serialize_to_request(parameters, operation_model)
        name = TARGET_LIST_MEMBERS.get(operation)
        if name is None or not _is_plain_json_list(operation_model.input_shape.members[name]):
            return self.serializer.serialize_to_request(parameters, operation_model)
        request = self.serializer.serialize_to_request({**parameters, name: []}, operation_model)
        request["body"] = json.dumps({**json.loads(request["body"]), name: parameters[name]}).encode()
        return request


def set_serializer(client: Any) -> bool:
    """Set the fast serializer for ``client``. Return whether the serializer was set."""
    validating_serializer = getattr(client, "_serializer", None)  # botocore has no public access to the serializer.
    if not hasattr(validating_serializer, "serialize_to_request"):
        return False
    # botocore's decorator validates the parameters and then calls the serializer that it wraps.
    serializer = getattr(validating_serializer, "_serializer", validating_serializer)
    client._serializer = RequestSerializer(serializer, validating_serializer)  # noqa: SLF001
    return True


def _is_plain_json_list(shape: Any) -> bool:
    """Return whether a list needs no conversion to JSON."""
    return shape.type_name == "list" and not shape.serialization and is_flat(shape.member)
