"""The tested versions are those that the products promise."""

import tomllib
from typing import Any

import pytest

from ops.paths import PACK, PREFLIGHT, ROOT
from pulumi_preflight.outputs.schemas import shipped
from tools.versions import ENVIRONMENTS, PACKAGES, versions_page


@pytest.mark.parametrize(
    ("folder", "package"), [(PREFLIGHT, "pulumi"), (PACK, "pulumi"), (PACK, "pulumi-policy")]
)
def test_a_lower_bound_is_one_that_is_tested(folder: Any, package: str) -> None:  # noqa: ANN401
    content = tomllib.loads((folder / "pyproject.toml").read_text())
    [bound] = [
        each for each in content["project"]["dependencies"] if each.startswith(f"{package}>=")
    ]
    lower = bound.removeprefix(f"{package}>=").partition(",")[0]
    environments = [each for each in ENVIRONMENTS if each.lowest and folder.name in each.products]
    assert any(each.pins[package] == f"{lower}.0" for each in environments)


def test_the_newest_that_is_tested_is_what_the_project_has_locked() -> None:
    locked = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    versions = {each["name"]: each.get("version") for each in locked}
    [newest] = [each for each in ENVIRONMENTS if each.name == "all in one, newest"]
    assert dict(newest.pins) == {name: versions[name] for name in PACKAGES}


@pytest.mark.parametrize("major", ["6", "7"])
def test_each_major_of_the_aws_package_is_tested_twice(major: str) -> None:
    tested = {each.pins["pulumi-aws"] for each in ENVIRONMENTS}
    assert len({version for version in tested if version.startswith(f"{major}.")}) == 2


def test_the_page_has_a_row_for_each_environment_and_schema() -> None:
    rows = [line.split(" | ")[0] for line in versions_page().splitlines() if line[:2] == "| "]
    names = [f"| {each.name}" for each in ENVIRONMENTS]
    packages = [f"| `{each.package}`" for each in shipped()]
    assert rows == ["| environment", "| ---", *names, "| package", "| ---", *packages]
