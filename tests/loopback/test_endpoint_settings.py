"""The endpoints that a stack may have: a local one on the loopback, other stacks none."""

import fcntl
from pathlib import Path

import pytest

from ops import endpoint
from pulumi_loopback.credentials import FOLDER, profile_of
from pulumi_loopback.endpoint import url_in
from pulumi_loopback.errors import CommandError
from tests.loopback.projects import project_in


def settings(folder: Path, stack: str, text: str) -> Path:
    (folder / f"Pulumi.{stack}.yaml").write_text(f"config:\n{text}")
    return folder


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("  shop:aws: {endpoint: 'http://127.0.0.1:4566'}", id="member"),
        pytest.param("  shop:aws.endpoint: http://127.0.0.1:4566", id="leaf"),
    ],
)
def test_the_local_stack_has_the_one_in_its_settings(text: str, tmp_path: Path) -> None:
    assert url_in(project_in(settings(tmp_path, "local", text))) == "http://127.0.0.1:4566"


@pytest.mark.parametrize("text", ["", "  shop:aws: {region: us-east-1}", "  shop:aws: text"])
def test_without_one_it_is_aws(text: str, tmp_path: Path) -> None:
    assert url_in(project_in(settings(tmp_path, "dev", text), "dev")) is None
    assert url_in(project_in(tmp_path, "prod")) is None


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1:4566", "https://sqs.us-east-1.amazonaws.com", "http://localhost.com"]
)
@pytest.mark.parametrize("command", ["start", "status"])
def test_an_endpoint_elsewhere_is_refused_before_anything_is_started(
    command: str, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings(tmp_path, "local", f"  shop:aws: {{endpoint: '{url}'}}")
    assert endpoint.main([command, "--project", str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert f"Pulumi.local.yaml: aws.endpoint is {url}; wanted a loopback address" in told.err
    assert not (tmp_path / ".endpoint").exists()


def test_another_stack_with_an_endpoint_is_refused(tmp_path: Path) -> None:
    settings(tmp_path, "dev", "  shop:aws: {endpoint: 'http://127.0.0.1:4566'}")
    with pytest.raises(CommandError, match=r"Pulumi\.dev\.yaml: aws\.endpoint is .*; local alone"):
        url_in(project_in(tmp_path, "dev"))


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
