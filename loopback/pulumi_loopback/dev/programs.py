"""The programs of the applications' images."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pulumi_loopback.errors import CommandError
from pulumi_loopback.uv import uv


@dataclass(frozen=True, slots=True, kw_only=True)
class Apps:
    """The applications whose programs images hold.

    Attributes:
        folder: The folder of the applications' folders.
        images: Images, as the stack's output `repositoryUrls` names them, to the names of the
            folders of what is in them.
        dagster: The folder with the dagster.yaml and workspace.yaml of Dagster's image.
    """

    folder: Path
    images: Mapping[str, str]
    dagster: Path

    def programs_of(self, image: str) -> Path:
        """The folder of an image's programs; see the function of this name."""
        return programs_of(self.folder / self.images[image])


@cache
def programs_of(app: Path) -> Path:
    """The programs of an app's own environment, which is made from its lock file where need be.

    Args:
        app: The app's folder.

    Raises:
        CommandError: There is no uv, or it cannot make the environment.
    """
    inherited = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    # Where several ask at once, uv lets one after the other in.
    made = subprocess.run(
        [uv(), "sync", "--quiet", "--locked", "--project", app],
        env=inherited,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise CommandError(f"the environment of {app.name} cannot be made: {made.stderr.strip()}")
    return app / ".venv" / "bin"
