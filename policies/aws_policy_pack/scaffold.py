"""Writes the files of a new pack that builds on this one."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

MAIN = '''"""Serves rules of aws-policy-pack, and own ones, to the engine."""

from aws_policy_pack.analyzer import serve
from aws_policy_pack.registry import select

serve("{name}", select(areas=["names", "cost", "sqs"]), version="0.1.0")
'''
PROJECT = """description: Rules for our stacks, built on aws-policy-pack
version: 0.1.0
runtime:
  name: python
  options:
    toolchain: pip
    virtualenv: {environment}
"""
PROFILE: Mapping[str, object] = {"cost-ecs-desired-count": {"max": 4}}


class ScaffoldError(Exception):
    """The pack cannot be written; the text says why."""


def write_pack(folder: Path) -> tuple[Path, ...]:
    """Writes a pack and its profile into a folder and returns the files.

    Raises:
        ScaffoldError: A file is there already, or the folder cannot be written.
    """
    files = {
        folder / "__main__.py": MAIN.format(name=folder.resolve().name),
        folder / "PulumiPolicy.yaml": PROJECT.format(environment=_environment(folder.resolve())),
        folder / "requirements.txt": "aws-policy-pack\n",
        folder / "profile.json": json.dumps(PROFILE, indent=2) + "\n",
    }
    for path in files:
        if path.exists():
            raise ScaffoldError(f"{path} is there already; name another folder, or remove it")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ScaffoldError(f"{folder} cannot be written: {error.strerror}") from error
    return tuple(files)


def _environment(folder: Path) -> str:
    """The virtual environment of the pack, as seen from its folder.

    That which the command runs in, if it lies beside the pack, so that the pack starts at once;
    otherwise one of its own, which `pulumi install` makes.
    """
    active = Path(sys.prefix)
    beside = sys.prefix != sys.base_prefix and active.is_relative_to(folder.parent)
    return os.path.relpath(active, folder) if beside else "venv"
