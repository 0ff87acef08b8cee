"""Loading a project: its files, its stack, its program's interpreter."""

import re
import sys
import venv
from pathlib import Path

import pytest

from ops.paths import ROOT
from pulumi_preflight.errors import ProjectError
from pulumi_preflight.project import load_project, stacks_in
from tests.preflight.running import WriteProject


def test_the_folder_and_the_names_come_from_the_project_file(write_project: WriteProject) -> None:
    folder = write_project("")
    project = load_project(folder, stack="dev", environment={})
    assert (project.name, project.stack, project.organization) == ("shop", "dev", "organization")
    assert project.root == project.launch.working_directory == project.launch.program == folder
    assert project.runtime == "python"


def test_the_older_spelling_of_the_project_file_is_read(write_project: WriteProject) -> None:
    folder = write_project("")
    (folder / "Pulumi.yaml").rename(folder / "Pulumi.yml")
    assert load_project(folder, stack="dev", environment={}).file == folder / "Pulumi.yml"


@pytest.mark.parametrize(
    ("given", "organization", "stack"),
    [
        pytest.param("dev", "organization", "dev", id="name-alone"),
        pytest.param("acme/dev", "acme", "dev", id="organization-and-name"),
        pytest.param("acme/shop/dev", "acme", "dev", id="full-name"),
    ],
)
def test_a_stack_may_be_named_in_full(
    write_project: WriteProject, given: str, organization: str, stack: str
) -> None:
    project = load_project(write_project(""), stack=given, environment={})
    assert (project.organization, project.stack) == (organization, stack)


def test_a_folder_without_project_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        ProjectError, match=re.escape(f"there is no Pulumi.yaml in {tmp_path}")
    ) as raised:
        load_project(tmp_path, stack="dev", environment={})
    assert "PROJECT" in str(raised.value.hint)


def test_an_unknown_stack_lists_the_known_ones(write_project: WriteProject) -> None:
    folder = write_project("", files={"Pulumi.dev.yaml": "", "Pulumi.prod.yaml": ""})
    with pytest.raises(ProjectError, match=r"there is no stack 'local': .* holds dev, prod"):
        load_project(folder, stack="local", environment={})


def test_a_project_without_stack_files_takes_any_stack(write_project: WriteProject) -> None:
    assert load_project(write_project(""), stack="any", environment={}).stack == "any"


def test_stack_files_may_lie_in_a_folder_of_their_own(write_project: WriteProject) -> None:
    folder = write_project(
        "",
        project={"stackConfigDir": "stacks"},
        files={"stacks/Pulumi.dev.yaml": "config: {shop:size: 3}"},
    )
    assert load_project(folder, stack="dev", environment={}).config["shop:size"].text == "3"


def test_the_program_may_lie_in_a_folder_of_its_own(write_project: WriteProject) -> None:
    folder = write_project("", project={"main": "app"}, files={"app/__main__.py": ""})
    project = load_project(folder, stack="dev", environment={})
    assert project.launch.program == project.launch.working_directory == folder / "app"


def test_the_program_may_be_a_file_of_another_name(write_project: WriteProject) -> None:
    folder = write_project("", project={"main": "app/shop.py"}, files={"app/shop.py": ""})
    project = load_project(folder, stack="dev", environment={})
    assert (project.launch.working_directory, project.launch.program) == (
        folder / "app",
        folder / "app/shop.py",
    )


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        pytest.param(
            {"Pulumi.yaml": "name: shop\nruntime: [python\n"},
            r"Pulumi.yaml:3: is not YAML: ",
            id="broken-yaml",
        ),
        pytest.param(
            {"Pulumi.yaml": "name: shop\nname: store\n"},
            r"Pulumi.yaml:2: is not YAML: the key 'name' is given twice",
            id="key-given-twice",
        ),
        pytest.param({"Pulumi.yaml": "- name"}, "holds a list; wanted keys", id="no-mapping"),
        pytest.param({"Pulumi.yaml": "runtime: python"}, "name is None", id="no-name"),
        pytest.param(
            {"Pulumi.yaml": "name: shop\nruntime: ruby"},
            "runtime is 'ruby'; preflight runs programs in python, nodejs, yaml, go, and others ",
            id="other-runtime",
        ),
        pytest.param(
            {"Pulumi.yaml": "name: shop\nruntime: {name: python, options: fast}"},
            "runtime.options is 'fast'; wanted keys and values",
            id="options-no-mapping",
        ),
        pytest.param(
            {"Pulumi.yaml": "name: shop\nruntime: python\nmain: nowhere"},
            "main is 'nowhere', but there is no",
            id="main-that-is-not-there",
        ),
        pytest.param(
            {"Pulumi.yaml": "name: shop\nruntime: {name: python, options: {virtualenv: venv}}"},
            "virtualenv 'venv': there is no Python environment in",
            id="virtualenv-that-is-not-there",
        ),
        pytest.param({"Pulumi.dev.yaml": "config: 3"}, "config is 3", id="config-of-no-keys"),
        pytest.param({"uv.lock": ""}, "the uv project of", id="uv-project-without-environment"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    write_project: WriteProject, files: dict[str, str], wanted: str
) -> None:
    project = {"runtime": "python"} if "uv.lock" in files else {}
    with pytest.raises(ProjectError, match=wanted):
        load_project(write_project("", project=project, files=files), stack="dev", environment={})


def test_a_folder_without_program_is_named(write_project: WriteProject) -> None:
    folder = write_project("")
    (folder / "__main__.py").unlink()
    with pytest.raises(ProjectError, match=r"holds no __main__\.py"):
        load_project(folder, stack="dev", environment={})


@pytest.mark.parametrize("stack", ["", "a/b/c/d", "dev stack"])
def test_a_malformed_stack_name_is_refused(write_project: WriteProject, stack: str) -> None:
    with pytest.raises(ProjectError, match="--stack is"):
        load_project(write_project(""), stack=stack, environment={})


def test_the_virtualenv_of_the_project_file_runs_the_program(write_project: WriteProject) -> None:
    options = {"name": "python", "options": {"virtualenv": "venv"}}
    folder = write_project("", project={"runtime": options})
    venv.create(folder / "venv")
    project = load_project(folder, stack="dev", environment={})
    assert Path(project.launch.command[0]) == folder / "venv/bin/python"


def test_the_environment_of_a_uv_project_above_runs_the_program(
    write_project: WriteProject,
) -> None:
    folder = write_project(
        "", files={"uv.lock": "", "stack/Pulumi.yaml": "name: s\nruntime: python"}
    )
    (folder / "stack/__main__.py").touch()
    venv.create(folder / ".venv")
    project = load_project(folder / "stack", stack="dev", environment={})
    assert Path(project.launch.command[0]) == folder / ".venv/bin/python"


def test_an_active_virtualenv_runs_the_program_that_names_none(
    write_project: WriteProject, tmp_path: Path
) -> None:
    venv.create(tmp_path / "active")
    environment = {"VIRTUAL_ENV": str(tmp_path / "active")}
    project = load_project(write_project(""), stack="dev", environment=environment)
    assert Path(project.launch.command[0]) == tmp_path / "active/bin/python"


def test_preflights_own_python_runs_the_program_otherwise(write_project: WriteProject) -> None:
    project = load_project(write_project(""), stack="dev", environment={})
    assert Path(project.launch.command[0]) == Path(sys.executable)


def test_environments_of_pulumi_cloud_leave_a_note(write_project: WriteProject) -> None:
    folder = write_project("", files={"Pulumi.dev.yaml": "environment: [aws/dev]"})
    notes = load_project(folder, stack="dev", environment={}).notes
    assert ["environment: (Pulumi ESC) was not read" in note for note in notes] == [True]


def test_the_example_of_preflight_yaml_holds_every_key(write_project: WriteProject) -> None:
    readme = (ROOT / "preflight" / "README.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```yaml\n(account:.*?)```", readme, re.DOTALL)
    packs = ("packs/shared/PulumiPolicy.yaml", "policies/profiles/dev.json")
    files = {"preflight.yaml": example, **dict.fromkeys(packs, "")}
    overrides = load_project(write_project("", files=files), stack=None, environment={}).overrides
    assert overrides is not None
    assert overrides.model_fields_set == overrides.__class__.model_fields.keys()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("invoke: []", "invoke: Extra inputs are not permitted", id="wrong-key"),
        pytest.param(
            "outputs: [{resource: jobs}]", "outputs.0.properties: Field required", id="missing-key"
        ),
        pytest.param("stackReferences: 3", "stackReferences: ", id="wrong-kind"),
    ],
)
def test_a_mistake_in_preflight_yaml_is_one_clear_error(
    write_project: WriteProject, text: str, wanted: str
) -> None:
    folder = write_project("", files={"preflight.yaml": text})
    with pytest.raises(ProjectError, match=wanted):
        load_project(folder, stack="dev", environment={})


@pytest.mark.parametrize(
    ("settings", "folder"),
    [
        pytest.param("", ".", id="beside-the-project-file"),
        pytest.param("stackConfigDir: stacks\n", "stacks", id="in-a-folder"),
        pytest.param("config: stacks\n", "stacks", id="in-a-folder-as-it-was-spelled-once"),
    ],
)
def test_the_stacks_of_a_project_are_those_that_have_a_file(
    tmp_path: Path, settings: str, folder: str
) -> None:
    (tmp_path / "Pulumi.yaml").write_text(f"name: shop\nruntime: python\n{settings}")
    (tmp_path / folder).mkdir(exist_ok=True)
    for name in ("Pulumi.prod.yaml", "Pulumi.dev.yml", "preflight.yaml"):
        (tmp_path / folder / name).touch()
    assert stacks_in(tmp_path) == ("shop", ("dev", "prod"))


def test_a_project_without_a_stack_file_has_no_stacks(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\nstackConfigDir: none\n")
    assert stacks_in(tmp_path) == ("shop", ())
