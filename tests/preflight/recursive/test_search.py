"""Which projects are found below a folder."""

import os
from pathlib import Path

import pytest

from pulumi_preflight.git import GitError
from pulumi_preflight.recursive.search import projects_below
from tests.preflight.work_trees import git, project, work_tree, write

PROJECT = project("shop")


def found(root: Path) -> list[str]:
    return [folder.relative_to(root).as_posix() for folder in projects_below(root).projects]


@pytest.mark.parametrize("name", ["Pulumi.yaml", "Pulumi.yml"])
def test_a_project_is_found_by_its_file_at_any_depth_and_in_another_one(
    tmp_path: Path, name: str
) -> None:
    files = [f"{folder}{name}" for folder in ("", "b/", "b/c/d/", "a/")]
    write(tmp_path, dict.fromkeys(files, PROJECT))
    assert found(tmp_path) == [".", "a", "b", "b/c/d"]


def test_a_stack_file_alone_makes_no_project(tmp_path: Path) -> None:
    write(tmp_path, {"a/Pulumi.dev.yaml": ""})
    assert found(tmp_path) == []


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"node_modules/pulumi/Pulumi.yaml": PROJECT}, id="packages-of-node"),
        pytest.param({".cache/a/Pulumi.yaml": PROJECT}, id="hidden"),
        pytest.param(
            {"env/pyvenv.cfg": "", "env/lib/template/Pulumi.yaml": PROJECT},
            id="virtual-environment",
        ),
        pytest.param(
            {"pack/PulumiPolicy.yaml": "runtime: python", "pack/tests/Pulumi.yaml": PROJECT},
            id="pack",
        ),
        pytest.param(
            {"pack/PulumiPolicy.yml": "runtime: python", "pack/tests/Pulumi.yaml": PROJECT},
            id="pack-with-the-short-ending",
        ),
    ],
)
def test_what_nobody_deploys_is_left_out(tmp_path: Path, files: dict[str, str]) -> None:
    write(tmp_path, {**files, "shop/Pulumi.yaml": PROJECT})
    assert found(tmp_path) == ["shop"]


@pytest.mark.parametrize("name", [".hidden", "node_modules"])
def test_the_folder_that_is_asked_for_is_looked_into_whatever_it_is_called(
    tmp_path: Path, name: str
) -> None:
    write(tmp_path, {f"{name}/shop/Pulumi.yaml": PROJECT})
    assert found(tmp_path / name) == ["shop"]


def test_a_project_that_holds_a_pack_file_is_a_project(tmp_path: Path) -> None:
    write(tmp_path, {"a/Pulumi.yaml": PROJECT, "a/PulumiPolicy.yaml": "runtime: python"})
    assert found(tmp_path) == ["a"]


def test_a_link_to_a_folder_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"a/Pulumi.yaml": PROJECT})
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "a" / "above").symlink_to("..")
    assert found(tmp_path) == ["a"]


def test_folders_that_git_ignores_are_left_out(tmp_path: Path) -> None:
    work_tree(tmp_path, {".gitignore": "build/\n", "a/.gitignore": "/out\n"})
    folders = ("a", "a/out/x", "a/b/out", "build/a", "a/build")
    write(tmp_path, {f"{folder}/Pulumi.yaml": PROJECT for folder in folders})
    assert found(tmp_path) == ["a", "a/b/out"]


def test_in_a_folder_that_git_ignores_all_is_looked_into_if_asked_for(tmp_path: Path) -> None:
    work_tree(tmp_path, {".gitignore": "build/\n"})
    write(tmp_path, {"build/a/Pulumi.yaml": PROJECT})
    assert found(tmp_path / "build") == ["a"]


def test_a_repository_within_has_its_own_rules_and_those_of_no_other(tmp_path: Path) -> None:
    work_tree(tmp_path, {".gitignore": "/inner/out\n/gone\n"})
    for name in ("inner", "gone"):
        work_tree(tmp_path / name, {".gitignore": "tmp\n", "Pulumi.yaml": PROJECT})
    write(tmp_path, {f"inner/{name}/Pulumi.yaml": PROJECT for name in ("tmp", "out")})
    assert found(tmp_path) == ["inner", "inner/out"]


def test_a_submodule_is_looked_into(tmp_path: Path) -> None:
    other = work_tree(tmp_path / "other", {"shop/Pulumi.yaml": PROJECT})
    main = work_tree(tmp_path / "main")
    git(main, "submodule", "--quiet", "add", str(other), "below")
    assert found(main) == ["below/shop"]


def test_the_variables_of_a_hook_of_git_name_no_other_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = work_tree(tmp_path / "other", {".gitignore": "*\n"})
    main = work_tree(tmp_path / "main", {"shop/Pulumi.yaml": PROJECT})
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert found(main) == ["shop"]


def test_names_of_any_letters_are_asked_for_as_they_are(tmp_path: Path) -> None:
    odd = os.fsdecode(b"a\xff b\n\"'")
    work_tree(tmp_path, {".gitignore": "out*\n"})
    write(tmp_path, {f"{name}/Pulumi.yaml": PROJECT for name in (odd, f"out{odd}")})
    assert found(tmp_path) == [odd]


def test_without_git_on_the_path_nothing_is_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_tree(tmp_path, {".gitignore": "build/\n", "build/Pulumi.yaml": PROJECT})
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert found(tmp_path) == ["build"]


def test_a_repository_that_git_refuses_is_one_error(tmp_path: Path) -> None:
    work_tree(tmp_path, {"a/Pulumi.yaml": PROJECT})
    (tmp_path / ".git" / "config").write_text("[broken\n")
    with pytest.raises(GitError, match=f"git cannot read the repository {tmp_path}: "):
        found(tmp_path)


def test_a_folder_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"c/Pulumi.yaml": PROJECT})
    monkeypatch.chdir(tmp_path)
    # Root may read everything, but nobody may give a path of more than 4,096 bytes.
    name, deepest = "a" * 250, tmp_path
    while len(os.fsencode(deepest)) < 4_096:
        Path(name).mkdir()
        monkeypatch.chdir(name)
        deepest /= name
    told = projects_below(tmp_path)
    assert told.unreadable == ((deepest, "File name too long"),)
    assert told.projects == (tmp_path / "c",)
