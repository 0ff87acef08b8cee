"""The hash of an archive is that of the tar that Go would write."""

import tarfile
import zipfile
from pathlib import Path

import pytest

from pulumi_preflight.monitor.archives import hash_of, in_archive, in_folder, of_text

# What a program in Go printed of these files, with archive/tar as the engine uses it.
WRITTEN_BY_GO = "be26a0b2157cc3555140411524bcd4abb632637b28e572a8163f46aad782944a"
BELOW = f"sub/{'x' * 90}"
FILES = {
    "a.txt": "hi\n",
    "grüße.txt": "ü\n",
    "sub.txt": "z\n",
    "block": "z" * 512,
    f"{BELOW}/one.txt": "z\n",
    f"{BELOW}/{'y' * 90}/{'w' * 120}.txt": "z\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    top = tmp_path / "folder"
    for name, text in FILES.items():
        file = top / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return top


def test_names_of_any_length_and_letters_are_packed_as_go_packs_them(folder: Path) -> None:
    assert hash_of(in_folder(folder)) == WRITTEN_BY_GO


def test_a_link_to_a_folder_and_what_is_pulumis_own_are_left_out(folder: Path) -> None:
    (folder / "link").symlink_to(folder / "sub")
    (folder / ".pulumi").mkdir()
    (folder / ".pulumi" / "state").write_text("own")
    assert hash_of(in_folder(folder)) == WRITTEN_BY_GO


def test_a_link_to_a_file_is_packed_as_the_file(folder: Path) -> None:
    (folder / "a.txt").rename(folder.parent / "a.txt")
    (folder / "a.txt").symlink_to(folder.parent / "a.txt")
    assert hash_of(in_folder(folder)) == WRITTEN_BY_GO


def test_of_one_name_the_first_file_counts() -> None:
    once = hash_of([of_text("a", "1")])
    assert hash_of([of_text("a", "1"), of_text("a", "2")]) == once


@pytest.mark.parametrize("ending", [".zip", ".jar", ".tar", ".tgz"])
def test_the_files_of_an_archive_are_those_that_were_packed(folder: Path, ending: str) -> None:
    file = folder.parent / f"packed{ending}"
    files = [*in_folder(folder)]
    if ending in (".zip", ".jar"):
        with zipfile.ZipFile(file, "w") as zipped:
            zipped.mkdir("sub")
            for each in files:
                zipped.write(folder / each.name, each.name)
    else:
        with tarfile.open(file, "w:gz" if ending == ".tgz" else "w") as packed:
            packed.add(folder / "sub", "sub", recursive=False)
            for each in files:
                packed.add(folder / each.name, f"./{each.name}")
    assert hash_of(in_archive(file)) == WRITTEN_BY_GO
