"""Builds and runs an image: with Docker where its engine runs, else with buildah, which needs none.

Buildah reaches no registry here, so it builds on stand-ins of the base images: the same names, with
the same Python from Debian.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

# Debian's release with the Python of the image.
_SUITES = {"3.13": "trixie"}
_DEBIAN = ("ca-certificates", "passwd", "python3", "python3-venv")
_CERTIFICATES = Path("/etc/ssl/certs")
_PIP_SETTINGS = Path("/etc/pip.conf")


class Docker:
    """Docker's own client and engine."""

    name = "pulumi-preflight-test"

    @staticmethod
    def runs() -> bool:
        """Whether there is an engine."""
        if shutil.which("docker") is None:
            return False
        return _attempt("docker", "info").returncode == 0

    def build(self, folder: Path) -> None:
        """Builds the image of a folder."""
        _run("docker", "build", "--tag", self.name, folder)

    def run(self, command: Sequence[str], work: Path) -> subprocess.CompletedProcess[str]:
        """Runs a command in the image, without a network, on a folder that it may only read."""
        mounted = ("--volume", f"{work}:/work:ro")
        entry = ("--entrypoint", command[0], self.name)
        return _attempt("docker", "run", "--rm", "--network=none", *mounted, *entry, *command[1:])


class Buildah:
    """Buildah without namespaces, as root, with a store of its own."""

    name = "localhost/pulumi-preflight-test"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store: tuple[str | Path, ...] = (
            *("--root", folder / "store"),
            *("--runroot", folder / "run"),
        )

    @staticmethod
    def runs() -> bool:
        """Whether it can build here."""
        return os.geteuid() == 0 and all(map(shutil.which, ("buildah", "debootstrap")))

    def build(self, folder: Path) -> None:
        """Builds the image of a folder, on stand-ins for its base images."""
        text = (folder / "Dockerfile").read_text()
        [python] = set(re.findall(r"^FROM (python:\S+)", text, re.MULTILINE))
        [tool] = re.findall(r"--from=(\S+/uv:\S+)", text)
        root = self._folder / "debian"
        suite = _SUITES[python.partition(":")[2].partition("-")[0]]
        _run("debootstrap", "--variant=minbase", f"--include={','.join(_DEBIAN)}", suite, root)
        (root / "usr" / "bin" / "python").symlink_to("python3")
        settings = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "SSL_CERT_FILE": str(_CERTIFICATES / "ca-certificates.crt"),
            "UV_SYSTEM_CERTS": "1",
        }
        self._commit(f"docker.io/library/{python}", {root: "/"}, settings)
        shutil.rmtree(root)
        uv = shutil.which("uv")
        assert uv is not None
        self._commit(tool, {Path(uv).resolve(): "/uv"}, {})
        options = ["--pull=never", "--network=host", "--tag", self.name]
        for path in (_CERTIFICATES, _PIP_SETTINGS):
            if path.exists():
                options += ["--volume", f"{path}:{path}:ro"]
        self._buildah("bud", *options, folder)

    def run(self, command: Sequence[str], work: Path) -> subprocess.CompletedProcess[str]:
        """Runs a command in the image, on a folder that it may only read."""
        container = self._buildah("from", "--pull=never", self.name)
        mounted = ("--volume", f"{work}:/work:ro")
        try:
            words = ("run", *mounted, container, "--", *command)
            return _attempt("buildah", *self._store, *words)
        finally:
            self._buildah("rm", container)

    def _commit(self, name: str, added: dict[Path, str], settings: dict[str, str]) -> None:
        container = self._buildah("from", "scratch")
        for source, target in added.items():
            self._buildah("add", "--quiet", container, source, target)
        variables = [f"--env={key}={value}" for key, value in settings.items()]
        self._buildah("config", *variables, container)
        self._buildah("commit", "--quiet", "--rm", container, name)

    def _buildah(self, *words: str | Path) -> str:
        return _run("buildah", *self._store, *words).strip()


def engine(folder: Path) -> Docker | Buildah:
    """What builds images here; where nothing does, CI fails."""
    if Docker.runs():
        return Docker()
    if Buildah.runs():
        return Buildah(folder)
    reason = "neither Docker's engine nor, as root, buildah and debootstrap are here"
    if "CI" in os.environ:
        pytest.fail(reason)
    pytest.skip(reason)


def _run(*command: str | Path) -> str:
    ended = _attempt(*command)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def _attempt(*command: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "BUILDAH_ISOLATION": "chroot"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
