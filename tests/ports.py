"""Whether a second server may listen on a server's port."""

import socket


def takes_a_second_server(port: int) -> bool:
    """Tries it as gRPC's servers do, those of Dagster among them."""
    with socket.socket() as second:
        second.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        second.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            second.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
