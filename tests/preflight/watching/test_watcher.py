"""What is saved, as the system tells it."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from watchfiles import Change

from pulumi_preflight.watching.places import Places
from pulumi_preflight.watching.watcher import Watcher


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    with Watcher() as watcher:
        yield watcher


@pytest.fixture
def folder(tmp_path: Path, watcher: Watcher) -> Path:
    """A folder that is watched."""
    folder = tmp_path / "shop"
    folder.mkdir()
    watcher.look_at(Places(frozenset({folder}), frozenset()))
    return folder


def saved(watcher: Watcher) -> set[str]:
    return {path for _, path in watcher.next()}


def test_what_is_saved_before_anybody_asks_is_told(watcher: Watcher, folder: Path) -> None:
    (folder / "a.py").write_text("1")
    assert str(folder / "a.py") in saved(watcher)


def test_a_save_that_replaces_the_file_is_told(watcher: Watcher, folder: Path) -> None:
    (folder / ".a.py.tmp").write_text("1")
    (folder / ".a.py.tmp").rename(folder / "a.py")
    found = watcher.next()
    while not any(path == str(folder / "a.py") for _, path in found):
        found = watcher.next()


def test_saves_in_a_new_folder_are_told(watcher: Watcher, folder: Path) -> None:
    (folder / "parts").mkdir()
    saved(watcher)
    (folder / "parts" / "a.py").write_text("1")
    assert str(folder / "parts" / "a.py") in saved(watcher)


@pytest.mark.parametrize(
    "name", ["__pycache__/a.cpython-311.pyc", ".git/index", "node_modules/a.js", "a.py~", ".a.swp"]
)
def test_what_no_one_writes_by_hand_is_not_told(watcher: Watcher, folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("1")
    (folder / "a.py").write_text("1")
    assert saved(watcher) == {str(folder / "a.py")}


def test_the_names_of_folders_above_do_not_matter(watcher: Watcher, tmp_path: Path) -> None:
    folder = tmp_path / "node_modules" / "shop"
    folder.mkdir(parents=True)
    watcher.look_at(Places(frozenset({folder}), frozenset()))
    (folder / "a.py").write_text("1")
    assert saved(watcher) == {str(folder / "a.py")}


def test_a_single_file_is_watched_across_replacements(watcher: Watcher, tmp_path: Path) -> None:
    file = tmp_path / "lib.py"
    file.write_text("1")
    watcher.look_at(Places(frozenset(), frozenset({str(file)})))
    for text in "23":
        (tmp_path / "part").write_text(text)
        (tmp_path / "part").rename(file)
        assert saved(watcher) == {str(file)}


def test_a_file_that_is_not_there_yet_is_watched(watcher: Watcher, tmp_path: Path) -> None:
    watcher.look_at(Places(frozenset(), frozenset({str(tmp_path / "new.json")})))
    (tmp_path / "other.json").write_text("1")
    (tmp_path / "new.json").write_text("1")
    assert saved(watcher) == {str(tmp_path / "new.json")}


def test_what_comes_and_goes_in_a_listed_folder_is_told(watcher: Watcher, tmp_path: Path) -> None:
    listed = tmp_path / "configs"
    listed.mkdir()
    watcher.look_at(Places(frozenset(), frozenset({str(listed)})))
    (listed / "a.json").write_text("1")
    assert str(listed / "a.json") in saved(watcher)


def test_a_folder_that_is_removed_and_made_again_is_watched_again(
    watcher: Watcher, folder: Path
) -> None:
    shutil.rmtree(folder)
    assert (Change.deleted, str(folder)) in watcher.next()
    folder.mkdir()
    assert str(folder) in saved(watcher)
    (folder / "a.py").write_text("1")
    assert str(folder / "a.py") in saved(watcher)


def test_places_that_stay_are_watched_without_a_gap(
    watcher: Watcher, folder: Path, tmp_path: Path
) -> None:
    (folder / "a.py").write_text("1")
    watcher.look_at(Places(frozenset({folder}), frozenset({str(tmp_path / "lib.py")})))
    (tmp_path / "lib.py").write_text("1")
    found: set[str] = set()
    while len(found) < 2:
        found |= saved(watcher)
    assert found == {str(folder / "a.py"), str(tmp_path / "lib.py")}


def test_the_end_leaves_no_thread(tmp_path: Path) -> None:
    with Watcher() as watcher:
        watcher.look_at(Places(frozenset({tmp_path}), frozenset({"/nowhere/at/all"})))
        assert any(each.name == "watch" for each in threading.enumerate())
    assert not any(each.name == "watch" for each in threading.enumerate())


WITHOUT_DESCRIPTORS = """
import resource
from pathlib import Path
from pulumi_preflight.errors import PreflightError
from pulumi_preflight.watching.places import Places
from pulumi_preflight.watching.watcher import Watcher

with Watcher() as watcher:
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    watcher.look_at(Places(frozenset({Path.cwd()}), frozenset()))
    try:
        watcher.next()
    except PreflightError as error:
        print(error)
        print(error.hint)
"""


def test_a_system_that_cannot_watch_is_one_error(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT_DESCRIPTORS],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stderr == ""
    told, hint = ended.stdout.splitlines()
    assert told.startswith("the files cannot be watched: ")
    assert "Too many open files" in told
    assert "fs.inotify.max_user_watches" in hint
