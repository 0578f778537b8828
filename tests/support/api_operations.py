"""API operations by the name of the boto3 method."""

from lattice_tg.transport import api

OPERATIONS = {value.method: value for value in vars(api).values() if isinstance(value, api.Operation)}
