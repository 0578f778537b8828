"""Legal and illegal target groups, in the wire form that `create_target_group(**case)` takes.

Written from the documents alone, without sight of the rules, so that a mistake on either side shows on the other.
Sources: "API" is AWS's text of create_target_group, "matrix" is section 1.1 of our service rules (other sections by
number), "model" is botocore's service model, "design" is our own. What the sources call unsettled is legal.
"""

from spec_cases.legal import LEGAL
from spec_cases.requests import Blamed
from spec_cases.wrong_config import HEALTH_CHECKS, PORTS, UNKNOWN_WORDS, VPC_IDS
from spec_cases.wrong_members import MISSING, NOT_ON_THIS_TYPE, TCP
from spec_cases.wrong_names import NAMES, TAGS
from spec_cases.wrong_throughout import SEVERAL

__all__ = ["ILLEGAL", "LEGAL"]

ILLEGAL: dict[str, Blamed] = (
    NOT_ON_THIS_TYPE | MISSING | TCP | PORTS | VPC_IDS | UNKNOWN_WORDS | HEALTH_CHECKS | NAMES | TAGS | SEVERAL
)
