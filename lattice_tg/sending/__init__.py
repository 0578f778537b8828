"""Sending requests: retries, client tokens, rate limiting and pagination."""
