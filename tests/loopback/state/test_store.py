"""Where a state is kept, and whether it can be used: on a file backend, without an engine."""

import json
import os
import re
import socket
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from pulumi_loopback.errors import CommandError
from pulumi_loopback.state import commands
from pulumi_loopback.state.store import BEFORE_DELETE, Lock, Store
from pulumi_loopback.target import Target
from tests.loopback.projects import ENGINE, project_in
from tests.room import no_room_for

GONE = 2**22 + 1  # Linux gives no process a higher number than 2**22
HERE = socket.gethostname()


def store_in(folder: Path, stack: str = "local") -> Store:
    """A store of the project `shop`, whose backend is the folder."""
    variables = {"PULUMI_BACKEND_URL": folder.as_uri()}
    return Store(
        target=Target(
            project=project_in(folder, stack),
            name="shop",
            engine=replace(ENGINE, pulumi=folder / "no-engine"),
            variables=variables,
        )
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return store_in(tmp_path)


def written(store: Store, text: str) -> Path:
    assert store.file is not None
    store.file.parent.mkdir(parents=True, exist_ok=True)
    store.file.write_text(text)
    return store.file


def lock(store: Store, text: str) -> None:
    folder = store.target.folder / ".pulumi/locks/organization/shop" / store.target.stack
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "1.json").write_text(text)


def good(version: int) -> str:
    return json.dumps({"version": version, "checkpoint": {}})


def test_a_stack_is_a_file_of_its_backend(store: Store, tmp_path: Path) -> None:
    assert store.file == tmp_path / ".pulumi/stacks/shop/local.json"
    assert not store.exists
    written(store, good(3))
    assert store.exists


def test_what_was_never_finished_is_named_and_stands_in_the_way(store: Store) -> None:
    queue = "urn:pulumi:local::shop::aws:sqs/queue:Queue::orders"
    pending = [{"type": "creating", "resource": {"urn": queue}}]
    written(store, json.dumps({"checkpoint": {"latest": {"pending_operations": pending}}}))
    assert store.pending() == ["creating orders"]
    with pytest.raises(CommandError, match="never finished: creating orders") as raised:
        store.check_settled()
    assert raised.value.hint == "`pulumi-loopback state:repair` settles them"


@pytest.mark.parametrize("latest", [{}, {"latest": None}, {"latest": {"resources": []}}])
def test_where_all_was_finished_nothing_stands_in_the_way(
    latest: dict[str, object], store: Store
) -> None:
    written(store, json.dumps({"checkpoint": latest}))
    store.check_settled()


@pytest.mark.parametrize("export", ["null", "{}", '{"resources": null}'])
def test_a_stack_that_was_never_deployed_has_no_resources(
    export: str, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = store.target.engine.pulumi
    engine.write_text(f"#!/bin/sh\nprintf '%s' '{{\"deployment\": {export}}}'\n")
    engine.chmod(0o700)
    written(store, good(3))
    assert commands.show(store) == 0
    assert capsys.readouterr().out == "0 resources\n"


def test_a_relative_backend_is_in_the_project(tmp_path: Path) -> None:
    target = store_in(tmp_path).target
    relative = Target(
        project=target.project,
        name="shop",
        engine=target.engine,
        variables={"PULUMI_BACKEND_URL": "file://state%20here"},
    )
    expected = tmp_path / "state here/.pulumi/stacks/shop/local.json"
    assert Store(target=relative).file == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param('{"version": 3, "checkp', "Unterminated string", id="truncated"),
        pytest.param("", "Expecting value", id="empty"),
        pytest.param("[]", "it holds no checkpoint", id="a list"),
        pytest.param("{}", "it holds no checkpoint", id="no checkpoint"),
        pytest.param('{"deployment": {}}', "it holds no checkpoint", id="an export"),
    ],
)
def test_a_state_that_cannot_be_read_is_named_with_the_way_back(
    text: str, why: str, store: Store
) -> None:
    file = written(store, text)
    with pytest.raises(CommandError, match=why) as caught:
        store.check()
    assert str(file) in str(caught.value)
    assert caught.value.hint is not None
    assert "pulumi-loopback state:restore" in caught.value.hint


def test_a_copy_holds_what_the_state_held_and_restores_it(store: Store) -> None:
    file = written(store, good(3))
    copy = store.save("before destroy")
    assert copy is not None
    file.write_text("broken")
    store.restore(copy)
    assert file.read_text() == good(3)


def test_what_is_not_there_is_not_copied(store: Store) -> None:
    assert store.save("before destroy") is None


def test_a_copy_and_its_folder_are_the_user_s_alone(store: Store) -> None:
    written(store, good(3)).chmod(0o644)
    copy = store.save("before destroy")
    assert copy is not None
    assert copy.stat().st_mode & 0o777 == 0o600
    assert copy.parent.stat().st_mode & 0o777 == 0o700
    store.restore(copy)
    assert store.file is not None
    assert store.file.stat().st_mode & 0o777 == 0o600


def test_a_copy_that_cannot_be_written_is_one_error_and_leaves_nothing(store: Store) -> None:
    written(store, good(3))
    with no_room_for(os.getpid()), pytest.raises(OSError, match=r"File too large: .*shop/local\."):
        store.save("before destroy")
    (folder,) = (store.target.folder / ".pulumi" / "saved").iterdir()
    assert list(folder.iterdir()) == []


def test_what_is_no_state_is_not_brought_back(store: Store, tmp_path: Path) -> None:
    written(store, good(3))
    (tmp_path / "copy").write_text("[]")
    assert store.objection(tmp_path / "copy") == f"{tmp_path / 'copy'}: it holds no checkpoint"


@pytest.mark.parametrize(
    ("pid", "host", "stale"),
    [
        pytest.param(GONE, HERE, True, id="gone"),
        pytest.param(os.getpid(), HERE, False, id="at-work"),
        pytest.param(1, HERE, False, id="of-another-user"),
        pytest.param(GONE, "elsewhere", False, id="elsewhere"),
    ],
)
def test_a_lock_is_stale_when_its_process_is_known_to_be_gone(
    pid: int, host: str, *, stale: bool
) -> None:
    assert Lock(file=Path("a-lock.json"), pid=pid, host=host).stale is stale


@pytest.mark.parametrize(
    ("text", "told", "way"),
    [
        pytest.param(
            json.dumps({"pid": GONE, "hostname": HERE}),
            f"stack dev is locked by process {GONE}, which is gone",
            "`pulumi-loopback state:repair --stack dev` unlocks",
            id="gone",
        ),
        pytest.param(
            json.dumps({"pid": 7, "hostname": "elsewhere"}),
            "stack dev is locked: process 7 on elsewhere works on it",
            "`pulumi-loopback state:repair --stack dev --unlock`",
            id="elsewhere",
        ),
        pytest.param(
            '{"pid": 7, "host',
            "stack dev is locked: process 0 on an unknown machine works on it",
            "`pulumi-loopback state:repair --stack dev --unlock`",
            id="cut-off",
        ),
    ],
)
def test_a_lock_is_told_with_the_way_out(text: str, told: str, way: str, tmp_path: Path) -> None:
    store = store_in(tmp_path, "dev")
    lock(store, text)
    with pytest.raises(CommandError) as caught:
        store.check_unlocked()
    assert str(caught.value) == told
    assert caught.value.hint is not None
    assert way in caught.value.hint


def test_a_lock_that_was_never_finished_locks_and_can_be_removed(store: Store) -> None:
    lock(store, "{}")
    folder = store.target.folder / ".pulumi/locks/organization/shop/local"
    (folder / "1.json").rename(folder / "1.json.18ec37bf28ebe39f.tmp")
    (folder / "1.json.attrs").touch()
    with pytest.raises(CommandError, match="process 0 on an unknown machine works on it"):
        store.check_unlocked()
    store.unlock()
    store.check_unlocked()


def test_a_stack_that_was_deleted_names_the_way_back_to_its_resources(store: Store) -> None:
    resources = [{"urn": "urn:pulumi:local::shop::t::one"}]
    file = written(store, json.dumps({"checkpoint": {"latest": {"resources": resources}}}))
    store.save(BEFORE_DELETE)
    assert store.forgotten is None
    file.unlink()
    with pytest.raises(CommandError, match=r"its resources \(1\) were left") as raised:
        store.check_present()
    assert "`pulumi-loopback state:restore`" in (raised.value.hint or "")


@pytest.mark.parametrize(
    ("held", "reason"), [(1, "before reset"), (0, BEFORE_DELETE)], ids=["reset", "empty"]
)
def test_a_stack_that_left_nothing_may_be_made_anew(held: int, reason: str, store: Store) -> None:
    resources = [{"urn": "urn:pulumi:local::shop::t::one"}] * held
    file = written(store, json.dumps({"checkpoint": {"latest": {"resources": resources}}}))
    store.save(reason)
    file.unlink()
    assert store.forgotten is None


def test_an_unreadable_state_is_deleted_without_the_engine(store: Store) -> None:
    written(store, "broken")
    store.delete()
    assert not store.exists


@pytest.mark.parametrize(
    ("state_bytes", "megabytes", "told"),
    [
        pytest.param(
            None, 15.9, "15.9 MB are left on this disk, and the engine needs 16", id="new"
        ),
        pytest.param(None, 16, None, id="room-for-a-new-one"),
        pytest.param(
            2**22, 31, "31.0 MB are left on this disk, and the engine needs 32", id="large-state"
        ),
        pytest.param(2**22, 32, None, id="room-for-a-large-one"),
    ],
)
def test_a_full_disk_is_told_before_anything_is_made(
    state_bytes: int | None,
    megabytes: float,
    told: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left = SimpleNamespace(free=megabytes * 2**20)
    monkeypatch.setattr("pulumi_loopback.state.store.disk_usage", lambda _: left)
    store = store_in(tmp_path / "not" / "there")
    if state_bytes is not None:
        written(store, "x" * state_bytes)
    if told is None:
        store.check_room()
        return
    with pytest.raises(CommandError, match=re.escape(told)) as caught:
        store.check_room()
    assert caught.value.hint == "make room, and try again"
