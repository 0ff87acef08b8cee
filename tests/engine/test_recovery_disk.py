"""A full disk: one error before anything begins, nothing lost, and work goes on with room."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.lifecycle import Project
from tests.engine.page import is_on_the_page
from tests.waiting import wait_until

_SIZE = 64 << 20


@pytest.fixture
def small_disk(deployed: Project) -> Iterator[Path]:
    """The backend of a deployed project, on a disk of its own."""
    backend = deployed.root / "backend"
    kept = deployed.root / "kept"
    backend.rename(kept)
    backend.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(backend)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine lets no small disk be mounted")
    try:
        shutil.copytree(kept, backend, dirs_exist_ok=True)
        yield backend
    finally:
        subprocess.run(["umount", str(backend)], check=True)  # noqa: S607 - the system's own


def fill(disk: Path) -> Path:
    """Fills the disk to the last byte."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as stream:
        for size in (1 << 20, 4096, 1):
            try:
                while True:
                    stream.write(b"x" * size)
            except OSError:
                continue
    return filler


@pytest.mark.parametrize("session", ["destroy", "up"])
def test_a_full_disk_is_one_error_and_nothing_is_lost(
    session: str, small_disk: Path, deployed: Project
) -> None:
    before = deployed.state_file.read_text()
    filler = fill(small_disk)
    refused = deployed.run(session, "--yes", LC_ALL="C")
    output = refused.stdout + refused.stderr
    assert refused.returncode == 2, output
    assert f"{small_disk / '.pulumi'}: 0.0 MB are left on this disk" in refused.stderr
    assert "Traceback" not in output
    assert "goroutine" not in output
    assert is_on_the_page(refused.stderr)
    wait_until(lambda: not deployed.processes())
    assert deployed.state_file.read_text() == before
    assert list(small_disk.rglob("*.part")) == []
    filler.unlink()
    deployed.passes(session, "--yes")
    assert len(deployed.existing) == (2 if session == "up" else 0)
