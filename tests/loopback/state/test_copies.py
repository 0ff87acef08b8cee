"""Copies of a state: their list, their content, and the one that comes back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pulumi_loopback.errors import CommandError, Consent
from pulumi_loopback.state import commands
from pulumi_loopback.state.copies import copies_in, name_for, problem_of
from pulumi_loopback.state.store import Store
from tests.loopback.state.test_store import GONE, HERE, lock, store_in, written

YES = Consent(stack="local", local=True, yes=True, confirmed="")


def state(*names: str) -> str:
    resources: list[dict[str, Any]] = [{"urn": f"urn:pulumi:local::shop::t::{n}"} for n in names]
    return json.dumps({"version": 3, "checkpoint": {"latest": {"resources": resources}}})


def put(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return folder / name


@pytest.fixture
def judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store whose engine refuses a state with the resource `twice`."""
    monkeypatch.setattr(
        "pulumi_loopback.state.store.objection",
        lambda file, _: "duplicate resource" if "twice" in file.read_text() else None,
    )
    return store_in(tmp_path)


def saved(store: Store) -> Path:
    return store.target.folder / ".pulumi" / "saved" / "shop"


def test_a_copy_says_when_why_and_how_much(tmp_path: Path) -> None:
    put(tmp_path, "local.20261128T101031.724385Z.before-destroy.json", state("a", "b"))
    put(tmp_path, "local.1795860000123456789.json", state("a"))
    put(tmp_path, "local.20261127T101031.724385Z.json", "{")
    assert [str(each) for each in copies_in([tmp_path], "local")] == [
        "2026-11-28 10:10:31 UTC  2 resources     before destroy",
        "2026-11-28 10:00:00 UTC  1 resource      after an operation",
        "2026-11-27 10:10:31 UTC  cannot be read  ",
    ]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("local.json", id="the state itself"),
        pytest.param("local.dev.20261128T101031.724385Z.json", id="another stack's"),
        pytest.param("locals.20261128T101031.724385Z.json", id="a longer name"),
        pytest.param("local.20261128T101031.724385Z.json.part", id="half written"),
    ],
)
def test_what_is_no_copy_of_the_stack_is_left_out(name: str, tmp_path: Path) -> None:
    put(tmp_path, name, state())
    assert copies_in([tmp_path], "local") == []


def test_the_order_is_that_of_the_names_and_not_of_the_files(tmp_path: Path) -> None:
    newer = put(tmp_path, "local.20261128T101031.724385Z.json", state())
    older = put(tmp_path, "local.20261127T101031.724385Z.json", state())
    assert [each.file for each in copies_in([tmp_path], "local")] == [newer, older]


def test_a_copy_that_is_made_now_is_found(tmp_path: Path) -> None:
    made = put(tmp_path, name_for("local", "before repair"), state())
    (found,) = copies_in([tmp_path], "local")
    assert (found.file, found.reason) == (made, "before repair")


def test_the_newest_good_copy_comes_back_and_the_others_are_named_with_the_reason(
    judged: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(judged, state("twice"))
    repairs = put(
        saved(judged), "local.20261128T101031.724385Z.before-repair.json", file.read_text()
    )
    broken = put(
        saved(judged), "local.20261127T101031.724385Z.before-refresh.json", state("a", "twice")
    )
    cut = put(saved(judged), "local.20261126T101031.724385Z.before-refresh.json", "{")
    good = put(saved(judged), "local.20261125T101031.724385Z.before-destroy.json", state("a"))
    put(saved(judged), "local.20261124T101031.724385Z.before-destroy.json", state("b"))
    assert commands.restore(judged, None, YES) == 0
    assert file.read_text() == good.read_text()
    said = capsys.readouterr().out.splitlines()
    passed = [line for line in said if line.startswith("passed over: ")]
    assert passed[:2] == [
        f"passed over: {repairs}: the state holds the same now",
        f"passed over: {broken}: duplicate resource",
    ]
    assert passed[2].startswith(f"passed over: {cut}: {cut}: Expecting")
    assert "  2026-11-25 10:10:31 UTC  1 resource      before destroy" in said


@pytest.mark.parametrize("latest", [{"resources": []}, {}, None], ids=["none", "empty", "null"])
def test_after_a_destroy_the_copy_from_before_it_comes_back(
    latest: dict[str, object] | None, judged: Store
) -> None:
    destroyed = json.dumps({"version": 3, "checkpoint": {"latest": latest}})
    file = written(judged, destroyed)
    backups = judged.target.folder / ".pulumi/backups/shop/local"
    put(backups, "local.1795860000123456789.json", destroyed)
    before = put(saved(judged), "local.20261128T095931.724385Z.before-destroy.json", state("a"))
    assert commands.restore(judged, None, YES) == 0
    assert file.read_text() == before.read_text()


@pytest.mark.parametrize(
    "empty", [state(), '{"checkpoint": {"latest": null}}'], ids=["none", "null"]
)
def test_a_copy_without_resources_comes_after_those_that_have_some(
    empty: str, judged: Store
) -> None:
    file = written(judged, "{")
    put(saved(judged), "local.20261128T101031.724385Z.before-refresh.json", empty)
    older = put(saved(judged), "local.20261127T101031.724385Z.before-destroy.json", state("a"))
    assert commands.restore(judged, None, YES) == 0
    assert file.read_text() == older.read_text()


def test_a_copy_without_resources_comes_back_where_it_is_the_only_good_one(judged: Store) -> None:
    file = written(judged, "{")
    put(saved(judged), "local.20261128T101031.724385Z.before-refresh.json", state())
    put(saved(judged), "local.20261127T101031.724385Z.before-destroy.json", state("twice"))
    assert commands.restore(judged, None, YES) == 0
    assert file.read_text() == state()


@pytest.mark.parametrize("reason", ["before repair", "before restore"])
def test_what_was_replaced_comes_back_only_by_name(
    reason: str, judged: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(judged, state("damaged"))
    put(saved(judged), "local.20261125T101031.724385Z.before-destroy.json", state("a"))
    kept = judged.save(reason)
    assert kept is not None
    assert commands.restore(judged, None, YES) == 0
    with pytest.raises(CommandError, match="no other good copy"):
        commands.restore(judged, None, YES)
    assert file.read_text() == state("a")
    told = (
        f"passed over: {kept}: made {reason}; `pulumi-loopback state:restore {kept}` brings it back"
    )
    assert told in capsys.readouterr().out
    assert commands.restore(judged, kept, YES) == 0
    assert file.read_text() == state("damaged")


def test_where_no_copy_is_good_the_state_stays(judged: Store) -> None:
    file = written(judged, "{")
    put(saved(judged), "local.20261128T101031.724385Z.before-repair.json", state("twice"))
    with pytest.raises(CommandError, match="no other good copy of the state of local"):
        commands.restore(judged, None, YES)
    assert file.read_text() == "{"


def test_a_copy_that_is_named_must_be_good_too(judged: Store) -> None:
    file = written(judged, state("a"))
    bad = put(saved(judged), "mine.json", state("twice"))
    with pytest.raises(CommandError, match="not a state to bring back: duplicate resource"):
        commands.restore(judged, bad, YES)
    assert file.read_text() == state("a")


def test_an_export_is_a_copy_too_and_comes_back_as_a_state(judged: Store) -> None:
    file = written(judged, state("a"))
    deployment = json.loads(state("b"))["checkpoint"]["latest"]
    export = json.dumps({"version": 3, "deployment": deployment})
    copy = put(saved(judged), "local.20261128T101031.724385Z.before-destroy.json", export)
    (found,) = judged.copies()
    assert (found.file, found.problem, len(found.resources)) == (copy, None, 1)
    assert commands.restore(judged, None, YES) == 0
    assert json.loads(file.read_text()) == {
        "version": 3,
        "checkpoint": {"stack": "organization/shop/local", "latest": deployment},
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param('{"deployment": null}', None, id="an export of nothing"),
        pytest.param('{"deployment": []}', "it holds no deployment", id="a list for an export"),
        pytest.param('{"checkpoint": {}}', None, id="never deployed"),
        pytest.param('{"checkpoint": {"latest": 1}}', "it holds no deployment", id="a number"),
        pytest.param('{"checkpoint": []}', "it holds no checkpoint", id="a list"),
        pytest.param("7", "it holds no checkpoint", id="no object"),
    ],
)
def test_what_a_copy_must_hold(text: str, problem: str | None, tmp_path: Path) -> None:
    file = put(tmp_path, "copy.json", text)
    assert problem_of(file) == (problem and f"{file}: {problem}")


def test_a_copy_comes_back_in_place_of_a_cut_off_state_that_a_killed_command_has_locked(
    judged: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    good = state("a", "b")
    put(saved(judged), "local.20261128T101031.724385Z.before-destroy.json", good)
    file = written(judged, good[:40])
    lock(judged, json.dumps({"pid": GONE, "hostname": HERE}))
    commands.restore(judged, None, YES)
    assert json.loads(file.read_text()) == json.loads(good)
    assert judged.locks() == []
    assert "unlocked: the command that held the stack is gone" in capsys.readouterr().out


@pytest.mark.parametrize(
    "replace",
    [
        pytest.param(lambda store: commands.restore(store, None, YES), id="restore"),
        pytest.param(lambda store: commands.delete(store, YES), id="delete"),
    ],
)
def test_a_state_that_another_machine_works_on_is_not_replaced(
    replace: Callable[[Store], int], judged: Store
) -> None:
    put(saved(judged), "local.20261128T101031.724385Z.before-destroy.json", state("a"))
    written(judged, state("b"))
    lock(judged, json.dumps({"pid": GONE, "hostname": "elsewhere"}))
    with pytest.raises(CommandError, match="is locked"):
        replace(judged)
    assert len(judged.locks()) == 1
