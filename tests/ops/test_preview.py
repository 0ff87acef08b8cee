"""`nox -s preview` as a user sees it: the command's exit code and what it prints."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLANTED = {
    "cost-autoscaling-maximum": ("scaler", "500", "at most 20 "),
    "cost-ecs-desired-count": ("packer", "50", "at most 4 "),
    "cost-rds-instance-class": ("database", "'db.r5.24xlarge'", "'db.t4g.*'"),
    "duplicate-urn": ("audit", "registered 2 times", "once"),
    "names-unique-physical": ("returns", "'refunds-local.fifo'", "that no other SQS queue has"),
    "sqs-dead-letter-queue-same-type": ("payments", "'payments-dead'", "FIFO dead-letter queue"),
    "sqs-redrive-policy-shape": ("orders", "['arn:aws:sqs:", "one SQS queue"),
}


def preview(
    *arguments: str, before: tuple[str, ...] = (), environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return whole_preview("--offline", *arguments, before=before, environment=environment)


def whole_preview(
    *arguments: str, before: tuple[str, ...] = (), environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [*before, sys.executable, "-m", "ops.preview", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module")
def broken() -> dict[str, Any]:
    run = preview("--project", "examples/broken", "--format", "json")
    assert run.returncode == 1, run.stderr
    report: dict[str, Any] = json.loads(run.stdout)
    return report


@pytest.mark.parametrize("stack", ["local", "dev", "prod"])
def test_the_reference_stack_passes(stack: str) -> None:
    run = preview("--stack", stack)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.splitlines()[-1].startswith("PASS")


def test_the_engine_is_asked_after_the_verdict_and_says_where_it_cannot(tmp_path: Path) -> None:
    nobody = {"PULUMI_HOME": str(tmp_path), "PULUMI_BACKEND_URL": ""}
    run = whole_preview("--stack", "dev", environment=nobody)
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1].startswith("PASS")
    assert run.stderr.startswith("The engine's preview was left out")


def test_the_second_example_passes_under_its_own_pack() -> None:
    run = preview("--project", "examples/orders", "--stack", "dev", "--format", "json")
    assert run.returncode == 0, run.stdout + run.stderr
    assert {finding["pack"] for finding in json.loads(run.stdout)["findings"]} <= {
        "orders-policies"
    }


def test_every_planted_mistake_is_found_once_and_no_other(broken: dict[str, Any]) -> None:
    mandatory = [f["rule"] for f in broken["findings"] if f["level"] == "mandatory"]
    assert sorted(mandatory) == sorted(PLANTED)


@pytest.mark.parametrize("rule", sorted(PLANTED))
def test_a_planted_mistake_is_told_with_place_values_and_fix(
    rule: str, broken: dict[str, Any]
) -> None:
    name, actual, wanted = PLANTED[rule]
    (finding,) = (f for f in broken["findings"] if f["rule"] == rule)
    assert finding["urn"].endswith(f"::{name}")
    assert finding["file"] == "__main__.py"
    assert finding["line"] > 1
    problem, _, rest = finding["message"].partition("; wanted ")
    assert actual in problem
    assert wanted in rest
    assert finding["fix"].endswith(".")
    assert finding["url"].startswith("https://")


def test_the_terminal_shows_what_the_json_holds(broken: dict[str, Any]) -> None:
    run = preview("--project", "examples/broken", environment={"COLUMNS": "1000"})
    assert run.returncode == 1
    for finding in broken["findings"]:
        assert finding["rule"] in run.stdout
        assert finding["fix"] in run.stdout
    assert run.stdout.splitlines()[-1].startswith(f"FAIL: {len(PLANTED)} mandatory findings")


@pytest.mark.skipif(
    shutil.which("unshare") is None and "CI" not in os.environ,
    reason="needs util-linux's unshare to make a network of its own",
)
def test_nothing_but_the_loopback_is_connected_to() -> None:
    isolated = ("unshare", "--net", "--map-root-user", sys.executable, "tests/ops/isolated.py")
    run = preview("--stack", "local", before=isolated)
    assert run.returncode == 0, run.stdout + run.stderr
    verdict, attempts = run.stdout.split()[0], run.stdout.split()[-1]
    assert (verdict, attempts) == ("dagster-taskiq", "0")


@pytest.mark.skipif(
    shutil.which("unshare") is None and "CI" not in os.environ,
    reason="needs util-linux's unshare to make a network of its own",
)
@pytest.mark.parametrize(
    "arguments",
    [("list",), ("check-config", "policies/profiles/prod.json"), ("profile", "recommended")],
    ids=lambda each: each[0],
)
def test_the_packs_command_connects_to_nothing(arguments: tuple[str, ...]) -> None:
    pack = [str(Path(sys.executable).with_name("aws-policy-pack")), *arguments]
    isolated = ["unshare", "--net", "--map-root-user", sys.executable, "tests/ops/isolated.py"]
    run = subprocess.run([*isolated, *pack], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split()[-1] == "0"
    assert len(run.stdout.split()) > 1


@pytest.mark.skipif(
    shutil.which("unshare") is None and "CI" not in os.environ,
    reason="needs util-linux's unshare to make a network of its own",
)
def test_an_attempt_to_leave_the_loopback_would_be_counted() -> None:
    isolated = ["unshare", "--net", "--map-root-user", sys.executable, "tests/ops/isolated.py"]
    attempt = "import socket; socket.socket().connect_ex(('192.0.2.1', 9))"
    run = subprocess.run(
        [*isolated, sys.executable, "-c", attempt],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(run.stdout.split()[-1]) > 0


@pytest.mark.skipif(
    shutil.which("uv") is None and "CI" not in os.environ, reason="the sessions run on uv"
)
@pytest.mark.parametrize(
    ("project", "status"),
    [
        pytest.param("examples/broken", 1, id="finding"),
        pytest.param("docs", 2, id="no-verdict"),
    ],
)
def test_the_command_that_the_readme_names_keeps_the_code_that_nox_makes_1(
    project: str, status: int
) -> None:
    named = "uv run python -m ops.preview"
    assert named in (ROOT / "README.md").read_text(encoding="utf-8")
    arguments = ["--offline", "--project", project]
    nox = [sys.executable, "-m", "nox", "-s", "preview", "--"]
    ended = [
        subprocess.run(
            [*command, *arguments], cwd=ROOT, capture_output=True, check=False
        ).returncode
        for command in (named.split(), nox)
    ]
    assert ended == [status, 1]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["--stack", "nowhere"], "nowhere", id="unknown-stack"),
        pytest.param(["--project", "docs"], "Pulumi.yaml", id="no-project"),
        pytest.param(["--config", "queueNam=x"], "wanted queueName", id="misspelt-setting"),
        pytest.param(
            ["--config", "queue.maxReceiveCount=often"], "queue.maxReceiveCount", id="mistyped"
        ),
        pytest.param(
            ["--config", "services.webserver.desiredCount=90"],
            "cost-ecs-desired-count.max in policies/profiles/local.json",
            id="over-a-cap",
        ),
    ],
)
def test_wrong_input_ends_in_one_clear_message(arguments: list[str], told: str) -> None:
    run = preview(*arguments)
    assert run.returncode == 2
    assert run.stdout == ""
    assert told in run.stderr
    assert "Traceback" not in run.stderr
    assert len([line for line in run.stderr.splitlines() if line.startswith("error: ")]) == 1
