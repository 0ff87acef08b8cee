"""`preflight lsp` as a process: how it ends, what it writes, what it needs."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.preflight.builders import ENDLESS, GOOD, write_project
from tests.preflight.language_server.editing import PREFLIGHT
from tests.processes import started_with
from tests.waiting import LONG, wait_until


class Server:
    """A server, spoken to message by message."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [PREFLIGHT, "lsp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def send(self, method: str, params: object, number: int | None = None) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        self.write(json.dumps(message if number is None else {**message, "id": number}))

    def write(self, text: str) -> None:
        assert self.process.stdin
        body = text.encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def read(self) -> dict[str, object]:
        """The next message; what is no message fails."""
        assert self.process.stdout
        length = 0
        while (line := self.process.stdout.readline()) != b"\r\n":
            name, _, value = line.partition(b": ")
            assert name in (b"Content-Length", b"Content-Type"), line
            length = int(value) if name == b"Content-Length" else length
        message: dict[str, object] = json.loads(self.process.stdout.read(length))
        return message

    def begin(self, folder: Path) -> None:
        folders = [{"uri": folder.as_uri(), "name": "x"}]
        options = {"trusted": True, "stack": "dev", "policyPack": []}
        params: dict[str, object] = {
            "capabilities": {},
            "workspaceFolders": folders,
            "processId": None,
        }
        self.send("initialize", {**params, "initializationOptions": options}, 1)
        assert self.read()["id"] == 1
        self.send("initialized", {})

    def open(self, file: Path) -> None:
        document = {"uri": file.as_uri(), "languageId": "python", "version": 1, "text": ""}
        self.send("textDocument/didOpen", {"textDocument": document})

    def rest(self) -> tuple[int, bytes, str]:
        """How it ends: the code, what is left of stdout, and stderr."""
        out, err = self.process.communicate(timeout=LONG)
        return self.process.returncode, out, err.decode()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.process.kill()
    server.process.communicate()


@pytest.fixture
def busy(server: Server, tmp_path: Path) -> Server:
    """A server whose program does not end."""
    write_project(tmp_path / "endless", ENDLESS)
    server.begin(tmp_path)
    server.open(tmp_path / "endless" / "__main__.py")
    wait_until((tmp_path / "endless" / "started").exists, "the program runs")
    return server


def test_stdout_holds_messages_alone(server: Server, tmp_path: Path) -> None:
    program = f"import os\nos.write(1, b'loose')\nprint('loose')\n{GOOD}"
    write_project(tmp_path, program)
    server.begin(tmp_path)
    server.open(tmp_path / "__main__.py")
    assert server.read()["method"] == "textDocument/publishDiagnostics"
    server.send("shutdown", None, 2)
    assert server.read()["id"] == 2
    server.send("exit", None)
    assert server.rest() == (0, b"", "")


@pytest.mark.parametrize("shuts_down", [True, False])
def test_the_exit_code_says_whether_it_was_shut_down(server: Server, *, shuts_down: bool) -> None:
    server.send("initialize", {"capabilities": {}, "processId": None, "rootUri": None}, 1)
    server.read()
    if shuts_down:
        server.send("shutdown", None, 2)
        server.read()
    server.send("exit", None)
    assert server.rest()[0] == (0 if shuts_down else 1)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{", id="not-json"),
        pytest.param(
            '{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": 3}', id="kind"
        ),
    ],
)
def test_a_message_that_cannot_be_read_is_told_without_a_trace(server: Server, text: str) -> None:
    server.send("initialize", {"capabilities": {}, "processId": None, "rootUri": None}, 1)
    server.read()
    server.write(text)
    told = server.read()
    assert told["method"] == "window/showMessage"
    assert "cannot read a message of the editor" in str(told["params"])
    assert "File" not in str(told)
    server.send("exit", None)
    assert server.rest()[2] == ""


def test_a_shutdown_ends_what_runs(busy: Server, tmp_path: Path) -> None:
    busy.send("shutdown", None, 2)
    wait_until(lambda: not started_with(tmp_path / "endless"), "the program ends")
    busy.send("exit", None)
    code, _, err = busy.rest()
    assert (code, err) == (0, "")


def test_the_end_of_stdin_ends_the_server_and_what_it_runs(busy: Server, tmp_path: Path) -> None:
    code, _, err = busy.rest()
    assert (code, err) == (0, "")
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
    busy: Server, tmp_path: Path, number: int, code: int
) -> None:
    os.kill(busy.process.pid, number)
    ended, _, err = busy.rest()
    assert ended == code
    assert "Traceback" not in err
    wait_until(lambda: not started_with(tmp_path / "endless"), "the program ends")


def without(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command where a package cannot be imported."""
    code = (
        f"import sys\nsys.modules[{name!r}] = None\n"
        f"from pulumi_preflight.cli import main\nsys.exit(main({list(arguments)!r}))\n"
    )
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["pygls", "lsprotocol"])
def test_without_its_packages_one_error_says_how_to_install_them(name: str) -> None:
    ended = without(name, "lsp")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        "error: `preflight lsp` needs the package pygls in version 2.1 or newer\n"
        "hint: pip install 'pulumi-preflight[lsp]'\n"
    )


def test_a_wrong_command_line_is_one_error() -> None:
    ended = without("none", "lsp", "--stdio-or-so")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("error: unrecognized arguments: --stdio-or-so\n")
