"""Reads existing resources, and what else is known of resources beforehand.

Source of the behaviour: pulumi/pulumi, pkg/resource/deploy/source_eval.go, ReadResource.
"""

from dataclasses import dataclass, replace

from pulumi.runtime.proto.analyzer_pb2 import AnalyzerResourceOptions
from pulumi.runtime.proto.resource_pb2 import (
    ReadResourceRequest,
    ReadResourceResponse,
    RegisterResourceRequest,
)

from pulumi_preflight.model import Positions, RegisteredResource, SourcePosition
from pulumi_preflight.monitor.analysis import struct_as_packs_see
from pulumi_preflight.monitor.assets import hashed
from pulumi_preflight.monitor.providing import Providing
from pulumi_preflight.monitor.refusals import check_read
from pulumi_preflight.monitor.registry import Inherited
from pulumi_preflight.monitor.run import Run
from pulumi_preflight.outputs import Filled, WantedOutputs, with_secrets
from pulumi_preflight.outputs.inventions import Filling
from pulumi_preflight.outputs.memory import Taint
from pulumi_preflight.stack_context import create_urn
from pulumi_preflight.wire import UNKNOWN, Properties, from_struct, to_struct

STACK_REFERENCE = "pulumi:pulumi:StackReference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A resource's names, and the place where the program made it."""

    urn: str
    type: str
    name: str
    parent: str
    position: SourcePosition | None


def identity_of(
    run: Run,
    request: RegisterResourceRequest | ReadResourceRequest,
    position: SourcePosition | None,
) -> Identity:
    """The identity of a resource that is registered or read."""
    project = run.project
    return Identity(
        urn=create_urn(
            stack=project.stack,
            project=project.name,
            parent=request.parent,
            type_=request.type,
            name=request.name,
        ),
        type=request.type,
        name=request.name,
        parent=request.parent,
        position=position,
    )


def stack_outputs(run: Run, name: str, position: SourcePosition | None) -> Properties:
    """The outputs of a reference to another stack."""
    return {
        "name": name,
        "outputs": run.stack_reference(name, position),
        "secretOutputNames": [],
    }


def known_outputs(run: Run, urn: str) -> Properties:
    """The outputs of a resource that `preflight.yaml` gives."""
    overrides = run.project.overrides
    return dict(overrides.outputs_of(urn)) if overrides else {}


def made_up_in(filled: Filled, taint: Taint | None) -> tuple[str, ...]:
    """The properties of a resource that hold something made up, or were left empty."""
    made = {
        name
        for name, filling in filled.fillings.items()
        if filling in (Filling.MADE_UP, Filling.EMPTY)
    }
    made |= {each.property for each in filled.completions}
    return tuple(sorted(made | set(taint.properties if taint else ())))


class Reading:
    """The resources that one run of a program reads."""

    def __init__(self, run: Run, providing: Providing, positions: Positions) -> None:
        """Takes the run that the resources belong to, and its providers."""
        self._run = run
        self._registry = run.registry
        self._positions = positions
        self._providing = providing

    def read(self, request: ReadResourceRequest) -> ReadResourceResponse:
        """Reads an existing resource."""
        check_read(request, self._registry)
        position = self._positions.of_request(request.sourcePosition, request.stackTrace)
        identity = identity_of(self._run, request, position)
        package = self._run.packages.find(
            request.packageRef,
            token=request.type,
            version=request.version,
            url=request.pluginDownloadURL,
        )
        provider = self._providing.reference(package, request.provider, position)
        inputs = hashed(from_struct(request.properties), self._run.project.launch.working_directory)
        filled = self._read(identity, request.id, provider, inputs)
        outputs = with_secrets(filled.outputs, list(request.additionalSecretOutputs))
        shown = replace(filled, outputs=outputs).for_program
        if self._registry.claim(identity.urn, position, identity.parent):
            resource = RegisteredResource(
                urn=identity.urn,
                type=identity.type,
                name=identity.name,
                parent=identity.parent,
                custom=True,
                external=True,
                id=filled.id,
                provider=provider,
                inputs=struct_as_packs_see(inputs),
                outputs=struct_as_packs_see(outputs),
                dependencies=tuple(sorted(request.dependencies)),
                made_up=made_up_in(filled, None),
                options=AnalyzerResourceOptions(
                    additionalSecretOutputs=request.additionalSecretOutputs,
                    customTimeouts=AnalyzerResourceOptions.CustomTimeouts(),
                    parent=request.parent,
                ),
                position=position,
            )
            self._registry.add(resource, Inherited(parent=request.parent))
        return ReadResourceResponse(urn=identity.urn, id=filled.id, properties=to_struct(shown))

    def _read(self, identity: Identity, id_: str, provider: str, inputs: Properties) -> Filled:
        if identity.type == STACK_REFERENCE:
            name = str(inputs.get("name") or id_)
            return Filled(id=id_, outputs=stack_outputs(self._run, name, identity.position))
        if id_ == UNKNOWN:
            return Filled(id="", outputs={})
        return self._run.fill(
            WantedOutputs(
                urn=identity.urn,
                inputs=inputs,
                place=self._providing.place_of(identity.type, provider, inputs),
                id=id_,
                is_read=True,
                known=known_outputs(self._run, identity.urn),
                version=self._providing.version_of(provider),
            )
        )
