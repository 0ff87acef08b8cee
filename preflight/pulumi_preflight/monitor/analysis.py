"""What packs are asked, made out of registered resources exactly as the engine does.

Source: pulumi/pulumi, pkg/resource/deploy/step_generator.go (analyzeAll, AnalyzeResources) and
pkg/resource/plugin/analyzer_plugin.go.
"""

from functools import cache

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto.analyzer_pb2 import (
    AnalyzeRequest,
    AnalyzerPropertyDependencies,
    AnalyzerProviderResource,
    AnalyzerResource,
    AnalyzeStackRequest,
)

from pulumi_preflight.model import Deployment, RegisteredResource
from pulumi_preflight.stack_context import urn_of_reference
from pulumi_preflight.wire import (
    Properties,
    from_struct,
    is_marked,
    to_struct,
    without_internal,
    without_outputs,
    without_references,
)


def analyze_request(
    resource: RegisteredResource, provider: RegisteredResource | None
) -> AnalyzeRequest:
    """Asks for the judgement of one resource's inputs.

    Args:
        resource: The resource.
        provider: The provider that manages it, `None` for components and providers.
    """
    return AnalyzeRequest(
        type=resource.type,
        properties=resource.inputs,
        urn=resource.urn,
        name=resource.name,
        options=resource.options,
        provider=_provider(provider),
    )


def stack_request(deployment: Deployment, *, with_read: bool = False) -> AnalyzeStackRequest:
    """Asks for the judgement of all resources together, by their outputs.

    The stack, providers and components are among them. Resources that were only read are not, but
    `with_read`, as where a state is judged.
    """
    resources = {resource.urn: resource for resource in deployment.resources}

    @cache
    def provider_of(reference: str) -> AnalyzerProviderResource | None:
        return _provider(resources.get(urn_of_reference(reference)))

    return AnalyzeStackRequest(
        resources=[
            _stack_resource(resource, provider_of(resource.provider))
            for resource in deployment.resources
            if with_read or not resource.external
        ]
    )


def as_packs_see(properties: Properties) -> Properties:
    """Gives properties without output values and references, which packs never get."""
    return {name: without_references(without_outputs(value)) for name, value in properties.items()}


def struct_as_packs_see(properties: Properties) -> Struct:
    """The same as a message."""
    message = to_struct(properties)
    return to_struct(as_packs_see(properties)) if is_marked(message) else message


def message_as_packs_see(message: Struct) -> Struct:
    """The same for a message that the program sent."""
    return to_struct(as_packs_see(from_struct(message))) if is_marked(message) else message


def _stack_resource(
    resource: RegisteredResource, provider: AnalyzerProviderResource | None
) -> AnalyzerResource:
    return AnalyzerResource(
        type=resource.type,
        properties=without_internal(resource.outputs),
        urn=resource.urn,
        name=resource.name,
        options=resource.options,
        provider=provider,
        parent=resource.parent,
        dependencies=resource.dependencies,
        propertyDependencies={
            name: AnalyzerPropertyDependencies(urns=urns)
            for name, urns in resource.property_dependencies.items()
            if urns
        },
    )


def _provider(provider: RegisteredResource | None) -> AnalyzerProviderResource | None:
    if provider is None:
        return None
    return AnalyzerProviderResource(
        type=provider.type,
        properties=without_internal(provider.inputs),
        urn=provider.urn,
        name=provider.name,
    )
