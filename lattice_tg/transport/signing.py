"""Request signing (AWS Signature Version 4) without repeated work.

For each request, botocore derives the signing key again, collects the signed headers twice, normalizes the path, and
prepares the whole request to read its body. The signer in this module avoids this work and inherits everything else
from botocore.
"""

# botocore has no type annotations.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false

import hmac
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlsplit

from attrs import frozen
from botocore import auth as botocore_auth
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import (
    Credentials,
    DeferredRefreshableCredentials,
    ReadOnlyCredentials,
    RefreshableCredentials,
)
from botocore.signers import RequestSigner


@frozen(repr=False)
class _SigningKey:
    """A signing key, which ``repr()`` must not show."""

    scope: tuple[str, ...]
    """Secret key, date, Region and service from which the key is derived."""

    key: bytes


class _KeyCache:
    """A cache of the last signing key, which is valid for at most one day."""

    last: _SigningKey = _SigningKey((), b"")


class _FastSigV4Auth(SigV4Auth):  # type: ignore[misc]
    """Signer for one request."""

    _key_cache: _KeyCache
    _signed_headers: str
    """Names of the headers that the signature covers, in the format of the Authorization header."""

    def canonical_request(self, request: Any) -> Any:
        """Return the text that represents ``request`` in the signature."""
        headers = _collect_signed_headers(request)
        names = sorted(headers)
        self._signed_headers = ";".join(names)
        lines = [f"{name}:{headers[name]}\n" for name in names]
        path, query = _canonicalize_path(request.url)
        if query or request.params:
            query = self.canonical_query_string(request)
        body_hash = request.headers.get("X-Amz-Content-SHA256")
        if body_hash is None:
            body_hash = self.payload(request)
        return f"{request.method.upper()}\n{path}\n{query}\n{''.join(lines)}\n{self._signed_headers}\n{body_hash}"

    def payload(self, request: Any) -> str:
        """Return the hash of the body. botocore hashes bodies that are not bytes or that have a checksum."""
        if type(request.data) is bytes and request.context.keys().isdisjoint(_PAYLOAD_SETTINGS):
            return sha256(request.data).hexdigest()
        payload: str = super().payload(request)
        return payload

    def signature(self, string_to_sign: str, request: Any) -> str:
        """Return the signature of ``string_to_sign``."""
        secret_key, date = self.credentials.secret_key, request.context["timestamp"][:8]
        scope: tuple[str, ...] = (secret_key, date, self._region_name, self._service_name)
        last = self._key_cache.last
        if last.scope != scope:
            key = f"AWS4{secret_key}".encode()
            for part in (*scope[1:], "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._key_cache.last = last = _SigningKey(scope, key)
        return hmac.digest(last.key, string_to_sign.encode(), "sha256").hex()

    def _inject_signature_to_request(self, request: Any, signature: str) -> Any:
        scope = self.scope(request)
        request.headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={self._signed_headers}, Signature={signature}"
        )
        return request


_PAYLOAD_SETTINGS = ("checksum", "payload_signing_enabled")
"""Settings in the context of a request that can change how botocore represents the body in the signature."""


def _collect_signed_headers(request: Any) -> dict[str, str]:
    """Return the values of the headers that the signature covers, by lowercase name."""
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        if (key := name.lower()) not in botocore_auth.SIGNED_HEADERS_BLACKLIST:
            trimmed = " ".join(value.split())
            headers[key] = f"{headers[key]},{trimmed}" if key in headers else trimmed
    if "host" not in headers:
        scheme, _, rest = request.url.partition("://")
        headers["host"] = _make_host_header(scheme, rest.partition("/")[0])
    return headers


@lru_cache(maxsize=128)
def _canonicalize_path(url: str) -> tuple[str, str]:
    """Return the path of a URL as the signature represents it, and the unchanged query."""
    parts = urlsplit(url)
    return quote(botocore_auth.normalize_url_path(parts.path), safe="/~"), parts.query


@lru_cache(maxsize=128)
def _make_host_header(scheme: str, authority: str) -> str:
    host: str = botocore_auth._host_from_url(f"{scheme}://{authority}/")  # noqa: SLF001
    return host


class _FastRequestSigner(RequestSigner):  # type: ignore[misc]
    """Request signer of a client.

    botocore still creates the signers for other signature versions.
    """

    key_cache: _KeyCache

    def get_auth_instance(self, *args: Any, **kwargs: Any) -> Any:
        """Return the signer for one request."""
        auth = super().get_auth_instance(*args, **kwargs)
        return _make_faster(auth, self.key_cache) if type(auth) is SigV4Auth else auth


def _make_faster(auth: Any, key_cache: _KeyCache) -> Any:
    auth.__class__ = _FastSigV4Auth
    vars(auth).update(_key_cache=key_cache)
    return auth


_REFRESHABLE_CREDENTIALS = (RefreshableCredentials, DeferredRefreshableCredentials)


def has_fresh_credentials(client: Any) -> bool:
    """Return whether ``client`` can sign a request without a refresh of its credentials, which blocks."""
    credentials = client._request_signer._credentials  # noqa: SLF001
    if type(credentials) is Credentials:
        return True
    return type(credentials) in _REFRESHABLE_CREDENTIALS and not credentials.refresh_needed()


def is_fast_signer(auth: Any) -> bool:
    """Return whether ``auth`` is the signer from this module."""
    return type(auth) is _FastSigV4Auth


def set_signer(client: Any) -> bool:
    """Replace the signer of ``client`` and return whether it was replaced."""
    signer: Any = getattr(client, "_request_signer", None)  # botocore has no public access to the signer of a client.
    if type(signer) is not RequestSigner or not signs_like_botocore():
        return False
    # botocore has already registered a method of this object as an event handler, so the object must stay the same.
    signer.__class__ = _FastRequestSigner
    vars(signer).update(key_cache=_KeyCache())
    return True


@cache
def signs_like_botocore() -> bool:
    """Sign a request, and return whether this version of botocore computes the same signature."""
    credentials = ReadOnlyCredentials("key", "secret", "token")
    auth, fast_auth = (SigV4Auth(credentials, "vpc-lattice", "us-east-1") for _ in range(2))
    try:
        _make_faster(fast_auth, _KeyCache())
        signed = [_sign_sample(signer) for signer in (auth, fast_auth, auth)]
    except Exception:  # noqa: BLE001 - a future version of botocore may raise any error
        return False
    return signed[1] in (signed[0], signed[2])  # The clock may advance.


def _sign_sample(auth: Any) -> list[tuple[str, str]]:
    request = AWSRequest("POST", "https://example.com:8443/targetgroups/a%20b?b=2&a=1", {"X-Sample": " a  b "}, b"{}")
    auth.add_auth(request)
    return list(request.headers.items())
