"""An AWS on the loopback that can go away and come back."""

from moto.server import ThreadedMotoServer

from pulumi_loopback.credentials import free_port


class Aws:
    """moto on the loopback; what it knows survives a stop."""

    def __init__(self) -> None:
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Starts to answer."""
        self._server = ThreadedMotoServer("127.0.0.1", self._port, verbose=False)
        self._server.start()

    def stop(self) -> None:
        """Refuses connections."""
        self._server.stop()
        listener = self._server._server  # noqa: SLF001 - moto leaves its socket open
        assert listener
        listener.server_close()
