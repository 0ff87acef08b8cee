"""What is built for an index: whole, described, and of one version."""

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import Specifier

import aws_policy_pack
import pulumi_loopback
from ops.paths import LOOPBACK, PACK, PREFLIGHT, ROOT
from pulumi_loopback.dev.processes import uv
from pulumi_loopback.errors import CommandError
from tools import dist, versions

FOLDERS = {"aws-policy-pack": PACK, "pulumi-loopback": LOOPBACK, "pulumi-preflight": PREFLIGHT}
SDKS = ("pulumi", "pulumi-policy")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all that `nox -s dist` builds, and the root's wheel."""
    folder = tmp_path_factory.mktemp("dist") / "built"
    assert dist.main(["--to", str(folder)]) == 0
    command = [uv(), "build", "--quiet", "--wheel", "--out-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True)
    return folder


def wheel(built: Path, package: str) -> zipfile.ZipFile:
    [file] = built.glob(f"{package.replace('-', '_')}-*.whl")
    return zipfile.ZipFile(file)


def metadata(built: Path, package: str) -> Message:
    with wheel(built, package) as archive:
        [name] = [each for each in archive.namelist() if each.endswith(".dist-info/METADATA")]
        return Parser().parsestr(archive.read(name).decode())


def project(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    return content


def requirements(folder: Path) -> dict[str, Requirement]:
    return {each.name: each for each in map(Requirement, project(folder)["dependencies"])}


@pytest.mark.nightly
@pytest.mark.parametrize("package", FOLDERS)
def test_an_index_can_show_what_the_package_is(package: str, built: Path) -> None:
    told = metadata(built, package)
    assert told["Version"] == aws_policy_pack.__version__
    assert told["Author"] == "The aws-policy-pack authors"
    assert told["License-Expression"] == "Apache-2.0"
    assert told["Keywords"]
    assert "Typing :: Typed" in told.get_all("Classifier", [])


@pytest.mark.nightly
@pytest.mark.parametrize("package", FOLDERS)
def test_the_description_has_no_link_that_only_the_repository_can_follow(
    package: str, built: Path
) -> None:
    targets = re.findall(r"\]\(([^)]+)\)", str(metadata(built, package).get_payload()))
    assert [each for each in targets if not each.startswith(("https://", "#"))] == []


@pytest.mark.nightly
@pytest.mark.parametrize("package", FOLDERS)
def test_wheel_and_sdist_have_the_licence(package: str, built: Path) -> None:
    wanted = (ROOT / "LICENSE").read_bytes()
    with wheel(built, package) as archive:
        [inside] = [each for each in archive.namelist() if each.endswith("/licenses/LICENSE")]
        assert archive.read(inside) == wanted
    [sdist] = built.glob(f"{package.replace('-', '_')}-*.tar.gz")
    with tarfile.open(sdist) as sources:
        [name] = [each for each in sources.getnames() if each.endswith("/LICENSE")]
        extracted = sources.extractfile(name)
        assert extracted is not None
        assert extracted.read() == wanted


@pytest.mark.nightly
def test_the_root_carries_all_packages_and_their_commands(built: Path) -> None:
    root = project(ROOT)["name"]
    with wheel(built, root) as archive:
        carried = set(archive.namelist())
    for package in FOLDERS:
        with wheel(built, package) as archive:
            own = {each for each in archive.namelist() if ".dist-info/" not in each}
        assert own
        assert own <= carried
    commands = [project(folder)["scripts"] for folder in FOLDERS.values()]
    assert project(ROOT)["scripts"] == {name: each[name] for each in commands for name in each}
    points = [project(folder).get("entry-points", {}) for folder in FOLDERS.values()]
    assert project(ROOT)["entry-points"] == {name: each[name] for each in points for name in each}


def test_the_root_needs_what_pack_and_preflight_need() -> None:
    both = [requirements(folder) for folder in (PACK, PREFLIGHT)]
    names = {name for each in both for name in each}
    root = requirements(ROOT)
    assert set(root) == names
    for name in names:
        specifiers = [each[name].specifier for each in both if name in each]
        # The narrower of two ranges, which both packages name whole.
        assert root[name].specifier in specifiers
        assert all(_lower(root[name]) in each for each in specifiers), (
            f"{name}: {root[name].specifier}"
        )


def test_the_roots_extra_is_what_the_loopback_needs_beside_preflight() -> None:
    needed = [each for each in project(LOOPBACK)["dependencies"] if each != "pulumi-preflight"]
    assert project(ROOT)["optional-dependencies"] == {"loopback": needed}


def _lower(requirement: Requirement) -> str:
    return next(each.version for each in requirement.specifier if each.operator == ">=")


@pytest.mark.parametrize("sdk", SDKS)
def test_an_sdk_has_one_upper_bound_in_root_and_packages(sdk: str) -> None:
    bounds = [
        {each for each in needs[sdk].specifier if each.operator == "<"}
        for needs in map(requirements, (ROOT, *FOLDERS.values()))
        if sdk in needs
    ]
    assert len(bounds) > 1
    assert all(each == bounds[0] and len(each) == 1 for each in bounds)


@pytest.mark.parametrize("folder", [ROOT, *FOLDERS.values()], ids=["root", *FOLDERS])
def test_a_newer_python_is_not_shut_out(folder: Path) -> None:
    [bound] = project(folder)["requires-python"].split(",")
    assert Specifier(bound).operator == ">="
    classifiers = project(folder)["classifiers"]
    lowest = Specifier(bound).version
    assert f"Programming Language :: Python :: {lowest}" in classifiers


@pytest.mark.parametrize(
    ("tag", "changelog", "told"),
    [
        ("0.0.9", "", "the tag is '0.0.9'; wanted 'v"),
        (f"{aws_policy_pack.__version__}", "", "wanted 'v"),
        (f"v{aws_policy_pack.__version__}", "## Unreleased\n", "CHANGELOG.md has no section"),
        (f"v{aws_policy_pack.__version__}", f"## {aws_policy_pack.__version__}1\n", "no section"),
    ],
)
def test_a_tag_that_does_not_fit_is_refused(tag: str, changelog: str, told: str) -> None:
    with pytest.raises(CommandError, match=re.escape(told)):
        dist.check_version(tag, changelog)


def test_a_tag_that_fits_passes() -> None:
    version = aws_policy_pack.__version__
    dist.check_version(f"v{version}", f"# Changelog\n\n## {version} (2026-12-01)\n")


@pytest.mark.parametrize("package", [aws_policy_pack, pulumi_loopback])
def test_two_versions_are_refused(package: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "__version__", "9.9.9")
    told = rf"{package.__name__} is 9\.9\.9; wanted one version"
    with pytest.raises(CommandError, match=told):
        dist.check_version(None, "")


@pytest.mark.parametrize("command", ["preflight", "aws-policy-pack", "pulumi-loopback"])
def test_a_command_tells_its_version(command: str) -> None:
    program = Path(sys.executable).with_name(command)
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    assert told.stdout == f"{command} {aws_policy_pack.__version__}\n"


@pytest.mark.nightly
@pytest.mark.parametrize("platform", versions.PLATFORMS)
def test_a_python_that_nothing_is_built_for_is_told_with_the_requirement(platform: str) -> None:
    assert "no usable wheels" in versions.without_wheels("3.99", platform)


@pytest.mark.nightly
def test_plain_pip_installs_the_root_with_its_commands(tmp_path: Path) -> None:
    subprocess.run([uv(), "venv", "--quiet", "--seed", str(tmp_path / "venv")], check=True)
    binaries = tmp_path / "venv" / "bin"
    subprocess.run([str(binaries / "pip"), "install", "--quiet", str(ROOT)], check=True)
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "__main__.py").write_text("import pulumi\npulumi.export('installed', True)\n")
    told = [str(binaries / "aws-policy-pack"), "path"]
    pack = subprocess.run(told, check=True, capture_output=True, text=True).stdout.strip()
    judged = subprocess.run(
        [str(binaries / "preflight"), str(tmp_path), "--stack", "dev", "--policy-pack", pack],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": os.defpath},
    )
    assert (judged.returncode, judged.stderr) == (0, "")
    assert "PASS: 0 mandatory findings" in judged.stdout
    alone = [str(binaries / "pulumi-loopback"), "--version"]
    lacking = subprocess.run(alone, check=False, capture_output=True, text=True)
    assert (lacking.returncode, lacking.stdout) == (2, "")
    assert lacking.stderr.startswith("error: what pulumi-loopback needs is not installed\n")
