"""`preflight --recursive`: real projects, one report, the worst exit code."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pulumi_preflight import api
from pulumi_preflight.cli import FAILED, INTERRUPTED, NO_VERDICT, PASSED, TERMINATED, main
from pulumi_preflight.recursive import cores
from tests.preflight.builders import BAD, ENDLESS, GOOD, PACKS
from tests.preflight.work_trees import commit, git, project, work_tree, write
from tests.processes import started_with
from tests.waiting import LONG, wait_until

COMMAND = Path(sys.executable).with_name("preflight")
DEMO = ("--policy-pack", str(PACKS / "demo"))
RAISES = "raise ValueError('no zone')\n"


def files_of(folder: str, program: str = "", stacks: tuple[str, ...] = ("dev",)) -> dict[str, str]:
    return {
        f"{folder}/Pulumi.yaml": project(folder.rpartition("/")[2], "python"),
        f"{folder}/__main__.py": program,
        **{f"{folder}/Pulumi.{stack}.yaml": "config: {}\n" for stack in stacks},
    }


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory of the tests."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    """Gives exit code and JSON document."""
    status = main(["--recursive", "--format", "json", *arguments])
    return status, json.loads(capsys.readouterr().out)


def judged(document: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (
            each["folder"],
            each["stack"],
            each["verdict"]["verdict"] if each["verdict"] else each["error"]["message"],
        )
        for each in document["results"]
    ]


def test_every_project_below_is_judged_with_each_of_its_stacks(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tree, files_of("b/shop", GOOD, stacks=("prod", "dev")) | files_of("a", GOOD))
    status, document = as_json(capsys, *DEMO)
    assert judged(document) == [
        ("a", "dev", "pass"),
        ("b/shop", "dev", "pass"),
        ("b/shop", "prod", "pass"),
    ]
    assert (status, document["verdict"], document["leftOut"]) == (PASSED, "pass", [])


def test_a_project_that_fails_stops_no_other_and_the_worst_counts(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tree, files_of("a", RAISES) | files_of("b", BAD) | files_of("c", GOOD))
    write(tree, {"d/Pulumi.yaml": "name: [\n"})
    status, document = as_json(capsys, *DEMO)
    assert status == NO_VERDICT
    assert [each[2].split(":")[0] for each in judged(document)] == [
        "the program raised ValueError",
        "fail",
        "pass",
        f"{tree}/d/Pulumi.yaml",
    ]


def test_a_mandatory_finding_of_one_fails_all(tree: Path) -> None:
    write(tree, files_of("b", BAD) | files_of("c", GOOD))
    assert main(["--recursive", *DEMO]) == FAILED


def test_the_report_has_one_line_on_each_at_its_end(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tree, files_of("infra/a", RAISES) | files_of("infra/b", GOOD))
    assert main(["--recursive", "infra", *DEMO]) == NO_VERDICT
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.startswith("== infra/a\n\na stack dev\n\nerror: the program raised Value")
    assert captured.out.splitlines()[-4:] == [
        "  infra/a  dev  NO VERDICT",
        "  infra/b  dev  PASS: 0 mandatory findings, 4 advisory, 1 waived, 0 not evaluated",
        "",
        "NO VERDICT: 1 passed, 0 failed, 1 without a verdict",
    ]


def test_files_of_findings_stand_as_the_reader_would_type_them(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tree, files_of("infra/b", BAD))
    assert main(["--recursive", *DEMO]) == FAILED
    assert "    infra/b/__main__.py:15  jobs\n" in capsys.readouterr().out


@pytest.mark.parametrize("order", ["first-is-slow", "last-is-slow"])
def test_whatever_ends_first_the_report_is_the_same(
    tree: Path, capsys: pytest.CaptureFixture[str], order: str
) -> None:
    waits = "import time; time.sleep(1)\nprint('slow')\n"
    slow, quick = ("a", "b") if order == "first-is-slow" else ("b", "a")
    write(tree, files_of(slow, waits) | files_of(quick, "print('quick')\n"))
    assert main(["--recursive", "--jobs", "2"]) == PASSED
    captured = capsys.readouterr()
    said = {slow: "slow", quick: "quick"}
    assert captured.err == f"== a stack dev\n{said['a']}\n== b stack dev\n{said['b']}\n"
    assert [line for line in captured.out.splitlines() if line.startswith("==")] == [
        "== a",
        "== b",
    ]


def test_so_many_stacks_are_judged_at_a_time(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    waits = f"""
import pathlib, time
here = pathlib.Path({str(tree)!r})
mine = here / f"runs-{{pathlib.Path.cwd().name}}"
mine.touch()
print(len([*here.glob("runs-*")]))
time.sleep(1)
mine.unlink()
"""
    for name in "abc":
        write(tree, files_of(name, waits))
    assert main(["--recursive", "--jobs", "1"]) == PASSED
    assert capsys.readouterr().err.splitlines()[1::2] == ["1", "1", "1"]


def test_the_stack_that_is_asked_for_is_judged_where_there_is_one(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tree, files_of("a", stacks=("dev", "prod")) | files_of("b") | files_of("c", stacks=()))
    status, document = as_json(capsys, "--stack", "prod")
    assert judged(document) == [("a", "prod", "pass"), ("c", "prod", "pass")]
    assert document["leftOut"] == [{"folder": "b", "reason": "no stack prod"}]
    assert status == PASSED


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        pytest.param({}, "no --stack is given, and c has no file of a stack", id="nobody-says-it"),
        pytest.param({"c/preflight.yaml": "stack: live\n"}, "pass", id="preflight-yaml-says-it"),
    ],
)
def test_a_project_without_a_stack_file_is_judged_as_alone(
    tree: Path, capsys: pytest.CaptureFixture[str], settings: dict[str, str], said: str
) -> None:
    write(tree, files_of("c", stacks=()) | settings)
    _, document = as_json(capsys)
    [(_, _, told)] = judged(document)
    assert told.replace(f"{tree}/", "") == said


def test_no_message_of_one_project_shows_a_secret_of_another(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = "import pulumi\npulumi.export('x', pulumi.Output.secret('hunter2hunter2'))\n"
    write(tree, files_of("a", told))
    write(tree, files_of("b", "print('hunter2hunter2')\n"))
    write(tree, files_of("c", "raise ValueError('hunter2hunter2')\n"))
    assert main(["--recursive"]) == NO_VERDICT
    captured = capsys.readouterr()
    assert "hunter2" not in captured.out + captured.err
    assert captured.err == "== b stack dev\n[secret]\n"
    assert "ValueError: [secret]" in captured.out


def test_a_bug_in_one_run_is_told_and_stops_no_other(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(folder: str, *rest: Any) -> Any:  # noqa: ANN401 - as the real one
        if folder == "a":
            raise LookupError("of all things")
        return api.judged(folder, *rest)

    monkeypatch.setattr("pulumi_preflight.recursive.judged", fails)
    write(tree, files_of("a") | files_of("b"))
    status, document = as_json(capsys)
    told = "preflight itself failed, so there is no verdict: LookupError: of all things"
    assert judged(document) == [("a", "dev", told), ("b", "dev", "pass")]
    assert status == NO_VERDICT


def test_reports_go_to_files_whole(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tree, files_of("a", GOOD))
    assert main(["--recursive", *DEMO, "--format", "json=v.json"]) == PASSED
    assert json.loads((tree / "v.json").read_text())["results"][0]["folder"] == "a"
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == (
        "",
        "PASS: 1 passed, 0 failed; the report is in v.json\n",
    )


def no_verdict(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert main(["--recursive", *arguments]) == NO_VERDICT
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err.splitlines()


def test_a_folder_without_projects_is_an_error(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "empty").mkdir()
    first, _ = no_verdict(capsys, "empty")
    assert first == "error: there is no Pulumi.yaml in empty or below it"


def test_a_folder_that_is_not_there_is_an_error(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, _ = no_verdict(capsys, str(tree / "none"))
    assert first == f"error: {tree}/none is not a folder"


def test_a_stack_that_no_project_has_is_an_error(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tree, files_of("a", stacks=("dev", "prod")) | files_of("b", stacks=("live",)))
    assert no_verdict(capsys, "--stack", "prdo") == [
        "error: no project has a stack 'prdo'",
        "hint: there are dev, live, prod",
    ]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param(
            ("--recursive", "--save-state", "x"),
            "--save-state is about one stack, and --recursive judges several",
            id="state-of-several",
        ),
        pytest.param(
            ("--recursive", "--state", "x"),
            "--state is about one stack, and --recursive judges several",
            id="what-is-deployed",
        ),
        pytest.param(("--jobs", "2"), "--jobs is about --recursive, which is not given", id="jobs"),
        pytest.param(
            ("--changed-since", "main"),
            "--changed-since is about --recursive, which is not given",
            id="changed-since",
        ),
        *(
            pytest.param(
                ("--recursive", "--jobs", number),
                f"argument --jobs: {number!r} is not a number from 1 to 256",
                id=f"jobs-{number}",
            )
            for number in ("0", "-1", "257", "two", "1.5", "²")
        ),
        pytest.param(
            ("--recursive", "--changed-since", ""),
            "argument --changed-since: '' is not a branch, a tag or a commit",
            id="reference-empty",
        ),
    ],
)
def test_wrong_usage_is_one_line_and_a_hint(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], complaint: str
) -> None:
    assert main([*arguments]) == NO_VERDICT
    assert (
        capsys.readouterr().err == f"error: {complaint}\nhint: preflight --help lists the options\n"
    )


def test_only_what_a_change_concerns_is_judged(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = files_of("apps/a") | files_of("apps/b") | files_of("apps/c")
    work_tree(tree, files | {"apps/c/requirements.txt": "-e ../../libs/net\n"})
    git(tree, "switch", "--quiet", "--create", "work")
    commit(tree, {"libs/net/a.py": ""})
    write(tree, {"apps/b/new.py": "", "README.md": ""})
    status, document = as_json(capsys, "--changed-since", "main")
    assert [each[0] for each in judged(document)] == ["apps/b", "apps/c"]
    assert document["leftOut"] == [{"folder": "apps/a", "reason": "no change since main"}]
    assert status == PASSED


def test_without_a_change_nothing_is_judged_and_the_report_says_so(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work_tree(tree, files_of("a", RAISES) | files_of("b", RAISES))
    assert main(["--recursive", "--changed-since", "main"]) == PASSED
    assert capsys.readouterr().out.splitlines()[1:] == [
        "  left out, no change since main: a, b",
        "",
        "PASS: 0 passed, 0 failed",
    ]


def test_a_reference_that_there_is_not_is_an_error(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work_tree(tree, files_of("a"))
    first, second = no_verdict(capsys, "--changed-since", "origin/main")
    assert first.startswith("error: --changed-since is 'origin/main', and the repository ")
    assert second.startswith("hint: ")


@pytest.mark.parametrize(
    ("number", "code", "word"),
    [
        pytest.param(signal.SIGINT, INTERRUPTED, "interrupted", id="ctrl-c"),
        pytest.param(signal.SIGTERM, TERMINATED, "terminated", id="sigterm"),
    ],
)
def test_a_signal_ends_all_runs_and_leaves_nothing(
    tree: Path, number: signal.Signals, code: int, word: str
) -> None:
    for name in "abc":
        write(tree, files_of(name, ENDLESS))
    command = [str(COMMAND), "--recursive", str(tree), "--jobs", "2", *DEMO]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        wait_until(lambda: all((tree / name / "started").exists() for name in "ab"))
        begun = time.monotonic()
        process.send_signal(number)
        out, error = process.communicate(timeout=LONG)
    assert process.returncode == code
    assert (out, error.decode()) == (b"", f"error: {word}; there is no verdict\n")
    assert time.monotonic() - begun < 60
    assert not (tree / "c" / "started").exists()
    assert started_with(tree) == []


def test_many_at_once_give_each_its_own_verdict(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(6):
        program = f"import pulumi\npulumi.export('number', {number})\n"
        write(tree, files_of(f"p{number}", program))
    status, document = as_json(capsys, "--jobs", "6")
    found = [each["verdict"]["outputs"]["number"] for each in document["results"]]
    assert (status, found) == (PASSED, [0, 1, 2, 3, 4, 5])


def test_the_default_is_as_many_as_this_process_has_cores() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)
