"""Runs a web server of an application so that only its own page and this user get answers.

At AWS a load balancer decides who may ask. Here any page in the browser and any user of the
machine reaches the loopback, and Dagster's page starts runs for everybody who asks. The
application's own interpreter runs this script: that interpreter has uvicorn, and nothing of this
project. Usage: `python own_page.py PROGRAM ARGUMENT ...`.
"""

import os
import runpy
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_CONNECTIONS = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_ROOT = 0
_POLICY_VIOLATION = 1008  # of a WebSocket. Source: RFC 6455, 7.4.1


class OwnPage:
    """An ASGI application behind a door.

    Args:
        application: The application.
        port: The port on which the application listens.
        connections: Linux's lists of TCP connections, by IPv4 and by IPv6; where there are none,
            every user is let in.
    """

    def __init__(
        self, application: Application, port: int, connections: Iterable[Path] = _CONNECTIONS
    ) -> None:
        self._application = application
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._connections = tuple(connections)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request or a WebSocket."""
        reason = None if scope["type"] == "lifespan" else self._refusal(scope)
        if reason is None:
            await self._application(scope, receive, send)
            return
        sys.stderr.write(f"Refused: {reason}.\n")
        sys.stderr.flush()
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
            return
        plain = [(b"content-type", b"text/plain; charset=utf-8")]
        await send({"type": "http.response.start", "status": 403, "headers": plain})
        await send({"type": "http.response.body", "body": f"Refused: {reason}.\n".encode()})

    def _refusal(self, scope: Scope) -> str | None:
        headers: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
        host, origin = headers.get("host", []), headers.get("origin", [])
        if len(host) != 1 or host[0].lower() not in self._hosts:
            return (
                f"the Host is {_shown(host)}; this page is at {' and '.join(sorted(self._hosts))}"
            )
        if any(each.lower().removeprefix("http://") not in self._hosts for each in origin):
            return f"a page of origin {_shown(origin)} asks"
        # A GET has no Origin, and Dagster's GraphQL changes things by GET, too.
        site = headers.get("sec-fetch-site", ["none"])
        if site not in (["none"], ["same-origin"]) and not _leads_to_a_page(scope, headers):
            return "a page of another site asks"
        if not self._is_own(scope):
            return "another user of this machine asks"
        return None

    def _is_own(self, scope: Scope) -> bool:
        """Whether this user or root owns the connection.

        A connection that its owner has already closed has no owner, and is refused.
        Source: Linux, Documentation/networking/proc_net_tcp.rst.
        """
        lists = [each for each in self._connections if each.exists()]
        if not lists:
            return True
        ends = set(zip(*(_as_in_lists(*scope[end]) for end in ("client", "server")), strict=False))
        for each in lists:
            for line in each.read_text().splitlines()[1:]:
                _, local, remote, _, _, _, _, user, _, inode, *_ = line.split()
                if (local, remote) in ends and int(inode) and int(user) in {os.getuid(), _ROOT}:
                    return True
        return False


def _leads_to_a_page(scope: Scope, headers: dict[str, list[str]]) -> bool:
    """Whether somebody has followed a link: such a request asks for a page and nothing else."""
    is_link = headers.get("sec-fetch-mode") == ["navigate"] and not scope["query_string"]
    return is_link and scope.get("method") == "GET"


def _as_in_lists(address: str, port: int) -> tuple[str, ...]:
    """An address as Linux's lists show it: words of 32 bits in the machine's byte order.

    An IPv4 address is also in the list for IPv6, as the mapped address of a client whose socket is
    one of IPv6; Java opens such sockets.
    """
    given = ip_address(address)
    plain = (given.ipv4_mapped or given) if isinstance(given, IPv6Address) else given
    forms = [plain] if isinstance(plain, IPv6Address) else [plain, ip_address(f"::ffff:{plain}")]
    return tuple(f"{_in_words(each.packed)}:{port:04X}" for each in forms)


def _in_words(packed: bytes) -> str:
    words = (packed[start : start + 4] for start in range(0, len(packed), 4))
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words)


def _shown(values: list[str]) -> str:
    return repr(", ".join(values)[:80])


def main(arguments: list[str]) -> None:
    """Runs a program and puts the door before its server."""
    import uvicorn  # noqa: PLC0415 - the application's

    load = uvicorn.Config.load

    def load_behind_a_door(config: uvicorn.Config) -> None:
        load(config)
        config.loaded_app = OwnPage(config.loaded_app, config.port)

    uvicorn.Config.load = load_behind_a_door  # type: ignore[assignment, method-assign]
    sys.argv = arguments
    runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
