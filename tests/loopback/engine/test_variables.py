"""What the engine is started with."""

from pathlib import Path

import pytest

from pulumi_loopback.engine import Engine, environment
from pulumi_loopback.engine.locate import LOCAL_PASSPHRASE

ENGINE = Engine(pulumi=Path("/opt/engine/pulumi"), version="3.276.0", origin="PATH")


def test_the_engine_comes_first_on_path() -> None:
    variables = environment(ENGINE, backend=None, outer={"PATH": "/usr/bin"})
    assert variables == {"PATH": "/opt/engine:/usr/bin", "PULUMI_SKIP_UPDATE_CHECK": "true"}


def test_a_local_stack_has_a_backend_and_passphrase_of_its_own(tmp_path: Path) -> None:
    outer = {"PULUMI_CONFIG_PASSPHRASE": "of another", "PULUMI_CONFIG_PASSPHRASE_FILE": "/f"}
    variables = environment(ENGINE, backend=tmp_path, outer=outer)
    assert variables["PULUMI_BACKEND_URL"] == tmp_path.as_uri()
    assert variables["PULUMI_CONFIG_PASSPHRASE"] == LOCAL_PASSPHRASE
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" not in variables


def test_the_users_own_backend_and_passphrase_stay(tmp_path: Path) -> None:
    outer = {"PULUMI_BACKEND_URL": "s3://b", "PULUMI_CONFIG_PASSPHRASE": "own"}
    variables = environment(ENGINE, backend=tmp_path, outer=outer)
    assert (variables["PULUMI_BACKEND_URL"], variables["PULUMI_CONFIG_PASSPHRASE"]) == (
        "s3://b",
        "own",
    )


def test_another_stack_keeps_what_the_user_has() -> None:
    assert "PULUMI_BACKEND_URL" not in environment(ENGINE, backend=None, outer={})


def test_a_stack_that_stays_here_has_its_state_here_whatever_the_shell_names(
    tmp_path: Path,
) -> None:
    outer = {"PULUMI_BACKEND_URL": "s3://prod", "PULUMI_CONFIG_PASSPHRASE": "own"}
    variables = environment(ENGINE, backend=tmp_path, alone=True, outer=outer)
    assert variables["PULUMI_BACKEND_URL"] == tmp_path.as_uri()
    assert variables["PULUMI_CONFIG_PASSPHRASE"] == LOCAL_PASSPHRASE


@pytest.mark.parametrize(
    ("outer", "passphrase"),
    [
        pytest.param({"PULUMI_CONFIG_PASSPHRASE": "own"}, "own", id="given"),
        pytest.param({"PULUMI_CONFIG_PASSPHRASE_FILE": "/f"}, None, id="in a file"),
        pytest.param({}, LOCAL_PASSPHRASE, id="none"),
    ],
)
def test_a_stack_with_settings_of_elsewhere_keeps_the_passphrase_for_them(
    outer: dict[str, str], passphrase: str | None, tmp_path: Path
) -> None:
    variables = environment(
        ENGINE, backend=tmp_path, alone=True, keeps_passphrase=True, outer=outer
    )
    assert variables.get("PULUMI_CONFIG_PASSPHRASE") == passphrase
    assert variables["PULUMI_BACKEND_URL"] == tmp_path.as_uri()
