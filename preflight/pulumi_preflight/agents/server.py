"""The Model Context Protocol, by its official SDK: lists the tools, checks and runs their calls."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import anyio
from anyio.to_thread import run_sync
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)
from pydantic import ValidationError

from pulumi_preflight import __version__
from pulumi_preflight.agents import answers
from pulumi_preflight.agents.answers import Schema
from pulumi_preflight.agents.arguments import (
    OfChanges,
    OfCost,
    OfFile,
    OfRule,
    OfVerdict,
)
from pulumi_preflight.agents.tools import Answer, Tools, printable
from pulumi_preflight.asking import Asked, complaints
from pulumi_preflight.errors import PreflightError
from pulumi_preflight.guard import Together
from pulumi_preflight.printing import escaped
from pulumi_preflight.roots import Roots
from pulumi_preflight.stdio import UnderWay

_INSTRUCTIONS = """\
Preflight runs a Pulumi program with its policy packs offline and judges it: no cloud account, no \
deployment. It changes no file, and runs projects inside these folders alone: {roots}. Ask for the \
verdict first; a finding names its rule, file, line and fix.\
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tool:
    """A tool, as agents see it, and what does it."""

    name: str
    title: str
    description: str
    arguments: type[Asked]
    answer: Schema
    call: Callable[[Any], Answer]

    def shown(self) -> Tool:
        """The tool for a list."""
        return Tool(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=self.arguments.model_json_schema(),
            output_schema=dict(self.answer),
            annotations=ToolAnnotations(
                read_only_hint=True,
                destructive_hint=False,
                idempotent_hint=True,
                open_world_hint=False,
            ),
        )


def _tools(tools: Tools) -> Sequence[_Tool]:
    return (
        _Tool(
            name="verdict",
            title="Judge a Pulumi program",
            description="Runs a Pulumi program with its policy packs, offline, and gives the "
            "verdict: findings with rule, level, file, line and fix, and what a month costs. Takes "
            "seconds. Call it after each change of the program.",
            arguments=OfVerdict,
            answer=answers.VERDICT,
            call=tools.verdict,
        ),
        _Tool(
            name="findings_at",
            title="Findings at a file",
            description="Judges as `verdict` does, and gives all that is found at a file, or at "
            "some lines of it: violations, rules that could not judge, what is waived or known.",
            arguments=OfFile,
            answer=answers.FILE,
            call=tools.findings_at,
        ),
        _Tool(
            name="explain_rule",
            title="Explain a rule",
            description="Says what a rule of a policy pack wants, its level, what to do about a "
            "violation, and where its page is. The program does not run.",
            arguments=OfRule,
            answer=answers.RULE,
            call=tools.explain_rule,
        ),
        _Tool(
            name="cost",
            title="What a stack costs",
            description="Runs a Pulumi program and says what its stack costs in a month: in total, "
            "and by resource, the dearest first. `base` is as declared, `worst` with every scaler "
            "at its maximum.",
            arguments=OfCost,
            answer=answers.COST,
            call=tools.cost,
        ),
        _Tool(
            name="changes",
            title="What the program changes",
            description="Runs a Pulumi program and says what it changes beside what is deployed, "
            "or beside an earlier run: resources that are made, altered, replaced or deleted, with "
            "their properties; findings that are new or fixed; the difference in cost.",
            arguments=OfChanges,
            answer=answers.CHANGES,
            call=tools.changes,
        ),
    )


class Runs(UnderWay):
    """All calls that are under way."""

    def __init__(self) -> None:
        """Begins with none."""
        super().__init__()
        self._limit: anyio.CapacityLimiter | None = None

    async def run(self, work: Callable[[], Answer], jobs: int) -> Answer:
        """Does some work in a thread, at most so many at a time; a cancelled call ends at once."""
        if self._limit is None:
            self._limit = anyio.CapacityLimiter(jobs)
        together = Together()

        def bounded() -> Answer:
            with together.entered():
                return work()

        with self.entered(together):
            try:
                return await run_sync(bounded, abandon_on_cancel=True, limiter=self._limit)
            except anyio.get_cancelled_exc_class():
                together.kill()
                raise


def build(tools: Tools, roots: Roots, runs: Runs, jobs: int) -> Server[Any]:
    """The server, which speaks to nobody yet.

    Args:
        tools: What it does.
        roots: Where, for agents to read.
        runs: Holds what is under way.
        jobs: How many programs run at a time.
    """
    known = {each.name: each for each in _tools(tools)}

    async def list_tools(
        _context: ServerRequestContext[Any], _params: PaginatedRequestParams | None
    ) -> ListToolsResult:
        return ListToolsResult(tools=[each.shown() for each in known.values()])

    async def call_tool(
        _context: ServerRequestContext[Any], params: CallToolRequestParams
    ) -> CallToolResult:
        tool = known.get(params.name)
        if tool is None:
            return _failed(f"there is no tool {params.name!r}; there are {', '.join(known)}")
        try:
            asked = tool.arguments.model_validate(params.arguments or {})
        except ValidationError as error:
            return _failed("\n".join(complaints(error, tool.arguments)))
        try:
            answer = printable(await runs.run(partial(tool.call, asked), jobs))
        except PreflightError as error:
            return _failed(str(error), error.hint)
        text = json.dumps(answer, ensure_ascii=False)
        return CallToolResult(
            content=[TextContent(type="text", text=text)], structured_content=answer
        )

    return Server(
        name="preflight",
        title="Preflight",
        version=__version__,
        instructions=_INSTRUCTIONS.format(roots=roots),
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _failed(message: str, hint: str | None = None) -> CallToolResult:
    text = escaped(f"{message}\nhint: {hint}" if hint else message)
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)


def speak(server: Server[Any]) -> None:
    """Speaks the protocol over stdin and stdout until stdin ends."""

    async def run() -> None:
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    anyio.run(run)
