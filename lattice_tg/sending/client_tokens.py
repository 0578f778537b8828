"""Client tokens, which make requests idempotent."""

import json
import re
from hashlib import sha256

from lattice_tg.conversion import to_boto3
from lattice_tg.models.target_group import TargetGroupSpec
from lattice_tg.runtime.randomness import random_hex

_TOKEN = re.compile(r"(?=.{1,64}\Z).*[!-~].*")  # Service model, ClientToken.


def new_client_token() -> str:
    """Return a random client token of 32 hexadecimal digits."""
    return random_hex()


def client_token_for(spec: TargetGroupSpec, run_id: str) -> str:
    """Return the client token for the creation of a target group in the run ``run_id``.

    If a script is restarted with the same ``run_id``, the script sends the same token and resumes the creation. VPC
    Lattice rejects a token that is reused with different parameters. Therefore, a changed spec gets a different token.
    Reuse a ``run_id`` only to resume the same run.

    Args:
        spec: Spec of the target group to create.
        run_id: Identifier of the run. Any string is allowed.

    Returns:
        A token of 64 hexadecimal digits (the maximum length). The token is the same on every machine and in every
        version of the library.

    """
    request = json.dumps(to_boto3(spec), sort_keys=True, ensure_ascii=True)
    return sha256(f"{run_id}\n{request}".encode(errors="surrogatepass")).hexdigest()


def is_client_token(token: object) -> bool:
    """Return whether ``token`` is a valid client token: one line of 1-64 characters.

    At least one character must be a visible ASCII character (service model, ClientToken).
    """
    return isinstance(token, str) and _TOKEN.fullmatch(token) is not None
