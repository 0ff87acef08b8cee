"""The verdict as JSON, and its schema."""

import io
import json
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator

from pulumi_preflight.reports import json as json_report
from pulumi_preflight.verdict import Verdict
from tests.preflight.builders import QUEUE, SERVICE, urn
from tests.preflight.samples import ORDERS, TOO_MANY, verdict


def as_json(verdict: Verdict) -> Any:  # noqa: ANN401 - a JSON document
    stream = io.StringIO()
    json_report.write(verdict, stream)
    return json.loads(stream.getvalue())


SCHEMA = json.loads(
    resources.files("pulumi_preflight.reports").joinpath("verdict.schema.json").read_text()
)


def test_the_json_report_fits_its_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(as_json(verdict()))


def test_the_schema_describes_every_key_and_demands_it() -> None:
    document = as_json(verdict())
    assert set(document) == set(SCHEMA["required"]) == set(SCHEMA["properties"])
    kinds = SCHEMA["$defs"]
    common = set(kinds["finding"]["required"])
    assert set(document["resources"][0]) == set(kinds["resource"]["required"])
    assert set(document["findings"][0]) == common
    assert set(document["waived"][0]) == common | set(kinds["waived"]["required"])
    assert set(document["notEvaluated"][0]) == common | set(kinds["notEvaluated"]["required"])
    assert set(document["notes"][0]) == set(kinds["note"]["required"])
    assert set(document["fixes"][0]) == set(kinds["fix"]["required"])
    changed = {key for fix in document["fixes"] for change in fix["changes"] for key in change}
    assert changed == set(kinds["change"]["properties"])


def test_the_json_report_holds_what_the_terminal_shows() -> None:
    document = as_json(verdict())
    assert (document["version"], document["project"], document["stack"]) == (1, "shop", "dev")
    assert (document["verdict"], document["seconds"]) == ("fail", 1.234)
    assert document["findings"][2] == {
        "rule": "cost-ecs-desired-count",
        "pack": "demo",
        "level": "mandatory",
        "severity": "high",
        "urn": urn(SERVICE, "web"),
        "file": "__main__.py",
        "line": 20,
        "message": TOO_MANY.message,
        "fix": TOO_MANY.fix,
        "url": TOO_MANY.url,
    }
    assert document["resources"][3] == {
        "urn": urn(QUEUE, "jobs"),
        "type": QUEUE,
        "name": "jobs",
        "parent": ORDERS.urn,
        "file": "__main__.py",
        "line": 7,
        "madeUp": [],
    }
    assert document["notes"] == [{"text": "two zones were assumed", "file": "net.py", "line": 3}]


def test_a_fix_tells_each_property_that_it_changes() -> None:
    proposed, applied = as_json(verdict())["fixes"]
    assert proposed == {
        "rule": "sqs-long-polling",
        "pack": "demo",
        "urn": urn(QUEUE, "jobs"),
        "file": "__main__.py",
        "line": 7,
        "applied": False,
        "exposedSecrets": [],
        "changes": [{"path": "receiveWaitTimeSeconds", "before": 0, "after": 20}],
    }
    assert applied["applied"]
    assert applied["changes"] == [
        {"path": "desiredCount", "before": 2, "after": 1},
        {"path": 'rules[0]["a.b"]', "before": None},
        {"path": "tags", "after": {"owner": "shop"}},
    ]


def test_outputs_show_neither_secrets_nor_the_unknown_values_code() -> None:
    assert as_json(verdict())["outputs"] == {
        "queueUrl": "https://sqs/jobs",
        "password": "[secret]",
        "id": "[unknown]",
    }
