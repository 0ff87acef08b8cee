"""What the stack's task definitions set is what the applications read and serve, both ways."""

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from ops.dev import APPS, programs_of
from ops.paths import ROOT
from tests.apps.readers import READERS, Reader
from tests.stack.conftest import Deploy

READS = ROOT / "tests" / "apps" / "reads.py"
SET_BY_ECS = {"ECS_AGENT_URI"}
SAME_EVERYWHERE = ("command", "healthCheck", "portMappings", "user", "mountPoints")
"""What the applications are run with here as the local stack has it, for all stacks."""

each_container = pytest.mark.parametrize("name", READERS)
each_stack = pytest.mark.parametrize("stack", ["local", "dev", "prod"])


@cache
def read_by(reader: Reader) -> Mapping[str, Any]:
    """What the models read, asked in the app's own environment."""
    command = [str(programs_of(reader.app) / "python"), str(READS), *reader.models]
    found: Mapping[str, Any] = json.loads(subprocess.check_output(command))
    return found


def read_in_files(reader: Reader) -> set[str]:
    """The variables that YAML files of the image name."""
    texts = [(APPS / reader.app / file).read_text() for file in reader.files]
    return {name for text in texts for name in re.findall(r"^\s*env: (\w+)$", text, re.MULTILINE)}


def set_by(container: Mapping[str, Any]) -> set[str]:
    """Variables and secrets of a container."""
    given = [*container["environment"], *container.get("secrets", [])]
    return {variable["name"] for variable in given}


def containers_of(stack: str, deployment: Deploy) -> dict[str, dict[str, Any]]:
    """All containers of a stack with the demo."""
    return deployment(stack, ("taskiqDemo.enabled", True)).containers()


@each_container
@each_stack
def test_nothing_is_set_that_nobody_reads(name: str, stack: str, deployment: Deploy) -> None:
    reader = READERS[name]
    reads = read_by(reader)
    read = {variable for model in reads["models"].values() for variable in model}
    read |= read_in_files(reader) | set(reader.others) | set(reads["sdk"])

    assert set_by(containers_of(stack, deployment)[name]) - read == set()


@each_container
@each_stack
def test_nothing_is_read_that_nobody_sets(name: str, stack: str, deployment: Deploy) -> None:
    reader = READERS[name]
    given = set_by(containers_of(stack, deployment)[name]) | SET_BY_ECS

    for model, variables in read_by(reader)["models"].items():
        assert set(variables) - given == set(), model
    assert read_in_files(reader) - given == set()
    assert set(reader.others) - given == set()


@each_stack
@pytest.mark.parametrize("demo", [True, False], ids=["with-demo", "without"])
def test_every_container_of_the_stack_is_looked_at(
    stack: str, deployment: Deploy, *, demo: bool
) -> None:
    wanted = {name for name in READERS if demo or not name.startswith("taskiq-demo")}
    changes = [("taskiqDemo.enabled", True)] if demo else []

    assert set(deployment(stack, *changes).containers()) == wanted


@each_container
@each_stack
def test_no_variable_is_set_to_nothing(name: str, stack: str, deployment: Deploy) -> None:
    container = containers_of(stack, deployment)[name]

    assert all(entry["value"] for entry in container["environment"])
    assert all(entry["valueFrom"] for entry in container.get("secrets", []))


def without_counts(container: Mapping[str, Any]) -> dict[str, Any]:
    """What is run and mapped, but for the number of slots, which is a setting."""
    command = list(container["command"])
    if "--max-async-tasks" in command:
        command[command.index("--max-async-tasks") + 1] = "some"
    return {key: container.get(key) for key in SAME_EVERYWHERE} | {"command": command}


@each_container
@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_what_is_run_here_is_what_every_stack_runs(
    name: str, stack: str, containers: dict[str, dict[str, Any]], deployment: Deploy
) -> None:
    there = containers_of(stack, deployment)[name]

    assert without_counts(there) == without_counts(containers[name])


@each_stack
def test_the_load_balancer_asks_the_pages_that_the_containers_own_checks_ask(
    stack: str, deployment: Deploy
) -> None:
    deployed = deployment(stack, ("taskiqDemo.enabled", True))
    checks = " ".join(
        word
        for container in deployed.containers().values()
        for word in container["healthCheck"]["command"]
    )
    groups = deployed.of("aws:lb/targetGroup:TargetGroup")

    assert len(groups) == 2
    for group in groups:
        page = f"http://127.0.0.1:{group.inputs['port']:.0f}{group.inputs['healthCheck']['path']}'"
        assert page in checks


def test_the_broker_of_both_applications_is_the_same() -> None:
    # Its tests are the demo's. A package of its own would be a release for one file.
    brokers = [APPS / app / "src" / app / "broker.py" for app in ("dagster_app", "taskiq_demo")]

    assert brokers[0].read_text() == brokers[1].read_text()


@dataclass(frozen=True, slots=True)
class Uses:
    """Where objects lie in the bucket, by the source of who puts them there.

    Attributes:
        file: The source, in `apps`.
        pattern: What it says about the prefix.
        policies: The roles that need it, by the names of their policies.
    """

    file: str
    pattern: str
    policies: tuple[str, ...]


def roles(*tasks: str) -> tuple[str, ...]:
    """The policies of what runs in tasks."""
    return tuple(f"{task}-task-role-policy" for task in tasks)


@pytest.mark.parametrize(
    "uses",
    [
        pytest.param(
            Uses(
                "taskiq_demo/src/taskiq_demo/tasks.py",
                r'^RESULTS_PREFIX = "(.*)"$',
                roles("taskiq-demo-api", "taskiq-demo-worker"),
            ),
            id="results",
        ),
        pytest.param(
            Uses(
                "dagster_app/src/dagster_app/definitions.py",
                r'^DATA_PREFIX = "(.*)"$',
                roles("dagster-daemon", "taskiq-worker"),
            ),
            id="data-of-steps",
        ),
        pytest.param(
            Uses(
                "dagster_app/dagster.yaml",
                r"^ +prefix: (.*)$",
                roles("dagster-daemon", "dagster-webserver", "taskiq-worker"),
            ),
            id="compute-logs",
        ),
    ],
)
def test_the_roles_allow_the_prefix_that_an_application_writes_to(
    uses: Uses, deployment: Deploy
) -> None:
    (prefix,) = re.findall(uses.pattern, (APPS / uses.file).read_text(), re.MULTILINE)
    policies = deployment("local", ("taskiqDemo.enabled", True)).policies()

    for name in uses.policies:
        (objects,) = [one for one in policies[name] if one["Sid"] == "UseObjects"]
        assert any(resource.endswith(f"/{prefix}/*") for resource in objects["Resource"])
        (bucket,) = [one for one in policies[name] if one["Sid"] == "ListBucket"]
        # Dagster lists it by the bare prefix when it starts, and S3 answers 403 instead of 404
        # for what is not there to who may not list it.
        assert "Condition" not in bucket
