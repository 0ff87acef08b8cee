"""Where findings stand for tools that read files from the repository's root."""

from dataclasses import replace
from pathlib import Path

import pytest

from pulumi_preflight.findings import Finding, Reported
from pulumi_preflight.model import SourcePosition
from pulumi_preflight.reports.places import Place, Places, root_of
from tests.preflight.builders import QUEUE, urn
from tests.preflight.samples import TOO_MANY, TOTAL, UNTAGGED, verdict


def places(folder: Path | None = None, project_file: str = "Pulumi.yaml") -> Places:
    return Places(replace(verdict(), folder=folder, project_file=project_file))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "apps/shop").mkdir(parents=True)
    return tmp_path


def at(file: str, line: int = 7) -> Finding:
    return replace(UNTAGGED, places=(SourcePosition(file=file, line=line),))


@pytest.mark.parametrize(
    ("folder", "file"),
    [
        pytest.param(".", "__main__.py", id="the-root"),
        pytest.param("apps/shop", "apps/shop/__main__.py", id="a-folder"),
    ],
)
def test_files_are_those_of_the_repository(repository: Path, folder: str, file: str) -> None:
    found = places(repository / folder).of(at("__main__.py"))
    assert found == Place(file=file, line=7)


def test_a_worktree_and_a_submodule_are_repositories_too(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: elsewhere\n")
    (tmp_path / "shop").mkdir()
    assert root_of(tmp_path / "shop") == tmp_path


def test_without_a_repository_files_are_those_of_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    assert root_of(folder) == tmp_path
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert root_of(folder) == folder


def test_a_project_that_a_link_leads_to_is_where_its_files_are(repository: Path) -> None:
    link = repository / "linked"
    link.symlink_to(repository / "apps/shop")
    assert places(link).of(at("__main__.py")).file == "apps/shop/__main__.py"


@pytest.mark.parametrize(
    ("finding", "place"),
    [
        pytest.param(TOTAL, Place(file="apps/shop/Pulumi.yml", line=1), id="without-a-place"),
        pytest.param(
            at("../../../lib/queue.py"),
            Place(file="apps/shop/Pulumi.yml", line=1),
            id="outside-the-repository",
        ),
        pytest.param(
            at("../lib/queue.py"), Place(file="apps/lib/queue.py", line=7), id="beside-the-project"
        ),
    ],
)
def test_a_finding_that_no_file_of_the_repository_holds_stands_in_the_project_file(
    repository: Path, finding: Finding, place: Place
) -> None:
    assert places(repository / "apps/shop", "Pulumi.yml").of(finding) == place


def test_a_verdict_that_knows_no_folder_has_the_projects_own_paths() -> None:
    assert places().of(at("net/vpc.py")) == Place(file="net/vpc.py", line=7)


def test_related_places_name_their_resources(repository: Path) -> None:
    finding = replace(TOO_MANY, related=(urn(QUEUE, "jobs"), urn(QUEUE, "dead")))
    [found] = verdict(Reported(findings=(finding,))).findings
    assert places(repository).related(found) == (
        Place(file="__main__.py", line=7, of="jobs"),
        Place(file="__main__.py", line=8, of="dead"),
    )


def test_further_places_of_the_resource_itself_have_no_name() -> None:
    twice = (SourcePosition(file="a.py", line=3), SourcePosition(file="b.py", line=1))
    found = replace(UNTAGGED, places=twice)
    assert places().related(found) == (Place(file="b.py", line=1),)
