"""Calls tools as an agent does: by the SDK's client, in this process."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mcp import Client
from mcp.types import CallToolResult, TextContent, Tool

from pulumi_preflight.agents.server import Runs, build
from pulumi_preflight.agents.tools import Tools
from pulumi_preflight.roots import Roots
from tests.waiting import LONG


class Agent:
    """An agent at a server of its own."""

    def __init__(self, *folders: Path) -> None:
        roots = Roots(folders)
        self.runs = Runs()
        tools = Tools(roots, timeout_seconds=LONG, on_error=lambda error: (repr(error), None))
        self.server = build(tools, roots, self.runs, 2)

    def tools(self) -> Sequence[Tool]:
        async def ask() -> Sequence[Tool]:
            async with Client(self.server) as client:
                return (await client.list_tools()).tools

        return asyncio.run(ask())

    def result(self, tool: str, **arguments: object) -> CallToolResult:
        async def ask() -> CallToolResult:
            async with Client(self.server) as client:
                return await client.call_tool(tool, arguments)

        return asyncio.run(ask())

    def call(self, tool: str, **arguments: object) -> dict[str, Any]:
        """The structured answer of a call that succeeds."""
        result = self.result(tool, **arguments)
        assert not result.is_error, text_of(result)
        answer: dict[str, Any] = result.structured_content
        return answer

    def refused(self, tool: str, **arguments: object) -> str:
        """What the agent reads of a call that fails."""
        result = self.result(tool, **arguments)
        assert result.is_error
        return text_of(result)


def text_of(result: CallToolResult) -> str:
    [content] = result.content
    assert isinstance(content, TextContent)
    return content.text
