"""What a container prints is kept as the log driver of its task keeps it."""

from uuid import uuid4

import pytest

from pulumi_loopback.dev.output import LogStream
from pulumi_loopback.observe.deployment import Deployment


@pytest.fixture
def group(stack: Deployment) -> str:
    name = f"/{uuid4().hex}"
    stack.session.client("logs", endpoint_url=stack.endpoint).create_log_group(logGroupName=name)
    return name


def log_stream(stack: Deployment, group: str, complaints: list[str]) -> LogStream:
    return LogStream(
        client=stack.session.client("logs", endpoint_url=stack.endpoint),
        endpoint=stack.endpoint or "",
        group=group,
        name="worker/worker/1",
        complain=complaints.append,
    )


def messages(stack: Deployment, group: str) -> list[str]:
    client = stack.session.client("logs", endpoint_url=stack.endpoint)
    pages = client.get_paginator("filter_log_events").paginate(
        logGroupName=group, logStreamNames=["worker/worker/1"]
    )
    return [event["message"] for page in pages for event in page["events"]]


def test_lines_become_events_in_their_order(stack: Deployment, group: str) -> None:
    kept = log_stream(stack, group, [])
    kept.put(["one", "", "two"])
    kept.put(["three"])
    assert messages(stack, group) == ["one", "two", "three"]


def test_many_long_lines_are_kept_whole_in_several_calls(stack: Deployment, group: str) -> None:
    lines = [f"{number:05} " + "x" * 6000 for number in range(150)]
    log_stream(stack, group, []).put(lines)
    assert "".join(messages(stack, group)) == "".join(lines)


def test_a_group_that_is_gone_is_told_once(stack: Deployment) -> None:
    complaints: list[str] = []
    kept = log_stream(stack, "/gone", complaints)
    kept.put(["one"])
    kept.put(["two"])
    (told,) = complaints
    assert told.startswith("its logs are no longer kept in /gone: CreateLogStream was refused")
