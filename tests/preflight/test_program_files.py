"""The files that a program in Python opens, which preflight is told of."""

from pathlib import Path

import pytest

from pulumi_preflight import ProgramError, Verdict
from pulumi_preflight.api import Wanted, judged
from pulumi_preflight.opened import Files
from tests.preflight.builders import write_project


def files(folder: Path, program: str) -> Files:
    told = judge(folder, program).deployment.files
    assert told is not None
    return told


def judge(folder: Path, program: str, *, tells_files: bool = True) -> Verdict:
    wanted = Wanted(stack="dev", tells_files=tells_files)
    return judged(write_project(folder / "shop", program), wanted, set())


def test_a_program_that_is_not_asked_tells_nothing(tmp_path: Path) -> None:
    assert judge(tmp_path, "import pulumi\n", tells_files=False).deployment.files is None


def test_what_the_program_reads_is_told(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "names.py").write_text("NAMES = open('../data.txt').read()\n")
    (tmp_path / "data.txt").touch()
    program = "import sys\nsys.path.insert(0, '../lib')\nimport names\nopen(b'bytes.txt').close()\n"
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "bytes.txt").touch()
    read = files(tmp_path, program).read
    own = ("lib/names.py", "data.txt", "shop/__main__.py", "shop/bytes.txt")
    assert {*read} >= {str(tmp_path / name) for name in own}
    # Compiled by now, it is told as its source still.
    assert str(tmp_path / "lib" / "names.py") in files(tmp_path, program).read


def test_a_file_that_is_missing_and_a_folder_that_is_listed_are_told(tmp_path: Path) -> None:
    program = (
        "import os, pathlib\n"
        "try:\n    open('../gone.json')\nexcept FileNotFoundError:\n    pass\n"
        "os.listdir('..')\nos.chdir('/')\nlist(pathlib.Path('/etc').iterdir())\n"
    )
    read = files(tmp_path, program).read
    assert {*read} >= {str(tmp_path / "gone.json"), str(tmp_path), "/etc"}


def test_what_the_program_writes_is_told_apart(tmp_path: Path) -> None:
    program = (
        "import os, pathlib\n"
        "pathlib.Path('a.txt').write_text('1')\npathlib.Path('a.txt').read_text()\n"
        "pathlib.Path('part').write_text('1')\nos.rename('part', 'b.txt')\n"
        "os.close(os.open('c.txt', os.O_CREAT | os.O_RDWR))\n"
    )
    told = files(tmp_path, program)
    written = {str(tmp_path / "shop" / name) for name in ("a.txt", "b.txt", "c.txt", "part")}
    assert {*told.written} == written
    assert written.isdisjoint(told.read)


def test_what_is_installed_and_what_the_system_has_is_left_out(tmp_path: Path) -> None:
    told = files(tmp_path, "import json.tool\nimport pulumi\nopen('/proc/self/status').close()\n")
    assert not any("site-packages" in path or path.startswith("/proc") for path in told.read)
    assert not any(path.endswith(("/json/tool.py", ".pyc", ".zip")) for path in told.read)


def test_a_program_that_fails_tells_what_it_had_opened(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def\n")
    program = "import sys\nsys.path.insert(0, '..')\nimport broken\n"
    with pytest.raises(ProgramError) as raised:
        judge(tmp_path, program)
    assert raised.value.files is not None
    assert str(tmp_path / "broken.py") in raised.value.files.read


def test_a_descriptor_is_not_a_path(tmp_path: Path) -> None:
    program = "import os\nopen(os.dup(0)).close()\nos.listdir(os.open('.', os.O_RDONLY))\n"
    assert files(tmp_path, program).written == ()


def test_a_name_that_no_file_can_have_is_left_out(tmp_path: Path) -> None:
    program = "try:\n    open('a\\0b')\nexcept ValueError:\n    pass\n"
    assert not any("\0" in path for path in files(tmp_path, program).read)


def test_a_working_directory_that_is_gone_fails_no_call(tmp_path: Path) -> None:
    program = (
        "import os, tempfile\nfolder = tempfile.mkdtemp()\nos.chdir(folder)\nos.rmdir(folder)\n"
        "try:\n    open('a.txt')\nexcept FileNotFoundError:\n    pass\n"
    )
    assert str(tmp_path / "shop" / "__main__.py") in files(tmp_path, program).read
