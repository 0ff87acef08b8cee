"""Which Python a program runs in."""

import os
from pathlib import Path

import pytest

from language_host.interpreter import NoInterpreterError, choose


def environment(folder: Path) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch()
    return folder


def test_a_named_environment_is_relative_to_the_project(tmp_path: Path) -> None:
    made = environment(tmp_path / "env")
    chosen = choose(tmp_path / "project", {"virtualenv": "../env"})
    assert chosen.python == made / "bin" / "python"


def test_a_missing_environment_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoInterpreterError, match=r"gone has no bin/python"):
        choose(tmp_path, {"virtualenv": "gone"})


def test_a_uv_project_around_it_lends_its_environment(tmp_path: Path) -> None:
    made = environment(tmp_path / ".venv")
    (tmp_path / "uv.lock").touch()
    (tmp_path / "pack").mkdir()
    assert choose(tmp_path / "pack", {}).environment == made


def test_without_any_the_ambient_python_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULUMI_PYTHON_CMD", raising=False)
    assert choose(tmp_path, {}).environment is None


def test_the_environment_is_active_for_what_runs_in_it(tmp_path: Path) -> None:
    made = environment(tmp_path / "env")
    variables = choose(tmp_path, {"virtualenv": "env"}).variables(
        {"PATH": "/usr/bin", "PYTHONHOME": "/elsewhere"}
    )
    assert variables == {"VIRTUAL_ENV": str(made), "PATH": f"{made / 'bin'}{os.pathsep}/usr/bin"}
