"""One endpoint for the tests that only look."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loopback.observe.deployed import Deployed, fill, make_project
from tools.bench_apps import moto


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """A stack that looks deployed; tests add to it nothing that another test counts.

    Its events are some minutes old at the most, since the sessions look no further back.
    """
    folder = tmp_path_factory.mktemp("observed")
    with moto(folder / "log") as url:
        yield make_project(folder / "project", url, fill(url))


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder for a project of the test's own."""
    return tmp_path / "project"
