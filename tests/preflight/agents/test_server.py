"""The server as a client sees it: its tools, calls side by side, calls that are given up."""

import asyncio
from contextlib import suppress
from pathlib import Path

import jsonschema
import pytest
from mcp import Client

from tests.preflight.agents.calling import Agent, text_of
from tests.preflight.builders import ENDLESS, GOOD, write_project
from tests.processes import started_with
from tests.waiting import wait_until


@pytest.fixture
def agent(tmp_path: Path) -> Agent:
    write_project(tmp_path / "good", GOOD)
    return Agent(tmp_path)


def test_every_tool_is_read_only_and_has_schemas_of_what_it_takes_and_gives(agent: Agent) -> None:
    tools = agent.tools()
    assert [each.name for each in tools] == [
        "verdict",
        "findings_at",
        "explain_rule",
        "cost",
        "changes",
    ]
    for tool in tools:
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
        assert not tool.annotations.destructive_hint
        for schema in (tool.input_schema, tool.output_schema):
            assert schema is not None
            jsonschema.Draft202012Validator.check_schema(schema)
            assert schema["additionalProperties"] is False


def test_the_server_says_which_folders_are_its_roots(agent: Agent, tmp_path: Path) -> None:
    async def instructions() -> str | None:
        async with Client(agent.server) as client:
            return client.instructions

    assert f"inside these folders alone: {tmp_path}." in (asyncio.run(instructions()) or "")


def test_a_tool_that_does_not_exist_is_told_with_those_that_do(agent: Agent) -> None:
    told = agent.refused("judge")
    assert (
        told
        == "there is no tool 'judge'; there are verdict, findings_at, explain_rule, cost, changes"
    )


def test_mistakes_in_arguments_are_told_to_the_agent(agent: Agent) -> None:
    told = agent.refused("verdict", limit=0)
    assert told == "`limit` is 0: input should be greater than or equal to 1"


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
def test_old_and_new_clients_get_the_same_answer(agent: Agent, mode: str) -> None:
    async def ask() -> object:
        async with Client(agent.server, mode=mode) as client:
            result = await client.call_tool("verdict", {"project": "good", "packs": []})
            return result.structured_content

    answer = asyncio.run(ask())
    assert isinstance(answer, dict)
    assert answer["verdict"] == "pass"


def test_calls_run_side_by_side(agent: Agent) -> None:
    async def ask() -> list[str]:
        async with Client(agent.server) as client:
            asked = {"project": "good", "packs": []}
            calls = [client.call_tool("verdict", asked) for _ in range(3)]
            return [text_of(each) for each in await asyncio.gather(*calls)]

    answers = asyncio.run(ask())
    assert all('"verdict": "pass"' in each for each in answers)


def test_a_call_that_is_given_up_ends_its_processes(agent: Agent, tmp_path: Path) -> None:
    folder = tmp_path / "endless"
    write_project(folder, ENDLESS)

    async def give_up() -> None:
        async with Client(agent.server) as client:
            call = asyncio.create_task(
                client.call_tool("verdict", {"project": "endless", "packs": []})
            )
            await asyncio.to_thread(wait_until, (folder / "started").exists, "the program runs")
            call.cancel()
            with suppress(asyncio.CancelledError):
                await call

    asyncio.run(give_up())
    wait_until(lambda: not started_with(folder), "the program ends")
