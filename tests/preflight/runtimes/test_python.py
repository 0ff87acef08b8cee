"""Which Python runs a program, a pack and a plugin: preflight and the language host agree."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple, cast

import grpc
import pytest
from pulumi.runtime.proto import language_pb2

from language_host.python import PythonHost
from pulumi_preflight.errors import PackError, ProjectError
from pulumi_preflight.packs.commands import read_pack
from pulumi_preflight.project import load_project
from pulumi_preflight.project.yaml_files import read_mapping
from pulumi_preflight.runtimes.python import (
    Interpreter,
    NoInterpreterError,
    OptionError,
    Options,
    choose,
    read_options,
)


class RefusedError(Exception):
    """What the host tells the engine in place of an answer."""


class Refusing:
    """The context of a call to the host, as far as `About` uses it."""

    def abort(self, code: grpc.StatusCode, told: str) -> None:
        raise RefusedError(f"{code.name}: {told}")


def of_program(folder: Path) -> Path:
    return Path(load_project(folder, stack="dev").launch.command[0])


def of_pack(folder: Path) -> Path:
    return Path(read_pack(folder).arguments[0])


def of_host(folder: Path) -> Path:
    info = language_pb2.ProgramInfo(root_directory=str(folder), program_directory=str(folder))
    info.options.update(read_mapping(folder / "Pulumi.yaml")["runtime"]["options"])
    context = cast("grpc.ServicerContext", Refusing())
    about = PythonHost("1.0.0").About(language_pb2.AboutRequest(info=info), context)
    return Path(about.executable)


class Case(NamedTuple):
    """The options of a project, the files around it, the variables, and the Python or the error."""

    options: dict[str, str]
    files: tuple[str, ...]
    variables: dict[str, str]
    wanted: str


WAYS = [
    pytest.param(of_program, id="program"),
    pytest.param(of_pack, id="pack"),
    pytest.param(of_host, id="language-host"),
]
Ask = Callable[[Path], Path]


@pytest.fixture(autouse=True)
def outer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PULUMI_PYTHON_CMD", "UV_PROJECT_ENVIRONMENT", "VIRTUAL_ENV"):
        monkeypatch.delenv(name, raising=False)


def written(root: Path, options: Mapping[str, str], files: tuple[str, ...]) -> Path:
    """A folder that is project and pack at once, `root/infra`, with Pythons where `files` end so.

    `poetry` in `root/tools` tells `root/cache`.
    """
    folder = root / "infra"
    folder.mkdir()
    (folder / "__main__.py").touch()
    given = ", ".join(f"{name}: {value}" for name, value in options.items())
    runtime = f"runtime:\n  name: python\n  options: {{{given}}}\n"
    (folder / "Pulumi.yaml").write_text(f"name: shop\n{runtime}")
    (folder / "PulumiPolicy.yaml").write_text(runtime)
    for name in files:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.name == "poetry":
            file.write_text(f"#!/bin/sh\necho {root}/cache\n")
            file.chmod(0o755)
        elif file.parent.name == "bin":
            file.symlink_to(sys.executable)
        else:
            file.touch()
    return folder


@pytest.mark.parametrize("ask", WAYS)
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case({"virtualenv": "../env"}, ("env/bin/python",), {}, "env/bin/python"),
            id="virtualenv",
        ),
        pytest.param(
            Case(
                {"virtualenv": "venv"},
                ("uv.lock", ".venv/bin/python", "infra/venv/bin/python"),
                {},
                "infra/venv/bin/python",
            ),
            id="virtualenv-in-a-uv-project",
        ),
        pytest.param(
            Case(
                {"virtualenv": "venv"},
                ("infra/venv/bin/python", "active/bin/python"),
                {"VIRTUAL_ENV": "active", "PULUMI_PYTHON_CMD": "active/bin/python"},
                "infra/venv/bin/python",
            ),
            id="virtualenv-before-what-is-active",
        ),
        pytest.param(
            Case({}, ("uv.lock", ".venv/bin/python"), {}, ".venv/bin/python"), id="uv-project-above"
        ),
        pytest.param(
            Case(
                {},
                ("uv.lock", "infra/uv.lock", ".venv/bin/python", "infra/.venv/bin/python"),
                {},
                "infra/.venv/bin/python",
            ),
            id="nearest-uv-project",
        ),
        pytest.param(
            Case(
                {},
                ("uv.lock", ".venv/bin/python", "made/bin/python"),
                {"UV_PROJECT_ENVIRONMENT": "made"},
                "made/bin/python",
            ),
            id="environment-of-uv",
        ),
        pytest.param(
            Case(
                {},
                ("infra/uv.lock", "infra/.venv/bin/python", "made/bin/python"),
                {"UV_PROJECT_ENVIRONMENT": "../made"},
                "made/bin/python",
            ),
            id="environment-of-uv-elsewhere",
        ),
        pytest.param(
            Case(
                {},
                ("uv.lock", ".venv/bin/python"),
                {"UV_PROJECT_ENVIRONMENT": ""},
                ".venv/bin/python",
            ),
            id="empty-environment-of-uv",
        ),
        pytest.param(
            Case(
                {"toolchain": "uv"}, ("pyproject.toml", ".venv/bin/python"), {}, ".venv/bin/python"
            ),
            id="uv-without-a-lock",
        ),
        pytest.param(
            Case({"toolchain": "uv"}, ("infra/.venv/bin/python",), {}, "infra/.venv/bin/python"),
            id="uv-without-a-project",
        ),
        pytest.param(
            Case(
                {"toolchain": "pip"},
                ("uv.lock", "poetry.lock", ".venv/bin/python", "active/bin/python"),
                {"VIRTUAL_ENV": "active"},
                "active/bin/python",
            ),
            id="pip-passes-locks-over",
        ),
        pytest.param(
            Case(
                {},
                ("poetry.lock", "tools/poetry", "cache/bin/python"),
                {"PATH": "tools"},
                "cache/bin/python",
            ),
            id="poetry-project-above",
        ),
        pytest.param(
            Case(
                {"toolchain": "poetry", "virtualenv": "venv"},
                ("tools/poetry", "cache/bin/python", "infra/venv/bin/python"),
                {"PATH": "tools"},
                "cache/bin/python",
            ),
            id="poetry-before-virtualenv",
        ),
        pytest.param(
            Case(
                {},
                ("uv.lock", "poetry.lock", ".venv/bin/python", "cache/bin/python", "tools/poetry"),
                {"PATH": "tools"},
                ".venv/bin/python",
            ),
            id="uv-before-poetry",
        ),
        pytest.param(
            Case(
                {},
                ("named/bin/python3", "active/bin/python"),
                {"PULUMI_PYTHON_CMD": "python3", "PATH": "named/bin", "VIRTUAL_ENV": "active"},
                "named/bin/python3",
            ),
            id="command-before-what-is-active",
        ),
        pytest.param(
            Case(
                {},
                ("active/bin/python", "other/bin/python3"),
                {"VIRTUAL_ENV": "active", "PATH": "other/bin"},
                "active/bin/python",
            ),
            id="active",
        ),
        pytest.param(Case({}, (), {"PATH": ""}, sys.executable), id="own-environment"),
    ],
)
def test_the_same_python_runs_program_pack_and_plugin(
    case: Case, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_variables(case.variables, tmp_path, monkeypatch)
    assert ask(written(tmp_path, case.options, case.files)) == tmp_path / case.wanted


def set_variables(
    variables: Mapping[str, str], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sets variables; those of folders and files of the test are paths below `root`."""
    for name, value in variables.items():
        is_path = name in ("PATH", "VIRTUAL_ENV") or "/bin/" in value
        monkeypatch.setenv(name, str(root / value) if value and is_path else value)


@pytest.mark.parametrize("ask", WAYS)
@pytest.mark.parametrize("names", [("python3", "python"), ("python",)], ids=["3", "plain"])
def test_without_an_environment_it_is_the_first_on_path(
    names: tuple[str, ...], ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "base_prefix", sys.prefix)
    monkeypatch.setenv("PATH", f"{tmp_path}/empty{os.pathsep}{tmp_path}/bin")
    folder = written(tmp_path, {}, tuple(f"bin/{name}" for name in names))
    assert ask(folder) == tmp_path / "bin" / names[0]


@pytest.mark.parametrize("ask", WAYS)
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case(
                {"virtualenv": "venv"},
                (),
                {},
                "virtualenv 'venv': there is no Python environment in {root}/infra/venv",
            ),
            id="virtualenv",
        ),
        pytest.param(
            Case(
                {},
                ("uv.lock",),
                {"UV_PROJECT_ENVIRONMENT": "gone"},
                "the uv project of {root}: there is no Python environment in {root}/gone",
            ),
            id="uv",
        ),
        pytest.param(
            Case(
                {},
                ("poetry.lock",),
                {"PATH": "tools"},
                "the environment of {root}/infra is poetry's, and there is no poetry on PATH",
            ),
            id="no-poetry",
        ),
        pytest.param(
            Case(
                {},
                ("poetry.lock", "tools/poetry"),
                {"PATH": "tools"},
                "the poetry project: there is no Python environment in {root}/cache",
            ),
            id="poetry",
        ),
        pytest.param(
            Case(
                {},
                (),
                {"PULUMI_PYTHON_CMD": "python9"},
                "PULUMI_PYTHON_CMD is 'python9', which is not a command here",
            ),
            id="command",
        ),
        pytest.param(
            Case(
                {},
                (),
                {"VIRTUAL_ENV": "gone"},
                "VIRTUAL_ENV={root}/gone: there is no Python environment in {root}/gone",
            ),
            id="active",
        ),
    ],
)
def test_what_is_missing_is_named_alike(
    case: Case, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_variables(case.variables, tmp_path, monkeypatch)
    with pytest.raises((ProjectError, PackError, RefusedError)) as raised:
        ask(written(tmp_path, case.options, case.files))
    assert case.wanted.format(root=tmp_path) in str(raised.value)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        pytest.param("echo no lock >&2; exit 1", "no lock", id="fails"),
        pytest.param("exit 3", "returned non-zero exit status 3", id="fails-without-a-word"),
        pytest.param("exit 0", "nothing was printed", id="prints-nothing"),
    ],
)
def test_a_poetry_that_does_not_tell_is_an_error(script: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "poetry").write_text(f"#!/bin/sh\n{script}\n")
    (tmp_path / "poetry").chmod(0o755)
    variables = {"PATH": str(tmp_path)}
    with pytest.raises(NoInterpreterError, match=f"poetry does not tell the environment.*{told}"):
        choose(tmp_path, tmp_path, Options(toolchain="poetry"), variables)


def environment(folder: Path) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch()
    return folder


def test_the_lock_file_of_a_program_in_a_subfolder_counts(tmp_path: Path) -> None:
    made = environment(tmp_path / "infra" / ".venv")
    (tmp_path / "infra" / "uv.lock").touch()
    assert choose(tmp_path, tmp_path / "infra", Options(), {}).environment == made


@pytest.mark.parametrize("lock", ["requirements.txt", "uv.lock"])
def test_a_plugin_has_an_environment_beside_it(lock: str, tmp_path: Path) -> None:
    made = environment(tmp_path / "venv")
    environment(tmp_path / ".venv")
    (tmp_path / lock).touch()
    assert choose(tmp_path, tmp_path, Options(), {}, plugin=True).environment == made


def test_the_environment_is_active_for_what_runs_in_it(tmp_path: Path) -> None:
    made = environment(tmp_path / "env")
    variables = choose(tmp_path, tmp_path, Options(virtualenv="env"), {}).variables(
        {"PATH": "/usr/bin", "PYTHONHOME": "/elsewhere"}
    )
    assert variables == {"VIRTUAL_ENV": str(made), "PATH": f"{made / 'bin'}{os.pathsep}/usr/bin"}


def test_the_ambient_interpreter_changes_no_variable() -> None:
    given = {"PATH": "/usr/bin", "PYTHONHOME": "/usr"}
    assert Interpreter(python=Path(sys.executable)).variables(given) == given


def test_an_option_that_is_not_said_is_empty() -> None:
    assert read_options({"binary": "elsewhere"}) == Options()


def test_all_three_options_are_read() -> None:
    given = {"virtualenv": "venv", "toolchain": "pip", "typechecker": "pyright"}
    assert read_options(given) == Options(virtualenv="venv", toolchain="pip", typechecker="pyright")


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("toolchain", "conda", "pip or poetry or uv"),
        ("toolchain", "", "pip or poetry or uv"),
        ("typechecker", "flow", "mypy or pyright"),
        ("typechecker", True, "a text"),
        ("virtualenv", 3.0, "a text"),
    ],
)
def test_another_value_of_an_option_is_named(name: str, value: object, wanted: str) -> None:
    with pytest.raises(OptionError) as raised:
        read_options({name: value})
    assert str(raised.value) == f"runtime.options.{name} is {value!r}; wanted {wanted}"
