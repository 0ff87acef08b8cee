"""The leftovers of a struck command are found, and nothing else is."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.chaos.leftovers import Place
from tests.waiting import wait_until


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(mark=uuid4().hex, temporary=tmp_path / "temporary", endpoint=tmp_path / "endpoint")
    made.temporary.mkdir()
    made.endpoint.mkdir()
    return made


@pytest.fixture
def process(place: Place) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that a command has started."""
    variables = {**os.environ, **place.variables}
    with subprocess.Popen(["sleep", "600"], env=variables, start_new_session=True) as started:  # noqa: S607
        # The kernel lets the parent go on a moment before the child's variables can be read.
        wait_until(lambda: bool(Path(f"/proc/{started.pid}/environ").read_bytes()))
        yield started
        started.kill()


def test_a_clean_place_has_none(place: Place) -> None:
    assert place.leftovers() == []


def test_a_process_of_its_own_session_is_found(
    place: Place, process: "subprocess.Popen[bytes]"
) -> None:
    assert place.leftovers(grace=0) == ["process: sleep 600 "]
    assert list(place.pids()) == [process.pid]


def test_the_endpoint_s_process_may_go_on(place: Place, process: "subprocess.Popen[bytes]") -> None:
    (place.endpoint / "pid").write_text(f"{process.pid} 4566")
    assert place.leftovers(grace=0) == []


def test_a_temporary_file_is_found(place: Place) -> None:
    (place.temporary / "preflight-1").mkdir()
    assert place.leftovers(grace=0) == ["file: preflight-1"]


def test_what_goes_within_the_grace_is_none(
    place: Place, process: "subprocess.Popen[bytes]"
) -> None:
    process.kill()
    process.wait()
    assert place.leftovers(grace=30) == []


def test_a_lock_of_uv_may_stay(place: Place) -> None:
    (place.temporary / "uv-8170087ab085f159.lock").touch()
    assert place.leftovers(grace=0) == []
