"""The engine's own plugin of AWS gets the endpoint's key, and none of the user's."""

from dataclasses import replace
from pathlib import Path

import pytest

from pulumi_loopback.credentials import PROFILE, own_key, profile_of
from pulumi_loopback.embedded.provider import provided
from pulumi_loopback.target import Target
from tests.loopback.projects import ENGINE, project_in

USERS = {"AWS_ACCESS_KEY_ID": "users", "AWS_SECRET_ACCESS_KEY": "users", "AWS_PROFILE": "users"}


def stack_with_a_plugin(folder: Path, stack: str, endpoint: str | None) -> Target:
    plugin = folder / "pulumi-resource-aws"
    plugin.touch(mode=0o755)
    settings = f"{{'shop:aws': {{endpoint: '{endpoint}'}}}}" if endpoint else "{}"
    (folder / "Pulumi.local.yaml").write_text(f"config: {settings}\n")
    return Target(
        project=project_in(folder, stack),
        name="shop",
        engine=ENGINE,
        variables={"PATH": str(folder), **USERS},
    )


def test_the_plugin_gets_the_endpoints_profile_and_no_key_of_the_users(tmp_path: Path) -> None:
    with provided(stack_with_a_plugin(tmp_path, "local", "http://127.0.0.1:4566")) as stack:
        variables = stack.variables
    profile = profile_of(tmp_path)
    assert variables == {
        "PATH": str(tmp_path),
        "AWS_CONFIG_FILE": str(profile),
        "AWS_SHARED_CREDENTIALS_FILE": str(profile),
    }
    assert own_key(tmp_path).secret in profile.read_text()


@pytest.mark.parametrize(
    ("stack", "endpoint"),
    [
        pytest.param("dev", "http://127.0.0.1:4566", id="another stack"),
        pytest.param("local", None, id="local at AWS"),
    ],
)
def test_any_other_stack_has_the_users_own(
    stack: str, endpoint: str | None, tmp_path: Path
) -> None:
    with provided(stack_with_a_plugin(tmp_path, stack, endpoint)) as found:
        assert USERS.items() <= found.variables.items()
    assert not profile_of(tmp_path).exists()


def test_where_no_setting_names_the_endpoint_nothing_can_reach_aws(tmp_path: Path) -> None:
    installed = stack_with_a_plugin(tmp_path, "local", None)
    project = replace(installed.project, endpoint="http://127.0.0.1:4566")
    with provided(replace(installed, project=project)) as stack:
        assert stack.embedded
        assert stack.variables["PULUMI_DEBUG_PROVIDERS"].startswith("aws:")
        assert stack.variables["AWS_PROFILE"] == PROFILE
        assert stack.variables["AWS_CONFIG_FILE"] == str(profile_of(tmp_path))
        assert "users" not in stack.variables.values()
