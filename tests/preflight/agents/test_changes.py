"""What agents learn of what a program changes, beside a state or an earlier run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pulumi_preflight import reports, run
from tests.preflight.agents.calling import Agent
from tests.preflight.builders import PROGRAM, QUEUE, urn, write_project
from tests.preflight.states.samples import entry, export

SHOP: dict[str, Any] = {"project": "shop", "stack": "dev", "packs": []}


def queues(*names: str) -> str:
    return PROGRAM + "".join(f"Queue({name!r}, delaySeconds=1)\n" for name in names)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root with the project `shop`, what an earlier run of it saved, and a state."""
    root = tmp_path / "root"
    write_project(root / "shop", queues("jobs", "old"))
    with (root / "base.json").open("w") as file:
        reports.write(run(root / "shop", stack="dev", packs=[]), "base", file)
    (root / "state.json").write_text(export(entry("jobs"), entry("old")))
    (root / "shop" / "__main__.py").write_text(queues("jobs", "new", "news"))
    return root


@pytest.fixture
def agent(root: Path) -> Agent:
    return Agent(root)


def operations(answer: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {
        (each["operation"], each["urn"].rpartition("::")[2])
        for each in answer["resources"]
        if each["urn"].startswith(urn(QUEUE, ""))
    }


CREATED = {("create", "new"), ("create", "news")}


def test_changes_beside_an_earlier_run_are_told(agent: Agent, root: Path) -> None:
    answer = agent.call("changes", **SHOP, baseVerdict="base.json")
    assert operations(answer) == CREATED | {("delete", "old")}
    assert (answer["base"], answer["kind"]) == (str(root / "base.json"), "verdict")
    assert answer["summary"]


def test_changes_beside_a_state_are_told(agent: Agent) -> None:
    answer = agent.call("changes", **SHOP, baseState="state.json")
    assert operations(answer) >= CREATED | {("delete", "old")}
    assert answer["kind"] == "state"


def test_changes_have_pages_of_one_run(agent: Agent) -> None:
    whole = agent.call("changes", **SHOP, baseVerdict="base.json")["resources"]
    pages: list[dict[str, Any]] = []
    cursor = None
    while cursor is not None or not pages:
        asked = {**SHOP, "baseVerdict": "base.json", "limit": 2, "cursor": cursor}
        pages.append(agent.call("changes", **asked))
        cursor = pages[-1]["next"]
    assert [each for page in pages for each in page["resources"]] == whole
    assert len(pages) > 1


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        pytest.param({}, "give one of `baseState` and `baseVerdict`", id="none"),
        pytest.param(
            {"baseState": "state.json", "baseVerdict": "base.json"},
            "give one of `baseState` and `baseVerdict`",
            id="both",
        ),
        pytest.param(
            {"baseState": "s3://states"},
            "`baseState` is 's3://states', a URL; wanted a file or a folder inside of the roots\n",
            id="bucket",
        ),
        pytest.param(
            {"baseState": "file:///etc/passwd"},
            "`baseState` is 'file:///etc/passwd', a URL; wanted",
            id="file-url",
        ),
        pytest.param({"baseState": "../state.json"}, "outside of the roots", id="state-outside"),
        pytest.param({"baseVerdict": "../base.json"}, "outside of the roots", id="run-outside"),
        pytest.param({"baseVerdict": "gone.json"}, "gone.json", id="no-such-file"),
        pytest.param({"baseState": "gone.json"}, "gone.json", id="no-such-state"),
    ],
)
def test_a_base_that_cannot_be_taken_is_told_so(
    agent: Agent, asked: Mapping[str, Any], told: str
) -> None:
    refused = agent.refused("changes", **SHOP, **asked)
    assert told in refused
    assert "Traceback" not in refused
