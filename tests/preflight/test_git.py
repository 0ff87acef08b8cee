"""What has changed since a commit, as the real git tells it."""

from pathlib import Path

import pytest

from pulumi_preflight.git import GitError, changed_since
from tests.preflight.work_trees import commit, git, work_tree, write


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with two files, on a branch that parts from `main` here."""
    top = work_tree(tmp_path / "tree", {"a/one": "1\n", "b/two": "2\n", ".gitignore": "*.log\n"})
    git(top, "switch", "--quiet", "--create", "work")
    return top


def changes(folder: Path, reference: str = "main") -> list[str]:
    return [path.as_posix() for path in changed_since(reference, folder)[1]]


def test_nothing_has_changed_at_first(tree: Path) -> None:
    assert changes(tree) == []


def test_what_is_committed_staged_edited_new_and_deleted_counts(tree: Path) -> None:
    commit(tree, {"c/committed": ""})
    write(tree, {"c/staged": ""})
    git(tree, "add", "c/staged")
    write(tree, {"a/one": "edited", "c/new": "", "c/ignored.log": ""})
    (tree / "b" / "two").unlink()
    assert changes(tree) == ["a/one", "b/two", "c/committed", "c/new", "c/staged"]


def test_what_python_compiles_counts_only_where_it_is_committed(tree: Path) -> None:
    commit(tree, {"c/__pycache__/old.pyc": ""})
    write(tree, {"c/__pycache__/new.pyc": "", "__pycache__/new.pyc": ""})
    assert changes(tree) == ["c/__pycache__/old.pyc"]


def test_a_file_that_moved_counts_at_both_places(tree: Path) -> None:
    git(tree, "mv", "a/one", "b/one")
    commit(tree)
    assert changes(tree) == ["a/one", "b/one"]


def test_what_was_changed_back_does_not_count(tree: Path) -> None:
    commit(tree, {"a/one": "other\n"})
    write(tree, {"a/one": "1\n"})
    assert changes(tree) == []


def test_what_others_did_since_the_branches_parted_does_not_count(tree: Path) -> None:
    git(tree, "switch", "--quiet", "main")
    commit(tree, {"b/two": "of others"})
    git(tree, "switch", "--quiet", "work")
    commit(tree, {"a/one": "mine"})
    assert changes(tree) == ["a/one"]


@pytest.mark.parametrize("form", ["tag", "hash", "relative"])
def test_a_reference_may_have_any_form_of_gits(tree: Path, form: str) -> None:
    git(tree, "tag", "--annotate", "v1", "--message", "a tag")
    base = git(tree, "rev-parse", "HEAD")
    commit(tree, {"a/one": "mine"})
    named = {"tag": "v1", "hash": base[:10], "relative": "HEAD~1"}
    assert changes(tree, named[form]) == ["a/one"]


def test_paths_are_relative_to_the_top_from_a_folder_below_it(tree: Path) -> None:
    git(tree, "config", "diff.relative", "true")
    git(tree, "config", "diff.noprefix", "true")
    commit(tree, {"a/one": "mine"})
    assert changes(tree / "b") == ["a/one"]


def test_names_of_any_letters_are_told_as_they_are(tree: Path) -> None:
    write(tree, {'c/ö "x"\n': ""})
    commit(tree, {"c/ü\t": ""})
    assert changes(tree) == ['c/ö "x"\n', "c/ü\t"]


def test_a_submodule_counts_as_one_path(tree: Path, tmp_path: Path) -> None:
    other = work_tree(tmp_path / "other", {"x": ""})
    git(tree, "submodule", "--quiet", "add", str(other), "below")
    commit(tree)
    base = git(tree, "rev-parse", "HEAD")
    write(tree, {"below/x": "edited"})
    assert changes(tree, base) == ["below"]


def refusal(folder: Path, reference: str = "main") -> tuple[str, str | None]:
    with pytest.raises(GitError) as raised:
        changed_since(reference, folder)
    return str(raised.value), raised.value.hint


@pytest.mark.parametrize("reference", ["origin/main", "a..b", "--all", "a b", "HEAD~7"])
def test_a_reference_that_there_is_not_is_told_with_a_way_to_get_it(
    tree: Path, reference: str
) -> None:
    assert refusal(tree, reference) == (
        (
            f"--changed-since is {reference!r}, and the repository {tree} has no such branch, tag "
            "or commit"
        ),
        (
            "`git branch --all` lists what there is; `git fetch origin BRANCH` gets a branch, "
            "which is origin/BRANCH then"
        ),
    )


WHOLE = (
    "fetch the whole history: `git fetch --unshallow`, `fetch-depth: 0` for actions/checkout, or "
    "GIT_DEPTH: 0 in GitLab"
)


def shallow_clone(of: Path, to: Path, *options: str) -> Path:
    git(of, "clone", "--quiet", "--depth=1", *options, f"file://{of}", str(to))
    return to


def test_a_shallow_clone_without_the_branch_says_how_to_get_the_history(
    tree: Path, tmp_path: Path
) -> None:
    commit(tree, {"a/one": "mine"})
    clone = shallow_clone(tree, tmp_path / "clone")
    assert refusal(clone, "origin/main") == (
        (
            f"--changed-since is 'origin/main', and the shallow clone {clone} has no such branch, "
            "tag or commit"
        ),
        WHOLE,
    )


def test_a_shallow_clone_without_the_common_commit_says_how_to_get_the_history(
    tree: Path, tmp_path: Path
) -> None:
    commit(tree, {"a/one": "mine"})
    git(tree, "switch", "--quiet", "main")
    commit(tree, {"b/two": "of others"})
    clone = shallow_clone(tree, tmp_path / "clone", "--no-single-branch", "--branch=work")
    assert refusal(clone, "origin/main") == (
        (
            "--changed-since is 'origin/main', which has no commit in common with HEAD in the "
            f"shallow clone {clone}"
        ),
        WHOLE,
    )


def test_a_shallow_clone_that_has_the_common_commit_will_do(tree: Path, tmp_path: Path) -> None:
    clone = shallow_clone(tree, tmp_path / "clone", "--no-single-branch")
    write(clone, {"a/one": "mine"})
    assert changes(clone, "origin/main") == ["a/one"]


def test_a_branch_of_another_origin_is_told_as_such(tree: Path) -> None:
    git(tree, "switch", "--quiet", "--orphan", "other")
    commit(tree, {"x": ""})
    assert refusal(tree) == (
        (
            "--changed-since is 'main', which has no commit in common with HEAD in the repository "
            f"{tree}"
        ),
        "name a branch that this one comes from",
    )


def test_a_folder_in_no_repository_is_told(tmp_path: Path) -> None:
    assert refusal(tmp_path) == (
        f"--changed-since compares commits of git, and {tmp_path} is in no repository",
        "leave --changed-since out, or name a folder in a clone as PROJECT",
    )


def test_a_machine_without_git_is_told(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tree))
    assert refusal(tree) == (
        "--changed-since needs `git`, and there is none on PATH",
        "install git, or leave --changed-since out",
    )


def test_what_git_says_of_a_repository_that_it_refuses_is_told(tree: Path) -> None:
    (tree / ".git" / "config").write_text("[broken\n")
    told, _ = refusal(tree)
    assert told.startswith(f"git cannot read the repository {tree}: bad config line 1 ")
