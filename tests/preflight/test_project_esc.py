"""ESC environments: values from `preflight.yaml`, and a note of each that is not known."""

import pytest

from pulumi_preflight.cli import main
from pulumi_preflight.project import Project, load_project
from tests.preflight.running import WriteProject, run_loaded

KNOWN = """
environments:
  aws/dev:
    pulumiConfig:
      size: 3
      shop:net: {nat: 1, zones: 2}
      password: {"fn::secret": hidden-text}
      keys: [{"fn::secret": inner-text}]
    environmentVariables: {SHOP_MODE: dev, TOKEN: {"fn::secret": hidden-token}}
  shared: {pulumiConfig: {size: 5, "shop:net": {nat: 7}}, environmentVariables: {SHOP_MODE: shared}}
"""


def load(write_project: WriteProject, stack: str, program: str = "", known: str = KNOWN) -> Project:
    files = {"Pulumi.dev.yaml": stack, "preflight.yaml": known}
    folder = write_project(program, project={"config": {"size": 1}}, files=files)
    return load_project(folder, stack="dev", environment={})


def texts(project: Project) -> dict[str, str]:
    return {key: value.text for key, value in project.config.items()}


def test_an_environment_gives_values_over_the_projects_defaults(
    write_project: WriteProject,
) -> None:
    project = load(write_project, "environment: [aws/dev]")
    assert texts(project) == {
        "shop:size": "3",
        "shop:net": '{"nat":1,"zones":2}',
        "shop:password": "hidden-text",
        "shop:keys": '["inner-text"]',
    }
    assert project.notes == ()


def test_secrets_of_an_environment_are_secret(write_project: WriteProject) -> None:
    config = load(write_project, "environment: [aws/dev]").config
    secret = {key: value.secret_texts for key, value in config.items() if value.secret}
    assert secret == {"shop:password": ("hidden-text",), "shop:keys": ("inner-text",)}


def test_the_stack_file_wins_member_by_member(write_project: WriteProject) -> None:
    stack = "environment: [aws/dev]\nconfig: {size: 4, 'shop:net': {nat: 9}}"
    project = load(write_project, stack)
    assert texts(project)["shop:size"] == "4"
    assert texts(project)["shop:net"] == '{"nat":9,"zones":2}'


@pytest.mark.parametrize(
    "named",
    [
        pytest.param("[aws/dev, shared]", id="names"),
        pytest.param("{imports: [aws/dev, shared]}", id="definition"),
        pytest.param("[aws/dev@stable, shared@7]", id="versions"),
        pytest.param("{imports: [aws/dev, {shared: {merge: true}}]}", id="settings"),
    ],
)
def test_a_later_environment_wins(write_project: WriteProject, named: str) -> None:
    project = load(write_project, f"environment: {named}")
    assert texts(project)["shop:net"] == '{"nat":7,"zones":2}'
    assert project.environment == {"SHOP_MODE": "shared", "TOKEN": "hidden-token"}
    assert project.notes == ()


def test_a_stack_that_names_no_environment_gets_none(write_project: WriteProject) -> None:
    project = load(write_project, "config: {}")
    assert (texts(project), project.environment) == ({"shop:size": "1"}, {})


def test_the_program_gets_the_variables(write_project: WriteProject) -> None:
    program = 'import os\nprint(f\'"{os.environ["SHOP_MODE"]}"\')'
    assert run_loaded(load(write_project, "environment: [aws/dev]", program)).printed == "dev"


def test_secret_variables_are_hidden_in_what_is_printed(
    write_project: WriteProject, capsys: pytest.CaptureFixture[str]
) -> None:
    program = 'import os\nraise ValueError(os.environ["TOKEN"])'
    project = load(write_project, "environment: [aws/dev]", program)
    assert project.environment_secrets == ("hidden-token",)
    assert main([str(project.root), "--stack", "dev"]) == 2
    assert "hidden-token" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("named", "wanted"),
    [
        pytest.param("[aws/dev, aws/other]", "without aws/other, which", id="name"),
        pytest.param("{values: {a: b}}", "without its own values, which", id="definition"),
    ],
)
def test_what_is_not_known_is_a_note_that_names_the_key(
    write_project: WriteProject, named: str, wanted: str
) -> None:
    [note] = load(write_project, f"environment: {named}").notes
    assert wanted in note
    assert "preflight.yaml can give under environments" in note
