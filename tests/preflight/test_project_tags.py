"""The stack's tags: a flag, `preflight.yaml`, the backend's file; packs get all of them."""

import json
from pathlib import Path

import pytest

from pulumi_preflight.cli import main
from pulumi_preflight.errors import ProjectError
from pulumi_preflight.project import load_project
from tests.preflight.builders import write_pack
from tests.preflight.running import WriteProject

PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy
from pulumi_policy import StackValidationPolicy

def tell(args, report):
    report(f"tags are {dict(sorted(args.stack_tags.items()))}")

PolicyPack("tags", enforcement_level=EnforcementLevel.MANDATORY, policies=[
    ResourceValidationPolicy(name="each", description="Each", validate=tell),
    StackValidationPolicy(name="whole", description="All", validate=tell),
])
"""
KEPT = {"version": 1, "tags": {"owner": "payments", "tier": "1"}}


def backend(folder: Path, place: str, content: object) -> str:
    file = folder / ".pulumi" / "stacks" / place
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(content))
    return folder.as_uri()


@pytest.mark.parametrize("place", ["shop/dev.pulumi-tags", "dev.pulumi-tags"])
def test_a_file_backend_keeps_them(write_project: WriteProject, tmp_path: Path, place: str) -> None:
    environment = {"PULUMI_BACKEND_URL": backend(tmp_path / "backend", place, KEPT)}
    project = load_project(write_project(""), stack="dev", environment=environment)
    assert project.tags == KEPT["tags"]


@pytest.mark.parametrize("url", ["file://./kept", "file://kept?no_tmp_dir=true"])
def test_the_project_file_may_name_the_backend(write_project: WriteProject, url: str) -> None:
    folder = write_project("", project={"backend": {"url": url}})
    backend(folder / "kept", "shop/dev.pulumi-tags", KEPT)
    assert load_project(folder, stack="dev", environment={}).tags == KEPT["tags"]
    elsewhere = {"PULUMI_BACKEND_URL": "s3://elsewhere"}
    assert load_project(folder, stack="dev", environment=elsewhere).tags == {}


def test_the_flag_wins_over_preflight_yaml_and_that_over_the_backend(
    write_project: WriteProject, tmp_path: Path
) -> None:
    url = backend(tmp_path / "backend", "shop/dev.pulumi-tags", KEPT)
    folder = write_project("", files={"preflight.yaml": "tags: {tier: '2', team: a}"})
    project = load_project(
        folder, stack="dev", tags={"team": "b"}, environment={"PULUMI_BACKEND_URL": url}
    )
    assert project.tags == {"owner": "payments", "tier": "2", "team": "b"}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({"version": 2, "tags": {}}, id="version"),
        pytest.param({"version": 1, "tags": {"a": 3}}, id="number"),
        pytest.param([], id="list"),
    ],
)
def test_a_file_of_another_kind_is_one_clear_error(
    write_project: WriteProject, tmp_path: Path, content: object
) -> None:
    url = backend(tmp_path / "backend", "shop/dev.pulumi-tags", content)
    with pytest.raises(ProjectError, match=r"dev\.pulumi-tags: holds no tags of version 1"):
        load_project(write_project(""), stack="dev", environment={"PULUMI_BACKEND_URL": url})


def test_packs_get_them_for_resources_and_for_the_stack(
    write_project: WriteProject, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_project("import pulumi\npulumi.export('a', 1)")
    pack = write_pack(tmp_path / "tags-pack", PACK)
    arguments = ["--stack", "dev", "--policy-pack", str(pack), "--format", "json"]
    tags = ["--stack-tag", "owner=payments", "--stack-tag", "url=a=b"]
    assert main([str(folder), *arguments, *tags]) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert {finding["rule"] for finding in findings} == {"each", "whole"}
    wanted = "tags are {'owner': 'payments', 'url': 'a=b'}"
    assert all(wanted in finding["message"] for finding in findings)


def test_a_flag_without_a_value_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([".", "--stack", "dev", "--stack-tag", "owner"]) == 2
    assert "'owner' is not KEY=VALUE" in capsys.readouterr().err
