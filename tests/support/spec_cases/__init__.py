"""Valid and invalid target groups, as arguments of boto3's ``create_target_group()``.

The cases come from the AWS documentation alone, independently of the validation code, so that an error in one shows up
in the other. Comments name the sources: "API" is the AWS API reference of CreateTargetGroup, "model" is botocore's
service model, and numbers are sections of the project's collection of service rules. "matrix" is section 1.1 of the
collection. "design" marks decisions of this library. If no source forbids a request, the request is valid.
"""

from support.spec_cases.invalid_config import HEALTH_CHECKS, PORTS, UNKNOWN_ENUM_VALUES, VPC_IDS
from support.spec_cases.invalid_members import MISSING, TCP, UNSUPPORTED
from support.spec_cases.invalid_names import NAMES, TAGS
from support.spec_cases.multiple_errors import MULTIPLE_ERRORS
from support.spec_cases.requests import InvalidCase
from support.spec_cases.valid import VALID

__all__ = ["INVALID", "VALID"]

INVALID: dict[str, InvalidCase] = (
    UNSUPPORTED | MISSING | TCP | PORTS | VPC_IDS | UNKNOWN_ENUM_VALUES | HEALTH_CHECKS | NAMES | TAGS | MULTIPLE_ERRORS
)
