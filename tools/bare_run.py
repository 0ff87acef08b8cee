"""The least that running a Pulumi program costs: the SDK against a monitor that does nothing.

The measure against which `nox -s bench` holds preflight.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    provider_pb2,
    resource_pb2,
    resource_pb2_grpc,
)

# Run by the program's interpreter, as the SDK's own language host does.
PROGRAM = """
import asyncio, runpy, sys
import pulumi, pulumi.runtime
address, project, stack, program = sys.argv[1:]
sys.path.insert(0, program.rpartition("/")[0])
pulumi.runtime.set_all_config(pulumi.runtime.get_config_env(), [])
pulumi.runtime.configure(pulumi.runtime.Settings(
    monitor=address, engine=address, project=project, stack=stack, parallel=16, dry_run=True,
    organization="organization",
))
run = pulumi.runtime.run_in_stack(lambda: runpy.run_path(program, run_name="__main__"))
asyncio.new_event_loop().run_until_complete(run)
"""


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Gives every resource its inputs back as outputs."""

    def GetDeploymentInfo(  # noqa: N802 - the protocol's name, here and below
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> resource_pb2.DeploymentInfo:
        """Says that secrets and references are understood."""
        del request, context
        return resource_pb2.DeploymentInfo()

    def SupportsFeature(  # noqa: N802
        self, request: resource_pb2.SupportsFeatureRequest, context: grpc.ServicerContext
    ) -> resource_pb2.SupportsFeatureResponse:
        """Supports all that costs nothing."""
        del context
        known = {"secrets", "resourceReferences", "outputValues", "aliasSpecs"}
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in known)

    def RegisterPackage(  # noqa: N802
        self, request: resource_pb2.RegisterPackageRequest, context: grpc.ServicerContext
    ) -> resource_pb2.RegisterPackageResponse:
        """Takes any package."""
        del context
        return resource_pb2.RegisterPackageResponse(ref=request.name)

    def RegisterStackTransform(  # noqa: N802
        self, request: resource_pb2.RegisterResourceRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Forgets the transform."""
        del request, context
        return empty_pb2.Empty()

    def RegisterResource(  # noqa: N802
        self, request: resource_pb2.RegisterResourceRequest, context: grpc.ServicerContext
    ) -> resource_pb2.RegisterResourceResponse:
        """Echoes."""
        del context
        urn = f"urn:pulumi:bench::bench::{request.type}::{request.name}"
        identity = request.name if request.custom else ""
        return resource_pb2.RegisterResourceResponse(urn=urn, id=identity, object=request.object)

    def RegisterResourceOutputs(  # noqa: N802
        self, request: resource_pb2.RegisterResourceOutputsRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Forgets the outputs."""
        del request, context
        return empty_pb2.Empty()

    def Invoke(  # noqa: N802
        self, request: resource_pb2.ResourceInvokeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.InvokeResponse:
        """Knows nothing."""
        del request, context
        return provider_pb2.InvokeResponse()

    def SignalAndWaitForShutdown(  # noqa: N802
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Waits for nothing."""
        del request, context
        return empty_pb2.Empty()


class Engine(engine_pb2_grpc.EngineServicer):
    """Takes the logs."""

    def Log(  # noqa: N802
        self, request: engine_pb2.LogRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Forgets them."""
        del request, context
        return empty_pb2.Empty()


@contextmanager
def bare_monitor() -> Iterator[str]:
    """Serves the monitor that does nothing, on a free port; gives its address."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=32))
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(Monitor(), server)
    engine_pb2_grpc.add_EngineServicer_to_server(Engine(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()


def run_bare(
    address: str, program: Path, *, project: str, stack: str, config: Mapping[str, str]
) -> None:
    """Runs a program against the monitor.

    Raises:
        subprocess.CalledProcessError: The program failed.
    """
    environment = dict(os.environ, PULUMI_CONFIG=json.dumps(dict(config)))
    command = [sys.executable, "-u", "-c", PROGRAM, address, project, stack, str(program)]
    subprocess.run(command, cwd=program.parent, env=environment, check=True, capture_output=True)
