"""Language hosts that preflight brings as sources."""

import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from pulumi_preflight.cli import main
from pulumi_preflight.runtimes import hosts
from pulumi_preflight.runtimes.hosts import HostError


def nothing(_text: str) -> None:
    """Tells nobody."""


def test_the_sources_are_in_the_package() -> None:
    sources = files("pulumi_preflight.runtimes.hosts").joinpath("yaml")
    assert {each.name for each in sources.iterdir()} == {"main.go", "go.mod", "go.sum"}


def test_a_host_is_kept_in_the_cache_of_the_user(tmp_path: Path) -> None:
    assert hosts.folder({"XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / "pulumi-preflight"


@pytest.mark.parametrize(
    "given", [pytest.param("", id="empty"), pytest.param("a/b", id="relative")]
)
def test_a_cache_that_is_no_absolute_folder_is_that_of_the_home(given: str) -> None:
    assert hosts.folder({"XDG_CACHE_HOME": given}) == Path.home() / ".cache" / "pulumi-preflight"


def test_a_cache_without_a_host_has_none(tmp_path: Path) -> None:
    assert hosts.find("yaml", {"XDG_CACHE_HOME": str(tmp_path)}) is None


def test_a_machine_without_go_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="built with Go, and there is no `go` on PATH") as raised:
        hosts.build("yaml", nothing, {"PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)})
    assert raised.value.hint == "install Go: https://go.dev/dl/"


def test_a_cache_that_cannot_be_written_is_one_error(tmp_path: Path, go: str) -> None:
    (tmp_path / "file").touch()
    variables = {"PATH": str(Path(go).parent), "XDG_CACHE_HOME": str(tmp_path / "file")}
    with pytest.raises(HostError, match=r"the built host cannot be kept there: ") as raised:
        hosts.build("yaml", nothing, variables)
    assert raised.value.hint == "name another folder with XDG_CACHE_HOME"


def test_a_build_that_fails_is_one_error_and_leaves_nothing(tmp_path: Path, go: str) -> None:
    told: list[str] = []
    variables = {
        "PATH": str(Path(go).parent),
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        # Without modules, and without a way to them.
        "GOMODCACHE": str(tmp_path / "modules"),
        "GOPROXY": "off",
    }
    with pytest.raises(HostError, match="cannot be built: go build said\n") as raised:
        hosts.build("yaml", told.append, variables)
    assert "module lookup disabled by GOPROXY=off" in str(raised.value)
    assert told == [
        f"Building the language host for yaml with {go}; the first time takes minutes ...\n"
    ]
    assert hosts.find("yaml", variables) is None
    assert [each for each in hosts.folder(variables).rglob("*") if each.is_file()] == []


@pytest.fixture
def go() -> str:
    found = shutil.which("go")
    if found is None:
        pytest.skip("go is not on PATH")
    return found


def test_the_command_without_go_ends_with_2_and_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert main(["install", "yaml"]) == 2
    assert capsys.readouterr().err == (
        "error: the language host for yaml is built with Go, and there is no `go` on PATH\n"
        "hint: install Go: https://go.dev/dl/\n"
    )


def test_a_runtime_that_needs_no_host_is_one_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["install", "python"]) == 2
    assert "argument RUNTIME: invalid choice: 'python' (choose from " in capsys.readouterr().err
