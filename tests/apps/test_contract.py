"""What the stack's task definitions set is what the applications read and serve, both ways."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ops.dev.programs import APPS, programs_of
from ops.paths import ROOT
from tests.stack.conftest import Deploy

READS = ROOT / "tests" / "apps" / "reads.py"


@dataclass(frozen=True, slots=True)
class Reader:
    """The app behind a container, and where it reads variables.

    Attributes:
        app: Its folder.
        models: Models of settings.
        files: YAML files of the image; `env: NAME` in them is a variable.
        others: What a library reads by itself.
    """

    app: str
    models: tuple[str, ...]
    files: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def dagster_reader(models: tuple[str, ...], *files: str) -> Reader:
    """A container of Dagster, which loads its instance from `dagster.yaml` in its home."""
    return Reader(
        "dagster_app",
        tuple(f"dagster_app.settings:{model}" for model in ("DatabaseSettings", *models)),
        ("dagster.yaml", *files),
        ("DAGSTER_HOME",),
    )


READERS = {
    "auto-scaler/auto-scaler": Reader("auto_scaler", ("auto_scaler.settings:Settings",)),
    "dagster-daemon/code-server": dagster_reader(("StepSettings",)),
    "dagster-daemon/daemon": dagster_reader((), "workspace.yaml"),
    "dagster-webserver/webserver": dagster_reader((), "workspace.yaml"),
    "taskiq-worker/worker": dagster_reader(("StepSettings", "WorkerSettings")),
    "taskiq-demo-api/api": Reader("taskiq_demo", ("taskiq_demo.settings:Settings",)),
    "taskiq-demo-worker/worker": Reader(
        "taskiq_demo",
        ("taskiq_demo.settings:Settings", "taskiq_demo.settings:WorkerSettings"),
    ),
}
IMAGES = {
    "auto_scaler": "auto-scaler/auto-scaler",
    "dagster_app": "dagster-webserver/webserver",
    "taskiq_demo": "taskiq-demo-api/api",
}
"""Each app and the container whose command its image has by itself."""
SET_BY_ECS = {"ECS_AGENT_URI"}

each_container = pytest.mark.parametrize("name", READERS)
each_image = pytest.mark.parametrize("app", IMAGES)


@cache
def read_by(reader: Reader) -> Mapping[str, Any]:
    """What the models read, asked in the app's own environment."""
    command = [str(programs_of(reader.app) / "python"), str(READS), *reader.models]
    found: Mapping[str, Any] = json.loads(subprocess.check_output(command))
    return found


def read_in_files(reader: Reader) -> set[str]:
    """The variables that YAML files of the image name."""
    texts = [(APPS / reader.app / file).read_text() for file in reader.files]
    return {name for text in texts for name in re.findall(r"^\s*env: (\w+)$", text, re.MULTILINE)}


def set_by(container: Mapping[str, Any]) -> set[str]:
    """Variables and secrets of a container."""
    given = [*container["environment"], *container.get("secrets", [])]
    return {variable["name"] for variable in given}


@each_container
def test_nothing_is_set_that_nobody_reads(name: str, containers: dict[str, dict[str, Any]]) -> None:
    reader = READERS[name]
    reads = read_by(reader)
    read = {variable for model in reads["models"].values() for variable in model}
    read |= read_in_files(reader) | set(reader.others) | set(reads["sdk"])

    assert set_by(containers[name]) - read == set()


@each_container
@pytest.mark.parametrize("stack", ["local", "dev", "prod"])
def test_nothing_is_read_that_nobody_sets(name: str, stack: str, deployment: Deploy) -> None:
    reader = READERS[name]
    given = set_by(deployment(stack, ("taskiqDemo.enabled", True)).containers()[name]) | SET_BY_ECS

    for model, variables in read_by(reader)["models"].items():
        assert set(variables) - given == set(), model
    assert read_in_files(reader) - given == set()
    assert set(reader.others) - given == set()


def test_every_container_of_the_stack_is_looked_at(containers: dict[str, dict[str, Any]]) -> None:
    assert set(READERS) == set(containers)


@each_container
def test_no_variable_is_set_to_nothing(name: str, containers: dict[str, dict[str, Any]]) -> None:
    values = {entry["name"]: entry["value"] for entry in containers[name]["environment"]}

    assert all(values.values())


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """The instructions of a Dockerfile's last stage, and the sources of every COPY."""

    instructions: tuple[tuple[str, str], ...]
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
        tuple(pairs[last:]), tuple(source for words in from_context for source in words)
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


def test_the_broker_of_both_applications_is_the_same() -> None:
    # Its tests are the demo's. A package of its own would be a release for one file.
    brokers = [APPS / app / "src" / app / "broker.py" for app in ("dagster_app", "taskiq_demo")]

    assert brokers[0].read_text() == brokers[1].read_text()


def test_the_roles_of_the_demo_allow_the_prefix_that_it_writes_to(deployment: Deploy) -> None:
    settings = (APPS / "taskiq_demo" / "src" / "taskiq_demo" / "tasks.py").read_text()
    (prefix,) = re.findall(r'^RESULTS_PREFIX = "(.*)"$', settings, re.MULTILINE)
    policies = deployment("local", ("taskiqDemo.enabled", True)).policies()

    for service in ("taskiq-demo-api", "taskiq-demo-worker"):
        (statements,) = [
            found
            for name, found in policies.items()
            if name.startswith(service) and any(one.get("Sid") == "UseObjects" for one in found)
        ]
        (objects,) = [one for one in statements if one.get("Sid") == "UseObjects"]
        (resource,) = (
            [objects["Resource"]] if isinstance(objects["Resource"], str) else objects["Resource"]
        )
        assert resource.endswith(f"/{prefix}/*")
