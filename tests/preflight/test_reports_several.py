"""How several verdicts read in one report."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from importlib.metadata import EntryPoint
from typing import Any, TextIO

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from pulumi_preflight import reports
from pulumi_preflight.errors import ReportError
from pulumi_preflight.findings import Reported
from pulumi_preflight.reports import terminal
from pulumi_preflight.verdict import Verdict
from pulumi_preflight.verdicts import Gone, LeftOut, StackResult, Verdicts
from tests.preflight.samples import verdict


@pytest.fixture(autouse=True)
def _no_wishes_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes away what the caller's terminal says of width and colour."""
    for variable in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(variable, raising=False)


def judged(folder: str, found: Verdict) -> StackResult:
    return StackResult(folder=folder, project=found.project, stack=found.stack, verdict=found)


PASSED = judged("apps/news", replace(verdict(Reported()), notes=(), resources=()))
FAILED = judged("apps/shop", verdict())
BROKEN = StackResult(
    folder="apps/team",
    project="team",
    stack="dev",
    verdict=None,
    error="the program raised ValueError: no zone",
    hint="see __main__.py:4",
)
UNREADABLE = StackResult(
    folder="apps/wiki", project=None, stack=None, verdict=None, error="Pulumi.yaml is not YAML"
)
UNCHANGED = LeftOut(folder="apps/zoo", reason="no change since main")


def several(*results: StackResult, left_out: tuple[LeftOut, ...] = ()) -> Verdicts:
    return Verdicts(results=results, left_out=left_out, seconds=2.5)


ALL = several(PASSED, FAILED, BROKEN, UNREADABLE, left_out=(UNCHANGED,))
GONE = Gone(base="all.json", project="old", stack="prod", resources=12, holding_data=3)


def as_text(verdicts: Verdicts, report_format: str = "terminal") -> str:
    stream = io.StringIO()
    reports.write_several(verdicts, report_format, stream)
    return stream.getvalue()


def as_json(verdicts: Verdicts) -> Any:  # noqa: ANN401 - a JSON document
    return json.loads(as_text(verdicts, "json"))


SUMMARY = """\
4 projects, 4 stacks in 2.5 s
  apps/news  dev  PASS: 0 mandatory findings, 0 advisory, 0 waived, 0 not evaluated
  apps/shop  dev  FAIL: 2 mandatory findings, 1 advisory, 1 waived, 2 not evaluated
  apps/team  dev  NO VERDICT
  apps/wiki  -    NO VERDICT
  left out, no change since main: apps/zoo

NO VERDICT: 1 passed, 1 failed, 2 without a verdict
"""


def test_a_line_on_each_stack_stands_at_the_end() -> None:
    assert as_text(ALL).endswith(f"\n\n{SUMMARY}")


def test_each_report_stands_below_the_folder_of_its_project() -> None:
    text = as_text(several(FAILED))
    alone = io.StringIO()
    terminal.write(verdict(), alone, folder="apps/shop")
    assert text.startswith(f"== apps/shop\n\n{alone.getvalue()}\n")


def test_an_error_stands_where_the_report_would_be() -> None:
    assert (
        "== apps/team\n\nteam stack dev\n\nerror: the program raised ValueError: no zone\n"
        "hint: see __main__.py:4\n\nNO VERDICT\n\n"
        "== apps/wiki\n\nerror: Pulumi.yaml is not YAML\n\nNO VERDICT\n\n"
    ) in as_text(ALL)


def test_nothing_in_an_error_or_a_folder_steers_the_terminal() -> None:
    odd = replace(BROKEN, folder="a\x1b[2J", error="b\x1b[2J", hint="c\x1b[2J")
    left_out = LeftOut(folder="d\x1b[2J", reason="no change")
    gone = replace(GONE, project="e\x1b[2J")
    text = as_text(replace(several(odd, left_out=(left_out,)), gone=(gone,)))
    assert "\x1b" not in text
    assert [f"{each}\\x1b[2J" in text for each in "abcde"] == [True] * 5


@pytest.mark.parametrize(
    ("verdicts", "last", "common"),
    [
        pytest.param(several(PASSED), "PASS: 1 passed, 0 failed", "pass", id="all-pass"),
        pytest.param(several(PASSED, FAILED), "FAIL: 1 passed, 1 failed", "fail", id="one-fails"),
        pytest.param(
            several(FAILED, BROKEN),
            "NO VERDICT: 0 passed, 1 failed, 1 without a verdict",
            None,
            id="one-has-none",
        ),
        pytest.param(several(left_out=(UNCHANGED,)), "PASS: 0 passed, 0 failed", "pass", id="none"),
    ],
)
def test_the_last_line_and_the_json_say_the_worst(
    verdicts: Verdicts, last: str, common: str | None
) -> None:
    assert as_text(verdicts).splitlines()[-1] == last
    assert as_json(verdicts)["verdict"] == common


def schema(name: str) -> Any:  # noqa: ANN401 - a JSON document
    return json.loads(resources.files("pulumi_preflight.reports").joinpath(name).read_text())


SCHEMA = schema("verdicts.schema.json")


def test_the_json_document_fits_its_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    of_one = Resource.from_contents(schema("verdict.schema.json"))
    registry = Registry().with_resource("verdict.schema.json", of_one)
    with_gone = replace(ALL, gone=(GONE,))
    Draft202012Validator(SCHEMA, registry=registry).validate(as_json(with_gone))


def test_the_schema_describes_every_key_and_demands_it() -> None:
    document = as_json(replace(ALL, gone=(GONE,)))
    kinds = SCHEMA["$defs"]
    assert set(document) == set(SCHEMA["required"]) == set(SCHEMA["properties"])
    assert set(document["results"][0]) == set(kinds["result"]["required"])
    assert set(document["leftOut"][0]) == set(kinds["leftOut"]["required"])
    assert set(document["gone"][0]) == set(kinds["gone"]["required"])


def test_the_json_document_holds_for_each_stack_what_the_report_on_it_alone_holds() -> None:
    alone = io.StringIO()
    reports.write(verdict(), "json", alone)
    assert as_json(ALL)["results"][1] == {
        "folder": "apps/shop",
        "project": "shop",
        "stack": "dev",
        "error": None,
        "verdict": json.loads(alone.getvalue()),
    }


def test_the_json_document_tells_why_there_is_no_verdict() -> None:
    assert as_json(ALL)["results"][2]["error"] == {
        "message": "the program raised ValueError: no zone",
        "hint": "see __main__.py:4",
    }


def count(found: Verdict, stream: TextIO) -> None:
    stream.write(f"{len(found.findings)} findings\n")


def count_several(verdicts: Verdicts, stream: TextIO) -> None:
    for _, found in verdicts:
        count(found, stream)


@pytest.fixture
def joined(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The groups in which a package joins with the format `count`; the test fills it."""
    groups: set[str] = set()
    functions = {reports.GROUP: "count", reports.GROUP_OF_SEVERAL: "count_several"}

    def points(*, group: str, name: str = "count") -> Iterator[EntryPoint]:
        if group in groups and name == "count":
            yield EntryPoint(name, f"{__name__}:{functions[group]}", group)

    monkeypatch.setattr("pulumi_preflight.startup.entry_points", points)
    return groups


def test_a_package_may_add_a_format_for_several_verdicts(joined: set[str]) -> None:
    joined.update({reports.GROUP, reports.GROUP_OF_SEVERAL})
    assert as_text(ALL, "count") == "0 findings\n3 findings\n"


def test_a_format_of_another_package_for_one_verdict_is_refused_by_name(joined: set[str]) -> None:
    joined.add(reports.GROUP)
    with pytest.raises(ReportError, match="'count' takes one verdict") as raised:
        reports.writer_of_several("count")
    assert raised.value.hint == f"choose one of {', '.join(reports.OWN)}"


def test_a_format_that_nobody_has_is_refused_with_all_names() -> None:
    with pytest.raises(ReportError, match="there is no report format 'pdf'"):
        reports.writer_of_several("pdf")
