"""Request serialization that skips the validation of prevalidated requests.

botocore's validation makes a call with 100 targets a third slower. If the library has already validated a request, the
second validation is unnecessary. However, users can also call the boto3 client directly. Without any validation, an
empty identifier would turn DeleteTargetGroup into ``DELETE /targetgroups/``.

For each request, botocore also looks up every member in the service model. For prevalidated requests, the serializer in
this module looks up the members of each operation once. Then the serializer fills in the path and the query, and
encodes all other parameters as JSON.

botocore serializes a request after the last ``before-parameter-build`` handler and before the first ``before-call``
handler, so every handler sees the complete request.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from attrs import define, field
from botocore.utils import percent_encode  # pyright: ignore[reportUnknownVariableType] - botocore has no annotations

from lattice_tg.transport.parameter_validation import is_prevalidated
from lattice_tg.transport.plain_json import JSON_TYPES

_HTTP_SETTINGS = frozenset({"method", "requestUri", "responseCode"})
_encode_json = json.JSONEncoder(check_circular=False).encode  # Requests contain no cycles, and the check takes time.

SerializeFn = Callable[[Mapping[str, Any]], dict[str, Any] | None]
"""Function that serializes parameters as botocore does, or returns None if botocore must serialize them."""


@define(eq=False, repr=False, slots=False)
class RequestSerializer:
    """A serializer for botocore that serializes prevalidated requests faster.

    Tools such as New Relic replace methods of a client's serializer, so its attributes can be set.
    """

    serializer: Any
    """Serializer without validation."""

    validating_serializer: Any
    """Serializer for requests that are not prevalidated. botocore validates them unless the user's config disables
    the validation."""

    _functions: dict[str, SerializeFn | None] = field(factory=dict[str, "SerializeFn | None"])
    """For each operation, the function that serializes the parameters, or None if botocore must serialize them."""

    def serialize_to_request(self, parameters: Mapping[str, Any], operation_model: Any) -> Any:
        """Return the request for botocore."""
        operation: str = operation_model.name
        if not is_prevalidated(operation, parameters):
            return self.validating_serializer.serialize_to_request(parameters, operation_model)
        request = self.serialize(operation, parameters)
        if request is not None:
            return request
        request = self.serializer.serialize_to_request(parameters, operation_model)
        if operation not in self._functions:
            serialize = _compile_operation(operation_model)
            serialized = None if serialize is None else serialize(parameters)
            if serialize is None or serialized is not None:
                self._functions[operation] = serialize if serialized == request else None
        return request

    def serialize(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the request for prevalidated parameters, or None if botocore must serialize the parameters."""
        serialize = self._functions.get(operation)
        return None if serialize is None else serialize(parameters)


def set_serializer(client: Any) -> bool:
    """Replace the serializer of ``client`` and return whether it was replaced."""
    validating_serializer = getattr(client, "_serializer", None)  # botocore has no public access to the serializer.
    if not hasattr(validating_serializer, "serialize_to_request"):
        return False
    # botocore's decorator validates the parameters and then calls the serializer that it wraps.
    serializer = getattr(validating_serializer, "_serializer", validating_serializer)
    client._serializer = RequestSerializer(serializer, validating_serializer)  # noqa: SLF001
    return True


def _compile_operation(operation_model: Any) -> SerializeFn | None:
    """Return a function that serializes the parameters of an operation, or None if botocore must serialize them."""
    shape, http = operation_model.input_shape, operation_model.http
    if shape is None or shape.serialization or operation_model.endpoint or not http.keys() <= _HTTP_SETTINGS:
        return None
    members: Mapping[str, Any] = shape.members
    locations = {name: location for name, member in members.items() if (location := _find_location(name, member))}
    if len(locations) < len(members) or "+}" in http["requestUri"]:
        return None
    method, template, generated_names = http["method"], http["requestUri"], {*operation_model.idempotent_members}
    empty_body = b"{}" if "body" in locations.values() else b""

    def serialize(parameters: Mapping[str, Any]) -> dict[str, Any] | None:
        # botocore omits parameters that are None, and generates idempotency tokens.
        if None in parameters.values() or not generated_names <= parameters.keys():
            return None
        parts: dict[str, dict[str, Any]] = {"uri": {}, "querystring": {}, "body": {}}
        for name, value in parameters.items():
            parts[locations[name]][name] = value
        body = _encode_json(parts["body"]).encode() if parts["body"] else empty_body
        if b"null" in body:  # botocore omits some nulls and rejects others.
            return None
        path = {name: percent_encode(value) for name, value in parts["uri"].items()}
        return {
            "url_path": template.format(**path),
            "query_string": parts["querystring"],
            "method": method,
            "headers": {"Content-Type": "application/json"} if body else {},
            "body": body,
        }

    return serialize


def _find_location(name: str, shape: Any) -> str | None:
    """Return the part of the request that contains a member, or None if botocore must serialize the member."""
    if not shape.serialization:
        return "body" if _is_plain_json(shape) else None
    location: str = shape.serialization.get("location", "")
    is_simple = shape.type_name == "string" or (shape.type_name == "integer" and location == "querystring")
    is_named = shape.serialization == {"location": location, "name": name}
    return location if is_simple and is_named and location in ("uri", "querystring") else None


def _is_plain_json(shape: Any) -> bool:
    """Return whether values with this shape need no conversion to JSON."""
    if shape.serialization:
        return False
    match shape.type_name:
        case "structure":
            return not shape.is_document_type and all(map(_is_plain_json, shape.members.values()))
        case "list":
            return _is_plain_json(shape.member)
        case "map":
            return _is_plain_json(shape.key) and _is_plain_json(shape.value)
        case type_name:
            return type_name == "string" or type_name in JSON_TYPES
