"""action.yml: whole, safe, and of the same words as the steps."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops.paths import ROOT
from preflight_action.steps import STEPS

FILE = ROOT / "action.yml"
SCRIPTS = Path(sys.executable).parent


@pytest.fixture(scope="module")
def action() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return content


def steps(action: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = action["runs"]["steps"]
    return found


def test_the_steps_are_scripts_and_the_file_has_no_logic(action: dict[str, Any]) -> None:
    run = [f'python3 -I "$GITHUB_ACTION_PATH/action" {name}' for name in STEPS]
    assert [step["run"] for step in steps(action)] == run
    assert all("if" not in step for step in steps(action))


def test_every_input_reaches_a_step_as_a_variable(action: dict[str, Any]) -> None:
    reached: dict[str, str] = {}
    for step in steps(action):
        reached |= step["env"]
    assert reached == {
        f"INPUT_{name.upper().replace('-', '_')}": f"${{{{ inputs.{name} }}}}"
        for name in action["inputs"]
    }


def test_each_step_reads_the_inputs_that_it_is_given(action: dict[str, Any]) -> None:
    for name, step in zip(STEPS, steps(action), strict=True):
        source = (ROOT / "action" / "preflight_action" / f"{name}.py").read_text()
        for variable in step["env"]:
            word = variable.removeprefix("INPUT_").lower().replace("_", "-")
            assert re.search(rf"""["']{word}["']""", source), f"{name} does not read {word}"


def test_the_step_that_runs_the_program_has_no_token(action: dict[str, Any]) -> None:
    (judging,) = [step for step in steps(action) if step.get("id") == "judge"]
    assert not [value for value in judging["env"].values() if "token" in value]


def test_every_input_and_output_is_described(action: dict[str, Any]) -> None:
    described = [*action["inputs"].values(), *action["outputs"].values()]
    assert all(each["description"] for each in described)
    assert all("required" not in each for each in action["inputs"].values())


def test_the_action_fits_githubs_schema() -> None:
    schema = ("--builtin-schema", "vendor.github-actions")
    command = [str(SCRIPTS / "check-jsonschema"), *schema, str(FILE)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("file", ["action.yml", "ci/github.yml"])
def test_zizmor_finds_no_risk(file: str) -> None:
    options = ("--offline", "--no-progress", "--format=json")
    command = [str(SCRIPTS / "zizmor"), *options, str(ROOT / file)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert json.loads(ended.stdout) == []


@pytest.mark.parametrize("page", ["ci/github.yml", "docs/adopt.md", "README.md", "action.yml"])
def test_pull_request_target_is_never_shown(page: str) -> None:
    assert "pull_request_target" not in (ROOT / page).read_text()


def test_actions_that_a_user_copies_are_pinned_by_commit_as_ours_are() -> None:
    pinned = re.compile(r"uses: (\S+@[0-9a-f]{40} # v\S+)")
    own = pinned.findall((ROOT / ".github" / "workflows" / "ci.yml").read_text())
    shown = (ROOT / "ci" / "github.yml").read_text()
    foreign = [line for line in shown.splitlines() if "uses: actions/" in line]
    assert foreign
    for line in foreign:
        assert pinned.search(line)
        assert pinned.findall(line)[0] in own
