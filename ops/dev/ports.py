"""Ports of the loopback."""

import socket
from contextlib import closing


def free_port() -> int:
    """A TCP port of the loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def own_or_free(port: str) -> str:
    """A port itself if nobody listens on it, else another one."""
    try:
        with socket.create_server(("127.0.0.1", int(port))):
            return port
    except OSError:
        return str(free_port())


def listens(port: str) -> bool:
    """Whether a program of this machine takes connections on a TCP port of the loopback."""
    with closing(socket.socket()) as client:
        return client.connect_ex(("127.0.0.1", int(port))) == 0
