"""The projects of a commit's files, and the command that judges them."""

from pathlib import Path

import pytest

from pulumi_preflight.cli import FAILED, NO_VERDICT, PASSED, main
from pulumi_preflight.hook import projects_of
from tests.preflight.builders import BAD, GOOD, PACKS, write_project

OPTIONS = ("--stack", "dev", "--policy-pack", str(PACKS / "demo"))


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of three projects, one below another, and files of none; this folder."""
    for name, project in {
        "shop": "Pulumi.yaml",
        "shop/jobs": "Pulumi.yaml",
        "store": "Pulumi.yml",
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / project).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("files", "projects"),
    [
        pytest.param(["shop/__main__.py"], ["shop"], id="beside-the-project-file"),
        pytest.param(["shop/a/b/c.py"], ["shop"], id="deep-below"),
        pytest.param(["shop/jobs/x.py"], ["shop/jobs"], id="nearest"),
        pytest.param(["store/x.ts"], ["store"], id="other-name-of-the-project-file"),
        pytest.param(["store/a", "shop/b", "shop/c"], ["shop", "store"], id="each-once-in-order"),
        pytest.param(["README.md", "docs/a.md"], [], id="none"),
        pytest.param(["../x.py"], [], id="outside"),
    ],
)
def test_a_file_belongs_to_the_nearest_project_above_it(
    files: list[str], projects: list[str]
) -> None:
    assert projects_of(map(Path, files)) == [Path(each) for each in projects]


def test_a_project_at_the_root_is_found(repository: Path) -> None:
    (repository / "Pulumi.yaml").touch()
    assert projects_of([Path("x.py")]) == [Path()]


def test_each_project_is_judged_once_and_the_worst_verdict_counts(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(repository / "good", GOOD)
    write_project(repository / "bad", BAD)
    files = ["bad/__main__.py", "bad/Pulumi.yaml", "good/__main__.py", "README.md"]
    assert main(["hook", *OPTIONS, *files]) == FAILED
    lines = capsys.readouterr().out.splitlines()
    verdicts = [line.partition(":")[0] for line in lines if line.startswith(("PASS:", "FAIL:"))]
    assert verdicts == ["FAIL", "PASS"]


def test_no_verdict_of_one_project_is_no_verdict_of_the_commit(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(repository / "bad", BAD)
    write_project(repository / "torn", "raise SystemExit(3)")
    assert main(["hook", *OPTIONS, "torn/__main__.py", "bad/__main__.py"]) == NO_VERDICT
    assert "FAIL: " in capsys.readouterr().out


def test_a_commit_of_no_project_passes_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hook", *OPTIONS, "README.md"]) == PASSED
    assert main(["hook", *OPTIONS]) == PASSED
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(
            ["shop", "--stack", "dev", "store/x.py"],
            "shop stands before an option; files come last",
            id="project",
        ),
        pytest.param(
            ["--staack", "dev", "store/x.py"],
            "unrecognized arguments: --staack",
            id="misspelt-option",
        ),
        pytest.param(["x.py", "--stack"], "argument --stack: expected one argument", id="no-value"),
    ],
)
def test_a_wrong_command_line_is_one_error(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["hook", *arguments]) == NO_VERDICT
    error = capsys.readouterr().err
    assert error.startswith(f"error: {told}")
    assert "hint: preflight hook --help lists the options" in error


@pytest.mark.parametrize(
    "option",
    [["--state", "state.json"], ["--recursive"], ["--recursive", "--changed-since", "main"]],
)
def test_what_says_by_itself_what_is_judged_is_refused(
    option: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["hook", *option, "shop/__main__.py"]) == NO_VERDICT
    assert f"{option[0]} says by itself what is judged" in capsys.readouterr().err


@pytest.mark.parametrize(
    "option",
    [
        ["--format", "json=verdict.json"],
        ["--format", "terminal=report.txt", "--format", "terminal"],
        ["--format", "json"],
        ["--output", "report.txt"],
        ["--save-state", "state.json"],
        ["--write-baseline", "baseline.yaml"],
    ],
    ids=" ".join,
)
def test_a_file_for_one_project_is_refused_where_there_are_two(
    option: list[str], repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["hook", *option, "shop/__main__.py", "store/__main__.py"]) == NO_VERDICT
    told = capsys.readouterr().err
    assert f"{option[0]} is for one project, and the files belong to shop, store" in told
    assert not (repository / option[1].rpartition("=")[2]).exists()
