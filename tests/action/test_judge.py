"""The command as the action runs it, on a real project: its arguments, its environment, its log."""

import json
import sys
from pathlib import Path

import pytest

from preflight_action.judge import arguments, kept
from preflight_action.steps import main
from tests.action.conftest import BASE, Runner
from tests.preflight.builders import BAD, GOOD, PACKS, write_project

SCRIPTS = Path(sys.executable).parent


@pytest.fixture
def installed(runner: Runner) -> Runner:
    """A runner where the first step has installed the command: that of these tests."""
    environment = runner.folder / "preflight-action" / "venv"
    environment.mkdir(parents=True)
    (environment / "bin").symlink_to(SCRIPTS)
    return runner


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        pytest.param({}, ["."], id="nothing"),
        pytest.param(
            {"project": "stack", "stack": "dev", "baseline": "known.yaml", "fail_on": "advisory"},
            ["stack", "--stack=dev", "--baseline=known.yaml", "--fail-on=advisory"],
            id="single-values",
        ),
        pytest.param(
            {"policy_pack": "a\n  b c\n", "policy_pack_config": "a.json\nb.json"},
            [
                ".",
                "--policy-pack=a",
                "--policy-pack=b c",
                "--policy-pack-config=a.json",
                "--policy-pack-config=b.json",
            ],
            id="one-a-line",
        ),
        pytest.param(
            {"stack": "$(touch x); --stack=y", "arguments": "--config\na=b c"},
            [".", "--stack=$(touch x); --stack=y", "--config", "a=b c"],
            id="no-shell-reads-them",
        ),
        pytest.param({"recursive": "true"}, [".", "--recursive"], id="all-projects"),
    ],
)
def test_inputs_become_arguments(inputs: dict[str, str], words: list[str], runner: Runner) -> None:
    runner.given(**inputs)
    assert arguments() == words


def test_a_pull_request_is_compared_with_its_base(runner: Runner) -> None:
    runner.runs_for_pull_request()
    runner.given(recursive="true")
    assert arguments() == [".", "--recursive", f"--changed-since={BASE}"]


def test_the_shipped_pack_is_named_by_its_name(installed: Runner) -> None:
    installed.given(policy_pack="aws-policy-pack")
    (_, pack) = arguments()
    assert (Path(pack.removeprefix("--policy-pack=")) / "PulumiPolicy.yaml").is_file()


def test_a_project_that_looks_like_an_option_is_one_error(
    runner: Runner, capsys: pytest.CaptureFixture[str]
) -> None:
    runner.given(project="--version")
    assert main("judge") == 2
    assert "the input project is '--version'; wanted a folder" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("program", "code", "verdict"),
    [pytest.param(GOOD, 0, "pass", id="pass"), pytest.param(BAD, 1, "fail", id="fail")],
)
def test_a_verdict_leaves_its_reports(
    program: str, code: int, verdict: str, installed: Runner, capfd: pytest.CaptureFixture[str]
) -> None:
    project = write_project(installed.folder / "shop", program)
    installed.given(project=project, stack="dev", policy_pack=str(PACKS / "demo"))
    assert main("judge") == 0
    result = kept()
    assert (result.code, result.error) == (code, "")
    assert verdict.upper() in Path(result.markdown).read_text()
    assert json.loads(Path(result.sarif).read_text())["version"] == "2.1.0"
    assert installed.output.read_text().splitlines() == [
        f"verdict={verdict}",
        f"sarif-file={result.sarif}",
    ]
    assert "shop stack dev: " in capfd.readouterr().out


def test_no_verdict_leaves_the_error_and_no_older_report(
    installed: Runner, capfd: pytest.CaptureFixture[str]
) -> None:
    installed.given(project=str(installed.folder / "nowhere"))
    (installed.folder / "preflight-action" / "preflight.md").write_text("of an older run")
    assert main("judge") == 0
    result = kept()
    assert (result.code, result.markdown, result.sarif) == (2, "", "")
    assert result.error.startswith("error: ")
    assert not (installed.folder / "preflight-action" / "preflight.md").exists()
    assert installed.output.read_text() == "verdict=none\nsarif-file=\n"
    assert result.error.splitlines()[0] in capfd.readouterr().out


SPYING = f"""{GOOD}
import os
for name in sorted(os.environ):
    if name.startswith(("ACTIONS_", "GITHUB_", "INPUT_")):
        print("sees", name)
print("::add-path::evil")
"""


def test_the_program_cannot_speak_to_the_runner(
    installed: Runner, capfd: pytest.CaptureFixture[str]
) -> None:
    project = write_project(installed.folder / "shop", SPYING)
    installed.given(project=project, stack="dev", policy_pack=str(PACKS / "demo"))
    installed.set(ACTIONS_RUNTIME_URL="asks", GITHUB_ENV="env", GITHUB_PATH="path")
    assert main("judge") == 0
    lines = capfd.readouterr().out.splitlines()
    seen = {line.rpartition(" ")[2] for line in lines if "sees" in line}
    assert "GITHUB_SHA" in seen
    assert [name for name in seen if name.startswith(("ACTIONS_", "INPUT_"))] == []
    assert seen.isdisjoint(
        {"GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY", "GITHUB_STATE"}
    )
    (stop,) = [line for line in lines if line.startswith("::stop-commands::")]
    resume = f"::{stop.removeprefix('::stop-commands::')}::"
    (spoken,) = [index for index, line in enumerate(lines) if "::add-path::" in line]
    assert lines.index(stop) < spoken < lines.index(resume)
