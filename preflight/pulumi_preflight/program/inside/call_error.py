"""The error of a call over a socket, of a program to preflight or of preflight to a pack."""

from __future__ import annotations

import grpc

_STATUSES: dict[int, grpc.StatusCode] = {each.value[0]: each for each in grpc.StatusCode}


class CallError(grpc.RpcError):
    """A call failed; as gRPC's own errors, it tells a code and details."""

    def __init__(self, status: int, details: str) -> None:
        super().__init__(f"{_STATUSES[status]}: {details}")
        self._status = status
        self._details = details

    def code(self) -> grpc.StatusCode:
        """What kind of failure it is."""
        return _STATUSES[self._status]

    def details(self) -> str:
        """What the other side says of it."""
        return self._details
