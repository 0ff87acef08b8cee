"""The sessions read the files of a project as the engine and preflight read them."""

import os
from pathlib import Path

import pytest

from ops.rehearse import rehearsed
from pulumi_loopback.endpoint import url_in
from pulumi_loopback.errors import CommandError
from pulumi_loopback.target import Target, target
from pulumi_preflight.project import load_project
from pulumi_preflight.project.yaml_files import read_mapping
from pulumi_preflight.runtimes import hosts
from tests.loopback.projects import ENGINE, project_in


@pytest.fixture(autouse=True)
def unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is never started."""
    monkeypatch.setattr("pulumi_loopback.target.Target.ask", lambda *_: "")


def project(folder: Path, name: str = "shop", settings: str = "") -> Path:
    (folder / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n")
    (folder / "Pulumi.local.yaml").write_text(f"config:\n  {settings}\n")
    (folder / "__main__.py").touch()
    return folder


@pytest.mark.parametrize("name", ["yes", "no", "on", "y", "shop"])
def test_a_name_is_text_where_the_engine_reads_text(name: str, tmp_path: Path) -> None:
    folder = project(tmp_path, name)
    assert target(project_in(folder)).name == load_project(folder, stack="local").name == name


@pytest.mark.parametrize(("name", "value"), [("012", 10), ("~", None), ("true", True)])
def test_a_name_that_is_not_text_is_named(name: str, value: object, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=rf"Pulumi\.yaml: name is {value!r}; wanted"):
        target(project_in(project(tmp_path, name)))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        pytest.param(
            "a: 1\n  a: 2", "Pulumi.local.yaml:3: is not YAML: the key 'a' is", id="twice"
        ),
        pytest.param("[", "Pulumi.local.yaml:3: is not YAML: ", id="open"),
        pytest.param("? [a]\n  : 1", "a list or mapping is the key of a mapping", id="list-as-key"),
    ],
)
def test_settings_that_the_engine_refuses_are_refused_with_the_line(
    settings: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(CommandError) as raised:
        url_in(project_in(project(tmp_path, settings=settings)))
    assert told in str(raised.value)


def test_an_endpoint_named_by_a_word_is_a_word(tmp_path: Path) -> None:
    folder = project(tmp_path, settings="shop:aws.endpoint: on")
    with pytest.raises(CommandError, match=r"aws\.endpoint is on; wanted a loopback address"):
        url_in(project_in(folder))


def test_a_folder_without_a_project_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"is not a Pulumi project: there is no .*Pulumi\.yaml"):
        target(project_in(tmp_path))


@pytest.mark.parametrize(
    "value",
    ["yes", '"yes"', "0o17", '"0o17"', "1_000", "1e3", "012", "~", '"~"', "{a: [no, 1.5]}", "'é'"],
)
def test_the_rehearsal_keeps_every_value(value: str, tmp_path: Path) -> None:
    folder = project(tmp_path, settings=f"shop:key: {value}")
    stack = Target(project=project_in(folder), name="shop", engine=ENGINE, variables={})
    own = tmp_path / "own"
    own.mkdir()
    with rehearsed(stack, own, tmp_path / "store") as (_, settings):
        assert read_mapping(settings) == read_mapping(folder / "Pulumi.local.yaml")


@pytest.mark.parametrize(
    ("runtime", "is_built", "comes_first"),
    [
        pytest.param("yaml", True, True, id="yaml"),
        pytest.param("{name: yaml, options: {}}", True, True, id="yaml-with-options"),
        pytest.param("yaml", False, False, id="nothing-is-built"),
        pytest.param("python", True, False, id="another-language"),
    ],
)
def test_the_engine_finds_the_language_host_that_preflight_has_built(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    runtime: str,
    *,
    is_built: bool,
    comes_first: bool,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = project(tmp_path)
    (folder / "Pulumi.yaml").write_text(f"name: shop\nruntime: {runtime}\n")
    built = hosts.folder() / "yaml"
    monkeypatch.setattr(hosts, "_program", lambda *_: built / "pulumi-language-yaml")
    if is_built:
        built.mkdir(parents=True)
        (built / "pulumi-language-yaml").touch()
    first, *_ = target(project_in(folder)).variables["PATH"].split(os.pathsep)
    assert (first == str(built)) is comes_first
