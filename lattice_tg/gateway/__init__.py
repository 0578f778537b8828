"""The way to the service: the only room of the library that knows boto3 and botocore."""

from lattice_tg.gateway.connection import Connection, open_connection
from lattice_tg.gateway.operations import Request, Response, VpcLatticeApi
from lattice_tg.gateway.settings import ConnectionSettings

__all__ = ["Connection", "ConnectionSettings", "Request", "Response", "VpcLatticeApi", "open_connection"]
