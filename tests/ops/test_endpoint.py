"""The sessions on the endpoint of the local stack."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ops import endpoint
from ops.paths import ROOT, STACK
from pulumi_loopback.credentials import FOLDER, PROFILE, own_key, profile_of

URL = "http://127.0.0.1:4566"


def settings(folder: Path, text: str) -> None:
    (folder / "Pulumi.local.yaml").write_text(f"config:\n{text}")


def run(*arguments: str, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=ROOT, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False
    )


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1:4566", "https://sqs.us-east-1.amazonaws.com", "http://localhost.com"]
)
@pytest.mark.parametrize("command", ["start", "status"])
def test_an_endpoint_elsewhere_is_refused_before_anything_is_started(
    command: str, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings(tmp_path, f"  shop:aws: {{endpoint: '{url}'}}")
    assert endpoint.main([command, "--project", str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert f"Pulumi.local.yaml: aws.endpoint is {url}; wanted a loopback address" in told.err
    assert not (tmp_path / ".endpoint").exists()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["start", "--bogus"], "nox -s endpoint:start: error: unrecognized arguments: --bogus"),
        ([], "nox -s endpoint: error: the following arguments are required: command"),
    ],
    ids=["unknown-option", "nothing"],
)
def test_wrong_usage_names_the_session(
    given: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        endpoint.main(given)
    assert told in capsys.readouterr().err


def test_a_lost_key_of_a_process_that_runs_is_not_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pulumi_loopback.embedded.endpoint._WRITING_SECONDS", 0)
    (tmp_path / FOLDER).mkdir()
    profile = profile_of(tmp_path)
    with (tmp_path / FOLDER / "pid").open("w") as pid_file:
        # The process holds this lock for as long as it runs.
        fcntl.flock(pid_file, fcntl.LOCK_EX)
        assert endpoint.main(["env", "--project", str(tmp_path)]) == 2
        told = capsys.readouterr().err
        assert f"moto runs, and {profile} with its key is not there" in told
        assert "`nox -s endpoint:stop` stops it" in told
        assert not profile.exists()
    assert endpoint.main(["env", "--project", str(tmp_path)]) == 0
    assert profile.exists()


def test_the_session_says_how_to_use_the_profile_and_never_the_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "a project"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: shop\nconfig: {aws.region: eu-west-1}\n")
    (folder / "Pulumi.local.yaml").write_text(f"config: {{'shop:aws': {{endpoint: '{URL}'}}}}\n")
    assert endpoint.main(["env", "--project", str(folder)]) == 0
    told = capsys.readouterr().out
    file = profile_of(folder)
    assert f"AWS_CONFIG_FILE='{file}' AWS_PROFILE=loopback aws sqs list-queues" in told
    key = own_key(folder)
    assert key.id not in told
    assert key.secret not in told
    assert f"endpoint_url = {URL}" in file.read_text()
    assert "region = eu-west-1" in file.read_text()


def test_the_stacks_provider_asks_for_this_profile() -> None:
    provider = (STACK / "components" / "conventions.py").read_text()
    assert f'EMULATOR_PROFILE = "{PROFILE}"' in provider


def test_output_that_nobody_can_keep_is_one_message() -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        ran = run("-m", "ops.endpoint", "status", stdout=full)
    finally:
        os.close(full)
    assert (ran.returncode, ran.stderr) == (2, "error: No space left on device\n")


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / ".endpoint").write_text("")
    ran = run("-m", "ops.endpoint", "start", "--project", str(tmp_path))
    assert (ran.returncode, ran.stderr) == (2, f"error: {tmp_path / '.endpoint'}: File exists\n")
