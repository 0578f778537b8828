"""The operations of the API, by the names of the boto3 methods."""

from lattice_tg.transport import api

OPERATIONS = {value.method: value for value in vars(api).values() if isinstance(value, api.Operation)}
ROUTE_OPERATIONS = {"get_listener", "get_rule", "update_listener", "update_rule"}
"""The operations that only routes use."""
