"""The way to the service: the only room of the library that knows boto3 and botocore."""

from lattice_tg.gateway.connection import Connection, ConnectionSettings, connected
from lattice_tg.gateway.operations import Gateway, Reply, Request

__all__ = ["Connection", "ConnectionSettings", "Gateway", "Reply", "Request", "connected"]
