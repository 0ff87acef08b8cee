"""The endpoint's process: one for a folder, whatever happens to it."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from ops.paths import ROOT
from pulumi_loopback.credentials import PROFILE, free_port, write_profile
from pulumi_loopback.embedded.endpoint import _START_SECONDS, EmbeddedEndpoint
from pulumi_loopback.errors import CommandError
from tests.loopback.observe.deployed import clients_of, key_of
from tests.pages import status_of
from tests.room import no_room_for

START = """\
import sys
from pathlib import Path
from pulumi_loopback.embedded.endpoint import EmbeddedEndpoint
EmbeddedEndpoint(port=int(sys.argv[1]), folder=Path(sys.argv[2])).start()
"""


def sqs(endpoint: EmbeddedEndpoint) -> Any:  # noqa: ANN401 - boto3's clients have no class
    return clients_of(endpoint.url, key_of(endpoint))("sqs")


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[EmbeddedEndpoint]:
    made = EmbeddedEndpoint(port=free_port(), folder=tmp_path / "endpoint")
    yield made
    made.stop()


def pid_in(endpoint: EmbeddedEndpoint) -> int:
    return int((endpoint.folder / "pid").read_text().split()[0])


def test_two_commands_that_start_it_at_once_get_one(endpoint: EmbeddedEndpoint) -> None:
    command = [sys.executable, "-c", START, str(endpoint.port), str(endpoint.folder)]
    started = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]
    assert [each.wait() for each in started] == [0, 0, 0]
    assert endpoint.status() == f"moto answers at {endpoint.url} (process {pid_in(endpoint)})"


def test_a_second_start_changes_nothing(endpoint: EmbeddedEndpoint) -> None:
    endpoint.start()
    before = pid_in(endpoint)
    endpoint.start()
    assert pid_in(endpoint) == before


def test_where_it_cannot_keep_what_it_holds_it_goes_on_and_says_so(
    endpoint: EmbeddedEndpoint,
) -> None:
    endpoint.start()
    sqs(endpoint).create_queue(QueueName="orders")
    pid = pid_in(endpoint)
    with no_room_for(pid):
        with pytest.raises(CommandError, match=r"goes on, since .*endpoint/data: File too") as told:
            endpoint.stop()
        assert "make room" in (told.value.hint or "")
        # A machine that shuts down sends this signal.
        os.kill(pid, signal.SIGTERM)
        assert sqs(endpoint).list_queues()["QueueUrls"]
    endpoint.stop()
    assert not endpoint.runs()
    endpoint.start()
    assert sqs(endpoint).list_queues()["QueueUrls"]


def test_a_folder_that_is_a_file_meanwhile_keeps_it_going(endpoint: EmbeddedEndpoint) -> None:
    endpoint.start()
    (endpoint.folder / "data.part").mkdir()
    with pytest.raises(CommandError, match=r"endpoint/data: Is a directory"):
        endpoint.stop()
    assert endpoint.runs()
    (endpoint.folder / "data.part").rmdir()


def test_where_its_number_cannot_be_written_no_process_is_left(endpoint: EmbeddedEndpoint) -> None:
    write_profile(endpoint.profile, url=endpoint.url, region=endpoint.region)
    with no_room_for(os.getpid()), pytest.raises(CommandError, match=r"endpoint/pid: File too"):
        endpoint.start()
    assert not endpoint.runs()
    endpoint.start()
    assert endpoint.runs()


def test_where_its_folder_was_thrown_away_it_ends(endpoint: EmbeddedEndpoint) -> None:
    endpoint.start()
    pid = pid_in(endpoint)
    held = (endpoint.folder / "pid").open("rb")
    with held:
        shutil.rmtree(endpoint.folder)
        os.kill(pid, signal.SIGTERM)
        # The process's lock goes with it.
        fcntl.flock(held, fcntl.LOCK_SH)


def test_what_is_cleaned_has_ended(endpoint: EmbeddedEndpoint) -> None:
    endpoint.start()
    endpoint.clean()
    assert [each.name for each in endpoint.folder.iterdir()] == [endpoint.profile.name]
    assert not endpoint.runs()


def test_its_folder_and_data_are_the_user_s_alone(endpoint: EmbeddedEndpoint) -> None:
    endpoint.folder.mkdir(mode=0o755)
    endpoint.start()
    endpoint.stop()
    assert endpoint.folder.stat().st_mode & 0o777 == 0o700
    assert (endpoint.folder / "data").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "left",
    [
        pytest.param("", id="empty"),
        pytest.param("gone", id="no number"),
        pytest.param(str(os.getpid()), id="another process"),
        pytest.param(f"{os.getpid()} 4566", id="another process and a port"),
    ],
)
def test_a_pid_file_that_is_left_over_is_no_process(left: str, endpoint: EmbeddedEndpoint) -> None:
    endpoint.folder.mkdir()
    (endpoint.folder / "pid").write_text(left)
    assert "moto does not run" in endpoint.status()
    endpoint.stop()
    endpoint.start()
    assert pid_in(endpoint) != os.getpid()


def test_a_pid_file_that_was_overwritten_is_named(endpoint: EmbeddedEndpoint) -> None:
    endpoint.start()
    file = endpoint.folder / "pid"
    kept = file.read_text()
    file.write_text("")
    with pytest.raises(CommandError, match="pid does not say which process it is") as refused:
        endpoint.stop()
    assert str(endpoint.port) in (refused.value.hint or "")
    file.write_text(kept)


def test_settings_with_another_port_say_where_it_answers(endpoint: EmbeddedEndpoint) -> None:
    endpoint.start()
    moved = replace(endpoint, port=free_port())
    with pytest.raises(CommandError, match=f"{endpoint.url}, and the settings say {moved.url}"):
        moved.start()
    moved.stop()
    assert not endpoint.runs()


def test_a_process_that_cannot_serve_is_told_with_the_end_of_its_log(
    endpoint: EmbeddedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(endpoint.folder))
    (endpoint.folder / "moto").mkdir(parents=True)
    (endpoint.folder / "moto" / "__init__.py").write_text("raise SystemExit('no moto here')")
    with pytest.raises(CommandError, match="the endpoint does not start: no moto here"):
        endpoint.start()
    assert not endpoint.runs()


def test_it_answers_its_key_alone_and_keeps_its_files_to_the_user(
    endpoint: EmbeddedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.folder.mkdir(mode=0o755)
    endpoint.log.touch(mode=0o644)
    endpoint.start()
    monkeypatch.setenv("AWS_CONFIG_FILE", str(endpoint.profile))
    sqs = boto3.Session(profile_name=PROFILE).client("sqs")
    sqs.create_queue(QueueName="orders")
    for path in ("/", "/moto-api/", "/moto-api/data.json", "/moto-api/reset"):
        assert status_of(f"{endpoint.url}{path}") == 403
        assert status_of(f"{endpoint.url}{path}", Origin="http://page.example") == 403
        assert status_of(f"{endpoint.url}{path}", Host="page.example") == 403
    assert sqs.list_queues()["QueueUrls"]
    endpoint.stop()
    modes = {each.name: each.stat().st_mode & 0o777 for each in endpoint.folder.iterdir()}
    assert modes == dict.fromkeys(["aws", "data", "log", "log.before", "pid"], 0o600)
    assert endpoint.folder.stat().st_mode & 0o777 == 0o700
    assert key_of(endpoint).secret not in endpoint.logs()


def test_one_that_runs_without_a_key_is_told(
    endpoint: EmbeddedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pulumi_loopback.embedded.endpoint._WRITING_SECONDS", 0)
    endpoint.start()
    endpoint.profile.unlink()
    with pytest.raises(CommandError, match="aws with its key is not there") as refused:
        endpoint.start()
    assert "endpoint:stop" in (refused.value.hint or "")


def test_one_that_runs_with_another_key_is_told_at_once(endpoint: EmbeddedEndpoint) -> None:
    endpoint.start()
    endpoint.profile.unlink()
    write_profile(endpoint.profile, url=endpoint.url, region=endpoint.region)
    begun = time.monotonic()
    with pytest.raises(CommandError, match=r"answers another key than the one in .*aws") as refused:
        endpoint.start()
    assert "endpoint:stop" in (refused.value.hint or "")
    assert time.monotonic() - begun < _START_SECONDS / 2
    endpoint.stop()
    endpoint.start()


def test_the_log_names_calls_and_that_of_the_run_before_is_kept(endpoint: EmbeddedEndpoint) -> None:
    endpoint.start()
    client = clients_of(endpoint.url, key_of(endpoint))
    for service, call in (("sqs", "list_queues"), ("ec2", "describe_vpcs")):
        getattr(client(service), call)()
    calls = [line.partition("] ")[2] for line in endpoint.logs().splitlines()]
    assert calls[-2:] == ["sqs ListQueues 200", "ec2 POST / 200"]
    os.kill(pid_in(endpoint), signal.SIGKILL)
    while endpoint.runs():
        pass
    endpoint.start()
    assert "ListQueues" not in endpoint.logs()
    assert "ListQueues" in (endpoint.folder / "log.before").read_text()
