"""What IAM refuses in a policy document.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aws_policy_pack.wire import Value
from aws_policy_pack.wording import listed, shown

ACTION = re.compile(r"\*|(\*|[A-Za-z0-9-]+):[A-Za-z0-9*?-]+")
RESOURCE = re.compile(
    r"""(?sx)
    \*+
    | arn:[^:]*:[^:]+:[^:]*:[^:]*:.*
    | arn:[^:]*:[^:]+:?                               # IAM fills in what is left out, see below
    | arn:[^:]*:[^:]+:(?P<region>[a-z]{2,4}(-[a-z]+)+-\d+|[^:]*[*?$][^:]*)
        (:(\d{12}|[^:]*[*?$][^:]*)?)?
    """
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

AWS_PRINCIPAL = re.compile(
    r"""
    \* | \d{12} | A[A-Z0-9]{15,}
    | arn:[^:*?]+:iam::\d{12}:(root | (user|role)/[^*?]*[^*?/])
    | arn:[^:*?]+:sts::\d{12}:(assumed-role/[^*?/]+/[^*?/]+ | federated-user/[^*?/]+)
    """,
    re.VERBOSE,
)
"""Everybody, an account, the ARN of an account, user, role or session, or what IAM calls one that
was deleted. A wildcard matches no part of a name, and a group is not a principal.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

SERVICE = re.compile(
    r"""(?ix)
    \* | ([a-z0-9_-]+\.)+
    (amazonaws\.(com(\.cn)?|eu) | amazon\.com | aws\.internal
    | c2s\.ic\.gov | sc2s\.sgov\.gov | cloud\.adc-e\.uk | csp\.hci\.ic\.gov)
    """
)
"""A name in a domain of AWS: no list has all services, and IAM knows regional names, too.

The domains are those of botocore's `partitions.json`, and `amazon.com`, as in
`alexa-appkit.amazon.com`.
"""

FEDERATED = re.compile(
    r"\*|arn:[^:*?]+:iam::\d{12}:(oidc|saml)-provider/[^*?]*[^*?/]|(?!arn:)[\w.-]+\.[a-z]+",
    re.IGNORECASE,
)
"""The ARN of an identity provider, or a host such as `cognito-identity.amazonaws.com`."""

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


def service_principal_wanted(principal: str) -> str:
    """Judges a principal of the kind `Service`."""
    return "" if SERVICE.fullmatch(principal) else "a service such as 'ecs-tasks.amazonaws.com'"


def federated_principal_wanted(principal: str) -> str:
    """Judges a principal of the kind `Federated`."""
    if FEDERATED.fullmatch(principal):
        return ""
    return "the ARN of an OIDC or SAML provider, or a host such as 'cognito-identity.amazonaws.com'"


def user_of_s3_wanted(principal: str) -> str:
    """Judges a principal of the kind `CanonicalUser`."""
    return "" if principal else "a name"


PRINCIPALS: Mapping[str, Callable[[str], str]] = {
    "AWS": aws_principal_wanted,
    "Service": service_principal_wanted,
    "Federated": federated_principal_wanted,
    "CanonicalUser": user_of_s3_wanted,
}
"""By kind, what judges a principal."""


def date_wanted(text: str) -> str:
    """Judges a text that a condition compares as a date."""
    return "" if DATE.fullmatch(text) else "a date such as '2030-12-31T00:00:00Z'"


VERSION = "2012-10-17"
OLD_VERSION = "2008-10-17"
DOCUMENT_KEYS = ("Version", "Id", "Statement")
STATEMENT_KEYS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
EFFECTS = ("Allow", "Deny")
REFUSED_CHARACTER = re.compile(r"[^\t\n\r\u0020-\u00FF]")
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""

SID = re.compile(r"[A-Za-z0-9]*")
VARIABLE = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that IAM refuses: where, what is wrong, and what is wanted instead."""

    part: str
    problem: str
    wanted: str


def faults(document: Value, place: str, *, is_trust: bool) -> Iterator[Fault]:
    """Finds what IAM would refuse in a document.

    Args:
        document: The document, as the object that its JSON spells.
        place: The property's path, for the findings.
        is_trust: Whether it says who may assume a role: then it names principals and no
            resources, otherwise the reverse.
    """
    if not isinstance(document, Mapping):
        yield Fault(
            part=place, problem=f"`{place}` is {_shown(document)}", wanted="a policy document"
        )
        return
    yield from _unknown_keys(document, DOCUMENT_KEYS, place)
    yield from _version_faults(document, f"{place}.Version")
    statements = _as_list(document.get("Statement"))
    if not statements:
        yield Fault(
            part=f"{place}.Statement",
            problem=f"`{place}.Statement` has no statement",
            wanted="at least one",
        )
    for index, statement in enumerate(statements):
        yield from _statement_faults(statement, f"{place}.Statement[{index}]", is_trust=is_trust)
    yield from _repeated_sids(statements, place)
    yield from _strange_characters(document, place)


def _version_faults(document: Mapping[str, Value], place: str) -> Iterator[Fault]:
    """IAM takes the old version too, and none for it."""
    version = document.get("Version")
    if version not in (None, VERSION, OLD_VERSION):
        yield Fault(part=place, problem=f"`{place}` is {_shown(version)}", wanted=shown(VERSION))


def variables_in(value: Value) -> Iterator[str]:
    """The policy variables in all texts of a part of a document, such as `${aws:username}`."""
    match value:
        case str():
            yield from VARIABLE.findall(value)
        case Mapping():
            for item in value.values():
                yield from variables_in(item)
        case Sequence():
            for item in value:
                yield from variables_in(item)
        case _:
            return


def _statement_faults(statement: Value, place: str, *, is_trust: bool) -> Iterator[Fault]:
    if not isinstance(statement, Mapping):
        yield Fault(part=place, problem=f"`{place}` is {_shown(statement)}", wanted="a statement")
        return
    yield from _unknown_keys(statement, STATEMENT_KEYS, place)
    if statement.get("Effect") not in EFFECTS:
        yield Fault(
            part=f"{place}.Effect",
            problem=f"`{place}.Effect` is {_shown(statement.get('Effect'))}",
            wanted=" or ".join(map(shown, EFFECTS)),
        )
    sid = statement.get("Sid")
    if sid is not None and not (isinstance(sid, str) and SID.fullmatch(sid)):
        yield Fault(
            part=f"{place}.Sid",
            problem=f"`{place}.Sid` is {_shown(sid)}",
            wanted="letters and digits without spaces",
        )
    yield from _condition_faults(statement.get("Condition"), f"{place}.Condition")
    yield from _one_of(statement, "Action", place)
    action = trust_action_wanted if is_trust else action_wanted
    yield from _texts(statement, ("Action", "NotAction"), action, place)
    if is_trust:
        yield from _one_of(statement, "Principal", place)
        yield from _principal_faults(statement, place)
        yield from _none_of(statement, "Resource", place, "in a trust policy")
    else:
        yield from _one_of(statement, "Resource", place)
        yield from _none_of(statement, "Principal", place, "in the policy of an identity")
        yield from _texts(statement, ("Resource", "NotResource"), resource_wanted, place)


def _principal_faults(statement: Mapping[str, Value], place: str) -> Iterator[Fault]:
    for key in ("Principal", "NotPrincipal"):
        value = statement.get(key)
        if value is None or value == "*":
            continue
        if not isinstance(value, Mapping) or not value:
            shown_value = "an empty object" if value == {} else _shown(value)
            yield Fault(
                part=f"{place}.{key}",
                problem=f"`{place}.{key}` is {shown_value}",
                wanted=f"'*' or an object with {listed(PRINCIPALS)}",
            )
            continue
        where = f"{place}.{key}"
        yield from _unknown_keys(value, tuple(PRINCIPALS), where)
        for kind, judge in PRINCIPALS.items():
            yield from _texts(value, (kind,), judge, where)


def _condition_faults(conditions: Value, place: str) -> Iterator[Fault]:
    if conditions is None:
        return
    if not isinstance(conditions, Mapping):
        yield Fault(
            part=place,
            problem=f"`{place}` is {_shown(conditions)}",
            wanted="an object of operators",
        )
        return
    for operator, tested in conditions.items():
        if not CONDITION.fullmatch(operator):
            yield Fault(
                part=f"{place}.{operator}",
                problem=f"`{place}` has the operator {shown(operator)}",
                wanted="an operator of IAM, such as 'StringEquals'",
            )
        elif not isinstance(tested, Mapping):
            yield Fault(
                part=f"{place}.{operator}",
                problem=f"`{place}.{operator}` is {_shown(tested)}",
                wanted="an object of condition keys",
            )
        else:
            for key, values in tested.items():
                yield from _condition_value_faults(operator, values, f"{place}.{operator}.{key}")


def _condition_value_faults(operator: str, values: Value, place: str) -> Iterator[Fault]:
    items = values if isinstance(values, Sequence) and not isinstance(values, str) else (values,)
    verb = "has" if items is values else "is"
    is_date = operator.lower().rpartition(":")[2].startswith("date")
    for value in items:
        if not isinstance(value, str | int | float):
            wanted = "a text, a number, or true or false"
        else:
            wanted = date_wanted(value) if is_date and isinstance(value, str) else ""
        if wanted:
            yield Fault(
                part=place,
                problem=f"`{place}` {verb} " + ("null" if value is None else _shown(value)),
                wanted=wanted,
            )


def _one_of(statement: Mapping[str, Value], key: str, place: str) -> Iterator[Fault]:
    names = (f"`{key}`", f"`Not{key}`")
    given = sum(statement.get(name) is not None for name in (key, f"Not{key}"))
    if given != 1:
        has = f"has both {' and '.join(names)}" if given else f"has neither {' nor '.join(names)}"
        yield Fault(part=f"{place}.{key}", problem=f"`{place}` {has}", wanted="one of them")


def _none_of(statement: Mapping[str, Value], key: str, place: str, where: str) -> Iterator[Fault]:
    for name in (key, f"Not{key}"):
        if statement.get(name) is not None:
            yield Fault(
                part=f"{place}.{name}",
                problem=f"`{place}` has `{name}`",
                wanted=f"no `{name}` {where}",
            )


def _texts(
    statement: Mapping[str, Value],
    keys: Sequence[str],
    wanted_instead: Callable[[str], str],
    place: str,
) -> Iterator[Fault]:
    """Looks at a text or a list of texts; a list in a list is what wrapped outputs make of it.

    `wanted_instead` is one of `elements`.
    """
    for key in keys:
        value = statement.get(key)
        if value is None:
            continue
        items = _as_list(value)
        if not items:
            yield Fault(
                part=f"{place}.{key}",
                problem=f"`{place}.{key}` is an empty list",
                wanted=wanted_instead(""),
            )
        for item in items:
            wanted = wanted_instead(item if isinstance(item, str) else "")
            if wanted:
                yield Fault(
                    part=f"{place}.{key} {_shown(item)}",
                    problem=f"`{place}.{key}` has {_shown(item)}",
                    wanted=wanted,
                )


def _unknown_keys(found: Mapping[str, Value], known: Sequence[str], place: str) -> Iterator[Fault]:
    unknown = [key for key in found if key not in known]
    if unknown:
        yield Fault(
            part=f"keys of {place}",
            problem=f"`{place}` has {listed(unknown)}, which IAM does not know",
            wanted=f"only {listed(known)}",
        )


def _repeated_sids(statements: Sequence[Value], place: str) -> Iterator[Fault]:
    sids = [item.get("Sid") for item in statements if isinstance(item, Mapping)]
    texts = [sid for sid in sids if isinstance(sid, str) and sid]
    for sid in sorted({sid for sid in texts if texts.count(sid) > 1}):
        yield Fault(
            part=f"Sid {sid} of {place}",
            problem=f"`{place}` has {texts.count(sid)} statements with `Sid` {sid!r}",
            wanted="each `Sid` once",
        )


def _strange_characters(document: Mapping[str, Value], place: str) -> Iterator[Fault]:
    text = json.dumps(document, ensure_ascii=False)
    if found := sorted(set(REFUSED_CHARACTER.findall(text))):
        yield Fault(
            part=f"characters of {place}",
            problem=f"`{place}` has {listed(found)}",
            wanted="only characters up to U+00FF",
        )


def _as_list(value: Value) -> Sequence[Value]:
    """One value or a list of them, as IAM takes both."""
    if value is None:
        return ()
    return value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)


def _shown(value: Value) -> str:
    match value:
        case Mapping():
            return "an object"
        case list() | tuple():
            return "a list"
        case _:
            return shown(value)
