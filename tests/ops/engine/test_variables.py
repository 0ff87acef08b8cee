"""What the engine is started with."""

from pathlib import Path

from ops.engine import Engine, environment
from ops.engine.variables import LOCAL_PASSPHRASE
from ops.paths import ROOT

ENGINE = Engine(pulumi=Path("/opt/engine/pulumi"), version="3.276.0", origin="PATH")


def test_the_engine_comes_first_on_path() -> None:
    variables = environment("dev", ENGINE, outer={"PATH": "/usr/bin"})
    assert variables == {"PATH": "/opt/engine:/usr/bin", "PULUMI_SKIP_UPDATE_CHECK": "true"}


def test_the_local_stack_has_a_backend_in_the_project() -> None:
    outer = {"PULUMI_CONFIG_PASSPHRASE": "of another", "PULUMI_CONFIG_PASSPHRASE_FILE": "/f"}
    variables = environment("local", ENGINE, outer=outer)
    assert variables["PULUMI_BACKEND_URL"] == ROOT.as_uri()
    assert variables["PULUMI_CONFIG_PASSPHRASE"] == LOCAL_PASSPHRASE
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" not in variables


def test_the_users_own_backend_and_passphrase_stay() -> None:
    outer = {"PULUMI_BACKEND_URL": "s3://b", "PULUMI_CONFIG_PASSPHRASE": "own"}
    variables = environment("local", ENGINE, outer=outer)
    assert (variables["PULUMI_BACKEND_URL"], variables["PULUMI_CONFIG_PASSPHRASE"]) == (
        "s3://b",
        "own",
    )


def test_another_stack_keeps_what_the_user_has() -> None:
    assert "PULUMI_BACKEND_URL" not in environment("prod", ENGINE, outer={})
