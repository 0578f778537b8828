"""Validation of specs, health checks, tags, targets and identifiers before a request is sent.

The functions are pure and return all problems at the same time. Each rule names its source. Rules that AWS does not
document are not checked: whether the timeout of a health check may reach its interval, and the address ranges of IP
targets. Quotas are not checked because AWS can raise them.
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
