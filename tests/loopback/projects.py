"""Projects for tests, on an engine that nobody starts."""

from pathlib import Path

from pulumi_loopback.engine import Engine
from pulumi_loopback.project import LOCAL, Project

ENGINE = Engine(pulumi=Path("no-engine"), version="3.276.0", origin="PATH")


def project_in(folder: Path, stack: str = LOCAL) -> Project:
    """A project whose stack `local` alone is made on this machine."""
    return Project(
        folder=folder, stack=stack, home=folder, local=stack == LOCAL, engine=lambda: ENGINE
    )
