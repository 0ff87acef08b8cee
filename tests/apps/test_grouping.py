"""Tests that share a system run in one process; else each process would start one of its own."""

import os
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("grouping")


@pytest.mark.parametrize("number", range(4))
def test_they_all_find_the_same_process(
    number: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    own = tmp_path_factory.getbasetemp()
    note = Path(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "process"

    with note.open("a") as processes:
        processes.write(f"{os.getpid()}\n")

    assert set(note.read_text().split()) == {str(os.getpid())}, number
