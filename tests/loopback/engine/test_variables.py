"""What the engine is started with."""

from pathlib import Path

from pulumi_loopback.engine import Engine, environment
from pulumi_loopback.engine.variables import LOCAL_PASSPHRASE

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
