"""The way to the service: the only room of the library that knows boto3 and botocore."""

from lattice_tg.transport.api import Request, Response, VpcLatticeApi
from lattice_tg.transport.connection import Connection, ConnectionSettings, open_connection

__all__ = ["Connection", "ConnectionSettings", "Request", "Response", "VpcLatticeApi", "open_connection"]
