"""The error of a call over a pack's socket."""

import grpc

_STATUSES: dict[int, grpc.StatusCode] = {each.value[0]: each for each in grpc.StatusCode}


class SocketError(grpc.RpcError):
    """A call failed; as gRPC's own errors, it tells a code and details."""

    def __init__(self, status: int, details: str) -> None:
        super().__init__(f"{_STATUSES[status]}: {details}")
        self._status = status
        self._details = details

    def code(self) -> grpc.StatusCode:
        """What kind of failure it is."""
        return _STATUSES[self._status]

    def details(self) -> str:
        """What the pack says of it."""
        return self._details
