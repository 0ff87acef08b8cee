"""The stack and the packs that `preflight.yaml` names, so that the command needs no flags."""

import shutil
from pathlib import Path

import pytest

from pulumi_preflight import PackChoice, run
from pulumi_preflight.cli import FAILED, NO_VERDICT, PASSED, main
from pulumi_preflight.errors import ProjectError
from pulumi_preflight.project import ProjectPack, load_project
from tests.preflight.builders import BAD, PACKS, write_project

PROD = "config: {}\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project in which the demo pack finds two mandatory violations; the pack lies beside it."""
    folder = Path(write_project(tmp_path / "shop", BAD))
    shutil.copytree(PACKS / "demo", tmp_path / "demo")
    (tmp_path / "demo" / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (folder / "profiles").mkdir()
    (folder / "profiles" / "dev.json").write_text('{"all": "advisory"}')
    return folder


def named(folder: Path, text: str) -> tuple[ProjectPack, ...]:
    (folder / "preflight.yaml").write_text(text)
    return load_project(folder, stack=None, environment={}).packs


def test_packs_are_named_with_or_without_a_config_relative_to_the_file(shop: Path) -> None:
    text = "packs:\n- ../demo\n- {path: ../demo, config: 'profiles/{stack}.json'}\n"
    file = shop / "preflight.yaml"
    assert named(shop, text) == (
        ProjectPack(path=shop.parent / "demo", config=None, named_by=f"{file}: packs.0"),
        ProjectPack(
            path=shop.parent / "demo",
            config=shop / "profiles" / "dev.json",
            named_by=f"{file}: packs.1",
        ),
    )


@pytest.mark.parametrize("text", ["", "packs: []\n", "tags: {}\n"])
def test_a_file_may_name_no_packs(shop: Path, text: str) -> None:
    assert named(shop, text) == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("packs: [../demp]\n", "packs.0.path is '../demp', and there is no", id="path"),
        pytest.param(
            "packs: [../demo, {path: '../{stack}'}]\n",
            "packs.1.path is '../{stack}', and there is no",
            id="path-of-a-stack",
        ),
        pytest.param(
            "packs: [{path: ../demo, config: dev.json}]\n",
            "packs.0.config is 'dev.json', and there is no",
            id="config",
        ),
        pytest.param(
            "packs: [{path: ../demo, config: profiles}]\n",
            "packs.0.config is 'profiles', and there is no",
            id="config-a-folder",
        ),
        pytest.param("packs: ['']\n", "packs.0.path: String should have at least", id="empty"),
        pytest.param("packs: [{config: a}]\n", "packs.0.path: Field required", id="no-path"),
        pytest.param("packs: [3]\n", "packs.0: Input should be", id="number"),
        pytest.param("packs: ../demo\n", "packs: Input should be", id="no-list"),
        pytest.param("packs: [{path: ../demo, confg: a}]\n", "packs.0.confg: Extra", id="key"),
    ],
)
def test_a_pack_that_is_not_there_is_named_with_file_key_and_value(
    shop: Path, text: str, told: str
) -> None:
    with pytest.raises(ProjectError) as raised:
        named(shop, text)
    assert str(raised.value).startswith(f"{shop}/preflight.yaml: {told}")


@pytest.mark.parametrize(
    ("text", "others", "stack"),
    [
        pytest.param(None, (), "dev", id="the-only-one"),
        pytest.param("stack: prod\n", ("prod",), "prod", id="that-of-the-file"),
        pytest.param("stack: acme/shop/prod\n", ("prod",), "prod", id="in-full"),
    ],
)
def test_the_stack_is_that_of_the_file_or_the_only_one(
    shop: Path, text: str | None, others: tuple[str, ...], stack: str
) -> None:
    for other in others:
        (shop / f"Pulumi.{other}.yaml").write_text(PROD)
    if text is not None:
        (shop / "preflight.yaml").write_text(text)
    assert load_project(shop, stack=None, environment={}).stack == stack
    assert load_project(shop, stack="dev", environment={}).stack == "dev"


def test_the_only_stack_is_looked_for_where_the_project_keeps_its_stacks(shop: Path) -> None:
    project = shop / "Pulumi.yaml"
    project.write_text(f"{project.read_text()}stackConfigDir: stacks\n")
    (shop / "stacks").mkdir()
    (shop / "stacks" / "Pulumi.prod.yaml").write_text(PROD)
    assert load_project(shop, stack=None, environment={}).stack == "prod"


@pytest.mark.parametrize(
    ("files", "told"),
    [
        pytest.param(("prod",), "no --stack is given, and there are dev, prod", id="several"),
        pytest.param((), "no --stack is given, and ", id="none"),
    ],
)
def test_a_stack_that_nobody_names_is_asked_for(
    shop: Path, files: tuple[str, ...], told: str
) -> None:
    for name in files:
        (shop / f"Pulumi.{name}.yaml").write_text(PROD)
    if not files:
        (shop / "Pulumi.dev.yaml").unlink()
    with pytest.raises(ProjectError) as raised:
        load_project(shop, stack=None, environment={})
    assert str(raised.value).startswith(told)
    assert raised.value.hint == (
        f"choose one with --stack, or with `stack:` in {shop}/preflight.yaml"
    )


def test_a_stack_of_the_file_that_is_no_name_is_told_with_the_file(shop: Path) -> None:
    (shop / "preflight.yaml").write_text("stack: a b\n")
    with pytest.raises(ProjectError) as raised:
        load_project(shop, stack=None, environment={})
    assert str(raised.value).startswith(f"{shop}/preflight.yaml: stack is 'a b'; wanted NAME")


def test_the_command_needs_no_flags_in_the_folder_of_the_project(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(shop)
    (shop / "preflight.yaml").write_text("packs: [../demo]\n")
    assert main([]) == FAILED
    assert "2 mandatory findings" in capsys.readouterr().out
    text = "packs: [{path: ../demo, config: 'profiles/{stack}.json'}]\n"
    (shop / "preflight.yaml").write_text(text)
    assert main([]) == PASSED
    assert "PASS: 0 mandatory findings, 13 advisory" in capsys.readouterr().out


def test_packs_on_the_command_line_replace_those_of_the_file(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "packs: [{path: ../demo, config: 'profiles/{stack}.json'}]\n"
    (shop / "preflight.yaml").write_text(text)
    assert main([str(shop), "--policy-pack", str(PACKS / "demo")]) == FAILED
    assert "2 mandatory findings" in capsys.readouterr().out


def test_a_pack_of_the_file_that_is_none_is_told_with_the_file(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "preflight.yaml").write_text("packs: [profiles]\n")
    assert main([str(shop)]) == NO_VERDICT
    error, hint = capsys.readouterr().err.splitlines()
    assert error == (f"error: {shop}/profiles is not a policy pack: it has no PulumiPolicy.yaml")
    assert hint == (
        f"hint: {shop}/preflight.yaml: packs.0 takes the folder that holds PulumiPolicy.yaml, or "
        "an executable"
    )


@pytest.mark.parametrize(
    ("others", "mandatory"),
    [
        pytest.param(None, 2, id="those-of-the-file"),
        pytest.param(0, 0, id="none"),
        pytest.param(1, 0, id="another"),
    ],
)
def test_the_function_takes_the_packs_of_the_file_unless_it_is_given_some(
    shop: Path, others: int | None, mandatory: int
) -> None:
    (shop / "preflight.yaml").write_text("packs: [../demo]\n")
    another = PackChoice(directory=PACKS / "demo", config=shop / "profiles" / "dev.json")
    packs = None if others is None else [another] * others
    verdict = run(shop, stack="dev", packs=packs)
    assert len([each for each in verdict.findings if each.level == "mandatory"]) == mandatory
