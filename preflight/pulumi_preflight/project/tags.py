"""The stack's tags: the user's own, over those that a file backend keeps.

The engine hands packs the tags that its backend keeps. A file backend has them beside the stack's
state. `pulumi:tags` of the configuration reaches only Pulumi Cloud.
Source: pulumi/pulumi, pkg/backend/diy/{stack_tags,backend,state}.go.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from pulumi_preflight.errors import ProjectError

_FILES = "file://"
_VERSION = 1


def stack_tags(
    project: str,
    stack: str,
    *,
    root: Path,
    backend: str,
    given: Mapping[str, str],
) -> dict[str, str]:
    """Gives the tags of a stack.

    Args:
        project: The project's name.
        stack: The stack's name.
        root: The project's folder, from which a backend's relative addresses start.
        backend: The address of the backend, empty where none is named.
        given: The user's own tags, which win over those of the backend.

    Raises:
        ProjectError: The backend's file cannot be read.
    """
    kept: dict[str, str] = {}
    if backend.startswith(_FILES):
        stacks = _folder(backend, root) / ".pulumi" / "stacks"
        # An old backend has no folder for each project.
        for file in (stacks / f"{stack}.pulumi-tags", stacks / project / f"{stack}.pulumi-tags"):
            kept = _read(file) if file.is_file() else kept
    return {**kept, **given}


def _folder(address: str, root: Path) -> Path:
    path = unquote(address.removeprefix(_FILES).partition("?")[0])
    return Path(root, Path(path).expanduser() if path.startswith("~") else path)


def _read(file: Path) -> dict[str, str]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ProjectError(f"{file}: the stack's tags cannot be read: {error}") from error
    tags = content.get("tags") if isinstance(content, dict) else None
    version = content.get("version") if isinstance(content, dict) else None
    texts = isinstance(tags, dict) and all(isinstance(text, str) for text in tags.values())
    if version != _VERSION or not (texts or tags is None):
        raise ProjectError(
            f"{file}: holds no tags of version {_VERSION}",
            hint="set them again: pulumi stack tag set NAME VALUE",
        )
    return tags or {}
