"""What benchmarks share: a monitor that does nothing, and ratios of two durations."""

import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent import futures
from contextlib import contextmanager

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    provider_pb2,
    resource_pb2,
    resource_pb2_grpc,
)


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


def row(name: str, ratio: float, goal: float | None) -> None:
    """Prints a ratio beside its goal, where there is one."""
    wanted = f"  (goal: at most {goal})" if goal else ""
    sys.stdout.write(f"{name:40} {ratio:5.2f}{wanted}\n")
    sys.stdout.flush()


def paired(first: Callable[[], object], second: Callable[[], object], rounds: int) -> float:
    """The median of the ratios of two durations."""
    return statistics.median(ratios_of(first, second, rounds))


def ratios_of(
    first: Callable[[], object], second: Callable[[], object], rounds: int
) -> Sequence[float]:
    """The ratios of two durations, taken in turns after one round that does not count."""
    return [_seconds(first) / _seconds(second) for _ in range(rounds + 1)][1:]


def _seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start
