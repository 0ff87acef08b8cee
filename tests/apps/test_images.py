"""The Dockerfiles: what the task definitions expect, and what makes an image small and safe."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

from ops.dev import APPS
from tests.apps.readers import READERS

IMAGES = {
    "auto_scaler": "auto-scaler/auto-scaler",
    "dagster_app": "dagster-webserver/webserver",
    "taskiq_demo": "taskiq-demo-api/api",
}
"""Each app and the container whose command its image has by itself."""
each_image = pytest.mark.parametrize("app", IMAGES)


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """A Dockerfile.

    Attributes:
        instructions: Those of the last stage, which are the image.
        stages: The base image of every stage.
        runs: The RUN instructions of all stages.
        copied: What is copied out of the app's folder.
    """

    instructions: tuple[tuple[str, str], ...]
    stages: tuple[str, ...]
    runs: tuple[str, ...]
    copied: tuple[str, ...]

    def one(self, instruction: str) -> str:
        """The value of an instruction that stands there once."""
        (value,) = self.all(instruction)
        return value

    def all(self, instruction: str) -> list[str]:
        """The values of an instruction."""
        return [value for name, value in self.instructions if name == instruction]


def dockerfile(app: str) -> Dockerfile:
    """Reads the Dockerfile of an app; instructions stand on one line each."""
    lines = (APPS / app / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    pairs = [
        (found["name"], found["value"].strip())
        for line in lines
        if (found := re.fullmatch(r"(?P<name>[A-Z]+) (?P<value>.*)", line))
    ]
    last = max(index for index, (name, _) in enumerate(pairs) if name == "FROM")
    copies = [shlex.split(value) for name, value in pairs if name == "COPY"]
    from_context = [
        [word for word in words[:-1] if not word.startswith("--")]
        for words in copies
        if not words[0].startswith("--from")
    ]
    return Dockerfile(
        instructions=tuple(pairs[last:]),
        stages=tuple(value.split()[0] for name, value in pairs if name == "FROM"),
        runs=tuple(value for name, value in pairs if name == "RUN"),
        copied=tuple(source for words in from_context for source in words),
    )


@each_image
def test_an_image_starts_what_the_task_definition_starts(
    app: str, containers: dict[str, dict[str, Any]]
) -> None:
    assert json.loads(dockerfile(app).one("CMD")) == containers[IMAGES[app]]["command"]


@each_image
def test_an_image_runs_as_the_user_of_the_task_definition(
    app: str, containers: dict[str, dict[str, Any]]
) -> None:
    image, user = dockerfile(app), containers[IMAGES[app]]["user"]

    assert image.one("USER") == user
    (created,) = [value for value in image.all("RUN") if "useradd" in value]
    assert f'"--uid", "{user}"' in created


@each_image
def test_an_image_exposes_the_ports_that_are_mapped(
    app: str, containers: dict[str, dict[str, Any]]
) -> None:
    mapped = {
        str(port["containerPort"])
        for name, reader in READERS.items()
        for port in containers[name].get("portMappings", [])
        if reader.app == app
    }

    exposed = [port for ports in dockerfile(app).all("EXPOSE") for port in ports.split()]
    assert sorted(exposed) == sorted(mapped)


@each_image
def test_an_image_declares_each_writable_folder_as_a_volume(
    app: str, containers: dict[str, dict[str, Any]]
) -> None:
    volumes = [path for value in dockerfile(app).all("VOLUME") for path in json.loads(value)]
    for name, reader in READERS.items():
        if reader.app == app:
            mounted = [mount["containerPath"] for mount in containers[name].get("mountPoints", [])]
            assert volumes == mounted


@each_image
def test_what_is_copied_is_there_and_not_ignored(app: str) -> None:
    kept = (APPS / app / ".dockerignore").read_text().splitlines()
    for source in dockerfile(app).copied:
        assert (APPS / app / source).exists()
        assert f"!{source}" in kept


@each_image
def test_a_dockerfile_passes_hadolint_and_installs_no_system_packages(app: str) -> None:
    file = APPS / app / "Dockerfile"
    hadolint = Path(sys.executable).parent / "hadolint"

    found = subprocess.run([hadolint, file], capture_output=True, text=True, check=False)

    assert found.stdout == ""
    assert not re.search(r"\b(curl|apt|apt-get)\b", file.read_text())


@each_image
def test_an_image_is_built_in_one_stage_and_runs_in_another_on_the_same_pinned_base(
    app: str,
) -> None:
    building, running = dockerfile(app).stages

    assert building == running
    assert re.fullmatch(r"python:3\.\d+-slim-[a-z]+", running)
    tools = re.findall(r"--from=(\S+/\S+)", (APPS / app / "Dockerfile").read_text())
    assert tools
    assert all(re.search(r":\d+\.\d+\.\d+$", tool) for tool in tools)


@each_image
def test_the_python_of_an_image_is_one_that_the_app_is_locked_for(app: str) -> None:
    project = tomllib.loads((APPS / app / "pyproject.toml").read_text())["project"]
    (python,) = re.findall(r":(3\.\d+)-", dockerfile(app).stages[-1])

    assert python in SpecifierSet(project["requires-python"])


@each_image
def test_an_image_has_what_its_lock_file_says_and_nothing_for_development(app: str) -> None:
    commands = [json.loads(run) for run in dockerfile(app).runs]
    installing = [command for command in commands if command[0] == "uv"]

    assert installing
    assert all({"sync", "--locked", "--no-dev"} <= set(command) for command in installing)
    assert "--no-editable" in installing[-1], "the sources stay behind"


@each_image
def test_every_command_of_a_dockerfile_is_in_exec_form(app: str) -> None:
    for command in (*dockerfile(app).runs, dockerfile(app).one("CMD")):
        assert isinstance(json.loads(command), list)
    assert not dockerfile(app).all("ENTRYPOINT")
