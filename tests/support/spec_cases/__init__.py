"""Legal and illegal target groups, in the wire form that `create_target_group(**case)` takes.

Written from the documents alone, without sight of the rules, so that a mistake on either side shows on the other.
Sources: "API" is AWS's text of create_target_group, "matrix" is section 1.1 of our service rules (other sections by
number), "model" is botocore's service model, "design" is our own. What the sources call unsettled is legal.
"""

from support.spec_cases.invalid_config import HEALTH_CHECKS, PORTS, UNKNOWN_WORDS, VPC_IDS
from support.spec_cases.invalid_members import MISSING, NOT_ON_THIS_TYPE, TCP
from support.spec_cases.invalid_names import NAMES, TAGS
from support.spec_cases.multiple_errors import SEVERAL
from support.spec_cases.requests import Blamed
from support.spec_cases.valid import LEGAL

__all__ = ["ILLEGAL", "LEGAL"]

ILLEGAL: dict[str, Blamed] = (
    NOT_ON_THIS_TYPE | MISSING | TCP | PORTS | VPC_IDS | UNKNOWN_WORDS | HEALTH_CHECKS | NAMES | TAGS | SEVERAL
)
