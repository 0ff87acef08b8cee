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


def listens(place: str) -> bool:
    """Whether a program of this machine takes connections at a place.

    Args:
        place: A TCP port of the loopback, or the path of a Unix socket.
    """
    if place.isdecimal():
        with closing(socket.socket()) as client:
            return client.connect_ex(("127.0.0.1", int(place))) == 0
    with closing(socket.socket(socket.AF_UNIX)) as client:
        return client.connect_ex(place) == 0
