"""What cannot be shown is one error that says what to do, and exit code 2."""

import subprocess
from pathlib import Path

import pytest

from pulumi_loopback.credentials import free_port
from tests.loopback.observe.deployed import Deployed, make_project


def refused(told: subprocess.CompletedProcess[str]) -> str:
    """The message of a command that was refused."""
    assert (told.returncode, told.stdout) == (2, "")
    assert "Traceback" not in told.stderr
    return told.stderr


def test_an_unknown_service_lists_the_known_ones(stack: Deployed) -> None:
    message = refused(stack.run("ecs:status", "webservr"))

    assert "'webservr'" in message
    assert "it has: by-hand, dagster-daemon, taskiq-worker" in message


def test_no_service_at_all_lists_them_too(stack: Deployed) -> None:
    message = refused(stack.run("ecs:status"))

    assert "it has: by-hand, dagster-daemon, taskiq-worker" in message
    assert "`nox -s ecs:status -- NAME`" in message


def test_logs_that_the_stack_does_not_have_list_those_that_it_has(stack: Deployed) -> None:
    message = refused(stack.run("logs:taskiq-worker"))

    assert "it has those of: auto-scaler, dagster-daemon" in message


def test_an_endpoint_that_does_not_answer_is_named(stack: Deployed, elsewhere: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    message = refused(make_project(elsewhere, url, stack.outputs).run("queue:depth"))

    assert f"error: the endpoint {url} does not answer" in message
    assert "nox -s endpoint:start" in message


def test_another_stack_than_local_needs_the_users_credentials(stack: Deployed) -> None:
    message = refused(stack.run("aws:services", "--stack", "dev"))

    assert "Unable to locate credentials" in message
    assert "AWS_PROFILE" in message


def test_a_stack_that_was_never_made_says_how_to_make_it(stack: Deployed) -> None:
    message = refused(stack.run("aws:tasks", "--stack", "prod"))

    assert "there is no stack prod" in message
    assert "nox -s state:init -- --stack prod" in message


def test_a_stack_without_outputs_says_how_to_deploy_it(stack: Deployed, elsewhere: Path) -> None:
    message = refused(stack.with_outputs(elsewhere, {}).run("queue:depth"))

    assert "stack local has no output clusterArn, logGroupNames, queueUrl" in message
    assert "`nox -s up`" in message


def test_what_is_gone_from_the_endpoint_is_named(stack: Deployed, elsewhere: Path) -> None:
    outputs = {**stack.outputs, "logGroupNames": {"dagster-daemon": "/gone"}}
    message = refused(stack.with_outputs(elsewhere, outputs).run("logs:dagster-daemon"))

    assert "FilterLogEvents was refused: ResourceNotFoundException" in message
    assert "nox -s refresh" in message


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (["logs:auto-scaler", "--since", "10"], "'10' is not a length of time"),
        (["logs:auto-scaler", "--since", "0m"], "'0m' is not a length of time"),
        (["queue:depth", "--watch", "0"], "'0' is not a number of seconds"),
    ],
    ids=["a length without a unit", "no length at all", "no time between two looks"],
)
def test_a_wrong_option_is_quoted(stack: Deployed, arguments: list[str], wrong: str) -> None:
    assert wrong in refused(stack.run(*arguments))


def test_dummy_keys_are_sent_to_no_endpoint_elsewhere(stack: Deployed, elsewhere: Path) -> None:
    message = refused(
        make_project(elsewhere, "http://10.0.0.1:4566", stack.outputs).run("aws:tasks")
    )

    assert "aws.endpoint is http://10.0.0.1:4566; wanted a loopback address" in message


def test_an_endpoint_of_another_stack_than_local_is_refused(
    stack: Deployed, elsewhere: Path
) -> None:
    project = make_project(elsewhere, stack.url, stack.outputs)
    (elsewhere / "Pulumi.local.yaml").rename(elsewhere / "Pulumi.dev.yaml")
    message = refused(project.run("queue:depth", "--stack", "dev"))

    assert "Pulumi.dev.yaml: aws.endpoint is" in message
