"""Files and folders belong to the user, even where others could read them before."""

from pathlib import Path

import pytest

from pulumi_loopback.guard import make_private, opener


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.parametrize("before", [None, 0o644, 0o666])
def test_a_file_that_is_opened_is_the_users_alone(before: int | None, tmp_path: Path) -> None:
    file = tmp_path / "log"
    if before is not None:
        file.write_text("before\n")
        file.chmod(before)
    with open(file, "a", opener=opener) as log:
        log.write("now\n")
    assert mode(file) == 0o600
    assert file.read_text().endswith("now\n")


def test_all_that_is_in_a_folder_becomes_the_users_alone(tmp_path: Path) -> None:
    inner = tmp_path / "states" / "inner"
    inner.mkdir(parents=True)
    inner.chmod(0o755)
    file = inner / "local.json"
    file.write_text("{}")
    file.chmod(0o644)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("")
    elsewhere.chmod(0o644)
    (inner / "link").symlink_to(elsewhere)
    make_private(tmp_path / "states")
    assert [mode(each) for each in (tmp_path / "states", inner, file)] == [0o700, 0o700, 0o600]
    assert mode(elsewhere) == 0o644
