"""Which change concerns which project."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from pulumi_preflight.git import Repository
from pulumi_preflight.recursive.uses import with_changes
from tests.preflight.work_trees import project, work_tree

PYTHON = project("shop", "python")
NODE = project("shop", "nodejs")
PACKAGE = '[project]\nname = "{}"\ndependencies = [{}]\n'
SHOP = {"apps/shop/Pulumi.yaml": PYTHON, "apps/shop/requirements.txt": "pulumi\n"}


def concerned(
    folder: Path, files: Mapping[str, str], changed: str, *judges: str, at: str = "apps/shop"
) -> bool:
    top = work_tree(folder, files)
    given = [top / judge for judge in judges]
    return bool(with_changes(Repository(top), [Path(changed)], [top / at], given))


@pytest.mark.parametrize(
    ("changed", "judged"),
    [
        pytest.param("apps/shop/a/b.txt", True, id="in-it"),
        pytest.param("apps/shop2/a.py", False, id="in-one-with-a-longer-name"),
        pytest.param("apps/news/a.py", False, id="in-another"),
        pytest.param("README.md", False, id="above"),
        pytest.param("apps/shop", True, id="a-submodule-that-is-it"),
        pytest.param("apps", True, id="a-submodule-that-holds-it"),
    ],
)
def test_a_change_in_its_folder_concerns_a_project(
    tmp_path: Path, changed: str, *, judged: bool
) -> None:
    assert concerned(tmp_path, SHOP, changed) is judged


def test_every_change_concerns_a_project_at_the_top(tmp_path: Path) -> None:
    assert concerned(tmp_path, {"Pulumi.yaml": PYTHON}, "docs/a.md", at=".")


@pytest.mark.parametrize(
    ("files", "used", "other"),
    [
        pytest.param(
            {"apps/shop/requirements.txt": "-e ../../libs/net\n"},
            "libs/net/net/a.py",
            "libs/web/a.py",
            id="editable",
        ),
        pytest.param(
            {"apps/shop/pyproject.toml": '[tool.uv.sources]\nnet = { path = "../../libs/net" }\n'},
            "libs/net/a.py",
            "libs/a.py",
            id="path-dependency",
        ),
        pytest.param(
            {"apps/shop/Pulumi.yaml": f"{PYTHON}stackConfigDir: ../../stacks/shop\n"},
            "stacks/shop/Pulumi.dev.yaml",
            "stacks/news/Pulumi.dev.yaml",
            id="stack-files",
        ),
        pytest.param(
            {"apps/shop/infra/net/vpc.ts": 'import { cidr } from "../../../../shared/cidr";'},
            "shared/cidr.ts",
            "shared/other.ts",
            id="module-without-ending",
        ),
        pytest.param(
            {"apps/shop/infra/load.py": 'open("../zones.json")'},
            "apps/zones.json",
            "apps/other.json",
            id="from-the-working-directory",
        ),
        pytest.param(
            {"apps/shop/a/b.py": "ROOT = Path(__file__).parents[3]"},
            "anything",
            "",
            id="climbs-to-the-top",
        ),
        pytest.param(
            {"apps/shop/a/b.py": "ROOT = Path(__file__).parents[2]"},
            "apps/zones.json",
            "shared/zones.json",
            id="climbs-one-up",
        ),
        pytest.param(
            {"apps/shop/a/b.py": "ROOT = Path(__file__).parent.parent"},
            "apps/shop/zones.json",
            "apps/zones.json",
            id="climbs-within",
        ),
        pytest.param(
            {"apps/shop/preflight.yaml": 'packs: [{path: ../../pack, config: "../../c/dev.json"}]'},
            "pack/rules/a.py",
            "packs/a.py",
            id="pack",
        ),
        pytest.param(
            {"apps/shop/preflight.yaml": 'packs: [{path: pack, config: "../../c/{stack}.json"}]'},
            "c/base.json",
            "d/base.json",
            id="config-of-a-pack-by-stack",
        ),
        pytest.param(
            {"apps/shop/preflight.yaml": "packs: [{path: pack, config: ../../c/dev.json}]"},
            "c/base.json",
            "d/base.json",
            id="what-a-config-of-a-pack-extends",
        ),
    ],
)
def test_a_change_in_what_a_project_names_concerns_it(
    tmp_path: Path, files: dict[str, str], used: str, other: str
) -> None:
    assert concerned(tmp_path / "used", {**SHOP, **files}, used)
    if other:
        assert not concerned(tmp_path / "other", {**SHOP, **files}, other)


def test_what_is_used_uses_more_in_turn(tmp_path: Path) -> None:
    files = {
        **SHOP,
        "apps/shop/requirements.txt": "-e ../../libs/net\n",
        "libs/net/requirements.txt": "-e ../base\n",
    }
    assert concerned(tmp_path, files, "libs/base/a.py")


def test_two_that_use_each_other_end(tmp_path: Path) -> None:
    files = {**SHOP, "apps/shop/a.ts": '"../news/b"', "apps/news/b.ts": '"../shop/a"'}
    assert not concerned(tmp_path, files, "libs/a.py")


def test_a_link_leads_to_what_is_used(tmp_path: Path) -> None:
    top = work_tree(tmp_path, {**SHOP, "shared/a.py": ""})
    (top / "apps" / "shop" / "common").symlink_to(top / "shared")
    assert with_changes(Repository(top), [Path("shared/a.py")], [top / "apps" / "shop"], [])


@pytest.mark.parametrize(
    ("pack", "changed", "judged"),
    [
        pytest.param("pack", "pack/a.py", True, id="in-the-pack"),
        pytest.param("pack", "pack2/a.py", False, id="elsewhere"),
        pytest.param("bin/pack", "bin/pack", True, id="executable"),
        pytest.param("../pack", "pack/a.py", False, id="outside-of-the-repository"),
    ],
)
def test_a_change_in_the_packs_of_the_command_concerns_all(
    tmp_path: Path, pack: str, changed: str, *, judged: bool
) -> None:
    files = {
        **SHOP,
        "pack/PulumiPolicy.yaml": "runtime: python\n",
        "pack/requirements.txt": "",
        "bin/pack": "",
    }
    assert concerned(tmp_path / "tree", files, changed, pack) is judged


@pytest.mark.parametrize(
    "name",
    ["uv.lock", "apps/pyproject.toml", "package-lock.json", "go.work", "requirements-dev.txt"],
)
def test_a_change_in_a_manifest_or_lock_file_above_concerns_a_project(
    tmp_path: Path, name: str
) -> None:
    assert concerned(tmp_path, SHOP, name)


def test_a_lock_file_beside_concerns_no_other_project(tmp_path: Path) -> None:
    assert not concerned(tmp_path, SHOP, "apps/news/uv.lock")


@pytest.mark.parametrize(
    ("files", "changed"),
    [
        pytest.param(
            {
                "apps/shop/pyproject.toml": PACKAGE.format("shop", '"our.net>=1"'),
                "libs/net/pyproject.toml": PACKAGE.format("Our_Net", '"base"'),
                "libs/base/pyproject.toml": PACKAGE.format("base", ""),
            },
            "libs/base/a.py",
            id="uv",
        ),
        pytest.param(
            {
                "apps/shop/Pulumi.yaml": NODE,
                "apps/shop/package.json": '{"dependencies": {"@our/net": "workspace:*"}}',
                "libs/net/package.json": '{"name": "@our/net", "dependencies": {"base": "*"}}',
                "libs/base/package.json": '{"name": "base"}',
            },
            "libs/base/a.ts",
            id="npm",
        ),
        pytest.param(
            {
                "apps/shop/Pulumi.yaml": project("shop", "go"),
                "apps/shop/go.mod": "module a.com/shop\nrequire a.com/net v0.0.0\n",
                "libs/net/go.mod": "module a.com/net\nrequire a.com/base v0.0.0\n",
                "libs/base/go.mod": "module a.com/base\n",
            },
            "libs/base/a.go",
            id="go",
        ),
    ],
)
def test_a_change_in_a_package_of_the_workspace_concerns_those_that_name_it(
    tmp_path: Path, files: dict[str, str], changed: str
) -> None:
    assert concerned(tmp_path / "named", {**SHOP, **files}, changed)
    alone = {name: text for name, text in files.items() if not name.startswith("libs/net")}
    assert not concerned(tmp_path / "alone", {**SHOP, **alone}, changed)


@pytest.mark.parametrize(
    ("files", "changed", "judged"),
    [
        pytest.param({"pyproject.toml": ""}, "libs/a.py", True, id="the-only-one-above"),
        pytest.param({"apps/setup.py": ""}, "apps/a.py", True, id="the-next-above"),
        pytest.param(
            {"apps/setup.py": "", "setup.py": ""}, "libs/a.py", False, id="beyond-the-next"
        ),
        pytest.param({"package.json": "{}"}, "libs/a.py", False, id="one-of-another-language"),
        pytest.param({}, "libs/a.py", False, id="none"),
    ],
)
def test_without_a_manifest_all_below_the_next_one_above_concerns_a_project(
    tmp_path: Path, files: dict[str, str], changed: str, *, judged: bool
) -> None:
    given = {"apps/shop/Pulumi.yaml": PYTHON, **files}
    assert concerned(tmp_path, given, changed) is judged


def test_all_that_is_beside_its_virtual_environment_concerns_a_project(tmp_path: Path) -> None:
    options = "name: shop\nruntime: {name: python, options: {virtualenv: ../../.venv}}\n"
    assert concerned(tmp_path, {**SHOP, "apps/shop/Pulumi.yaml": options}, "libs/a.py")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(project("shop", "dotnet"), id="another-language"),
        pytest.param("name: shop\n", id="no-language"),
        pytest.param("name: [shop\n", id="no-yaml"),
    ],
)
def test_every_change_concerns_a_project_of_which_nothing_is_known(
    tmp_path: Path, text: str
) -> None:
    assert concerned(tmp_path, {"apps/shop/Pulumi.yaml": text}, "docs/a.md")


def test_a_program_in_yaml_needs_no_manifest(tmp_path: Path) -> None:
    files = {"apps/shop/Pulumi.yaml": project("shop", "yaml"), "pyproject.toml": ""}
    assert not concerned(tmp_path, files, "libs/a.py")


def test_a_manifest_that_is_not_a_text_names_nothing(tmp_path: Path) -> None:
    top = work_tree(tmp_path, SHOP)
    (top / "apps" / "shop" / "package.json").write_bytes(b"\xff\x00\xfe")
    assert not with_changes(Repository(top), [Path("libs/a")], [top / "apps" / "shop"], [])
