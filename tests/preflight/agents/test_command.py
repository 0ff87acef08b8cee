"""`preflight mcp` as a client starts it, over stdin and stdout."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.types import CallToolResult

from tests.preflight.agents.calling import text_of
from tests.preflight.builders import BAD, ENDLESS, GOOD, PACKS, write_pack, write_project
from tests.processes import started_with
from tests.waiting import LONG, wait_until

PREFLIGHT = str(Path(sys.executable).with_name("preflight"))
# What an older protocol's client says first.
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


def request(number: int, tool: str, **arguments: object) -> dict[str, object]:
    params = {"name": tool, "arguments": arguments}
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}


def ran(*arguments: str, spoken: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PREFLIGHT, "mcp", *arguments],
        input=spoken,
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )


def test_a_session_of_an_agent(tmp_path: Path) -> None:
    write_project(tmp_path / "shop", f"print('from the program')\n{BAD}")
    write_pack(tmp_path / "pack", (PACKS / "demo" / "__main__.py").read_text())

    async def session() -> list[CallToolResult]:
        server = StdioServerParameters(command=PREFLIGHT, args=["mcp", "--root", "."], cwd=tmp_path)
        async with Client(server) as client:
            asked = {"project": "shop", "stack": "dev", "packs": [{"path": "pack"}]}
            return [
                await client.call_tool("verdict", asked),
                await client.call_tool("findings_at", {**asked, "file": "__main__.py"}),
                await client.call_tool(
                    "explain_rule", {"rule": "queue-is-fifo", "packs": asked["packs"]}
                ),
                await client.call_tool("verdict", {"project": "/"}),
            ]

    verdict, findings, rule, refused = asyncio.run(session())
    assert verdict.structured_content["verdict"] == "fail"
    assert verdict.structured_content["findings"]
    assert findings.structured_content["findings"]
    assert rule.structured_content["rules"][0]["description"] == "Queues keep their order."
    assert text_of(refused).startswith("the project / is /, outside of the roots")
    assert started_with(tmp_path) == []


def test_stdout_holds_messages_alone(tmp_path: Path) -> None:
    write_project(tmp_path / "shop", f"import os\nos.write(1, b'loose')\nprint('loose')\n{GOOD}")
    asked = [HELLO, request(2, "verdict", project="shop", packs=[])]
    command = [PREFLIGHT, "mcp", "--root", str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin
        assert server.stdout
        for each in asked:
            print(json.dumps(each), file=server.stdin, flush=True)
        told = [json.loads(server.stdout.readline()) for _ in asked]
        server.stdin.close()
        rest = server.stdout.read()
    assert [each["id"] for each in told] == [1, 2]
    assert told[1]["result"]["structuredContent"]["verdict"] == "pass"
    assert rest == ""
    assert server.returncode == 0


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A server whose program does not end."""
    write_project(tmp_path / "endless", ENDLESS)
    with subprocess.Popen(
        [PREFLIGHT, "mcp", "--root", str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdin
        for each in (HELLO, request(2, "verdict", project="endless", packs=[])):
            print(json.dumps(each), file=server.stdin, flush=True)
        wait_until((tmp_path / "endless" / "started").exists, "the program runs")
        yield server
        server.kill()


def test_the_end_of_stdin_ends_the_server_and_what_it_runs(
    busy: subprocess.Popen[str], tmp_path: Path
) -> None:
    assert busy.stdin
    busy.stdin.close()
    assert busy.wait(LONG) == 0
    assert busy.stderr
    assert "Traceback" not in busy.stderr.read()
    wait_until(lambda: not started_with(tmp_path / "endless"), "the program ends")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param(signal.SIGINT, 130, id="ctrl-c"),
        pytest.param(signal.SIGTERM, 143, id="terminated"),
        pytest.param(signal.SIGKILL, -9, id="killed"),
    ],
)
def test_a_signal_ends_the_server_and_what_it_runs(
    busy: subprocess.Popen[str], tmp_path: Path, number: int, code: int
) -> None:
    os.kill(busy.pid, number)
    assert busy.wait(LONG) == code
    assert busy.stderr
    assert "Traceback" not in busy.stderr.read()
    wait_until(lambda: not started_with(tmp_path / "endless"), "the program ends")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param((), "error: the following arguments are required: --root\n", id="no-root"),
        pytest.param(("--root", "{}/gone"), "error: --root {}/gone is not a folder\n", id="gone"),
        pytest.param(
            ("--root", "{}", "--timeout", "0"),
            "error: argument --timeout: 0 is not a finite number of seconds above 0\n",
            id="no-time",
        ),
        pytest.param(
            ("{}",), "error: the following arguments are required: --root\n", id="not-an-option"
        ),
    ],
)
def test_a_wrong_command_line_is_one_error(
    tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    ended = ran(*(each.format(tmp_path) for each in arguments))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(told.format(tmp_path))
    assert "Traceback" not in ended.stderr


def without_the_sdk(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command where the packages of the extra cannot be imported."""
    code = (
        "import sys\n"
        "for name in ('mcp', 'mcp_types', 'anyio', 'watchfiles'):\n"
        "    sys.modules[name] = None\n"
        "from pulumi_preflight.cli import main\n"
        f"sys.exit(main({list(arguments)!r}))\n"
    )
    return subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )


def test_without_the_sdk_one_error_says_how_to_install_it(tmp_path: Path) -> None:
    ended = without_the_sdk(tmp_path, "mcp", "--root", ".")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        "error: `preflight mcp` needs the package mcp in version 2.3 or newer\n"
        "hint: pip install 'pulumi-preflight[mcp]'\n"
    )


def test_the_plain_command_needs_no_sdk(tmp_path: Path) -> None:
    write_project(tmp_path, GOOD)
    ended = without_the_sdk(tmp_path, ".", "--stack", "dev")
    assert ended.returncode == 0, ended.stderr
