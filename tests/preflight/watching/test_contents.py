"""Which saves change something."""

from pathlib import Path

import pytest

from pulumi_preflight.watching.contents import Contents


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "a.py"
    file.write_text("one")
    return file


def test_the_first_save_of_a_file_counts(file: Path) -> None:
    assert Contents().changed([str(file)], made=()) == [str(file)]


def test_a_save_of_the_same_text_changes_nothing(file: Path) -> None:
    contents = Contents()
    contents.changed([str(file)], made=())
    file.write_text("one")
    assert contents.changed([str(file)], made=()) == []


def test_another_text_of_the_same_length_and_time_counts(file: Path) -> None:
    contents = Contents()
    contents.changed([str(file)], made=())
    file.write_text("two")
    assert contents.changed([str(file)], made=()) == [str(file)]


def test_a_file_that_is_removed_counts_once(file: Path) -> None:
    contents = Contents()
    file.unlink()
    assert contents.changed([str(file)], made=()) == [str(file)]
    assert contents.changed([str(file)], made=()) == []


def test_a_file_that_comes_back_counts(file: Path) -> None:
    contents = Contents()
    file.unlink()
    contents.changed([str(file)], made=())
    file.write_text("one")
    assert contents.changed([str(file)], made=[str(file)]) == [str(file)]


def test_a_file_that_came_and_went_within_a_save_does_not_count(tmp_path: Path) -> None:
    part = str(tmp_path / ".a.py.tmp")
    assert Contents().changed([part], made=[part]) == []


def test_a_known_file_that_was_made_anew_and_went_counts(file: Path) -> None:
    contents = Contents()
    contents.changed([str(file)], made=())
    file.unlink()
    assert contents.changed([str(file)], made=[str(file)]) == [str(file)]


def test_a_new_folder_counts_once(tmp_path: Path) -> None:
    contents = Contents()
    assert contents.changed([str(tmp_path)], made=[str(tmp_path)]) == [str(tmp_path)]
    assert contents.changed([str(tmp_path)], made=()) == []


def test_a_file_that_cannot_be_read_is_one_content(tmp_path: Path) -> None:
    link = tmp_path / "loop"
    link.symlink_to(link)
    contents = Contents()
    assert contents.changed([str(link)], made=()) == [str(link)]
    assert contents.changed([str(link)], made=()) == []
