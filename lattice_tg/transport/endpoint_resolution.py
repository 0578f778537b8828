"""Resolution of endpoints, with one evaluation of the endpoint rules per operation.

For each request, botocore evaluates the endpoint rules again. The resolver in this module evaluates the rules for the
first request of each operation. It evaluates the rules again if an event handler changes a value, and for each request
if the rules use parameters of the request.
"""

# botocore has no type annotations.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false

import logging
from collections.abc import Mapping
from copy import copy
from typing import Any

from botocore.regions import EndpointRulesetResolver

_log = logging.getLogger("botocore.regions")

_CONSTANT_BUILTINS = frozenset({"AWS::Region", "AWS::UseDualStack", "AWS::UseFIPS", "SDK::Endpoint"})
"""Built-in values of the endpoint rules that only a handler can change."""


class _FastEndpointResolver(EndpointRulesetResolver):  # type: ignore[misc]
    _endpoints: dict[str, tuple[Mapping[str, Any], Any]]
    """For each operation, the values of the last evaluation, and the endpoint."""

    def construct_endpoint(self, operation_model: Any, call_args: Any, request_context: Any) -> Any:
        """Return the endpoint for a request."""
        if _log.isEnabledFor(logging.DEBUG):
            return super().construct_endpoint(operation_model, call_args, request_context)
        values: dict[str, Any] = self._get_customized_builtins(operation_model, call_args, request_context)
        last_values, endpoint = self._endpoints.get(operation_model.name, (None, None))
        if last_values == values:
            return endpoint
        resolver: Any = copy(
            self
        )  # construct_endpoint() would call the handlers again. In the copy, the values are fixed.

        def get_values(*_: object) -> dict[str, Any]:
            return values

        vars(resolver).update(_get_customized_builtins=get_values)
        endpoint = EndpointRulesetResolver.construct_endpoint(resolver, operation_model, call_args, request_context)
        are_constant = not any(callable(values.get(builtin)) for builtin in _CONSTANT_BUILTINS)
        if are_constant and not operation_model.context_parameters:
            self._endpoints[operation_model.name] = dict(values), endpoint
        return endpoint


def set_endpoint_resolver(client: Any) -> bool:
    """Replace the endpoint resolver of ``client`` and return whether it was replaced."""
    resolver: Any = getattr(
        client, "_ruleset_resolver", None
    )  # botocore has no public access to the resolver of a client.
    if type(resolver) is not EndpointRulesetResolver:
        return False
    parameters: Mapping[str, Any] = resolver._param_definitions  # noqa: SLF001
    if not _CONSTANT_BUILTINS.issuperset(parameter.builtin for parameter in parameters.values()):
        return False
    resolver.__class__ = _FastEndpointResolver
    vars(resolver).update(_endpoints={})
    return True
