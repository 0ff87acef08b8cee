"""Processes and folders go with the process that made them, however it ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from ops.paths import ROOT
from pulumi_loopback.guard import temporary_folder
from tests.waiting import wait_until

HOLD = """\
import sys
from pulumi_loopback.guard import temporary_folder
with temporary_folder("guarded-") as folder:
    (folder / "inner").mkdir()
    (folder / "inner" / "file").touch()
    print(folder, flush=True)
    sys.stdin.read()
"""


def test_a_folder_goes_with_a_process_that_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        folder = Path(process.stdout.readline().decode().strip())
        assert (folder / "inner" / "file").exists()
        process.kill()
    wait_until(lambda: not folder.exists(), "the end of the folder")


def test_a_folder_is_the_users_alone_and_goes_with_its_block() -> None:
    with temporary_folder("guarded-") as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "file").touch()
    assert not folder.exists()


def test_a_folder_goes_where_its_block_fails() -> None:
    with pytest.raises(KeyError), temporary_folder("guarded-") as folder:
        raise KeyError
    assert not folder.exists()
