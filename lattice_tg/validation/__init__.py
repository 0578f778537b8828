"""Validation of specs, health checks, tags, targets and identifiers before a request is sent.

The functions are pure and return all problems at once. The code names the source of each rule. The functions do not
check what AWS does not document: whether the timeout of a health check must be shorter than the interval, and which
addresses IP targets can have. The functions do not check quotas because AWS can raise a quota.
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
