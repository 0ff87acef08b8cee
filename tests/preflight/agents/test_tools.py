"""What agents get: verdict, findings at a file, cost, the explanation of a rule."""

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pulumi_preflight import reports, run
from pulumi_preflight.acceptance import NEVER_KNOWN, REPLACES_STATEFUL
from pulumi_preflight.costs import GROUP
from tests.preflight.agents.calling import Agent, text_of
from tests.preflight.builders import BAD, PACKS, PROGRAM, QUEUE, urn, write_pack, write_project
from tests.preflight.installing import installed

SECRET = "hunter2-hunter2"  # noqa: S105 - of no use elsewhere
DEMO_LINES = (PACKS / "demo" / "__main__.py").read_text()
# Resources without an estimate, of a package that nobody prices.
UNPRICED = """
import pulumi
pulumi.CustomResource("made:up:Thing", "thing", {})
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root with the project `shop`, and with the demo pack as `pack`."""
    write_project(tmp_path / "root" / "shop", BAD)
    write_pack(tmp_path / "root" / "pack", DEMO_LINES)
    return tmp_path / "root"


@pytest.fixture
def agent(root: Path) -> Agent:
    return Agent(root)


def contents(folder: Path) -> Mapping[str, bytes]:
    """All files, without what Python compiles."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


SHOP: dict[str, Any] = {"project": "shop", "stack": "dev", "packs": [{"path": "pack"}]}


def test_findings_are_those_of_the_json_report(agent: Agent, root: Path) -> None:
    written = io.StringIO()
    reports.write(run(root / "shop", stack="dev", packs=[root / "pack"]), "json", written)
    report = json.loads(written.getvalue())
    kinds = ["notEvaluated", "waived", "known"]
    answer = agent.call("verdict", **SHOP, also=kinds, limit=100)
    for key in ("version", "project", "stack", "verdict", "failOn", "findings", "notes", *kinds):
        assert answer[key] == report[key], key
    assert answer["findings"]
    assert answer["waived"]


def test_counts_tell_of_what_is_not_listed(agent: Agent) -> None:
    answer = agent.call("verdict", **SHOP)
    counts = answer["counts"]
    assert counts["resources"] == 2
    assert counts["mandatory"] + counts["advisory"] == len(answer["findings"])
    assert counts["waived"] == 1
    assert answer["waived"] == []
    assert answer["summary"].startswith(f"FAIL: {counts['mandatory']} mandatory finding")


def test_the_text_says_the_same_as_the_structure(agent: Agent) -> None:
    result = agent.result("verdict", **SHOP)
    assert json.loads(text_of(result)) == result.structured_content


def test_pages_are_of_one_run_and_hold_each_finding_once(agent: Agent, root: Path) -> None:
    counting = "open('../runs', 'a').write('ran\\n')\n"
    (root / "shop" / "__main__.py").write_text(BAD + counting)
    whole = agent.call("verdict", **SHOP)["findings"]
    (root / "runs").unlink()
    pages: list[dict[str, Any]] = []
    cursor = None
    while cursor is not None or not pages:
        pages.append(agent.call("verdict", **SHOP, limit=2, cursor=cursor))
        cursor = pages[-1]["next"]
    assert [each for page in pages for each in page["findings"]] == whole
    assert len(pages) == (len(whole) + 1) // 2
    assert (root / "runs").read_text() == "ran\n"


def test_notes_stand_on_the_first_page_alone(agent: Agent) -> None:
    first = agent.call("verdict", **SHOP, limit=1)
    second = agent.call("verdict", **SHOP, limit=1, cursor=first["next"])
    assert len(first["notes"]) == first["counts"]["notes"] > 0
    assert second["notes"] == []


@pytest.mark.parametrize(
    "cursor",
    [
        pytest.param("0011223344556677.2", id="of-no-run"),
        pytest.param("2", id="a-number"),
        pytest.param("{run}.x", id="without-a-place"),
        pytest.param("{run}.-1", id="before-the-first"),
    ],
)
def test_a_cursor_that_stands_for_no_run_is_told_so(agent: Agent, cursor: str) -> None:
    known = agent.call("verdict", **SHOP, limit=1)["next"].partition(".")[0]
    cursor = cursor.format(run=known)
    told = agent.refused("verdict", **SHOP, cursor=cursor)
    assert told.startswith(f"`cursor` is {cursor!r}, which stands for no run that is kept")


@pytest.mark.parametrize(
    ("tool", "other"),
    [
        pytest.param("verdict", {"config": {"shop:size": "2"}}, id="other-config"),
        pytest.param("verdict", {"also": ["waived"]}, id="other-kinds"),
        pytest.param("cost", {}, id="other-tool"),
    ],
)
def test_a_cursor_is_refused_with_other_arguments(
    agent: Agent, tool: str, other: Mapping[str, Any]
) -> None:
    cursor = agent.call("verdict", **SHOP, limit=1)["next"]
    told = agent.refused(tool, **{**SHOP, **other}, cursor=cursor)
    assert told.startswith(f"`cursor` is {cursor!r}, which an answer to other arguments gave")


def test_only_the_last_runs_are_kept(agent: Agent) -> None:
    asked = {**SHOP, "packs": []}
    (first, *_) = [agent.call("verdict", **SHOP, limit=1)["next"] for _ in range(1)]
    for _ in range(4):
        agent.call("verdict", **asked)
    assert "stands for no run" in agent.refused("verdict", **SHOP, limit=1, cursor=first)


def test_settings_and_packs_of_the_project_count(agent: Agent, root: Path) -> None:
    (root / "shop" / "preflight.yaml").write_text("stack: dev\npacks: [../pack]\n")
    program = f"{PROGRAM}\nQueue('jobs', redrivePolicy=pulumi.Config().require('policy'))\n"
    (root / "shop" / "__main__.py").write_text(program)
    answer = agent.call("verdict", project="shop", config={"shop:policy": "x"})
    assert "queue-is-fifo" in [each["rule"] for each in answer["findings"]]
    assert "Missing required configuration variable 'shop:policy'" in agent.refused(
        "verdict", project="shop"
    )


def test_what_the_baseline_knows_fails_nothing(agent: Agent, root: Path) -> None:
    found = agent.call("verdict", **SHOP)["findings"]
    entries = [{key: each[key] for key in ("pack", "id", "urn")} for each in found]
    baseline = {"version": 1, "project": "shop", "stack": "dev", "findings": entries}
    (root / "baseline.yaml").write_text(json.dumps(baseline))
    answer = agent.call("verdict", **SHOP, baseline="baseline.yaml", also=["known"])
    assert answer["verdict"] == "pass"
    assert len(answer["known"]) == len(found)


def test_nothing_is_written(agent: Agent, root: Path) -> None:
    (root / "baseline.yaml").write_text(
        '{"version": 1, "project": "shop", "stack": "dev", "findings": []}'
    )
    before = contents(root)
    agent.call("verdict", **SHOP, baseline="baseline.yaml")
    agent.call("findings_at", **SHOP, file="__main__.py")
    agent.result("cost", **SHOP)
    agent.call("explain_rule", rule="queue-is-fifo", packs=[{"path": "pack"}])
    assert contents(root) == before


def test_a_secret_is_shown_nowhere(agent: Agent, root: Path) -> None:
    telling = (
        f"{PROGRAM}\nsecret = pulumi.Config().require_secret('password')\n"
        "Queue('jobs', redrivePolicy='', tags={'a': secret})\n"
    )
    (root / "shop" / "__main__.py").write_text(telling)
    (root / "shop" / "Pulumi.yaml").write_text(
        "name: shop\nruntime: python\nconfig: {password: {type: string, secret: true}}\n"
    )
    pack = DEMO_LINES.replace('report("no tags", None)', "").replace(
        'if args.resource_type == QUEUE and "tags" not in args.props:',
        "if 'tags' in args.props:\n        report(f'it is {args.props[\"tags\"][\"a\"]}', None)",
    )
    write_pack(root / "pack", pack)
    asked = {**SHOP, "config": {"shop:password": SECRET}}
    result = agent.result("verdict", **asked)
    assert not result.is_error
    assert "it is [secret]" in text_of(result)
    assert SECRET not in text_of(result)


def test_a_secret_is_not_shown_by_an_error(agent: Agent, root: Path) -> None:
    (root / "shop" / "__main__.py").write_text(
        "import pulumi\nraise ValueError(f\"no {pulumi.Config().require('password')}\")\n"
    )
    (root / "shop" / "Pulumi.yaml").write_text(
        "name: shop\nruntime: python\nconfig: {password: {type: string, secret: true}}\n"
    )
    told = agent.refused("verdict", **{**SHOP, "config": {"shop:password": SECRET}})
    assert "the program raised ValueError: no [secret]" in told
    assert SECRET not in told


def test_control_characters_are_written_as_their_numbers(agent: Agent, root: Path) -> None:
    program = f"{PROGRAM}\nQueue('jobs\\x1b[2J\\u202e', redrivePolicy='')\n"
    (root / "shop" / "__main__.py").write_text(program)
    answer = json.dumps(agent.call("verdict", **SHOP), ensure_ascii=False)
    assert "\\\\x1b[2J\\\\u202e" in answer
    assert "\u202e" not in answer


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        pytest.param({"__main__.py": "def\n"}, "SyntaxError", id="program-does-not-parse"),
        pytest.param({"Pulumi.yaml": "runtime: [\n"}, "Pulumi.yaml", id="project-file"),
        pytest.param({"../pack/__main__.py": "raise OSError\n"}, "policy pack", id="pack"),
    ],
)
def test_an_error_says_why_there_is_no_verdict(
    agent: Agent, root: Path, broken: Mapping[str, str], told: str
) -> None:
    for name, text in broken.items():
        (root / "shop" / name).write_text(text)
    refused = agent.refused("verdict", **SHOP)
    assert told in refused
    assert "Traceback" not in refused


def test_findings_at_a_file_are_all_kinds_that_stand_there(agent: Agent) -> None:
    whole = agent.call("verdict", **SHOP, also=["notEvaluated", "waived"])
    answer = agent.call("findings_at", **SHOP, file="__main__.py")
    assert answer["file"] == "__main__.py"
    for kind in ("findings", "notEvaluated", "waived"):
        placed = [each for each in whole[kind] if each["file"] == "__main__.py"]
        assert answer[kind] == placed, kind


def test_findings_at_lines_are_those_of_the_lines(agent: Agent, root: Path) -> None:
    lines = BAD.splitlines()
    web = lines.index('Service("web", desiredCount=50)') + 1
    file = str(root / "shop" / "__main__.py")

    def rules(**given: int) -> set[str]:
        answer = agent.call("findings_at", **SHOP, file=file, **given)
        return {each["rule"] for each in answer["findings"]}

    assert "service-is-small" in rules(firstLine=web, lastLine=web)
    assert "queue-is-fifo" not in rules(firstLine=web, lastLine=web)
    assert "queue-is-fifo" not in rules(firstLine=web)
    assert "queue-is-fifo" in rules(lastLine=web - 1)
    assert "service-is-small" not in rules(lastLine=web - 1)


def test_findings_at_a_file_of_a_folder_below_are_found(agent: Agent, root: Path) -> None:
    (root / "shop" / "parts").mkdir()
    (root / "shop" / "parts" / "queues.py").write_text(
        f"{PROGRAM}\nQueue('jobs', redrivePolicy='')\n"
    )
    (root / "shop" / "__main__.py").write_text("import parts.queues\n")
    answer = agent.call("findings_at", **SHOP, file="parts/queues.py")
    assert "queue-is-fifo" in [each["rule"] for each in answer["findings"]]
    assert agent.call("findings_at", **SHOP, file="__main__.py")["findings"] == []


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        pytest.param({"file": "gone.py"}, "there is no file ", id="no-file"),
        pytest.param({"file": "."}, "there is no file ", id="a-folder"),
        pytest.param(
            {"file": "__main__.py", "firstLine": 9, "lastLine": 8},
            "`lastLine` is 8, and `firstLine` is 9, which is after it",
            id="lines-turned-round",
        ),
    ],
)
def test_a_place_that_does_not_exist_is_told_so(
    agent: Agent, asked: Mapping[str, Any], told: str
) -> None:
    assert told in agent.refused("findings_at", **SHOP, **asked)


@pytest.fixture
def prices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package that knows the prices of queues; beside it no other is installed."""
    monkeypatch.setattr("pulumi_preflight.costs.names_in", lambda *_: ("ours",))
    with installed(
        tmp_path, monkeypatch, module="our_prices", group=GROUP, point="ours = our_prices:estimate"
    ) as module:
        lines = [
            {"urn": urn(QUEUE, "a"), "item": "requests", "base": 1.004, "worst": 2},
            {"urn": urn(QUEUE, "a"), "item": "storage", "base": 0},
            {"urn": urn(QUEUE, "b"), "item": "requests", "base": 1, "worst": 30},
            {"urn": urn(QUEUE, "c"), "item": "requests", "base": 2, "worst": 2},
        ]
        unpriced = [{"urn": urn(QUEUE, "c"), "reason": "has no price for keys"}]
        told = {"currency": "EUR", "basis": "of 2026", "lines": lines, "unpriced": unpriced}
        module.write_text(f"def estimate(export):\n    return {told!r}\n")
        yield


@pytest.mark.usefixtures("prices")
def test_the_cost_is_told_in_total_and_by_resource_the_dearest_first(agent: Agent) -> None:
    answer = agent.call("cost", **SHOP)
    assert answer["totals"] == {"EUR": {"base": 4.0, "worst": 34.0}}
    assert answer["basis"] == ["of 2026"]
    told = [(each["urn"].rpartition("::")[2], each["worst"]) for each in answer["resources"]]
    assert told == [("b", 30.0), ("a", 2.0), ("c", 2.0)]
    assert answer["resources"][1] == {
        "urn": urn(QUEUE, "a"),
        "currency": "EUR",
        "base": 1.0,
        "worst": 2.0,
        "lines": [
            {"item": "requests", "base": 1.0, "worst": 2.0},
            {"item": "storage", "base": 0.0, "worst": 0.0},
        ],
    }
    assert answer["unpriced"] == [{"urn": urn(QUEUE, "c"), "reason": "has no price for keys"}]


@pytest.mark.usefixtures("prices")
def test_the_cost_has_pages(agent: Agent) -> None:
    first = agent.call("cost", **SHOP, limit=2)
    second = agent.call("cost", **SHOP, limit=2, cursor=first["next"])
    assert [each["urn"].rpartition("::")[2] for each in second["resources"]] == ["c"]
    assert second["totals"] == first["totals"]
    assert (second["unpriced"], second["next"]) == ([], None)


@pytest.mark.usefixtures("prices")
def test_the_verdict_has_the_total(agent: Agent) -> None:
    assert agent.call("verdict", **SHOP)["cost"] == {
        "totals": {"EUR": {"base": 4.0, "worst": 34.0}},
        "unpriced": 1,
        "basis": ["of 2026"],
    }


def test_a_stack_that_nobody_prices_is_told_so(agent: Agent, root: Path) -> None:
    (root / "shop" / "__main__.py").write_text(UNPRICED)
    told = agent.refused("cost", project="shop", stack="dev", packs=[])
    assert told.startswith("no installed package prices anything of shop stack dev\nhint: ")
    assert agent.call("verdict", project="shop", stack="dev", packs=[])["cost"] is None


def test_a_rule_is_explained_in_its_packs_words(agent: Agent) -> None:
    answer = agent.call("explain_rule", rule="queue-is-tagged", packs=[{"path": "pack"}])
    assert answer == {
        "rules": [
            {
                "rule": "queue-is-tagged",
                "pack": "demo",
                "level": "advisory",
                "displayName": "",
                "description": "Queues carry tags.",
                "severity": "low",
                "remedy": "Add tags.",
                "url": "https://example.com/tags",
                "tags": [],
                "framework": None,
            }
        ]
    }


def test_the_level_is_that_of_the_packs_config(agent: Agent, root: Path) -> None:
    (root / "config.json").write_text(
        '{"queue-is-tagged": "mandatory", "queue-is-fifo": "disabled"}'
    )
    packs = [{"path": "pack", "config": "config.json"}]

    def level(rule: str) -> object:
        [told] = agent.call("explain_rule", rule=rule, packs=packs)["rules"]
        return told["level"]

    assert level("queue-is-tagged") == "mandatory"
    assert level("queue-is-fifo") is None


def test_a_rule_is_looked_for_in_the_projects_packs_and_the_program_does_not_run(
    agent: Agent, root: Path
) -> None:
    (root / "shop" / "preflight.yaml").write_text("stack: dev\npacks: [../pack]\n")
    (root / "shop" / "__main__.py").write_text("raise SystemExit(3)\n")
    [told] = agent.call("explain_rule", rule="queue-is-fifo[x]", project="shop")["rules"]
    assert (told["pack"], told["level"]) == ("demo", "mandatory")


def test_a_rule_that_no_pack_has_is_told_with_those_that_look_like_it(agent: Agent) -> None:
    told = agent.refused("explain_rule", rule="queue-is-fif", packs=[{"path": "pack"}])
    assert told.startswith("none of the ")
    assert "rules is called 'queue-is-fif'\nhint: did you mean queue-is-fifo" in told


def test_a_project_without_packs_explains_no_rule(agent: Agent) -> None:
    told = agent.refused("explain_rule", rule="queue-is-fifo", project="shop", stack="dev")
    assert told.startswith("the project shop names no policy pack\nhint: give `packs`")


@pytest.mark.parametrize("rule", [*NEVER_KNOWN, REPLACES_STATEFUL])
def test_rules_of_preflights_own_are_explained_without_a_pack(agent: Agent, rule: str) -> None:
    [told] = agent.call("explain_rule", rule=rule, project="nowhere")["rules"]
    assert (told["rule"], told["pack"]) == (rule, "preflight")
    assert told["description"]
    assert told["remedy"]
