"""The ResourceMonitor service: answers what a program registers, reads, invokes and calls.

Source of the behaviour: pulumi/pulumi, pkg/resource/deploy/source_eval.go.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2, resource_pb2, source_pb2
from pulumi.runtime.proto.callback_pb2 import Callback
from pulumi.runtime.proto.resource_pb2_grpc import ResourceMonitorServicer

from pulumi_preflight.errors import PreflightError, ProgramError
from pulumi_preflight.model import Positions
from pulumi_preflight.monitor.analysis import (
    analyze_request,
    message_as_packs_see,
    stack_question,
    stack_request,
)
from pulumi_preflight.monitor.assets import AssetError, hashed
from pulumi_preflight.monitor.declared import Declared
from pulumi_preflight.monitor.invokes import Invokes
from pulumi_preflight.monitor.providing import Providing
from pulumi_preflight.monitor.reading import Reading
from pulumi_preflight.monitor.refusals import RefusedError, check_outputs
from pulumi_preflight.monitor.registration import HookError
from pulumi_preflight.monitor.resources import Resources
from pulumi_preflight.monitor.run import Run
from pulumi_preflight.monitor.services import served_features, serves
from pulumi_preflight.outputs.answers.calls import RefusedCallError
from pulumi_preflight.outputs.names import UnnamedError
from pulumi_preflight.project.go_values import DurationError
from pulumi_preflight.stack_context import is_of_stack
from pulumi_preflight.wire import UNKNOWN, from_struct, is_marked, to_struct

__all__ = ["Monitor", "analyze_request", "stack_question", "stack_request"]

_Request = TypeVar(
    "_Request",
    resource_pb2.RegisterResourceRequest,
    resource_pb2.ReadResourceRequest,
    resource_pb2.RegisterResourceOutputsRequest,
    resource_pb2.ResourceInvokeRequest,
)
_Placed = TypeVar(
    "_Placed",
    resource_pb2.RegisterResourceRequest,
    resource_pb2.ReadResourceRequest,
    resource_pb2.ResourceInvokeRequest,
)
_Response = TypeVar("_Response")

# What tells where the program calls; `program/inside/origins.py` sends it.
_PLACES = "preflight-places-bin"


# The engine, or the provider's Check, would refuse these too.
_REFUSALS = (AssetError, DurationError, HookError, RefusedError, UnnamedError)


class Monitor(ResourceMonitorServicer):
    """Serves one run of a program."""

    def __init__(
        self,
        run: Run,
        positions: Positions,
        on_failure: Callable[[BaseException], None],
        declared: Declared | None = None,
    ) -> None:
        """Takes the run, what to tell of its first error, and what a template declares, if any."""
        self._run = run
        self._declared = declared
        self._positions = positions
        self._on_failure = on_failure
        providing = Providing(run)
        self._resources = Resources(run, providing, positions)
        self._reading = Reading(run, providing, positions)
        self._invokes = Invokes(run, providing, positions)

    def RegisterResource(  # noqa: N802 - the service's name, as below
        self, request: resource_pb2.RegisterResourceRequest, context: grpc.ServicerContext
    ) -> resource_pb2.RegisterResourceResponse:
        """Registers a resource."""
        return self._guarded(self._resources.register, self._placed(request), context)

    def ReadResource(  # noqa: N802
        self, request: resource_pb2.ReadResourceRequest, context: grpc.ServicerContext
    ) -> resource_pb2.ReadResourceResponse:
        """Reads a resource that exists already."""
        return self._guarded(self._reading.read, self._placed(request), context)

    def Invoke(  # noqa: N802
        self, request: resource_pb2.ResourceInvokeRequest, context: grpc.ServicerContext
    ) -> resource_pb2.ResourceInvokeResponse:
        """Calls a function of a provider."""
        return self._guarded(self._answer, self._placed(request), context)

    def _placed(self, request: _Placed) -> _Placed:
        if self._declared is not None:
            self._declared.tell(request)
        return request

    def _answer(
        self, request: resource_pb2.ResourceInvokeRequest
    ) -> resource_pb2.ResourceInvokeResponse:
        try:
            return self._invokes.answer(request)
        except ProgramError as error:
            raise ProgramError(f"{self._where(request)}{error}", hint=error.hint) from error

    def Call(  # noqa: N802
        self, request: resource_pb2.ResourceCallRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.CallResponse:
        """Calls a method of a component; only its plugin knows what it gives."""
        self._run.registry.note(
            f"{request.tok} is a method that its provider's plugin answers: its result is unknown"
        )
        response = provider_pb2.CallResponse()
        # Something must be in it, or the SDK gives the program no object at all.
        result: Struct = getattr(response, "return")
        result["result"] = UNKNOWN
        return response

    def ExistsResource(  # noqa: N802
        self, request: resource_pb2.ExistsResourceRequest, _context: grpc.ServicerContext
    ) -> resource_pb2.ExistsResourceResponse:
        """Says that it is not known whether a resource exists."""
        self._run.registry.note(f"whether {request.type} {request.id} exists is not known offline")
        return resource_pb2.ExistsResourceResponse(unknown=True)

    def RegisterResourceOutputs(  # noqa: N802
        self, request: resource_pb2.RegisterResourceOutputsRequest, context: grpc.ServicerContext
    ) -> Empty:
        """Takes a component's outputs, or the stack's."""
        return self._guarded(self._take_outputs, request, context)

    def _take_outputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> Empty:
        check_outputs(request.urn, self._run.registry)
        outputs = message_as_packs_see(request.outputs)
        if is_marked(outputs):
            outputs = to_struct(
                hashed(from_struct(outputs), self._run.project.launch.working_directory)
            )
        self._run.registry.set_outputs(request.urn, outputs)
        if is_of_stack(request.urn):
            self._run.registry.stack_outputs = outputs
        return Empty()

    def RegisterStackTransform(self, request: Callback, _context: grpc.ServicerContext) -> Empty:  # noqa: N802
        """Takes a transform for all resources that come after it."""
        self._resources.stack_transforms.append(request)
        return Empty()

    def RegisterStackInvokeTransform(  # noqa: N802
        self, request: Callback, _context: grpc.ServicerContext
    ) -> Empty:
        """Takes a transform for all calls that come after it."""
        self._invokes.transforms.append(request)
        return Empty()

    def RegisterResourceHook(  # noqa: N802
        self, request: resource_pb2.RegisterResourceHookRequest, _context: grpc.ServicerContext
    ) -> Empty:
        """Takes a hook."""
        self._run.callbacks.add_hook(request)
        return Empty()

    def RegisterErrorHook(  # noqa: N802
        self, _request: resource_pb2.RegisterErrorHookRequest, _context: grpc.ServicerContext
    ) -> Empty:
        """Does nothing: no operation fails in a preview, so no such hook ever runs."""
        return Empty()

    def RegisterPackage(  # noqa: N802
        self, request: resource_pb2.RegisterPackageRequest, _context: grpc.ServicerContext
    ) -> resource_pb2.RegisterPackageResponse:
        """Takes a package that was made by a parameter, or is pinned to a version."""
        return resource_pb2.RegisterPackageResponse(ref=self._run.packages.register(request))

    def GetDeploymentInfo(  # noqa: N802
        self, _request: Empty, _context: grpc.ServicerContext
    ) -> resource_pb2.DeploymentInfo:
        """Says what runs, and which features there are."""
        project = self._run.project
        return resource_pb2.DeploymentInfo(
            project=project.name,
            stack=project.stack,
            organization=project.organization,
            config={key: value.text for key, value in project.config.items()},
            configSecretKeys=[key for key, value in project.config.items() if value.secret],
            dryRun=True,
            supportedFeatures=served_features(),
        )

    def SupportsFeature(  # noqa: N802
        self, request: resource_pb2.SupportsFeatureRequest, _context: grpc.ServicerContext
    ) -> resource_pb2.SupportsFeatureResponse:
        """The same question, of an older SDK."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=serves(request.id))

    def SignalAndWaitForShutdown(self, _request: Empty, _context: grpc.ServicerContext) -> Empty:  # noqa: N802
        """Lets the program end at once: nothing calls back after it has registered everything."""
        return Empty()

    def _guarded(
        self,
        handle: Callable[[_Request], _Response],
        request: _Request,
        context: grpc.ServicerContext,
    ) -> _Response:
        """Answers a request; an error ends the run, and is told with the program's own line."""
        _add_places(request, context)
        try:
            return handle(request)
        except PreflightError as error:
            self._on_failure(error)
            context.abort(grpc.StatusCode.INTERNAL, str(error))
        except RefusedCallError as error:
            # As in the engine, the program gets an exception, at the line of the call.
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except _REFUSALS as error:
            self._on_failure(ProgramError(f"{self._where(request)}{error}"))
            context.abort(grpc.StatusCode.INTERNAL, str(error))
        except grpc.RpcError as error:
            # A transform or hook raised in the program.
            details = getattr(error, "details", None)
            told = str(details() if details else error)
            self._on_failure(ProgramError(f"{self._where(request)}a transform failed: {told}"))
            context.abort(grpc.StatusCode.INTERNAL, told)
        except Exception as error:
            self._on_failure(error)
            raise

    def _where(self, request: object) -> str:
        position = getattr(request, "sourcePosition", source_pb2.SourcePosition())
        trace = getattr(request, "stackTrace", source_pb2.StackTrace())
        place = self._positions.of_request(position, trace)
        if place is None and (resource := self._run.registry.find(getattr(request, "urn", ""))):
            place = resource.position
        return f"{place.file}:{place.line}: " if place else ""


def _add_places(request: object, context: grpc.ServicerContext) -> None:
    """Puts into a request the places that preflight's part of the program sends beside it."""
    trace = getattr(request, "stackTrace", None)
    if trace is None:
        return
    for key, places in context.invocation_metadata():
        for file, line in json.loads(places) if key == _PLACES else ():
            if Path(file).is_absolute():
                trace.frames.add(pc={"uri": Path(file).as_uri(), "line": line})
