"""docker-compose.yml: valid by the Compose specification, closed to the network, pinned."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from ops.paths import ROOT, STACK

SCHEMA = Draft7Validator(
    json.loads((Path(__file__).parent / "compose_spec" / "compose-spec.json").read_text())
)
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]

each_service = pytest.mark.parametrize("name", SERVICES)


def problems(content: object) -> list[str]:
    """What the specification's schema has against a file."""
    return [error.message for error in SCHEMA.iter_errors(content)]


def test_it_is_what_the_compose_specification_describes() -> None:
    assert problems(COMPOSE) == []


def test_the_specification_would_refuse_a_misspelt_key() -> None:
    misspelt = {"services": {"localstack": {**SERVICES["localstack"], "portz": []}}}

    assert problems(misspelt) == ["'portz' does not match any of the regexes: '^x-'"]


@each_service
def test_a_service_starts_only_by_its_profile(name: str) -> None:
    assert SERVICES[name]["profiles"] == [name]


@each_service
def test_every_port_is_open_on_the_loopback_alone(name: str) -> None:
    assert SERVICES[name]["ports"]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name]["ports"])


@each_service
def test_an_image_is_pinned_to_one_release(name: str) -> None:
    _, _, tag = SERVICES[name]["image"].partition(":")

    assert tag.count(".") >= 1
    assert tag.replace(".", "").isdigit()


@each_service
def test_a_service_says_when_it_is_ready(name: str) -> None:
    check = SERVICES[name]["healthcheck"]

    assert check["test"][0] == "CMD"
    assert check["start_period"]


@each_service
def test_data_lives_in_a_named_volume(name: str) -> None:
    volumes = [volume.partition(":")[0] for volume in SERVICES[name]["volumes"]]

    assert f"{name}-data" in volumes
    assert f"{name}-data" in COMPOSE["volumes"]


def test_the_database_has_the_major_version_of_the_stack() -> None:
    stack = yaml.safe_load((STACK / "Pulumi.yaml").read_text())
    _, _, tag = SERVICES["postgres"]["image"].partition(":")

    assert tag.partition(".")[0] == stack["config"]["database.engineVersion"]


@pytest.mark.parametrize(
    ("token", "status", "printed"),
    [
        pytest.param("ls-token", 0, "LocalStack starts\n", id="with-a-token"),
        pytest.param("", 2, "", id="without"),
    ],
)
def test_localstack_starts_with_a_token_alone(
    tmp_path: Path, token: str, status: int, printed: str
) -> None:
    image_entrypoint = tmp_path / "docker-entrypoint.sh"
    image_entrypoint.write_text("#!/bin/sh\necho LocalStack starts\n")
    image_entrypoint.chmod(0o755)
    # Compose reads `$$` as `$`.
    command = [part.replace("$$", "$") for part in SERVICES["localstack"]["entrypoint"]]

    run = subprocess.run(
        command,
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "LOCALSTACK_AUTH_TOKEN": token},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == status
    assert run.stdout == printed
    assert run.stderr.startswith("error: LOCALSTACK_AUTH_TOKEN is not set; wanted") is (not token)
