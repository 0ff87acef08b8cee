"""What a run saves for later ones, and what is not such a file."""

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pulumi_preflight.bases.saved import read_saved
from pulumi_preflight.bases.settle import compared, settled
from pulumi_preflight.errors import BaseError
from pulumi_preflight.model import DuplicateUrn
from tests.preflight.bases.samples import (
    AFTER,
    REPORTED,
    beside,
    operations,
    resource,
    secret,
    written,
)
from tests.preflight.builders import QUEUE, urn
from tests.preflight.samples import STACK, deployment, verdict

SCHEMA = json.loads(
    resources.files("pulumi_preflight.reports").joinpath("base.schema.json").read_text()
)


def saved(folder: Path, *head: Any) -> Path:  # noqa: ANN401 - resources
    file = folder / "main.json"
    file.write_text(written(verdict(REPORTED, deployment(resources=head or AFTER)), "base"))
    return file


def test_the_file_fits_its_schema(tmp_path: Path) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(json.loads(saved(tmp_path).read_text()))


def test_the_same_program_beside_its_own_file_changes_nothing(tmp_path: Path) -> None:
    base = read_saved(saved(tmp_path), project="shop", stack="dev")
    found = beside(base, *AFTER)
    assert operations(found) == {}
    assert found.changes
    assert (found.changes.new, found.changes.fixed) == ((), ())


def test_what_a_run_finds_beside_its_own_base_is_not_saved() -> None:
    found = beside()
    assert found.of_rule("replaces-stateful-resource")
    [stack] = json.loads(written(found, "base"))["stacks"]
    assert "replaces-stateful-resource" not in {each["id"] for each in stack["findings"]}


def test_the_file_holds_no_secret(tmp_path: Path) -> None:
    assert "hunter2" not in saved(tmp_path).read_text()


def test_a_text_that_repeats_a_secret_changes_nothing(tmp_path: Path) -> None:
    head = (
        STACK,
        resource(QUEUE, "jobs", {"key": secret("hunter2hunter2"), "url": "x://hunter2hunter2@y"}),
    )
    base = read_saved(saved(tmp_path, *head), project="shop", stack="dev")
    assert operations(beside(base, *head)) == {}


def test_names_that_check_made_are_known_again(tmp_path: Path) -> None:
    before = resource(QUEUE, "jobs", {"name": "jobs-1"}, added=("name",))
    after = resource(QUEUE, "jobs", {"name": "jobs-2"}, added=("name",))
    base = read_saved(saved(tmp_path, STACK, before), project="shop", stack="dev")
    assert operations(beside(base, STACK, after)) == {}


@pytest.mark.parametrize("delay", [pytest.param(1, id="one-first"), pytest.param(2, id="other")])
def test_of_a_urn_that_is_there_twice_nothing_is_saved_and_nothing_changes(
    tmp_path: Path, delay: int
) -> None:
    twice = resource(QUEUE, "jobs", {"delaySeconds": delay})
    double = DuplicateUrn(urn=twice.urn, positions=(None, None))
    run = deployment(resources=(STACK, twice), duplicates=(double,))
    file = tmp_path / "main.json"
    file.write_text(written(verdict(REPORTED, run), "base"))
    assert "delaySeconds" not in file.read_text()
    base = read_saved(file, project="shop", stack="dev")
    judged = verdict(REPORTED, run)
    changes = compared(base.resources, run, judged.redact, is_state=False)
    assert operations(settled(judged, base, changes)) == {}


def test_the_code_of_a_dynamic_provider_is_not_saved(tmp_path: Path) -> None:
    text = saved(tmp_path, resource(QUEUE, "jobs", {"__provider": "code"})).read_text()
    assert "__provider" not in text


def test_a_stack_that_the_file_does_not_know_is_all_new_and_said(tmp_path: Path) -> None:
    base = read_saved(saved(tmp_path), project="shop", stack="prod")
    assert base.resources == ()
    assert base.note.endswith(
        "has no verdict on shop/prod, so all of it counts as new; it has shop/dev"
    )


def test_findings_are_kept_by_pack_id_level_and_urn(tmp_path: Path) -> None:
    base = read_saved(saved(tmp_path), project="shop", stack="dev")
    kept = {(each.pack, each.id, each.level, each.urn) for each in base.findings}
    assert ("demo", "too-slow", "mandatory", urn(QUEUE, "jobs")) in kept


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        pytest.param("{", "is not JSON", "--format base=FILE", id="no-json"),
        pytest.param("[]", "has no `stacks`", "--format base=FILE", id="list"),
        pytest.param('{"deployment": {}}', "has no `stacks`", "--base-state", id="state"),
        pytest.param('{"stacks": [], "version": 9}', "version is 9; wanted 1", "again", id="newer"),
        pytest.param('{"stacks": 3, "version": 1}', "stacks is 3", "base=FILE", id="stacks"),
        pytest.param(
            '{"version": 1, "stacks": [{"project": 3}]}',
            "stacks.0: project is 3; wanted a text",
            "base=FILE",
            id="project",
        ),
        pytest.param(
            '{"version": 1, "stacks": [{"project": "shop", "stack": "dev", "resources": [],'
            '"findings": [{"level": "bad"}]}]}',
            "stacks.0: findings.0.level is 'bad'; wanted mandatory or advisory",
            "base=FILE",
            id="level",
        ),
        pytest.param(
            '{"version": 1, "stacks": [{"project": "shop", "stack": "dev", "findings": [],'
            '"resources": [{"urn": "x"}]}]}',
            "is 'x', which is not a URN",
            "base=FILE",
            id="urn",
        ),
        pytest.param(
            '{"version": 1, "stacks": [{"project": "shop", "stack": "dev", "findings": [],'
            '"resources": [], "cost": [{"urn": "u", "item": "i", "currency": "USD",'
            '"base": "x", "worst": "1"}]}]}',
            "base is 'x'; wanted a number as a text",
            "base=FILE",
            id="amount",
        ),
    ],
)
def test_what_is_not_such_a_file_is_one_error_that_names_file_and_key(
    tmp_path: Path, text: str, message: str, hint: str
) -> None:
    file = tmp_path / "main.json"
    file.write_text(text)
    with pytest.raises(BaseError) as raised:
        read_saved(file, project="shop", stack="dev")
    assert str(raised.value).startswith(str(file))
    assert message in str(raised.value)
    assert hint in (raised.value.hint or "")


def test_a_file_that_is_not_there_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(BaseError, match="cannot be read: No such file"):
        read_saved(tmp_path / "none.json", project="shop", stack="dev")
