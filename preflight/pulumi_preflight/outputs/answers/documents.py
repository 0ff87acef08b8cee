"""Documents that the provider writes of arguments alone, beside IAM's policies.

Source: hashicorp/terraform-provider-aws, internal/service, the files
`ecr/lifecycle_policy_document_data_source.go` and
`logs/data_protection_policy_document_data_source.go`.
"""

import json
import zlib
from collections.abc import Mapping
from typing import Any

from pulumi_preflight.outputs.answers.calls import Answer, AnswerCall, Call, needed

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
