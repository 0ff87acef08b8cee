"""`aws.iam.getPolicyDocument` computed, as the provider does: a pure function of its arguments.

Source: hashicorp/terraform-provider-aws, internal/service/iam/policy_document_data_source.go and
policy_model.go.
"""

import json
from collections.abc import Iterable
from typing import Any

from pulumi_preflight.errors import ProgramError

_DEFAULT_VERSION = "2012-10-17"


def policy_document(arguments: dict[str, Any]) -> dict[str, Any]:
    """Gives the fields `json` and `minifiedJson` of the answer.

    Raises:
        ProgramError: A source document is no JSON.
    """
    document: dict[str, Any] = {"Version": arguments.get("version") or _DEFAULT_VERSION}
    if policy_id := arguments.get("policyId"):
        document["Id"] = policy_id
    document["Statement"] = [_statement(each) for each in arguments.get("statements") or []]
    merged: dict[str, Any] = {}
    sources = [arguments.get("sourceJson"), *(arguments.get("sourcePolicyDocuments") or [])]
    for source in sources:
        merged = _merged(merged, _parsed(source), replace=False)
    merged = _merged(merged, document, replace=True)
    overriding = [arguments.get("overrideJson"), *(arguments.get("overridePolicyDocuments") or [])]
    for source in overriding:
        merged = _merged(merged, _parsed(source), replace=True)
    ordered = {key: merged[key] for key in ("Version", "Id", "Statement") if key in merged}
    return {
        "json": json.dumps(ordered, indent=2, ensure_ascii=False),
        "minifiedJson": json.dumps(ordered, separators=(",", ":"), ensure_ascii=False),
    }


def _parsed(source: object) -> dict[str, Any]:
    if not isinstance(source, str) or not source:
        return {}
    try:
        document = json.loads(source)
    except ValueError as error:
        raise ProgramError(
            f"getPolicyDocument: a source document is no JSON: {error}: {source[:80]!r}"
        ) from error
    return document if isinstance(document, dict) else {}


def _merged(base: dict[str, Any], added: dict[str, Any], *, replace: bool) -> dict[str, Any]:
    """Adds statements; one with the `Sid` of another takes its place."""
    statements = [*_listed(base.get("Statement"))]
    for statement in _listed(added.get("Statement")):
        sid = statement.get("Sid")
        same = [index for index, known in enumerate(statements) if sid and known.get("Sid") == sid]
        if same and replace:
            statements[same[0]] = statement
        else:
            statements.append(statement)
    return {**base, **added, "Statement": statements} if added or base else {}


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - JSON
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _statement(given: dict[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = {}
    if sid := given.get("sid"):
        statement["Sid"] = sid
    statement["Effect"] = given.get("effect") or "Allow"
    for key, name in (
        ("Action", "actions"),
        ("NotAction", "notActions"),
        ("Resource", "resources"),
        ("NotResource", "notResources"),
    ):
        if values := given.get(name):
            statement[key] = _one_or_sorted(values)
    for key, name in (("Principal", "principals"), ("NotPrincipal", "notPrincipals")):
        if principals := given.get(name):
            statement[key] = _principals(principals)
    if conditions := given.get("conditions"):
        statement["Condition"] = _conditions(conditions)
    return statement


def _one_or_sorted(values: Iterable[Any]) -> Any:  # noqa: ANN401 - JSON
    # The provider keeps these as sets, which it writes in reverse order.
    texts = sorted({str(value) for value in values}, reverse=True)
    return texts[0] if len(texts) == 1 else texts


def _principals(principals: list[dict[str, Any]]) -> Any:  # noqa: ANN401 - JSON
    grouped: dict[str, list[str]] = {}
    for principal in principals:
        grouped.setdefault(principal["type"], []).extend(principal["identifiers"])
    if grouped == {"*": ["*"]}:
        return "*"
    return {kind: _one_or_sorted(values) for kind, values in grouped.items()}


def _conditions(conditions: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    grouped: dict[str, dict[str, Any]] = {}
    for condition in conditions:
        values = condition["values"]
        tests = grouped.setdefault(condition["test"], {})
        tests[condition["variable"]] = values[0] if len(values) == 1 else values
    return grouped
