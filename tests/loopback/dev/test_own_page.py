"""The clients that get an answer from an application's page on this machine."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pulumi_loopback.dev.own_page import OwnPage, Receive, Scope, Send

HOST = b"127.0.0.1:3000"
LINUX = Path("/proc/net/tcp"), Path("/proc/net/tcp6")
CONNECT = """\
import os, socket, sys
os.setuid(int(sys.argv[2]))
with socket.socket(socket.AF_INET6 if ":" in sys.argv[3] else socket.AF_INET) as client:
    client.connect((sys.argv[3], int(sys.argv[1])))
    client.recv(1)
"""


async def behind(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


def ask(
    headers: Mapping[str, bytes],
    connections: Iterable[Path] = (),
    **scope: Any,  # noqa: ANN401 - ASGI's
) -> list[dict[str, Any]]:
    """The messages sent back; the Host is right where the test gives no other."""
    told = {"host": HOST, **headers}
    whole = {"type": "http", "method": "GET", "query_string": b"", **scope}
    whole["headers"] = [(name.encode(), value) for name, value in told.items()]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:  # noqa: ANN401 - ASGI's
        sent.append(message)

    asyncio.run(OwnPage(behind, 3000, connections)(whole, receive, send))
    return sent


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="a program"),
        pytest.param({"host": b"localhost:3000"}, id="the other name"),
        pytest.param({"origin": b"http://127.0.0.1:3000"}, id="its own page"),
        pytest.param(
            {"origin": b"http://localhost:3000", "sec-fetch-site": b"same-origin"}, id="by name"
        ),
        pytest.param({"sec-fetch-site": b"none"}, id="typed by the user"),
    ],
)
def test_the_users_own_programs_and_pages_are_answered(
    kind: str, headers: Mapping[str, bytes]
) -> None:
    assert ask(headers, type=kind)[0]["type"] == "http.response.start"
    assert ask(headers, type=kind)[0]["status"] == 200


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"host": b"page.example:3000"}, id="another host"),
        pytest.param({"host": b"127.0.0.1:8000"}, id="another port"),
        pytest.param({"host": b"127.0.0.1"}, id="no port"),
        pytest.param({"host": b"127.0.0.1:3000.page.example"}, id="a host that begins so"),
        pytest.param({"host": b"\xff"}, id="no text"),
        pytest.param({"origin": b"http://page.example"}, id="another origin"),
        pytest.param({"origin": b"http://127.0.0.1:8000"}, id="another page of this machine"),
        pytest.param({"origin": b"https://127.0.0.1:3000"}, id="another scheme"),
        pytest.param({"origin": b"null"}, id="an origin that is hidden"),
        pytest.param({"sec-fetch-site": b"cross-site"}, id="a picture in another page"),
        pytest.param({"sec-fetch-site": b"same-site"}, id="a picture in a page of this machine"),
    ],
)
def test_other_pages_are_refused(
    headers: Mapping[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    start, body = ask(headers)
    assert start["status"] == 403
    assert [name for name, _ in start["headers"]] == [b"content-type"]
    assert body["body"].startswith(b"Refused: ")
    assert capsys.readouterr().err == body["body"].decode()
    assert ask(headers, type="websocket") == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        pytest.param({}, 200, id="a page"),
        pytest.param({"query_string": b"query=mutation"}, 403, id="a page that asks for something"),
        pytest.param({"method": "POST"}, 403, id="a form"),
    ],
)
def test_a_link_in_another_page_leads_to_a_page_and_does_nothing(
    scope: dict[str, Any], status: int
) -> None:
    link = {"sec-fetch-site": b"cross-site", "sec-fetch-mode": b"navigate"}
    assert ask(link, **scope)[0]["status"] == status


def test_two_hosts_are_refused() -> None:
    assert ask({"Host": b"page.example"})[0]["status"] == 200  # no name of HTTP/ASGI
    scope = {"type": "http", "headers": [(b"host", HOST), (b"host", HOST)]}
    assert OwnPage(behind, 3000)._refusal(scope) is not None  # noqa: SLF001 - no server sends this


def test_the_start_and_the_end_of_the_application_pass() -> None:
    assert ask({"host": b"page.example"}, type="lifespan")[0]["status"] == 200


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        made.settimeout(60)
        yield made


def status_for(client: tuple[Any, ...], server: socket.socket) -> int:
    answer = ask({}, LINUX, client=client[:2], server=server.getsockname()[:2])
    return int(answer[0]["status"])


@pytest.mark.skipif(not LINUX[0].exists(), reason="the list of connections is Linux's")
def test_the_users_own_connection_is_answered_and_one_that_is_closed_is_not(
    server: socket.socket,
) -> None:
    with socket.create_connection(server.getsockname()) as client:
        accepted, address = server.accept()
        with closing(accepted):
            assert status_for(address, server) == 200
            client.close()
            assert status_for(address, server) == 403
    assert status_for(("127.0.0.1", 1), server) == 403


@pytest.mark.skipif(not LINUX[1].exists(), reason="the list of connections is Linux's")
@pytest.mark.parametrize(
    ("listening", "asked"),
    [
        pytest.param("127.0.0.1", "::ffff:127.0.0.1", id="mapped"),
        pytest.param("::1", "::1", id="ipv6"),
    ],
)
def test_the_users_own_connection_over_a_socket_of_ipv6_is_answered(
    listening: str, asked: str
) -> None:
    family = socket.AF_INET6 if ":" in listening else socket.AF_INET
    with (
        socket.create_server((listening, 0), family=family) as made,
        socket.socket(socket.AF_INET6) as client,
    ):
        client.connect((asked, made.getsockname()[1]))
        accepted, address = made.accept()
        with closing(accepted):
            assert status_for(address, made) == 200
            client.close()
            assert status_for(address, made) == 403


@pytest.mark.skipif(
    not LINUX[0].exists() or os.getuid() != 0, reason="root alone can be another user"
)
@pytest.mark.parametrize("asked", ["127.0.0.1", "::ffff:127.0.0.1"])
def test_the_connection_of_another_user_is_refused(asked: str, server: socket.socket) -> None:
    port = str(server.getsockname()[1])
    with subprocess.Popen([sys.executable, "-c", CONNECT, port, "65534", asked]) as other:
        accepted, address = server.accept()
        with closing(accepted):
            assert status_for(address, server) == 403
    assert other.returncode == 0
