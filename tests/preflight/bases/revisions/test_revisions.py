"""The command beside a revision of git: real work trees, real programs."""

import json
import os
import sys
import venv
from pathlib import Path

import pytest

from pulumi_preflight import PreflightError, run
from pulumi_preflight.changes.comparing import Operation
from pulumi_preflight.cli import FAILED, NO_VERDICT, PASSED, main
from tests.preflight.builders import write_pack
from tests.preflight.work_trees import commit, git, work_tree, write

PROJECT = "name: shop\nruntime: python\n"
PROGRAM = """\
import pulumi_aws as aws
aws.sqs.Queue("jobs", delay_seconds=1)
"""
PACK = """\
import pulumi_policy as policy

def short(args, report):
    if args.props.get("delaySeconds", 0) > {most}:
        report("waits")

policy.PolicyPack(
    "own",
    enforcement_level=policy.EnforcementLevel.MANDATORY,
    policies=[policy.ResourceValidationPolicy("short", "Queues are quick", short)],
)
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with one program, on a branch that parts from `main` here."""
    files = {
        "infra/Pulumi.yaml": PROJECT,
        "infra/__main__.py": PROGRAM,
        ".gitignore": "*.local\n__pycache__/\n",
    }
    top = work_tree(tmp_path / "tree", files)
    git(top, "switch", "--quiet", "--create", "work")
    return top


def changed(top: Path, text: str, becomes: str, file: str = "infra/__main__.py") -> None:
    before = (top / file).read_text()
    assert text in before
    (top / file).write_text(before.replace(text, becomes))


def judged(
    top: Path, capsys: pytest.CaptureFixture[str], *more: str, status: int = PASSED
) -> dict[str, object]:
    """What becomes of each resource and each finding, with the notes."""
    arguments = [str(top / "infra"), "--stack", "dev", "--base", "main", "--format", "json", *more]
    assert main(arguments) == status, capsys.readouterr().err
    report = json.loads(capsys.readouterr().out)
    changes = report["changes"] or {"resources": (), "findings": {"new": (), "fixed": ()}}
    return {
        "resources": {
            each["urn"].rpartition("::")[2]: each["operation"] for each in changes["resources"]
        },
        "compared": report["changes"] is not None,
        "report": report,
    }


def test_what_the_branch_changes_is_told_and_the_repository_stays_as_it_was(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(tree, "delay_seconds=1", 'delay_seconds=1, name="other"')
    before = git(tree, "worktree", "list"), git(tree, "status", "--porcelain")
    assert judged(tree, capsys)["resources"] == {"jobs": "replace"}
    assert (git(tree, "worktree", "list"), git(tree, "status", "--porcelain")) == before


def test_equal_code_changes_nothing(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # The path of the program is another in each work tree.
    changed(tree, 'jobs"', 'jobs", tags={"at": __file__}')
    commit(tree)
    git(tree, "branch", "--force", "main")
    seen = judged(tree, capsys)
    assert (seen["resources"], seen["compared"]) == ({}, True)


def test_what_others_did_since_the_branches_parted_is_not_told(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git(tree, "switch", "--quiet", "main")
    commit(tree, {"infra/__main__.py": PROGRAM + 'aws.sqs.Queue("theirs")\n'})
    git(tree, "switch", "--quiet", "work")
    commit(tree, {"infra/__main__.py": PROGRAM + 'aws.sqs.Queue("ours")\n'})
    assert judged(tree, capsys)["resources"] == {"ours": "create"}


def test_findings_of_the_revision_are_those_of_its_own_pack(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_pack(tree / "pack", PACK.format(most=5))
    commit(tree)
    git(tree, "branch", "--force", "main")
    changed(tree, "> 5", "> 0", "pack/__main__.py")
    seen = judged(tree, capsys, "--policy-pack", str(tree / "pack"), status=FAILED)
    (new,) = seen["report"]["changes"]["findings"]["new"]  # type: ignore[index]
    assert new["id"] == "short"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param({"infra/__main__.py": "raise SystemExit('no')\n"}, "no", id="fails"),
        pytest.param({"infra/Pulumi.yaml": "name: shop\nruntime: cobol\n"}, "cobol", id="wrong"),
    ],
)
def test_a_revision_without_a_verdict_is_not_compared_with_and_one_line_says_why(
    tree: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], said: str
) -> None:
    commit(tree, files)
    git(tree, "branch", "--force", "main")
    write(tree, {"infra/Pulumi.yaml": PROJECT, "infra/__main__.py": PROGRAM})
    seen = judged(tree, capsys)
    assert not seen["compared"]
    (note,) = (
        each
        for each in map(str, seen["report"]["notes"])  # type: ignore[index]
        if "nothing was compared with main (" in each
    )
    assert said in note


def test_a_project_that_the_revision_does_not_have_counts_as_new(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git(tree, "rm", "-r", "--quiet", "infra")
    commit(tree, {"README": ""})
    git(tree, "branch", "--force", "main")
    write(tree, {"infra/Pulumi.yaml": PROJECT, "infra/__main__.py": PROGRAM})
    assert judged(tree, capsys)["resources"] == {"shop-dev": "create", "jobs": "create"}


def test_a_project_is_found_where_it_stood_before_it_moved(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git(tree, "mv", "infra", "before")
    commit(tree)
    git(tree, "branch", "--force", "main")
    git(tree, "mv", "before", "infra")
    changed(tree, "delay_seconds=1", "delay_seconds=2")
    assert judged(tree, capsys)["resources"] == {"jobs": "update"}


def test_a_stack_that_the_revision_does_not_have_counts_as_new(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(tree, {"infra/Pulumi.prod.yaml": ""})
    git(tree, "branch", "--force", "main")
    write(tree, {"infra/Pulumi.dev.yaml": ""})
    assert judged(tree, capsys)["resources"] == {"shop-dev": "create", "jobs": "create"}


def test_a_library_of_the_repository_is_that_of_the_revision(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = tree / "env.local"
    venv.create(environment, symlinks=True, with_pip=False)
    (packages,) = environment.glob("lib/python*/site-packages")
    installed = [each for each in sys.path if each.endswith("site-packages")]
    (packages / "all.pth").write_text("\n".join([*installed, str(tree / "lib"), ""]))
    files = {
        "infra/Pulumi.yaml": "name: shop\nruntime: {name: python, options: "
        "{toolchain: pip, virtualenv: ../env.local}}\n",
        "infra/__main__.py": "import ours\nours.queue()\n",
        "lib/ours.py": "import pulumi_aws as aws\n"
        'def queue():\n    aws.sqs.Queue("jobs", delay_seconds=1)\n',
    }
    commit(tree, files)
    git(tree, "branch", "--force", "main")
    changed(tree, "delay_seconds=1", "delay_seconds=2", "lib/ours.py")
    assert judged(tree, capsys)["resources"] == {"jobs": "update"}


def test_ignored_files_are_there_where_the_project_names_them(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    read = (
        "from pathlib import Path\nimport pulumi_aws as aws\n"
        'aws.sqs.Queue("jobs", tags={"a": Path(__file__).with_name("a.local").read_text()})\n'
    )
    write(tree, {"infra/a.local": "it", "infra/preflight.yaml": "baseFiles: [a.local]\n"})
    commit(tree, {"infra/__main__.py": read})
    git(tree, "branch", "--force", "main")
    seen = judged(tree, capsys)
    assert (seen["resources"], seen["compared"]) == ({}, True)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        pytest.param("b.local", "baseFiles: b.local does not exist", id="missing"),
        pytest.param("../../b", "baseFiles: ../../b lies outside of the repository", id="outside"),
    ],
)
def test_a_file_that_cannot_be_copied_is_refused(
    tree: Path, capsys: pytest.CaptureFixture[str], named: str, said: str
) -> None:
    write(tree, {"infra/preflight.yaml": f"baseFiles: [{named}]\n"})
    assert main([str(tree / "infra"), "--stack", "dev", "--base", "main"]) == NO_VERDICT
    assert said in capsys.readouterr().err


def test_a_revision_that_is_not_there_is_refused(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tree / "infra"), "--stack", "dev", "--base", "mian"]) == NO_VERDICT
    assert "--base is 'mian', and the repository" in capsys.readouterr().err


def test_several_projects_share_one_revision(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = {"other/Pulumi.yaml": "name: other\nruntime: python\n", "other/__main__.py": PROGRAM}
    commit(tree, {**other, "other/Pulumi.dev.yaml": "", "infra/Pulumi.dev.yaml": ""})
    git(tree, "branch", "--force", "main")
    changed(tree, "delay_seconds=1", "delay_seconds=2")
    changed(tree, "delay_seconds=1", "delay_seconds=3", "other/__main__.py")
    assert main(["--recursive", str(tree), "--base", "main"]) == PASSED
    printed = capsys.readouterr().out
    assert "delaySeconds: 1 becomes 2" in printed
    assert "delaySeconds: 1 becomes 3" in printed


def test_a_program_in_python_asks_for_the_same(tree: Path) -> None:
    changed(tree, "delay_seconds=1", "delay_seconds=2")
    changes = run(tree / "infra", stack="dev", base="HEAD").changes
    assert changes is not None
    (updated,) = changes.of(Operation.UPDATE)
    assert updated.urn.endswith("::jobs")


def test_two_bases_are_refused(tree: Path) -> None:
    with pytest.raises(PreflightError, match="`base_state` and `base` are two bases"):
        run(tree / "infra", stack="dev", base="HEAD", base_state="state.json")


def test_an_error_of_the_run_itself_ends_that_of_the_revision(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(tree, "import pulumi_aws as aws", "raise SystemExit('now')")
    assert main([str(tree / "infra"), "--stack", "dev", "--base", "main"]) == NO_VERDICT
    assert "now" in capsys.readouterr().err
    assert git(tree, "worktree", "list").count(os.linesep) == 0
