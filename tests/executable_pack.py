"""A pack that is an executable: it speaks the protocol itself, and tells what it was told."""

import sys
from pathlib import Path

SOURCE = """\
import json, os, sys
from concurrent import futures
import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import analyzer_pb2 as protocol, plugin_pb2 as plugin
from pulumi.runtime.proto.analyzer_pb2_grpc import (
    AnalyzerServicer, add_AnalyzerServicer_to_server,
)

calls = []


class Analyzer(AnalyzerServicer):
    def Handshake(self, request, context):
        calls.append(f"Handshake {request.root_directory} {request.program_directory}")
        return protocol.AnalyzerHandshakeResponse()

    def GetPluginInfo(self, request, context):
        return plugin.PluginInfo(version="1.0.0")

    def ConfigureStack(self, request, context):
        calls.append(f"ConfigureStack {request.organization}/{request.project}/{request.stack}")
        return protocol.AnalyzerStackConfigureResponse()

    def GetAnalyzerInfo(self, request, context):
        if "GetAnalyzerInfo" not in calls:
            calls.append("GetAnalyzerInfo")
        return protocol.AnalyzerInfo(name="bare", supportsConfig=True, policies=[
            protocol.PolicyInfo(name="told", enforcementLevel=protocol.ADVISORY),
        ])

    def Configure(self, request, context):
        calls.append("Configure")
        return Empty()

    def Remediate(self, request, context):
        response = protocol.RemediateResponse()
        if request.type.startswith("shop:"):
            properties = request.properties
            properties["fixed"] = True
            response.remediations.add(policyName="told", properties=properties)
        return response

    def Analyze(self, request, context):
        response = protocol.AnalyzeResponse()
        if request.type.startswith("shop:"):
            fixed = "fixed" in request.properties.fields
            response.diagnostics.add(
                policyName="told", policyPackName="bare", message=f"seen, fixed: {fixed}"
            )
        return response

    def AnalyzeStack(self, request, context):
        told = {
            "calls": calls,
            "arguments": len(sys.argv),
            "cwd": os.getcwd(),
            "variables": sorted(
                name for name in os.environ
                if name in ("PULUMI_PROJECT", "PULUMI_STACK", "PULUMI_CONFIG", "PULUMI_DRY_RUN")
            ),
        }
        response = protocol.AnalyzeResponse()
        response.diagnostics.add(
            policyName="told", policyPackName="bare", message=json.dumps(told)
        )
        return response


server = grpc.server(futures.ThreadPoolExecutor(1))
add_AnalyzerServicer_to_server(Analyzer(), server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
server.wait_for_termination()
"""


def write(file: Path, source: str = SOURCE) -> Path:
    """Writes an executable that runs on the interpreter of the tests."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!{sys.executable}\n{source}", encoding="utf-8")
    file.chmod(0o755)
    return file
