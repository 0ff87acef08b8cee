"""Runs the stack's program on preflight's monitor."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import yaml
from google.protobuf.json_format import MessageToDict

from pulumi_preflight.model import RegisteredResource
from pulumi_preflight.program import run_program
from pulumi_preflight.project import load_project
from tests.stack.deployment import Deployment, Resource
from tests.stack.settings import STACK, put


def run(project: Path, stack: str) -> Deployment:
    """Runs the program of a project folder.

    Raises:
        ProgramError: The program ended with an error.
    """
    deployed = run_program(
        load_project(project, stack=stack), check=lambda request, _taint: request.properties
    )
    assert not deployed.duplicates
    return Deployment(
        resources=tuple(_resource(resource) for resource in deployed.resources),
        outputs=MessageToDict(deployed.stack_outputs),
    )


def changed_project(folder: Path, stack: str, changes: Iterable[tuple[str, object]]) -> Path:
    """A copy of the project with settings changed in the stack's file."""
    (folder / "policies").symlink_to(STACK.parent / "policies")
    project = folder / STACK.name
    shutil.copytree(STACK, project, ignore=shutil.ignore_patterns("__pycache__"))
    project_file = project / "Pulumi.yaml"
    project_file.write_text(
        project_file.read_text().replace("../.venv", str(STACK.parent / ".venv"))
    )
    file = project / f"Pulumi.{stack}.yaml"
    content = yaml.safe_load(file.read_text())
    for path, value in changes:
        put(content["config"], f"dagster-taskiq:{path}", value)
    file.write_text(yaml.safe_dump(content))
    return project


def _resource(resource: RegisteredResource) -> Resource:
    return Resource(
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        parent=resource.parent,
        inputs=MessageToDict(resource.inputs),
        provider=resource.provider,
        ignore_changes=tuple(resource.options.ignoreChanges),
        property_dependencies=resource.property_dependencies,
    )
