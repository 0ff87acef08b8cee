"""What IAM takes for the texts of a statement: actions, resources, principals and dates.

Each `..._wanted` tells what is wanted in the place of a text; empty where IAM takes the text.
"""

import re

ACTION = re.compile(r"\*|(\*|[A-Za-z0-9-]+):[A-Za-z0-9*?-]+")
RESOURCE = re.compile(
    r"""
    \*+
    | arn:[^:]*:[^:]+:[^:]*:[^:]*:.*
    | arn:[^:]*:[^:]+:?                               # IAM fills in what is left out, see below
    | arn:[^:]*:[^:]+:(?P<region>[a-z]{2,4}(-[a-z]+)+-\d+|[^:]*[*?$][^:]*)
        (:(\d{12}|[^:]*[*?$][^:]*)?)?
    """,
    re.DOTALL | re.VERBOSE,
)
"""An ARN, or the first fields of one: IAM takes `*` for each field that is left out.

A region or an account that is empty has to be followed by the other fields. What stands in the
place of a region and is none, as in `arn:aws:sqs:tasks`, is a mistake that IAM does not see.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

PARTITION = re.compile(r"\*|aws(-[a-z]+)*")
"""IAM reads no policy variable before the fifth colon.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

REGIONAL_IN_S3 = "accesspoint|job/|storage-lens|access-grants|async-request|[*?$]"
IN_NO_REGION = re.compile(
    rf"arn:[^:]*:(iam:[a-z0-9-]+:|s3:[a-z0-9-]+:[^:]*:(?!{REGIONAL_IN_S3})).*", re.DOTALL
)
"""IAM's own words: "IAM resource ... cannot contain region information", likewise of buckets.

Access points and the like are in a region:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-resources-for-iam-policies
"""

PRINCIPAL_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")
AWS_PRINCIPAL = re.compile(r"\*|\d{12}|arn:[^:*?]+:(iam|sts)::\d{12}:[^*?]+|A[A-Z0-9]{15,}")
"""Everybody, an account, the ARN of a user, role, session or account, or what IAM calls one that
was deleted. A wildcard matches no part of a name.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

DATE = re.compile(
    r"-?\d{1,19}|-?\d{4,9}(-\d{1,2}(-\d{1,2}(t\d{1,2}(:\d{2}(:\d{2}(\.\d+)?)?)?"
    r"(z|[+-]\d{2}(:?\d{2})?)?)?)?)?",
    re.IGNORECASE,
)
"""A date of ISO 8601, or seconds since 1970.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
"""

CONDITION = re.compile(
    r"(ForAllValues:|ForAnyValue:)?"
    r"(String(Not)?(Equals(IgnoreCase)?|Like)|(Numeric|Date)((Not)?Equals|(Less|Greater)Than(Equals)?)"
    r"|Arn(Not)?(Equals|Like)|(Not)?IpAddress|Bool|BinaryEquals)(IfExists)?|Null",
    re.IGNORECASE,
)
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"""

TRUST_ACTION = re.compile(r"sts:[A-Za-z0-9*?]+", re.IGNORECASE)
"""IAM's own words: "AssumeRole policy may only specify STS AssumeRole actions"."""


def action_wanted(action: str) -> str:
    """Judges an action of an identity's policy."""
    return "" if ACTION.fullmatch(action) else "'service:Action' or '*'"


def trust_action_wanted(action: str) -> str:
    """Judges an action of a trust policy."""
    return "" if TRUST_ACTION.fullmatch(action) else "an action of STS, such as 'sts:AssumeRole'"


def resource_wanted(resource: str) -> str:
    """Judges a resource of an identity's policy."""
    if not RESOURCE.fullmatch(resource):
        return "an ARN or '*'"
    _, is_arn, rest = resource.partition(":")
    if is_arn and not PARTITION.fullmatch(rest.partition(":")[0]):
        return "a partition that is spelt out, such as 'aws', or '*'"
    if IN_NO_REGION.fullmatch(resource):
        return "no region, since IAM and the buckets of S3 have none in their ARNs"
    return ""


def aws_principal_wanted(principal: str) -> str:
    """Judges a principal of the kind `AWS`."""
    if AWS_PRINCIPAL.fullmatch(principal):
        return ""
    return "an account of 12 digits, the whole ARN of a user or role, or '*'"


def principal_wanted(principal: str) -> str:
    """Judges a principal of another kind."""
    return "" if principal else "a name"


def date_wanted(text: str) -> str:
    """Judges a text that a condition compares as a date."""
    return "" if DATE.fullmatch(text) else "a date such as '2030-12-31T00:00:00Z'"
