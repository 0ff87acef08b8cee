"""Copies of the stack's project, with other settings."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import yaml

from tests.stack.settings import STACK, put


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
