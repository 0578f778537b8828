"""The way to the service: the only room of the library that knows boto3 and botocore."""

from lattice_tg.gateway.connection import Connection, connected
from lattice_tg.gateway.operations import Gateway, Reply, Request
from lattice_tg.gateway.settings import ConnectionSettings

__all__ = ["Connection", "ConnectionSettings", "Gateway", "Reply", "Request", "connected"]
