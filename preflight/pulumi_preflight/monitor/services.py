"""What a program asks besides resources: the features it may use, its log, its root resource."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import engine_pb2, resource_pb2
from pulumi.runtime.proto.engine_pb2_grpc import EngineServicer

_PREFIX = "RESOURCE_MONITOR_FEATURE_"

# The protocol's names, without their prefix.
SERVED = frozenset(
    {
        "SECRETS",
        "RESOURCE_REFERENCES",
        "OUTPUT_VALUES",
        "ALIAS_SPECS",
        "REPLACEMENT_TRIGGER",
        "DELETED_WITH",
        "REPLACE_WITH",
        "TRANSFORMS",
        "INVOKE_TRANSFORMS",
        "PARAMETERIZATION",
        "RESOURCE_HOOKS",
        "ERROR_HOOKS",
        "SENDS_OPTIONS_TO_HOOKS",
        "BYTE_STRING",
        "INVOKE_DEPENDS_ON",
        "INVOKE_PARENT",
        # Migrations change an older state, and a first preview has none: none is called.
        "STATE_MIGRATIONS",
        "INVOKE_OUTPUT_VALUES",
        "CALL_OUTPUT_VALUES",
    }
)
# The features that are not announced, and why.
REFUSED = {
    "REGISTER_RESOURCE_OUTPUT_VALUES": "no SDK for Python has it; those that have it do without",
}

# Older SDKs ask for these by names of their own; newer features have no such name.
_OLDER_NAMES = {
    "secrets",
    "resourceReferences",
    "outputValues",
    "aliasSpecs",
    "replacementTrigger",
    "deletedWith",
    "replaceWith",
    "transforms",
    "invokeTransforms",
    "parameterization",
    "resourceHooks",
    "errorHooks",
    "sendsOptionsToHooks",
}


def served_features() -> list[resource_pb2.ResourceMonitorFeature.ValueType]:
    """The announced features: those served that the installed SDK has."""
    return [
        number
        for name, number in resource_pb2.ResourceMonitorFeature.items()
        if name.removeprefix(_PREFIX) in SERVED
    ]


def serves(name: str) -> bool:
    """Whether preflight serves a feature that an older SDK asks for by its name."""
    return name in _OLDER_NAMES


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
