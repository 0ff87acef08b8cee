"""The Engine service: the program's log, and its root resource."""

import threading
from dataclasses import dataclass

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import engine_pb2
from pulumi.runtime.proto.engine_pb2_grpc import EngineServicer


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line of the program's log: `debug`, `info`, `warning` or `error`."""

    severity: str
    text: str


_SEVERITIES = {
    engine_pb2.DEBUG: "debug",
    engine_pb2.INFO: "info",
    engine_pb2.WARNING: "warning",
    engine_pb2.ERROR: "error",
}


class EngineService(EngineServicer):
    """Keeps what the program logs."""

    def __init__(self) -> None:
        """Starts with an empty log."""
        self._lock = threading.Lock()
        self._root = ""
        self.log: list[LogLine] = []

    def printed(self) -> str:
        """The log as text, a line for each entry."""
        return "".join(f"{line.severity}: {line.text}\n" for line in self.log)

    def Log(self, request: engine_pb2.LogRequest, _context: grpc.ServicerContext) -> Empty:  # noqa: N802 - the service's name
        """Takes a line, unless it is of no lasting interest."""
        severity = _SEVERITIES.get(request.severity, "info")
        if severity != "debug" and not request.ephemeral:
            with self._lock:
                self.log.append(LogLine(severity=severity, text=request.message.strip()))
        return Empty()

    def GetRootResource(  # noqa: N802 - the service's name
        self, _request: engine_pb2.GetRootResourceRequest, _context: grpc.ServicerContext
    ) -> engine_pb2.GetRootResourceResponse:
        """Gives the stack's URN, for SDKs that ask."""
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    def SetRootResource(  # noqa: N802 - the service's name
        self, request: engine_pb2.SetRootResourceRequest, _context: grpc.ServicerContext
    ) -> engine_pb2.SetRootResourceResponse:
        """Takes the stack's URN, from SDKs that give it."""
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def StartDebugging(  # noqa: N802 - the service's name
        self, _request: engine_pb2.StartDebuggingRequest, _context: grpc.ServicerContext
    ) -> Empty:
        """Does nothing: there is no debugger."""
        return Empty()

    def RequirePulumiVersion(  # noqa: N802 - the service's name
        self, _request: engine_pb2.RequirePulumiVersionRequest, _context: grpc.ServicerContext
    ) -> engine_pb2.RequirePulumiVersionResponse:
        """Agrees: no CLI is used whose version could be wrong."""
        return engine_pb2.RequirePulumiVersionResponse()
