"""What IAM refuses in a policy document.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from aws_policy_pack.wire import Value
from aws_policy_pack.wording import listed, shown

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

CONDITION = re.compile(
    r"(ForAllValues:|ForAnyValue:)?"
    r"(String(Not)?(Equals(IgnoreCase)?|Like)|(Numeric|Date)((Not)?Equals|(Less|Greater)Than(Equals)?)"
    r"|Arn(Not)?(Equals|Like)|(Not)?IpAddress|Bool|BinaryEquals)(IfExists)?|Null",
    re.IGNORECASE,
)
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"""

TRUST_ACTION = re.compile(r"sts:[A-Za-z0-9*?]+", re.IGNORECASE)
"""IAM's own words: "AssumeRole policy may only specify STS AssumeRole actions"."""

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
    action, wanted = (
        (TRUST_ACTION, "an action of STS, such as 'sts:AssumeRole'")
        if is_trust
        else (ACTION, "'service:Action' or '*'")
    )
    yield from _texts(statement, ("Action", "NotAction"), action, wanted, place)
    if is_trust:
        yield from _one_of(statement, "Principal", place)
        yield from _none_of(statement, "Resource", place, "in a trust policy")
    else:
        yield from _one_of(statement, "Resource", place)
        yield from _none_of(statement, "Principal", place, "in the policy of an identity")
        yield from _texts(statement, ("Resource", "NotResource"), RESOURCE, "an ARN or '*'", place)


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
    form: re.Pattern[str],
    wanted: str,
    place: str,
) -> Iterator[Fault]:
    """Looks at a text or a list of texts; a list in a list is what wrapped outputs make of it."""
    for key in keys:
        value = statement.get(key)
        if value is None:
            continue
        items = _as_list(value)
        if not items:
            yield Fault(
                part=f"{place}.{key}", problem=f"`{place}.{key}` is an empty list", wanted=wanted
            )
        for item in items:
            if not isinstance(item, str) or not form.fullmatch(item):
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
