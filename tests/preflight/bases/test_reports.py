"""What the reports for people and programs tell of a change."""

import csv
import io
import json
from dataclasses import replace
from importlib import resources
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator

from pulumi_preflight.bases.telling import WORDS, told_of
from pulumi_preflight.changes.comparing import Operation, PropertyChange
from pulumi_preflight.changes.replacements import Effect
from pulumi_preflight.model import RegisteredResource
from pulumi_preflight.verdict import Verdict
from pulumi_preflight.wire import ARCHIVE, ASSET, MARK, PropertyValue
from tests.preflight.bases.samples import AFTER, DATABASE, base, beside, resource, written
from tests.preflight.builders import QUEUE, urn
from tests.preflight.samples import STACK, verdict

SCHEMA = json.loads(
    resources.files("pulumi_preflight.reports").joinpath("verdict.schema.json").read_text()
)


def test_the_json_report_beside_a_base_fits_its_schema() -> None:
    document = json.loads(written(beside(base(is_state=True)), "json"))
    Draft202012Validator(SCHEMA).validate(document)
    assert document["changes"]["kind"] == "state"


@pytest.mark.parametrize(
    "kind", ["changes", "resourceChange", "propertyChange", "baseFinding", "moduleCost"]
)
def test_the_schema_demands_every_key_of_a_change(kind: str) -> None:
    described = SCHEMA["$defs"][kind]
    assert set(described["required"]) == set(described["properties"])


def test_the_json_report_names_what_changes_and_leaves_out_what_stays() -> None:
    changes = json.loads(written(beside(), "json"))["changes"]
    assert [(each["urn"], each["operation"]) for each in changes["resources"]] == [
        (urn(DATABASE, "db"), "replace"),
        (urn(QUEUE, "jobs"), "update"),
        (urn(QUEUE, "new"), "create"),
        (urn(QUEUE, "old"), "delete"),
    ]
    assert changes["resources"][0]["properties"] == [
        {
            "path": "engine",
            "before": "postgres",
            "after": "mysql",
            "effect": "replaces",
            "follows": None,
        }
    ]


def test_a_report_without_a_base_has_no_changes() -> None:
    assert json.loads(written(verdict(), "json"))["changes"] is None


def test_the_terminal_tells_what_loses_data_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    lines = written(beside(), "terminal").splitlines()
    start = lines.index(
        "Beside main.json: 1 replaced, 1 deleted, 1 created, 1 changed; 3 new findings, 1 fixed"
    )
    assert lines[start + 1 : start + 11] == [
        "  replaced  db (Instance)  holds data: database",
        '    engine: "postgres" becomes "mysql", replaces',
        "  deleted  old (Queue)  holds data: queue",
        "  created  new (Queue)",
        "  changed  jobs (Queue)",
        "    delaySeconds: 1 becomes 2",
        "  new finding  replaces-stateful-resource: old",
        "  new finding  replaces-stateful-resource: db",
        "  new finding  too-slow: jobs",
        "  fixed finding  encrypted[a]: jobs",
    ]


def told_in_the_terminal(found: Verdict) -> list[str]:
    return [line.strip() for line in written(found, "terminal").splitlines()]


@pytest.mark.parametrize("word", ["replaced", "deleted"])
def test_the_terminal_names_all_that_holds_data_and_goes(word: str) -> None:
    names = [f"db{each}" for each in range(40)]

    def databases(engine: str) -> list[RegisteredResource]:
        return [resource(DATABASE, name, {"engine": engine}) for name in names]

    after = databases("mysql") if word == "replaced" else []
    found = beside(base(STACK, *databases("postgres")), STACK, *after)
    lines = told_in_the_terminal(found)
    assert [f"{word}  {name} (Instance)  holds data: database" in lines for name in names] == [
        True
    ] * 40


@pytest.mark.parametrize("word", ["created", "deleted"])
def test_of_many_that_hold_no_data_the_terminal_says_where_the_rest_is(word: str) -> None:
    things = [resource("shop:index:Thing", f"t{each}") for each in range(33)]
    before, after = ([], things) if word == "created" else (things, [])
    lines = told_in_the_terminal(beside(base(STACK, *before), STACK, *after))
    assert sum(line.startswith(f"{word}  t") for line in lines) == 30
    assert f"3 more {word}: --format json or html has all" in lines


def test_the_comment_begins_with_the_data_that_goes() -> None:
    document = written(beside(), "markdown")
    head, _, rest = document.partition("<details")
    assert "> [!CAUTION]" in head
    assert (
        '> **Replaces the database `db`**: `engine` "postgres" becomes "mysql", replaces<br>'
    ) in head
    assert "> **Deletes the queue `old`**<br>" in head
    assert "Changes: 1 replaced, 1 deleted, 1 created, 1 changed" in rest
    assert "New with this change" in rest


def test_a_comment_on_a_change_that_keeps_all_data_warns_of_nothing() -> None:
    same = base(*AFTER)
    assert "CAUTION" not in written(beside(same, *AFTER), "markdown")


def test_a_protected_database_is_told_as_what_stops_the_deployment() -> None:
    before = base(STACK, resource(DATABASE, "db", {"engine": "postgres"}, protect=True))
    document = written(beside(before), "markdown")
    assert "which is protected: the deployment stops" in document


def test_a_name_cannot_steer_the_terminal_or_the_comment() -> None:
    found = beside(base(STACK, resource(QUEUE, "a\x1b[31m@team")), STACK)
    assert "\x1b" not in written(found, "terminal")
    document = written(found, "markdown")
    assert "\x1b" not in document
    assert document.count("@team") == document.count("@team`")


def test_sarif_says_what_is_new_and_what_is_not() -> None:
    (run,) = json.loads(written(beside(), "sarif"))["runs"]
    assert sorted((each["ruleId"], each["baselineState"]) for each in run["results"]) == [
        ("replaces-stateful-resource", "new"),
        ("replaces-stateful-resource", "new"),
        ("tags-required", "unchanged"),
        ("too-slow", "new"),
    ]


def test_the_table_has_a_column_for_it_and_rows_of_what_is_fixed() -> None:
    rows = list(csv.DictReader(io.StringIO(written(beside(), "csv"))))
    assert sorted((each["rule"], each["result"], each["change"]) for each in rows) == [
        ("encrypted", "fixed", ""),
        ("replaces-stateful-resource", "found", "new"),
        ("replaces-stateful-resource", "found", "new"),
        ("tags-required", "found", "unchanged"),
        ("too-slow", "found", "new"),
    ]


def test_annotations_of_new_findings_say_so_and_come_first() -> None:
    annotations = [
        line.partition("title=")[2].partition("::")[0]
        for line in written(beside(), "github").splitlines()
        if line.startswith("::")
    ]
    assert annotations == [
        "too-slow (new)",
        *["replaces-stateful-resource (high%2C new)"] * 2,
        "tags-required",
    ]


def test_tests_of_new_findings_say_so() -> None:
    document = ET.fromstring(written(beside(), "junit"))  # noqa: S314 - our own
    told = {
        case.attrib["name"].split()[0]: case[0].attrib["message"].partition(":")[0]
        for case in document.iter("testcase")
    }
    assert told == {
        "replaces-stateful-resource": "new",
        "too-slow": "new",
        "tags-required": "advisory",
    }


def test_the_page_has_a_section_of_changes_and_marks_new_findings() -> None:
    page = written(beside(), "html")
    section = page.partition('<section id="changes"')[2].partition("</section>")[0]
    assert "Replaced: 1" in section
    assert "holds data: database" in section
    assert '<code>engine</code> "postgres" becomes "mysql", replaces' in section
    assert "encrypted[a]" in section
    assert page.count('<span class="new">new</span>') == 3


def test_a_page_without_a_base_has_no_such_section() -> None:
    page = written(verdict(), "html")
    assert 'id="changes"' not in page
    assert 'class="new"' not in page


def change(before: PropertyValue, after: PropertyValue, **more: str) -> PropertyChange:
    return PropertyChange(path="policy", before=before, after=after, effect=Effect.UPDATES, **more)


def archive(**hashes: str) -> PropertyValue:
    return {
        MARK: ARCHIVE,
        "hash": "".join(hashes.values()),
        "assets": {name: {MARK: ASSET, "hash": each} for name, each in hashes.items()},
    }


@pytest.mark.parametrize(
    ("told", "lines"),
    [
        pytest.param(change(None, 1.0), [("policy", "set to 1")], id="new"),
        pytest.param(change("a", None), [("policy", '"a" is removed')], id="removed"),
        pytest.param(
            change("[secret]", "[secret]"), [("policy", '"[secret]" is set anew')], id="secret"
        ),
        pytest.param(
            change('{"a": 1, "b": [2]}', '{"a": 1, "b": [3]}'),
            [("policy.b[0]", "2 becomes 3")],
            id="inside-a-document",
        ),
        pytest.param(
            change({MARK: ASSET, "hash": "1"}, {MARK: ASSET, "hash": "2"}),
            [("policy", "has another content")],
            id="file",
        ),
        pytest.param(
            change(archive(a="1", b="1"), archive(a="2", b="1")),
            [("policy.a", "has another content")],
            id="one-file-of-an-archive",
        ),
        pytest.param(
            change("<id of `db`>", "`x`"),
            [("policy", "\"<id of 'db'>\" becomes \"'x'\"")],
            id="accents",
        ),
        pytest.param(
            change("x", None, follows=urn(QUEUE, "jobs")),
            [("policy", "follows jobs (Queue)")],
            id="follows",
        ),
        pytest.param(
            replace(change("a", "b"), effect=Effect.MAY_REPLACE),
            [("policy", '"a" becomes "b", may replace')],
            id="may-replace",
        ),
    ],
)
def test_a_changed_input_is_told_in_words(
    told: PropertyChange, lines: list[tuple[str, str]]
) -> None:
    assert list(told_of(told)) == lines


def test_every_operation_but_one_that_changes_nothing_is_told() -> None:
    assert {*WORDS} == {*Operation} - {Operation.SAME}
