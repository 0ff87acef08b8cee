"""Documents that the provider writes of arguments alone: IAM's policies and others."""

import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_preflight.outputs.answers.calls import (
    Answer,
    AnswerCall,
    Call,
    RefusedCallError,
    needed,
)

# Go writes these inside of JSON as escapes.
_ESCAPES = {ord(each): f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}
_EXPIRE = {"type": "expire"}
# The SDK names lists in the plural.
_SELECTION = {
    "tagStatus": "tagStatus",
    "tagPatternList": "tagPatternLists",
    "tagPrefixList": "tagPrefixLists",
    "storageClass": "storageClass",
    "countType": "countType",
    "countUnit": "countUnit",
    "countNumber": "countNumber",
}
_ACTION = ("type", "targetStorageClass")
_PROTECTION_VERSION = "2021-06-01"
_DESTINATIONS = (
    ("CloudWatchLogs", "cloudwatchLogs", "LogGroup", "logGroup"),
    ("Firehose", "firehose", "DeliveryStream", "deliveryStream"),
    ("S3", "s3", "Bucket", "bucket"),
)


def in_go(document: Any, *, indent: int | None = 2) -> str:  # noqa: ANN401 - JSON
    """JSON as the provider's language writes it."""
    separators = None if indent else (",", ":")
    text = json.dumps(document, indent=indent, separators=separators, ensure_ascii=False)
    return text.translate(_ESCAPES)


def hashcode(text: str) -> str:
    """The id that the provider gives to an answer that it makes of a text."""
    return str(zlib.crc32(text.encode()))


def _lifecycle_policy(call: Call) -> Answer:
    rules = [_lifecycle_rule(rule) for rule in call.arguments.get("rules") or []]
    return Answer(follows={"json": in_go({"rules": rules or None})})


def _lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    written: dict[str, Any] = {"rulePriority": _number(rule.get("priority"))}
    if description := rule.get("description"):
        written["description"] = description
    if selection := rule.get("selection"):
        written["selection"] = {
            name: _number(selection[key]) for name, key in _SELECTION.items() if selection.get(key)
        }
    action = rule.get("action") or _EXPIRE
    written["action"] = {name: action[name] for name in _ACTION if name in action}
    return written


def _number(value: Any) -> Any:  # noqa: ANN401 - JSON
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _data_protection(call: Call) -> Answer:
    given = call.arguments
    version = given.get("version") or _PROTECTION_VERSION
    identifiers = (given.get("configuration") or {}).get("customDataIdentifiers")
    document = {
        "Configuration": identifiers
        and {
            "CustomDataIdentifier": [
                {
                    "Name": needed(each, "name", "customDataIdentifiers"),
                    "Regex": needed(each, "regex", "customDataIdentifiers"),
                }
                for each in identifiers
            ]
        },
        "Description": given.get("description"),
        "Name": given.get("name"),
        "Statement": [_protection_statement(each) for each in given.get("statements") or []],
        "Version": version,
    }
    text = in_go({name: value for name, value in document.items() if value}) + "\n"
    return Answer(follows={"json": text, "id": hashcode(text), "version": version})


def _protection_statement(given: Mapping[str, Any]) -> dict[str, Any]:
    operation = given.get("operation") or {}
    written: dict[str, Any] = {"Sid": given["sid"]} if given.get("sid") else {}
    written["DataIdentifier"] = sorted(given.get("dataIdentifiers") or [])
    if "audit" in operation:
        wanted = (operation["audit"] or {}).get("findingsDestination") or {}
        found = {
            name: {field: needed(wanted[key], argument, key)}
            for name, key, field, argument in _DESTINATIONS
            if wanted.get(key)
        }
        written["Operation"] = {"Audit": {"FindingsDestination": found}}
    else:
        written["Operation"] = {"Deidentify": {"MaskConfig": {}}}
    return written


ANSWERS: dict[str, AnswerCall] = {
    "aws:cloudwatch:getLogDataProtectionPolicyDocument": _data_protection,
    "aws:ecr:getLifecyclePolicyDocument": _lifecycle_policy,
}


_DEFAULT_VERSION = "2012-10-17"
_OLD_VERSION = "2008-10-17"
_STATEMENT = ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource")
_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "a truth value"}
_SHOWN = 60


def policy_document(call: Call) -> Answer:
    """The document as `json` and `minifiedJson`, and its `id`.

    Raises:
        RefusedCallError: The provider refuses an argument, such as a text that is not a document.
    """
    merged = _Document()
    sids: set[str] = set()
    for name, document in _documents(call, "sourcePolicyDocuments"):
        for statement in document.statements:
            if (sid := statement.get("Sid")) and sid in sids:
                raise RefusedCallError(
                    f"{name} has a second statement with the `Sid` {sid!r}; wanted a `Sid` once in "
                    "all of `sourcePolicyDocuments`; remove the `Sid`, or give the document under "
                    "`overridePolicyDocuments` to replace the other"
                )
            sids.add(sid or "")
        merged.merge(document)
    merged.merge(_own(call.arguments))
    for _, document in _documents(call, "overridePolicyDocuments"):
        merged.merge(document)
    version = call.arguments.get("version") or _DEFAULT_VERSION
    return Answer(follows={**merged.written(), "version": version})


class _Document:
    """A policy document that others are merged into."""

    def __init__(
        self, version: str = "", id_: str = "", statements: Iterable[dict[str, Any]] = ()
    ) -> None:
        self.version = version
        self.id = id_
        self.statements = list(statements)

    def merge(self, other: "_Document") -> None:
        """Adds another document; its statements take the places of those of the same `Sid`."""
        self.id = other.id or self.id
        self.version = max(self.version, other.version)
        for statement in other.statements:
            sid = statement.get("Sid")
            same = [place for place, each in enumerate(self.statements) if each.get("Sid") == sid]
            if sid and same:
                self.statements[same[0]] = statement
            else:
                self.statements.append(statement)

    def written(self) -> dict[str, Any]:
        """The fields of the answer."""
        fields = {"Version": self.version, "Id": self.id, "Statement": self.statements}
        document = {name: value for name, value in fields.items() if value}
        text = in_go(document)
        return {"json": text, "minifiedJson": in_go(document, indent=None), "id": hashcode(text)}


def _documents(call: Call, name: str) -> Iterable[tuple[str, _Document]]:
    """The documents of an argument, each with what to call it."""
    for index, text in enumerate(call.arguments.get(name) or []):
        called = f"{name}[{index}]"
        # The provider passes over an empty text.
        if text:
            yield called, _parsed(called, str(text), call)


def _parsed(called: str, text: str, call: Call) -> _Document:
    try:
        document = _as_document(json.loads(text))
    except ValueError as error:
        raise RefusedCallError(
            f"{called} is not a policy document ({error}): {text[:_SHOWN]!r}; give one as JSON, "
            "such as the `json` of another getPolicyDocument",
            value=text,
            instead=_any_document(call),
        ) from error
    if not document.statements and call.is_made_up(text):
        raise RefusedCallError("", value=text, instead=_any_document(call))
    return document


def _any_document(call: Call) -> Answer:
    """A document that nobody knows: what is told of it ends in digits of its own."""
    own = _own(call.arguments)
    own.id = ""
    document = json.loads(own.written()["minifiedJson"])
    document["Id"] = f"document-{call.subject.digits('json', 8)}"
    text = in_go(document, indent=None)
    return Answer(made_up={"json": text, "minifiedJson": text})


def _as_document(read: Any) -> _Document:  # noqa: ANN401 - JSON
    """A document of JSON; the provider passes over keys that it does not know.

    Raises:
        ValueError: It has another shape.
    """
    fields = _fields("the whole of it", read)
    version, id_ = (_text(name, fields.get(name.lower())) for name in ("Version", "Id"))
    listed = fields.get("statement")
    if listed is None:
        listed = []
    if not isinstance(listed, list):
        raise ValueError(f"`Statement` is {_kind(listed)}, wanted a list")  # noqa: TRY004 - of JSON
    return _Document(version, id_, [_read_statement(each) for each in listed])


def _read_statement(read: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    fields = _fields("a statement", read)
    statement = {
        name: fields[name.lower()] for name in _STATEMENT if fields.get(name.lower()) is not None
    }
    for name in ("Sid", "Effect"):
        if not _text(name, statement.get(name)):
            statement.pop(name, None)
    for name in ("Principal", "NotPrincipal"):
        if (principals := fields.get(name.lower())) is not None:
            statement[name] = _read_principals(name, principals)
    if conditions := fields.get("condition"):
        statement["Condition"] = _read_conditions(conditions)
    return statement


def _fields(called: str, read: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    if not isinstance(read, dict):
        raise ValueError(f"{called} is {_kind(read)}, wanted an object")  # noqa: TRY004 - of JSON
    # Go takes a key in any case.
    return {name.lower(): value for name, value in read.items()}


def _text(name: str, value: Any) -> str:  # noqa: ANN401 - JSON
    if value is not None and not isinstance(value, str):
        raise ValueError(f"`{name}` is {_kind(value)}, wanted a text")
    return value or ""


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "a number")


def _read_principals(name: str, read: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(read, str):
        return "*"
    principals: dict[str, Any] = {}
    for kind, value in sorted(_mapping(name, read).items()):
        if isinstance(value, str):
            principals[kind] = value
        elif isinstance(value, list) and all(isinstance(each, str) for each in value):
            principals[kind] = sorted(value, reverse=True)
        else:
            raise ValueError(f"`{name}` {kind!r} is neither a text nor a list of texts")
    return _anyone_as_star(principals)


def _read_conditions(read: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    conditions: dict[str, dict[str, Any]] = {}
    for test, variables in sorted(_mapping("Condition", read).items()):
        kept: dict[str, Any] = {}
        for variable, value in sorted(_mapping(f"Condition {test}", variables).items()):
            if isinstance(value, bool):
                kept[variable] = str(value).lower()
            elif isinstance(value, str):
                kept[variable] = value
            elif isinstance(value, list):
                kept[variable] = value[0] if len(value) == 1 else value
        if kept:
            conditions[test] = kept
    return conditions


def _mapping(name: str, read: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    if not isinstance(read, dict):
        raise ValueError(f"`{name}` is {_kind(read)}, wanted an object")  # noqa: TRY004 - of JSON
    return read


def _own(arguments: Mapping[str, Any]) -> _Document:
    """The document of the call's own arguments."""
    version = arguments.get("version") or _DEFAULT_VERSION
    statements = [_statement(each, version) for each in arguments.get("statements") or []]
    sids = [statement["Sid"] for statement in statements if "Sid" in statement]
    for place, sid in enumerate(sids):
        if sid in sids[:place]:
            raise RefusedCallError(
                f"two of `statements` have the `Sid` {sid!r}; remove it, or make it unique"
            )
    return _Document(version, arguments.get("policyId") or "", statements)


def _statement(given: Mapping[str, Any], version: str) -> dict[str, Any]:
    statement: dict[str, Any] = {}
    if sid := given.get("sid"):
        statement["Sid"] = sid
    statement["Effect"] = given.get("effect") or "Allow"
    for key, name in (("Action", "actions"), ("NotAction", "notActions")):
        if values := given.get(name):
            statement[key] = _one_or_sorted(values)
    for key, name in (("Resource", "resources"), ("NotResource", "notResources")):
        if values := given.get(name):
            statement[key] = _one_or_sorted(_with_variables(values, version, name))
    for key, name in (("Principal", "principals"), ("NotPrincipal", "notPrincipals")):
        if principals := given.get(name):
            statement[key] = _principals(principals, version)
    if conditions := given.get("conditions"):
        statement["Condition"] = _conditions(conditions, version)
    return statement


def _with_variables(values: Iterable[Any], version: str, name: str) -> list[str]:
    """Texts with IAM's `${` in place of `&{`, which Terraform's own syntax leaves free."""
    texts = [str(value) for value in values]
    for text in texts:
        if version == _OLD_VERSION and "&{" in text:
            raise RefusedCallError(
                f"`{name}` has {text!r}: policies of version {_OLD_VERSION} have no variables; "
                f"give `version` {_DEFAULT_VERSION!r}"
            )
    return [text.replace("&{", "${") for text in texts]


def _one_or_sorted(values: Iterable[Any]) -> Any:  # noqa: ANN401 - JSON
    # The provider keeps these as sets, which it writes in reverse order.
    texts = sorted({str(value) for value in values}, reverse=True)
    return texts[0] if len(texts) == 1 else texts


def _principals(principals: Iterable[Mapping[str, Any]], version: str) -> Any:  # noqa: ANN401 - JSON
    grouped: dict[str, list[str]] = {}
    for principal in principals:
        given = needed(principal, "identifiers", "principals")
        identifiers = _with_variables(given, version, "identifiers")
        grouped.setdefault(needed(principal, "type", "principals"), []).extend(identifiers)
    return _anyone_as_star({kind: _one_or_sorted(grouped[kind]) for kind in sorted(grouped)})


def _anyone_as_star(principals: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    return "*" if principals in ({"*": "*"}, {"*": ["*"]}) else principals


def _conditions(given: Iterable[Mapping[str, Any]], version: str) -> dict[str, Any]:
    grouped: dict[str, dict[str, list[str]]] = {}
    for condition in given:
        variables = grouped.setdefault(needed(condition, "test", "conditions"), {})
        values = _with_variables(needed(condition, "values", "conditions"), version, "values")
        variables.setdefault(needed(condition, "variable", "conditions"), []).extend(values)
    return {
        test: {
            variable: values[0] if len(values) == 1 else values
            for variable, values in sorted(variables.items())
        }
        for test, variables in sorted(grouped.items())
    }
