"""Which files are looked at for waivers."""

from dataclasses import replace
from pathlib import Path

import pytest

from pulumi_preflight.findings import Reported
from pulumi_preflight.model import SourcePosition
from pulumi_preflight.verdict import Verdict
from pulumi_preflight.waivers.search import is_own, marked
from tests.preflight.builders import QUEUE, urn
from tests.preflight.samples import STACK, deployment, resource, verdict

WAIVER = "# preflight: waive a until=2027-03-01 owner=b reason=c\n"


def created_in(*files: str) -> Verdict:
    resources = tuple(
        replace(
            resource(QUEUE, f"q{number}", line=1), position=SourcePosition(file=file, line=number)
        )
        for number, file in enumerate(files, 1)
    )
    return verdict(Reported(), deployment(resources=(STACK, *resources)))


@pytest.mark.parametrize(
    ("file", "own"),
    [
        pytest.param("__main__.py", True, id="python"),
        pytest.param("infra/Index.TS", True, id="typescript"),
        pytest.param("Pulumi.yaml", True, id="yaml"),
        pytest.param("main.go", True, id="go"),
        pytest.param("vendor/queues.py", True, id="folder-of-this-name"),
        pytest.param("Program.cs", False, id="language-without-waivers"),
        pytest.param("../shared/queues.py", False, id="outside-of-the-project"),
        pytest.param("/opt/queues.py", False, id="absolute"),
        pytest.param(".venv/lib/python3.12/site-packages/a/b.py", False, id="site-packages"),
        pytest.param("node_modules/@pulumi/awsx/index.js", False, id="node-modules"),
        pytest.param("vendor/example.com/a/b.go", False, id="vendored-go"),
    ],
)
def test_only_files_of_the_program_itself_hold_waivers(file: str, own: bool) -> None:  # noqa: FBT001 - a case
    assert is_own(file) is own


def test_a_file_with_a_waiver_is_found_with_what_is_created_in_it(tmp_path: Path) -> None:
    (tmp_path / "b.py").write_text(WAIVER)
    (tmp_path / "a.py").write_text("Queue()\n")
    [found] = marked(created_in("b.py", "a.py", "b.py"), tmp_path)
    assert (found.name, found.content) == ("b.py", WAIVER.encode())
    assert found.created == {1: {urn(QUEUE, "q1")}, 3: {urn(QUEUE, "q3")}}


def test_a_file_that_is_not_here_holds_no_waiver(tmp_path: Path) -> None:
    (tmp_path / "file.py").write_text("")
    assert marked(created_in("gone.py", "file.py/inner.py"), tmp_path) == ()


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder.py").mkdir()
    [found] = marked(created_in("folder.py"), tmp_path)
    assert found.problem == "Is a directory"


def test_a_file_is_read_once_however_much_is_created_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.py").write_text(WAIVER)
    (tmp_path / "unused.py").write_text(WAIVER)
    read: list[str] = []
    really = Path.read_bytes

    def noted(path: Path) -> bytes:
        read.append(path.name)
        return really(path)

    monkeypatch.setattr(Path, "read_bytes", noted)
    assert marked(created_in(*["a.py"] * 50), tmp_path)
    assert read == ["a.py"]
