"""What the client's verbs do: each a few functions over the way to the service, on frozen values."""
