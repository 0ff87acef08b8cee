"""`preflight --recursive` beside a base that has what the branch has removed."""

import json
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest

from pulumi_preflight.bases.revisions import Revision
from pulumi_preflight.cli import NO_VERDICT, PASSED, main
from pulumi_preflight.recursive.gone import removed_projects
from tests.preflight.work_trees import commit, git, project, work_tree, write

PROGRAM = """\
import pulumi, pulumi_aws as aws
aws.sqs.Queue("jobs")
aws.sqs.Queue("stays", opts=pulumi.ResourceOptions(retain_on_delete=True))
aws.sqs.QueuePolicy("policy", queue_url="q", policy="{}")
aws.Provider("other", region="eu-west-1")
"""


def files_of(folder: str, *stacks: str, program: str = "") -> dict[str, str]:
    return {
        f"{folder}/Pulumi.yaml": project(folder.rpartition("/")[2], "python"),
        f"{folder}/__main__.py": program,
        **{f"{folder}/Pulumi.{stack}.yaml": "config: {}\n" for stack in stacks or ("dev",)},
    }


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two projects, on a branch that parts from `main` here."""
    top = work_tree(
        tmp_path / "tree",
        files_of("apps/a", program=PROGRAM) | files_of("apps/b", "dev", "prod"),
    )
    git(top, "switch", "--quiet", "--create", "work")
    monkeypatch.chdir(top)
    return top


@pytest.fixture
def saved(tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What main's run has saved of all stacks."""
    file = tmp_path / "all.json"
    assert main([str(tree), "--recursive", "--format", f"base={file}"]) == PASSED
    capsys.readouterr()
    return str(file)


def told(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = PASSED) -> Any:  # noqa: ANN401 - a JSON document
    assert main(["--recursive", "--format", "json", *arguments]) == status
    return json.loads(capsys.readouterr().out)


def gone(document: Any) -> list[str]:  # noqa: ANN401 - as above
    return [f"{each['project']}/{each['stack']}" for each in document["gone"]]


def test_a_project_that_is_removed_is_told_with_what_goes(
    tree: Path, saved: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rmtree(tree / "apps/a")
    assert told(capsys, "--base-verdict", saved)["gone"] == [
        {"base": saved, "project": "a", "stack": "dev", "resources": 3, "holdingData": 1}
    ]


def test_a_stack_whose_file_is_removed_is_told(
    tree: Path, saved: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "apps/b/Pulumi.prod.yaml").unlink()
    assert gone(told(capsys, "--base-verdict", saved)) == ["b/prod"]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param((), id="all-is-there"),
        pytest.param(("--changed-since", "main"), id="unchanged"),
        pytest.param(("--stack", "dev"), id="one-stack"),
        pytest.param(("apps/b",), id="one-folder"),
    ],
)
def test_what_the_run_leaves_out_is_not_gone(
    tree: Path, saved: str, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert tree.is_dir()
    assert gone(told(capsys, *arguments, "--base-verdict", saved)) == []


def test_a_removed_project_is_told_where_the_others_are_left_out(
    tree: Path, saved: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rmtree(tree / "apps/a")
    document = told(capsys, "--changed-since", "main", "--base-verdict", saved)
    assert (document["results"], gone(document)) == ([], ["a/dev"])


def test_a_project_that_moves_is_not_gone(
    tree: Path, saved: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "apps/a").rename(tree / "moved")
    assert gone(told(capsys, "--base-verdict", saved)) == []


def test_nothing_is_gone_that_may_be_the_project_whose_file_is_broken(
    tree: Path, saved: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tree, {"apps/a/Pulumi.yaml": "name: [\n"})
    assert gone(told(capsys, "--base-verdict", saved, status=NO_VERDICT)) == []


def test_a_template_elsewhere_hides_nothing_that_is_gone(
    tree: Path, saved: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tree, {"templates/Pulumi.yaml": "name: [\n"})
    rmtree(tree / "apps/a")
    assert gone(told(capsys, "apps", "--base-verdict", saved)) == ["a/dev"]


def test_a_base_that_cannot_be_read_is_one_error_before_any_run(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tree, {"all.json": '{"version": 1, "stacks": [{"project": 3}]}'})
    assert main(["--recursive", "--base-verdict", "all.json"]) == NO_VERDICT
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("all.json: stacks.0: ") == 1


@pytest.mark.parametrize("more", [(), ("--changed-since", "main")], ids=["all", "changed"])
def test_a_project_that_the_commit_has_and_the_branch_has_not_is_told(
    tree: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...]
) -> None:
    parted = git(tree, "rev-parse", "HEAD")[:9]
    git(tree, "rm", "-r", "--quiet", "apps/a")
    commit(tree)
    left_out = told(capsys, "apps", "--base", "main", *more)["leftOut"]
    removed = {"folder": "apps/a", "reason": f"removed since main ({parted})"}
    assert [each for each in left_out if "removed" in each["reason"]] == [removed]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(".hidden/a/Pulumi.yaml", id="hidden"),
        pytest.param("node_modules/a/Pulumi.yaml", id="installed"),
        pytest.param("pack/a/Pulumi.yaml", id="in-a-pack"),
        pytest.param("a/Pulumi.prod.yaml", id="no-project-file"),
    ],
)
def test_what_no_run_looks_into_is_not_a_removed_project(tmp_path: Path, name: str) -> None:
    top = work_tree(
        tmp_path / "tree",
        {name: project("a"), "pack/PulumiPolicy.yaml": "runtime: python\n"},
    )
    (top / name).unlink()
    with Revision("HEAD", top) as revision:
        assert removed_projects(revision, top) == []


def test_a_project_that_moves_is_not_removed(tmp_path: Path) -> None:
    top = work_tree(tmp_path / "tree", files_of("apps/a") | files_of("apps/b"))
    git(top, "mv", "apps/a", "moved")
    git(top, "rm", "-r", "--quiet", "apps/b")
    with Revision("HEAD", top) as revision:
        assert removed_projects(revision, top / "apps") == [top / "apps/b"]


@pytest.mark.parametrize("name", ["Pulumi.yaml", "Pulumi.yml"])
def test_a_removed_project_is_found_below_the_folder_alone(tmp_path: Path, name: str) -> None:
    top = work_tree(tmp_path / "tree", {f"{each}/x/{name}": project(each) for each in "ab"})
    for each in "ab":
        (top / each / "x" / name).unlink()
    with Revision("HEAD", top) as revision:
        assert removed_projects(revision, top / "a") == [top / "a/x"]
