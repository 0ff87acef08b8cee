"""Every report of two real stacks, read by the programs that such reports are written for."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft4Validator
from sarif.loader import load_sarif_file

from ops.paths import PACK, ROOT, STACK, profile_of
from pulumi_preflight import PackChoice, Verdict, reports, run

BROKEN = ROOT / "examples/broken"
PROFILES = {STACK: profile_of("local"), BROKEN: BROKEN / "policies/profile.json"}

# One process runs both stacks once for all of these.
pytestmark = pytest.mark.xdist_group("reports-read")

Judge = Callable[[], Verdict]


def judge(project: Path) -> Verdict:
    pack = PackChoice(directory=PACK, config=PROFILES[project])
    return run(project, stack="local", packs=[pack])


@pytest.fixture(scope="module", params=[STACK, BROKEN], ids=["reference-stack", "broken"])
def project(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.param
    return folder


@pytest.fixture(scope="module")
def judged(project: Path) -> Verdict:
    return judge(project)


@pytest.fixture(scope="module")
def judged_again(project: Path) -> Verdict:
    return judge(project)


def written(verdict: Verdict, report_format: str) -> str:
    stream = io.StringIO()
    reports.write(verdict, report_format, stream)
    return stream.getvalue()


FOR_TOOLS = [each for each in reports.OWN if each not in ("terminal", "json")]


@pytest.mark.parametrize("report_format", FOR_TOOLS)
def test_two_runs_give_the_same_bytes(
    report_format: str, judged: Verdict, judged_again: Verdict
) -> None:
    assert written(judged, report_format) == written(judged_again, report_format)


@pytest.mark.parametrize("report_format", FOR_TOOLS)
def test_a_report_names_nothing_of_this_machine(report_format: str, judged: Verdict) -> None:
    assert str(ROOT) not in written(judged, report_format)


def test_the_sarif_log_fits_the_schema_of_oasis(judged: Verdict) -> None:
    schema = json.loads((Path(__file__).parent / "sarif/sarif-schema-2.1.0.json").read_text())
    Draft4Validator(schema).validate(json.loads(written(judged, "sarif")))


def test_sarif_tools_read_every_result(judged: Verdict, tmp_path: Path) -> None:
    file = tmp_path / "out.sarif"
    file.write_text(written(judged, "sarif"))
    records = load_sarif_file(str(file)).get_records()
    files = [(each["Location"], each["Line"]) for each in records if each["Severity"] == "error"]
    prefix = PREFIXES[judged.project]
    assert sorted(files) == sorted(
        (f"{prefix}/{each.file}", each.line)
        for each in judged.findings
        if each.level == "mandatory"
    )


PREFIXES = {"dagster-taskiq": "stack", "broken": "examples/broken"}
