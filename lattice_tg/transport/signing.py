"""Request signing (AWS Signature Version 4) without repeated work.

For each request, botocore derives the signing key again, collects the signed headers two times, and prepares the whole
request to read its body. The signer in this module avoids this work and inherits everything else from botocore.
"""

# botocore has no type annotations.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false

import hmac
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any

from attrs import frozen
from botocore import auth as botocore_auth
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from botocore.signers import RequestSigner


class _SignedHeaders(dict[str, list[str]]):
    """Values of the headers to sign, by name in lower case."""

    def get_all(self, name: str) -> list[str]:
        """Return all values of a header. botocore's signer calls this method of ``email.message.Message``."""
        return self[name]


@frozen(repr=False)
class _SigningKey:
    """A signing key, which ``repr()`` must not show."""

    scope: tuple[str, ...]
    """Secret key, date, Region and service from which the key is derived."""

    key: bytes


class _KeyCache:
    """The signing key that was derived last, which is valid for one day at most."""

    last: _SigningKey = _SigningKey((), b"")


class _FastSigV4Auth(SigV4Auth):  # type: ignore[misc]
    """Signer for one request."""

    def __init__(self, auth: Any, key_cache: _KeyCache) -> None:
        super().__init__(auth.credentials, auth._service_name, auth._region_name)  # noqa: SLF001
        self._key_cache = key_cache
        self._signed_headers: _SignedHeaders | None = None

    def add_auth(self, request: Any) -> None:
        """Add the signature to the headers of ``request``."""
        self._signed_headers = None
        super().add_auth(request)

    def headers_to_sign(self, request: Any) -> Any:
        """Return the headers that the signature covers."""
        if self._signed_headers is None:
            self._signed_headers = headers = _SignedHeaders()
            for name, value in request.headers.items():
                if (key := name.lower()) not in botocore_auth.SIGNED_HEADERS_BLACKLIST:
                    headers.setdefault(key, []).append(value)
            if "host" not in headers:
                scheme, _, rest = request.url.partition("://")
                headers["host"] = [_host_header(scheme, rest.partition("/")[0])]
        return self._signed_headers

    def payload(self, request: Any) -> str:
        """Return the hash of the body. botocore hashes bodies that are not bytes or that have a checksum."""
        if type(request.data) is bytes and "checksum" not in request.context:
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


@lru_cache(maxsize=128)
def _host_header(scheme: str, authority: str) -> str:
    host: str = botocore_auth._host_from_url(f"{scheme}://{authority}/")  # noqa: SLF001
    return host


class _FastRequestSigner(RequestSigner):  # type: ignore[misc]
    """Request signer of a client. botocore's own class still makes the signers for other signature versions."""

    key_cache: _KeyCache

    def get_auth_instance(self, *args: Any, **kwargs: Any) -> Any:
        """Return the signer for one request."""
        auth = super().get_auth_instance(*args, **kwargs)
        if type(auth) is not SigV4Auth:
            return auth
        return _FastSigV4Auth(auth, self.key_cache)


def set_signer(client: Any) -> bool:
    """Set the fast signer for ``client``. Return whether the signer was set."""
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
    auth = SigV4Auth(ReadOnlyCredentials("key", "secret", "token"), "vpc-lattice", "us-east-1")
    try:
        signed = [_sign_sample(signer) for signer in (auth, _FastSigV4Auth(auth, _KeyCache()), auth)]
    except Exception:  # noqa: BLE001 - a future version of botocore may raise any error
        return False
    return signed[1] in (signed[0], signed[2])  # The time may change from one signature to the next.


def _sign_sample(auth: Any) -> list[tuple[str, str]]:
    request = AWSRequest("POST", "https://example.com:8443/targetgroups/a%20b?b=2&a=1", {"X-Sample": " a  b "}, b"{}")
    auth.add_auth(request)
    return list(request.headers.items())
