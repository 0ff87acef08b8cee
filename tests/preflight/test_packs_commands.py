"""The command that boots a pack, and what keeps a pack from having one."""

from pathlib import Path

import pytest

from pulumi_preflight.errors import PackError
from pulumi_preflight.packs import PackChoice, Packs
from pulumi_preflight.packs.commands import read_pack
from tests.preflight.builders import CONTEXT


def enter(directory: Path) -> None:
    """Starts a pack that is refused before that."""
    with Packs([PackChoice(directory=directory)], CONTEXT):
        pass


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param(None, "is not a policy pack: it has no PulumiPolicy.yaml", id="no-file"),
        pytest.param("runtime: [", "is not YAML", id="no-yaml"),
        pytest.param("name: x\n", "runtime is missing; python, nodejs and bun", id="no-runtime"),
        pytest.param(
            "runtime: [python]\n", "runtime is ['python']; wanted text or keys", id="list"
        ),
        pytest.param(
            "runtime: python\ndescription: [a]\n",
            "description is ['a']; wanted a single value",
            id="description",
        ),
        pytest.param("- runtime\n", "holds ['runtime']; wanted keys and values", id="no-mapping"),
        pytest.param(
            "runtime: dotnet\n", "runtime is 'dotnet'; python, nodejs and bun", id="other-runtime"
        ),
        pytest.param(
            "runtime: opa\n",
            "runtime is 'opa'; a pack of OPA runs under the engine alone",
            id="opa",
        ),
        pytest.param(
            "runtime: {name: go}\n",
            "runtime is 'go'; a pack of Go runs under the engine alone",
            id="go",
        ),
        pytest.param(
            "runtime:\n  name: nodejs\n  options: {packagemanager: cargo}\n",
            "the option packagemanager is 'cargo', not one of auto, npm, yarn, pnpm, bun",
            id="other-package-manager",
        ),
        pytest.param(
            "runtime:\n  name: python\n  options: all\n",
            "runtime.options is 'all'; wanted keys and values",
            id="options-no-mapping",
        ),
        pytest.param(
            "runtime:\n  name: python\n  options: {toolchain: conda}\n",
            "runtime.options.toolchain is 'conda'; wanted pip or poetry or uv",
            id="other-toolchain",
        ),
        pytest.param(
            "runtime:\n  name: nodejs\n  options: {typescript: maybe}\n",
            "the option typescript is 'maybe', not true or false",
            id="option-of-another-kind",
        ),
        pytest.param(
            "runtime:\n  name: python\n  options: {virtualenv: venv}\n",
            "virtualenv 'venv': there is no Python environment in",
            id="virtual-environment-missing",
        ),
        pytest.param(
            "runtime: nodejs\n", "the Pulumi SDK is not installed in its node_modules", id="no-sdk"
        ),
    ],
)
def test_a_pack_whose_files_are_wrong_is_refused_before_anything_starts(
    tmp_path: Path, content: str | None, complaint: str
) -> None:
    if content is not None:
        (tmp_path / "PulumiPolicy.yaml").write_text(content)
    with pytest.raises(PackError) as raised:
        enter(tmp_path)
    assert str(tmp_path) in str(raised.value)
    assert complaint in str(raised.value)


@pytest.mark.parametrize(
    ("runtime", "more"),
    [
        pytest.param("opa", "", id="opa"),
        pytest.param(
            "go",
            "; or build it (`go build -o pack .`), and give the file to --policy-pack here",
            id="go",
        ),
    ],
)
def test_a_pack_that_only_the_engine_runs_is_refused_with_the_way_that_works(
    tmp_path: Path, runtime: str, more: str
) -> None:
    (tmp_path / "PulumiPolicy.yaml").write_text(f"runtime: {runtime}\n")
    with pytest.raises(PackError) as raised:
        enter(tmp_path)
    engine = f"judge by it with `pulumi preview --policy-pack {tmp_path}`"
    assert raised.value.hint == engine + more


@pytest.mark.parametrize(
    ("runtime", "files", "command"),
    [
        pytest.param("nodejs", (), "npm install", id="no-lock-file"),
        pytest.param("nodejs", ("package-lock.json",), "npm ci", id="npm"),
        pytest.param("nodejs", ("pnpm-lock.yaml",), "pnpm install", id="pnpm"),
        pytest.param("nodejs", ("bun.lock",), "bun install", id="bun"),
        pytest.param(
            "{name: nodejs, options: {packagemanager: yarn}}",
            ("bun.lock",),
            "yarn install",
            id="option",
        ),
        pytest.param("bun", (), "bun install", id="runtime-bun"),
    ],
)
def test_a_pack_without_its_packages_is_told_how_to_get_them(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    runtime: str,
    files: tuple[str, ...],
    command: str,
) -> None:
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "PulumiPolicy.yaml").write_text(f"runtime: {runtime}\n")
    for name in files:
        (folder / name).touch()
    monkeypatch.setenv("PATH", str(with_programs(tmp_path / "bin", "node", "bun")))
    with pytest.raises(PackError) as raised:
        read_pack(folder)
    assert raised.value.hint == (
        f"run `{command}` in {folder}; its package.json has to name @pulumi/pulumi"
    )


def with_programs(folder: Path, *names: str) -> Path:
    """A folder of programs that are found and never run."""
    folder.mkdir()
    for name in names:
        (folder / name).touch(mode=0o755)
    return folder


@pytest.mark.parametrize(
    ("runtime", "program", "before"),
    [
        pytest.param("nodejs", "node", [], id="node"),
        pytest.param("bun", "bun", ["run"], id="bun"),
    ],
)
def test_a_pack_for_node_is_started_by_the_program_that_its_runtime_names(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    runtime: str,
    program: str,
    before: list[str],
) -> None:
    """The engine gives the options behind the SDK's script, and splits them like a shell."""
    folder = tmp_path / "pack"
    script = folder / "node_modules" / "@pulumi" / "pulumi" / "cmd" / "run-policy-pack" / "index.js"
    script.parent.mkdir(parents=True)
    script.touch()
    options = "{nodeargs: \"--a 'b c'\", typescript: false}"
    (folder / "PulumiPolicy.yaml").write_text(f"runtime: {{name: {runtime}, options: {options}}}\n")
    programs = with_programs(tmp_path / "bin", "node", "bun")
    monkeypatch.setenv("PATH", str(programs))
    command = read_pack(folder)
    assert list(command.arguments) == [
        str(programs / program),
        *before,
        str(script),
        "--a",
        "b c",
        "127.0.0.1:1",
        str(folder),
    ]
    assert (command.runtime, command.environment) == ("nodejs", {})


@pytest.mark.parametrize(
    ("runtime", "program", "install"),
    [("nodejs", "node", "Node.js"), ("bun", "bun", "Bun")],
)
def test_a_program_that_is_not_installed_is_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    runtime: str,
    program: str,
    install: str,
) -> None:
    (tmp_path / "PulumiPolicy.yaml").write_text(f"runtime: {runtime}\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PackError) as raised:
        read_pack(tmp_path)
    assert str(raised.value) == f"policy pack {tmp_path} needs {program}, which is not on PATH"
    assert raised.value.hint == f"install {install}, or leave the pack out"
