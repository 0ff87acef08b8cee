"""A small disk of its own that a test can fill."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_BLOCK = b"\0" * 65536


class NoDiskError(Exception):
    """No disk can be mounted here; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A mounted disk.

    Attributes:
        folder: Where it is mounted.
    """

    folder: Path

    @contextmanager
    def full(self, left: int) -> Iterator[None]:
        """Fills the disk up to so many bytes while the block runs."""
        ballast = self.folder / "ballast"
        try:
            with ballast.open("wb", buffering=0) as file:
                try:
                    while True:
                        file.write(_BLOCK)
                except OSError:  # the disk is full
                    file.truncate(max(0, file.tell() - left))
            yield
        finally:
            ballast.unlink()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """Mounts a disk in memory over an empty folder while the block runs.

    Raises:
        NoDiskError: This user cannot mount.
    """
    if os.geteuid() != 0 or not (mount := shutil.which("mount")):
        raise NoDiskError("only root may mount a disk")
    options = ["-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "chaos", str(folder)]
    mounted = subprocess.run([mount, *options], capture_output=True, text=True, check=False)
    if mounted.returncode:
        raise NoDiskError(f"mount says {mounted.stderr.strip()}")
    try:
        yield Disk(folder=folder)
    finally:
        subprocess.run(["umount", str(folder)], check=True)  # noqa: S607 - beside mount
