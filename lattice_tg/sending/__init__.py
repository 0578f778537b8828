"""Requests with retries, client tokens, rate limiting and pagination."""
