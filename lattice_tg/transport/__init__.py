"""Adapter between boto3 and the rest of the library."""

from lattice_tg.transport.api import Request, Response, VpcLatticeApi
from lattice_tg.transport.connection import ConnectionSettings, open_connection

__all__ = ["ConnectionSettings", "Request", "Response", "VpcLatticeApi", "open_connection"]
