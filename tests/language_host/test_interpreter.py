"""Which Python a program runs in."""

import os
from pathlib import Path

import pytest

from language_host.interpreter import NoInterpreterError, choose
from language_host.options import Options


def environment(folder: Path) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch()
    return folder


def test_a_named_environment_is_relative_to_the_project(tmp_path: Path) -> None:
    made = environment(tmp_path / "env")
    chosen = choose(tmp_path / "project", tmp_path / "project", Options(virtualenv="../env"))
    assert chosen.python == made / "bin" / "python"


def test_a_missing_environment_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoInterpreterError, match=r"gone has no bin/python"):
        choose(tmp_path, tmp_path, Options(virtualenv="gone"))


def test_a_uv_project_around_it_lends_its_environment(tmp_path: Path) -> None:
    made = environment(tmp_path / ".venv")
    (tmp_path / "uv.lock").touch()
    (tmp_path / "pack").mkdir()
    assert choose(tmp_path / "pack", tmp_path / "pack", Options()).environment == made


def test_without_any_the_ambient_python_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULUMI_PYTHON_CMD", raising=False)
    assert choose(tmp_path, tmp_path, Options()).environment is None


def test_the_environment_is_active_for_what_runs_in_it(tmp_path: Path) -> None:
    made = environment(tmp_path / "env")
    variables = choose(tmp_path, tmp_path, Options(virtualenv="env")).variables(
        {"PATH": "/usr/bin", "PYTHONHOME": "/elsewhere"}
    )
    assert variables == {"VIRTUAL_ENV": str(made), "PATH": f"{made / 'bin'}{os.pathsep}/usr/bin"}


def test_the_lock_file_of_a_program_in_a_subfolder_counts(tmp_path: Path) -> None:
    made = environment(tmp_path / "infra" / ".venv")
    (tmp_path / "infra" / "uv.lock").touch()
    assert choose(tmp_path, tmp_path / "infra", Options()).environment == made


def test_with_pip_no_lock_file_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI_PYTHON_CMD", raising=False)
    environment(tmp_path / ".venv")
    (tmp_path / "uv.lock").touch()
    assert choose(tmp_path, tmp_path, Options(toolchain="pip")).environment is None


def test_a_plugin_has_an_environment_beside_it(tmp_path: Path) -> None:
    made = environment(tmp_path / "venv")
    assert choose(tmp_path, tmp_path, Options(), plugin=True).environment == made


@pytest.mark.parametrize("options", [Options(), Options(toolchain="poetry", virtualenv="env")])
def test_a_poetry_project_is_asked_for_its_environment(
    options: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = environment(tmp_path / "cache" / "env")
    (tmp_path / "poetry.lock").touch()
    (tmp_path / "tools").mkdir()
    poetry = tmp_path / "tools" / "poetry"
    poetry.write_text(f"#!/bin/sh\necho {made}\n")
    poetry.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "tools"), prepend=os.pathsep)
    assert choose(tmp_path, tmp_path, options).environment == made


@pytest.mark.parametrize(
    ("script", "told"),
    [
        pytest.param(None, "there is no poetry on PATH", id="absent"),
        pytest.param("echo no environment >&2; exit 1", "no environment; make it", id="fails"),
    ],
)
def test_a_poetry_that_does_not_tell_is_an_error(
    script: str | None, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if script:
        (tmp_path / "poetry").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "poetry").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}")
    with pytest.raises(NoInterpreterError, match=told):
        choose(tmp_path, tmp_path, Options(toolchain="poetry"))
