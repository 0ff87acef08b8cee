"""Writes and runs Pulumi programs under preflight, for the fixtures and tests of this folder."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import yaml
from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto.analyzer_pb2 import AnalyzeRequest

from pulumi_preflight.model import Deployment, RegisteredResource
from pulumi_preflight.program import run_program
from pulumi_preflight.project import Project

# Far above what any program here needs, so that a busy machine fails no test.
TIMEOUT_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A program that ran to its end, and what packs were asked meanwhile."""

    project: Project
    deployment: Deployment
    requests: tuple[AnalyzeRequest, ...]

    def resource(self, name: str) -> RegisteredResource:
        """The one resource of a logical name."""
        found = [each for each in self.deployment.resources if each.name == name]
        assert len(found) == 1, [each.urn for each in self.deployment.resources]
        return found[0]

    def inputs(self, name: str) -> dict[str, Any]:
        """The inputs of a resource as plain values."""
        return plain(self.resource(name).inputs)

    def outputs(self, name: str) -> dict[str, Any]:
        """The outputs of a resource as plain values."""
        return plain(self.resource(name).outputs)

    @property
    def exports(self) -> dict[str, Any]:
        """What the stack exports."""
        return plain(self.deployment.stack_outputs)

    @property
    def notes(self) -> list[str]:
        """The notes' texts."""
        return [note.text for note in self.deployment.notes]

    @property
    def printed(self) -> Any:  # noqa: ANN401 - JSON
        """What the program printed as one line of JSON."""
        return json.loads(self.deployment.printed)


def plain(message: Struct) -> dict[str, Any]:
    """A message as plain values."""
    return MessageToDict(message)


class WriteProject(Protocol):
    """Writes a project into a folder of its own."""

    def __call__(
        self,
        program: str,
        *,
        project: Mapping[str, Any] | None = None,
        files: Mapping[str, str] | None = None,
    ) -> Path:
        """Takes the program, more keys of the project file, and more files."""


class RunProgram(Protocol):
    """Runs a program; the same one with the same arguments runs once."""

    def __call__(
        self, program: str, *, config: str = "", preflight: str = "", keep_unknowns: bool = False
    ) -> Ran:
        """Takes the program, and as YAML the project's config and `preflight.yaml`."""


def write_files(
    folder: Path, program: str, project: Mapping[str, Any], files: Mapping[str, str]
) -> Path:
    content = {
        "name": "shop",
        # Without a toolchain the project would be searched for one, up to the root.
        "runtime": {"name": "python", "options": {"toolchain": "pip"}},
        **project,
    }
    for name, text in {
        "Pulumi.yaml": yaml.safe_dump(content),
        "__main__.py": program,
        **files,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def run_loaded(
    project: Project,
    *,
    keep_unknowns: bool = False,
    check: Callable[[AnalyzeRequest], Struct] = lambda request: request.properties,
) -> Ran:
    """Runs a loaded project and keeps what packs would be asked."""
    requests: list[AnalyzeRequest] = []

    def keep(request: AnalyzeRequest, _taint: object) -> Struct:
        requests.append(request)
        return check(request)

    deployment = run_program(
        project, check=keep, keep_unknowns=keep_unknowns, timeout_seconds=TIMEOUT_SECONDS
    )
    return Ran(project=project, deployment=deployment, requests=tuple(requests))
