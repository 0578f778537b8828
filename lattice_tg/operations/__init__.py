"""The operations behind the client's methods."""
