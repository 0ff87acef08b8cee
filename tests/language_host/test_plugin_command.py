"""The command that starts a plugin or pack depends on its folder."""

from pathlib import Path

import pytest

from language_host.children import NotRunnableError, plugin_command

BUILT = """\
[project]
name = "shop"
[build-system]
build-backend = "hatchling.build"
"""


def test_a_folder_with_a_program_is_run(tmp_path: Path) -> None:
    (tmp_path / "__main__.py").touch()
    (tmp_path / "pyproject.toml").write_text(BUILT)
    command = plugin_command(tmp_path, ["127.0.0.1:1"], is_pack=False)
    assert command == [str(tmp_path), "127.0.0.1:1"]


def test_a_pack_is_run_by_the_sdk(tmp_path: Path) -> None:
    (tmp_path / "__main__.py").touch()
    command = plugin_command(tmp_path, ["127.0.0.1:1"], is_pack=True)
    assert command == ["-m", "pulumi.policy", "127.0.0.1:1", str(tmp_path)]


@pytest.mark.parametrize("is_pack", [True, False])
def test_a_package_is_run_by_its_name(tmp_path: Path, is_pack: bool) -> None:  # noqa: FBT001 - pytest's
    (tmp_path / "pyproject.toml").write_text(BUILT)
    command = plugin_command(tmp_path, ["127.0.0.1:1"], is_pack=is_pack)
    assert command == ["-m", "pulumi.run.plugin", "shop", "127.0.0.1:1"]


@pytest.mark.parametrize(
    "file",
    [None, "[project]\nname = 'shop'\n", "[build-system]\nbuild-backend = 'x'\n", "project = 1"],
    ids=["nothing", "no-build-system", "no-name", "no-table"],
)
def test_a_folder_with_nothing_to_run_is_named(tmp_path: Path, file: str | None) -> None:
    if file is not None:
        (tmp_path / "pyproject.toml").write_text(file)
    with pytest.raises(NotRunnableError, match=f"{tmp_path.name} has nothing to run"):
        plugin_command(tmp_path, [], is_pack=False)


def test_a_broken_pyproject_is_named(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project")
    with pytest.raises(NotRunnableError, match=r"pyproject\.toml cannot be read"):
        plugin_command(tmp_path, [], is_pack=False)
