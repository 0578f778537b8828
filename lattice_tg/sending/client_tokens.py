"""Client tokens."""

import json
import os
import re
from hashlib import sha256

from lattice_tg.conversion import to_boto3
from lattice_tg.models.target_group import TargetGroupSpec

_TOKEN = re.compile(r"(?=.{1,64}\Z).*[!-~].*")  # service model, ClientToken


def new_client_token() -> str:
    """A token that no other create has: 32 random hexadecimal digits."""
    return os.urandom(16).hex()


def client_token_for(spec: TargetGroupSpec, run_id: str) -> str:
    """The token that this spec and run_id always give, so that a restarted script repeats its create.

    A token belongs to one request: the service refuses it with other parameters. So a changed spec gives another
    token, and a run_id is to be used again only to resume the same run.

    Args:
        spec: What is to be created.
        run_id: Any text that names the run.

    """
    # 64 characters, which is the most that the service takes
    request = json.dumps(to_boto3(spec), sort_keys=True, ensure_ascii=True)
    return sha256(f"{run_id}\n{request}".encode(errors="surrogatepass")).hexdigest()  # a run_id is any text


def is_client_token(token: object) -> bool:
    """Whether the service takes ``token``: 1-64 characters, one of them visible (service model, ClientToken)."""
    return isinstance(token, str) and _TOKEN.fullmatch(token) is not None
