"""Where CloudFormation's schemas have a type's properties; cfn-lint ships and corrects them."""

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice, product
from re import _constants as kinds  # type: ignore[attr-defined] # the one parser of such patterns
from re import _parser as parser  # type: ignore[attr-defined]
from string import ascii_lowercase, ascii_uppercase, digits, printable
from typing import Any

from cfnlint.rules import formats  # type: ignore[import-untyped] # it has no types
from cfnlint.rules.formats.FormatKeyword import (  # type: ignore[import-untyped] # it has no types
    FormatKeyword,
)
from cfnlint.schema.manager import (  # type: ignore[import-untyped] # it has no types
    PROVIDER_SCHEMA_MANAGER,
)

from tools.tables.responses import key, nouns, services

_PLACE = re.compile(r"\{([A-Za-z]+?)(\d*)\}")
# Words of forms, with the characters that they may have and the most that there can be. Made-up
# hexadecimal digits and capitals are known again wherever they turn up, so these come first.
_DIGITS = (
    ("hex", "0123456789abcdef", 64),
    ("cap", f"{ascii_uppercase}234567", 32),
    ("HEX", "0123456789ABCDEF", 64),
    ("low", f"{ascii_lowercase}234567", 32),
    ("num", digits, 12),
)
_USUAL = 10
_LONG = 17
_ACCOUNT = "{num12}"
_UUID = re.compile(r"\{hex8\}(?:-(?:\{hex4\}|[14ab8]\{hex3\}|\{hex1\}\{hex3\})){3}-\{hex12\}")
_NAME = "thing-0a1b2c3d"
_MOST = 64


def whole(pattern: str) -> str:
    """A pattern of AWS's as one of Python's that a whole text fits; empty where it says nothing."""
    if re.fullmatch(r"\\S|\^?(?:\.|\[\\s\\S\]|\\S|\(\.\|\\n\)|\[\^?\\p\{C\}\])[*+]\$?", pattern):
        return ""
    # Java's classes, as far as the models use them.
    for name, mine in (("Alnum", "a-zA-Z0-9"), ("ASCII", r"\x00-\x7f"), ("Graph", r"\x21-\x7e")):
        pattern = pattern.replace(f"\\p{{{name}}}", mine)
    anchored = rf"\A(?:{pattern})\Z" if pattern else ""
    try:
        re.compile(anchored)
    except re.error:
        # Another dialect than Python's tells nothing here.
        return ""
    return anchored


def form_of(pattern: str, least: int = 0, most: int | None = None) -> str | None:
    """A form whose values fit a pattern as a whole; `None` where there is none that is plain.

    Args:
        pattern: The pattern, in Python's dialect.
        least: The least length of a value.
        most: The greatest.
    """
    usual = max(least, min(most or _USUAL, _USUAL))
    found = ""
    for form in islice(_forms(parser.parse(pattern), usual), _MOST):
        named = _UUID.sub("{uuid}", form.replace(_ACCOUNT, "{account}"))
        made = example(named)
        fits = least <= len(made) <= (most or len(made)) and re.fullmatch(pattern, made)
        # A text that was escaped twice is not a pattern of a value.
        told = _located(named) if fits and "\\" not in form else None
        # An ARN that may lack region and account has them all the same, where it can.
        if told and (not told.startswith("arn:") or "{region}:{account}" in told):
            return told
        found = found or told or ""
    return found or None


def example(form: str) -> str:
    """A value of a form."""
    fixed = {
        "account": "123456789012",
        "name": _NAME,
        "partition": "aws",
        "region": "us-east-1",
        "uuid": "0a1b2c3d-0a1b-4a1b-8a1b-0a1b2c3d4e5f",
    }
    characters = {word: known for word, known, _ in _DIGITS}

    def place(found: re.Match[str]) -> str:
        word, count = found[1], int(found[2] or 0)
        return fixed[word] if word in fixed else (characters[word] * count)[1 : count + 1]

    return _PLACE.sub(place, form)


def _located(form: str) -> str | None:
    """An ARN with its own partition, region and account; `None` where its service is not told."""
    if not form.startswith("arn:"):
        return form
    if form.count(":") < 5:  # noqa: PLR2004 - arn:partition:service:region:account:resource
        return None
    _, _, service, region, account, *rest = form.split(":", 5)
    if not service or "{" in service:
        return None
    place = ("arn:{partition}", service, "{region}" * bool(region), "{account}" * bool(account))
    return ":".join((*place, *rest))


def _forms(items: Iterable[tuple[Any, Any]], usual: int) -> Iterator[str]:
    """The forms of a sequence, the plainest first."""
    for parts in product(*(list(islice(_part(*item, usual), 4)) for item in items)):
        yield "".join(parts)


def _part(kind: Any, what: Any, usual: int) -> Iterator[str]:  # noqa: ANN401 - the parser's own
    match kind:
        case kinds.LITERAL:
            yield chr(what)
        case kinds.SUBPATTERN:
            yield from _forms(what[-1], usual)
        case kinds.BRANCH:
            for choice in what[1]:
                yield from _forms(choice, usual)
        case kinds.MAX_REPEAT | kinds.MIN_REPEAT:
            yield from _repeated(what, usual)
        case kinds.IN | kinds.ANY | kinds.NOT_LITERAL | kinds.CATEGORY:
            yield from _class((kind, what), 1, 1, usual)
        case _:
            # Anchors, and what stands before or after, are tried with the whole.
            yield ""


def _repeated(what: tuple[int, int, Iterable[tuple[Any, Any]]], usual: int) -> Iterator[str]:
    least, most, items = what
    found = list(items)
    if len(found) == 1 and found[0][0] in (kinds.IN, kinds.ANY, kinds.NOT_LITERAL):
        yield from _class(found[0], least, int(most), usual)
        yield from [""] * (not least)
    else:
        # A group that may be left out is, where the rest fits without it.
        yield from [""] * (not least)
        yield from (form * max(least, 1) for form in islice(_forms(found, usual), 4))


def _class(item: tuple[Any, Any], least: int, most: int, usual: int) -> Iterator[str]:
    """A number of characters of a class: a name where it takes one, else digits and letters."""
    taken = re.compile(_written(*item))
    if item[0] is kinds.ANY and most == 1:
        yield "."
    if least <= len(_NAME) <= most and all(map(taken.fullmatch, _NAME)):
        yield "{name}"
    for word, characters, limit in _DIGITS:
        is_plain_hex = word == "hex" and not taken.fullmatch("g")
        count = max(least, min(most, max(usual, _LONG) if is_plain_hex else usual))
        if all(map(taken.fullmatch, characters)) and 0 < count <= limit:
            yield f"{{{word}{count}}}"
    if most == 1:
        yield from filter(taken.fullmatch, printable)


def _written(kind: Any, what: Any) -> str:  # noqa: ANN401
    """A class as a pattern of one character."""
    if kind is kinds.ANY:
        return "."
    if kind is kinds.NOT_LITERAL:
        return f"[^{re.escape(chr(what))}]"
    categories = {
        kinds.CATEGORY_DIGIT: r"\d",
        kinds.CATEGORY_NOT_DIGIT: r"\D",
        kinds.CATEGORY_WORD: r"\w",
        kinds.CATEGORY_NOT_WORD: r"\W",
        kinds.CATEGORY_SPACE: r"\s",
        kinds.CATEGORY_NOT_SPACE: r"\S",
    }
    parts = []
    for item, value in what if isinstance(what, list) else [(kind, what)]:
        match item:
            case kinds.NEGATE:
                parts.append("^")
            case kinds.LITERAL:
                parts.append(re.escape(chr(value)))
            case kinds.RANGE:
                parts.append("-".join(re.escape(chr(each)) for each in value))
            case _:
                parts.append(categories[value])
    return f"[{''.join(parts)}]"


Said = Mapping[str, Any]
"""A part of a schema: JSON."""

_REGION = "us-east-1"
# CloudFormation's names of services whose types the SDK has in a module of another name.
_SERVICES: dict[str, tuple[str, ...]] = {
    "alb": ("elasticloadbalancingv2",),
    "amp": ("aps",),
    "appautoscaling": ("applicationautoscaling",),
    "cfg": ("config",),
    "cloudwatch": ("cloudwatch", "events", "logs", "synthetics", "internetmonitor"),
    "costexplorer": ("ce",),
    "ebs": ("ec2",),
    "ec2clientvpn": ("ec2",),
    "ec2transitgateway": ("ec2",),
    "elb": ("elasticloadbalancing",),
    "kinesis": ("kinesis", "kinesisfirehose", "kinesisanalytics", "kinesisvideo"),
    "lb": ("elasticloadbalancingv2",),
    "mq": ("amazonmq",),
    "mskconnect": ("kafkaconnect",),
    "opensearch": ("opensearchservice", "opensearchserverless"),
    "opensearchingest": ("osis",),
    "resourceexplorer": ("resourceexplorer2",),
    "serverlessrepository": ("serverless",),
    "sfn": ("stepfunctions",),
    "ssoadmin": ("sso",),
    "timestreamwrite": ("timestream",),
    "verifiedaccess": ("ec2",),
    "vpc": ("ec2",),
}


@cache
def properties(module: str, type_: str, path: tuple[str, ...]) -> tuple[Said, ...]:
    """What the schema of a type has of a property, or of a list's items; none where it has none.

    Args:
        module: The module in the type's token, `rds`.
        type_: The type, `Instance`.
        path: The property's names from the outermost on, without indexes.
    """
    name, noun = _home(module, type_)
    if not name:
        return ()
    schema = _schema(name)
    found: tuple[Said, ...] = (schema,)
    for depth, part in enumerate(path):
        own = {key(part)} if depth else {key(part), key(f"{noun}{part}")}
        found = tuple(hit for said in found for hit in _properties(said, schema, own))
    return tuple(_item(said, schema) for said in found)


def pattern_of(said: Said) -> str:
    """The pattern that a text fits, of its own or of its format; empty where there is none."""
    return whole(str(said.get("pattern", ""))) or _formats().get(str(said.get("format", "")), "")


@cache
def named_formats() -> Mapping[str, str]:
    """Names of properties to the pattern of their format, where all schemas agree on that."""
    found: dict[str, set[str]] = {}
    for schema in (_schema(name) for things in _types().values() for name in things.values()):
        for name, said in schema.get("properties", {}).items():
            item = _item(said, schema)
            if item.get("type") == "string":
                found.setdefault(key(name), set()).add(str(item.get("format", "")))
    agreed = {name: formats.pop() for name, formats in found.items() if len(formats) == 1}
    return {name: _formats().get(said, "") for name, said in agreed.items() if "::" in said}


@cache
def _types() -> Mapping[str, Mapping[str, str]]:
    """CloudFormation's services in lower case to the keys of their things to whole names."""
    found: dict[str, dict[str, str]] = {}
    for name in PROVIDER_SCHEMA_MANAGER.get_resource_types(_REGION):
        _, service, thing = name.split("::")[:3]
        found.setdefault(service.lower(), {})[key(thing)] = name
    return found


@cache
def _home(module: str, type_: str) -> tuple[str, str]:
    """The name of a type's schema, and what the type is called there; empty where none has it."""
    for service in services(module, _types(), _SERVICES):
        things = _types()[service]
        for noun in nouns(module, type_, service):
            if noun in things:
                return things[noun], noun
    return "", ""


@cache
def _schema(name: str) -> Said:
    schema: Said = PROVIDER_SCHEMA_MANAGER.get_resource_schema(_REGION, name).schema
    return schema


def _properties(said: Said, schema: Said, names: set[str]) -> Iterator[Said]:
    for name, property_ in _item(said, schema).get("properties", {}).items():
        if key(name) in names:
            yield property_


def _item(said: Said, schema: Said) -> Said:
    """What a list holds, behind references."""
    while True:
        if "$ref" in said:
            said = schema.get("definitions", {}).get(said["$ref"].rpartition("/")[2], {})
        elif said.get("type") == "array" and isinstance(said.get("items"), dict):
            said = said["items"]
        else:
            return said


@cache
def _formats() -> Mapping[str, str]:
    """The formats that cfn-lint adds, such as `AWS::EC2::VPC.Id`, to their patterns."""
    found: dict[str, str] = {}
    for module in pkgutil.iter_modules(formats.__path__):
        imported = importlib.import_module(f"{formats.__name__}.{module.name}")
        cls = getattr(imported, module.name, None)
        if isinstance(cls, type) and issubclass(cls, FormatKeyword) and cls is not FormatKeyword:
            format_ = cls()
            found[str(format_.format_keyword)] = whole(format_.pattern.removesuffix(r"\Z"))
    return found
