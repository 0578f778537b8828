"""Sending of requests with retries, rate limiting, pagination and client tokens."""
