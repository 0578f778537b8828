"""Client tokens."""

import json
import re
from hashlib import sha256

from lattice_tg.conversion import to_boto3
from lattice_tg.models.target_group import TargetGroupSpec
from lattice_tg.runtime.randomness import random_hex

_TOKEN = re.compile(r"(?=.{1,64}\Z).*[!-~].*")  # service model, ClientToken


def new_client_token() -> str:
    """Return a random token: 32 hexadecimal digits."""
    return random_hex()


def client_token_for(spec: TargetGroupSpec, run_id: str) -> str:
    """Return the token for a spec and a run, so that a restarted script resumes its create.

    A token belongs to one request: VPC Lattice rejects it with other parameters. Therefore, a changed spec has another
    token. Reuse a run_id only to resume the same run.

    Args:
        spec: Target group to create.
        run_id: Identifier of the run, an arbitrary string.

    Returns:
        64 hexadecimal digits, the maximum length of a client token. They are the same on every machine and in every
        version of the library.

    """
    request = json.dumps(to_boto3(spec), sort_keys=True, ensure_ascii=True)
    return sha256(f"{run_id}\n{request}".encode(errors="surrogatepass")).hexdigest()


def is_client_token(token: object) -> bool:
    """Return whether ``token`` is a valid client token: one line of 1-64 characters.

    At least one of them must be a visible ASCII character (service model, ClientToken).
    """
    return isinstance(token, str) and _TOKEN.fullmatch(token) is not None
