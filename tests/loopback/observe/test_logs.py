"""What `logs:` prints, and how it goes on."""

import json
import signal
import subprocess
from uuid import uuid4

from ops.paths import ROOT
from tests.loopback.observe.deployed import Deployed, clients_of, write_log


def messages(printed: str) -> list[str]:
    return [line.split("  ", 2)[2] for line in printed.splitlines()]


def test_events_of_all_tasks_come_in_the_order_of_time(stack: Deployed) -> None:
    told = stack.run("logs:dagster-daemon")

    assert messages(told.stdout) == ["Checking for new runs", "Run failed: no such asset"]


def test_a_line_names_the_task(stack: Deployed) -> None:
    tasks = [line.split("  ")[1] for line in stack.run("logs:dagster-daemon").stdout.splitlines()]

    assert tasks == ["aaaaaaaa", "bbbbbbbb"]


def test_since_looks_further_back(stack: Deployed) -> None:
    told = stack.run("logs:dagster-daemon", "--since", "2h")

    assert messages(told.stdout)[0] == "an hour ago"


def test_filter_keeps_what_holds_the_text(stack: Deployed) -> None:
    told = stack.run("logs:dagster-daemon", "--filter", "failed: no")

    assert messages(told.stdout) == ["Run failed: no such asset"]


def test_json_has_an_object_a_line(stack: Deployed) -> None:
    told = stack.run("logs:dagster-daemon", "--format", "json")

    assert [json.loads(line)["task"] for line in told.stdout.splitlines()] == [
        "aaaaaaaa1111",
        "bbbbbbbb2222",
    ]


def test_a_group_without_events_is_said_beside_the_output(stack: Deployed) -> None:
    told = stack.run("logs:auto-scaler", "--filter", "no-such-text")

    assert (told.returncode, told.stdout) == (0, "")
    assert "no events that hold 'no-such-text'" in told.stderr


def test_follow_prints_each_event_once_until_it_is_interrupted(stack: Deployed) -> None:
    stream = f"auto-scaler/auto-scaler/{uuid4().hex}"
    group = stack.outputs["logGroupNames"]["auto-scaler"]
    clients_of(stack.url)("logs").create_log_stream(logGroupName=group, logStreamName=stream)
    with subprocess.Popen(
        stack.command("logs:auto-scaler", "--follow", "--filter", "follow"),
        cwd=ROOT,
        env=stack.variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        printed = []
        for text in ("follow 1", "follow 2"):
            write_log(stack.url, group, stream, text)
            printed.append(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        rest, problems = process.communicate(timeout=60)

    assert messages("".join(printed)) == ["follow 1", "follow 2"]
    assert (rest, problems, process.returncode) == ("", "", 130)
