"""The service's rules, found broken before the network: pure, all at once, each with its source.

What the sources leave open is not checked: whether a timeout may be as long as the interval, which address ranges
IP targets may have, quotas (they can be raised).
"""

from lattice_tg.validation.health_check import update_problems
from lattice_tg.validation.spec import NAME_VALIDATOR, VPC_IDENTIFIER, find_problems, validate
from lattice_tg.validation.tags import tag_key_problems, tag_problems
from lattice_tg.validation.targets import target_problems

__all__ = [
    "NAME_VALIDATOR",
    "VPC_IDENTIFIER",
    "find_problems",
    "tag_key_problems",
    "tag_problems",
    "target_problems",
    "update_problems",
    "validate",
]
