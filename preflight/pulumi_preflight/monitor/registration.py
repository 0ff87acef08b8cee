"""One request of the program to register a resource, made the engine's way step by step.

Source: pulumi/pulumi, pkg/resource/deploy/source_eval.go, RegisterResource.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import grpc
from google.protobuf.message import Message
from pulumi.runtime.proto.alias_pb2 import Alias
from pulumi.runtime.proto.callback_pb2 import Callback, CallbackInvokeRequest
from pulumi.runtime.proto.callback_pb2_grpc import CallbacksStub
from pulumi.runtime.proto.resource_pb2 import (
    RegisterResourceHookRequest,
    RegisterResourceRequest,
    ResourceHookRequest,
    ResourceHookResponse,
    ResourceOptions,
    TransformInvokeRequest,
    TransformInvokeResponse,
    TransformRequest,
    TransformResourceOptions,
    TransformResponse,
)

from pulumi_preflight.monitor.providers import provider_type
from pulumi_preflight.monitor.registry import Inherited, Registry
from pulumi_preflight.stack_context import package_of, type_of, urn_of_reference
from pulumi_preflight.wire import (
    LOOPBACK_OPTIONS,
    MARK,
    OUTPUT,
    SECRET,
    UNKNOWN,
    Properties,
    PropertyValue,
    from_struct,
    is_marked,
    mark_of,
    rewrite,
    to_struct,
    without_secret,
)

_Answer = TypeVar("_Answer", bound=Message)


class HookError(Exception):
    """A resource hook failed; the text says which and why."""


class CallbackServer:
    """The program's callback servers, one connection for each."""

    def __init__(self) -> None:
        """Starts without connections."""
        self._channels: dict[str, grpc.Channel] = {}
        self._lock = threading.Lock()
        self._hooks: dict[str, RegisterResourceHookRequest] = {}

    def close(self) -> None:
        """Closes the connections."""
        for channel in self._channels.values():
            channel.close()

    def add_hook(self, request: RegisterResourceHookRequest) -> None:
        """Keeps a hook under its name."""
        self._hooks[request.name] = request

    def transform(self, callback: Callback, request: TransformRequest) -> TransformResponse:
        """Runs one transform of a resource."""
        return self._invoke(callback, request, TransformResponse())

    def transform_invoke(
        self, callback: Callback, request: TransformInvokeRequest
    ) -> TransformInvokeResponse:
        """Runs one transform of a call."""
        return self._invoke(callback, request, TransformInvokeResponse())

    def run_hooks(self, names: Sequence[str], request: ResourceHookRequest) -> None:
        """Runs those of the named hooks that want to run in a preview.

        Raises:
            HookError: A hook failed, or was never registered.
        """
        for name in names:
            hook = self._hooks.get(name)
            if hook is None:
                raise HookError(f"the hook {name!r} was never registered")
            if not hook.on_dry_run:
                continue
            answer = self._invoke(hook.callback, request, ResourceHookResponse())
            if answer.error and not hook.ignore_errors:
                raise HookError(f"the hook {name!r} failed: {answer.error}")

    def _invoke(self, callback: Callback, request: Message, answer: _Answer) -> _Answer:
        stub = CallbacksStub(self._channel(callback.target))
        response = stub.Invoke(
            CallbackInvokeRequest(token=callback.token, request=request.SerializeToString())
        )
        answer.ParseFromString(response.response)
        return answer

    def _channel(self, target: str) -> grpc.Channel:
        with self._lock:
            if target not in self._channels:
                self._channels[target] = grpc.insecure_channel(target, options=LOOPBACK_OPTIONS)
            return self._channels[target]


@dataclass(slots=True, kw_only=True)
class Registration:
    """A resource on its way in; transforms change it."""

    request: RegisterResourceRequest
    options: TransformResourceOptions
    properties: Properties
    property_dependencies: dict[str, set[str]]
    dependencies: set[str]


def read_registration(request: RegisterResourceRequest, registry: Registry) -> Registration:
    """Reads a request; what it leaves open comes from its parent."""
    parent = registry.inherited(request.parent)
    properties = from_struct(request.object)
    dependencies = set(request.dependencies)
    property_dependencies = {
        name: set(entry.urns) for name, entry in request.propertyDependencies.items()
    }
    if not property_dependencies and not request.remote:
        property_dependencies = {name: set(dependencies) for name in properties}
    return Registration(
        request=request,
        options=_options(request, parent, registry),
        properties=properties,
        property_dependencies=property_dependencies,
        dependencies=dependencies,
    )


def _options(
    request: RegisterResourceRequest, parent: Inherited, registry: Registry
) -> TransformResourceOptions:
    options = TransformResourceOptions(
        depends_on=request.dependencies,
        ignore_changes=request.ignoreChanges,
        replace_on_changes=request.replaceOnChanges,
        version=request.version,
        aliases=[*(Alias(urn=urn) for urn in request.aliasURNs), *request.aliases],
        provider=_provider(request, parent, registry),
        plugin_download_url=request.pluginDownloadURL,
        deleted_with=request.deletedWith or parent.deleted_with,
        additional_secret_outputs=request.additionalSecretOutputs,
        providers=request.providers,
        plugin_checksums=request.pluginChecksums,
        hide_diff=request.hideDiffs,
        replace_with=request.replace_with,
    )
    # The field's name is a keyword of Python's.
    setattr(options, "import", request.importId)
    if request.HasField("replacement_trigger"):
        options.replacement_trigger.CopyFrom(request.replacement_trigger)
    if request.HasField("customTimeouts"):
        options.custom_timeouts.CopyFrom(request.customTimeouts)
    if request.HasField("hooks"):
        options.hooks.CopyFrom(request.hooks)
    if request.deleteBeforeReplaceDefined or request.deleteBeforeReplace:
        options.delete_before_replace = request.deleteBeforeReplace
    protect = request.protect if request.HasField("protect") else parent.protect
    if protect is not None:
        options.protect = protect
    retain = request.retainOnDelete if request.HasField("retainOnDelete") else None
    retain = parent.retain_on_delete if retain is None else retain
    if retain is not None:
        options.retain_on_delete = retain
    return options


def _provider(request: RegisterResourceRequest, parent: Inherited, registry: Registry) -> str:
    if request.provider:
        return request.provider
    package = package_of(request.type)
    serves = type_of(urn_of_reference(parent.provider)) if parent.provider else ""
    if serves == provider_type(package):
        return parent.provider
    if not request.custom and not request.remote:
        return parent.provider
    if package in request.providers:
        return request.providers[package]
    return registry.inherited(request.parent).providers.get(package, "")


def run_transforms(
    registration: Registration,
    callbacks: CallbackServer,
    registry: Registry,
    stack_transforms: Iterable[Callback],
) -> None:
    """Runs the resource's own transforms, then those of its parents, then the stack's."""
    request = registration.request
    transforms = [*request.transforms]
    above = request.parent
    while above:
        inherited = registry.inherited(above)
        transforms.extend(inherited.transforms)
        above = inherited.parent
    transforms.extend(stack_transforms)
    if not transforms:
        return
    if request.transforms:
        registration.properties = _with_dependencies(registration)
    for transform in transforms:
        answer = callbacks.transform(
            transform,
            TransformRequest(
                type=request.type,
                name=request.name,
                custom=request.custom,
                parent=request.parent,
                properties=to_struct(registration.properties),
                options=registration.options,
            ),
        )
        if answer.HasField("properties"):
            registration.properties = from_struct(answer.properties)
        if answer.HasField("options"):
            registration.options = answer.options
    if request.transforms:
        _read_dependencies(registration)


def options_for_hooks(registration: Registration) -> ResourceOptions:
    """The options of a resource as its hooks get them.

    Source: pulumi/pulumi, pkg/resource/deploy/resource_options.go.
    """
    options = registration.options
    told = ResourceOptions(
        depends_on=sorted(registration.dependencies),
        protect=options.protect,
        ignore_changes=options.ignore_changes,
        replace_on_changes=options.replace_on_changes,
        provider=options.provider,
        retain_on_delete=options.retain_on_delete,
        deleted_with=options.deleted_with,
        additional_secret_outputs=options.additional_secret_outputs,
        hide_diff=options.hide_diff,
        replace_with=options.replace_with,
        parent=registration.request.parent,
    )
    setattr(told, "import", getattr(options, "import"))
    if options.HasField("custom_timeouts"):
        told.custom_timeouts.CopyFrom(options.custom_timeouts)
    if options.HasField("hooks"):
        told.hooks.CopyFrom(options.hooks)
    return told


def collect_output_dependencies(registration: Registration) -> None:
    """Adds what output values say of their dependencies to the properties' own."""
    if not is_marked(registration.request.object) and not registration.request.transforms:
        return
    for name, value in registration.properties.items():
        found = dependencies_in(value)
        registration.property_dependencies.setdefault(name, set()).update(found)


def _with_dependencies(registration: Registration) -> Properties:
    """Wraps each property into an output value, so that a transform sees what it depends on."""
    return {
        name: _as_output(value, sorted(registration.property_dependencies.get(name, ())))
        for name, value in registration.properties.items()
    }


def _as_output(value: PropertyValue, urns: list[str]) -> PropertyValue:
    if not urns or mark_of(value) == OUTPUT:
        return value
    output: Properties = {MARK: OUTPUT, "dependencies": [*urns]}
    if mark_of(value) == SECRET:
        output["secret"] = True
        value = without_secret(value)
    return output if value == UNKNOWN else output | {"value": value}


def _read_dependencies(registration: Registration) -> None:
    registration.dependencies = set(registration.options.depends_on)
    registration.property_dependencies = {
        name: dependencies_in(value) for name, value in registration.properties.items()
    }
    registration.dependencies.update(*registration.property_dependencies.values())


def dependencies_in(value: PropertyValue) -> set[str]:
    """The URNs that a value's output values depend on."""
    found: set[str] = set()

    def look(marked: dict[str, PropertyValue]) -> PropertyValue:
        urns = marked.get("dependencies")
        if marked[MARK] == OUTPUT and isinstance(urns, list):
            found.update(urn for urn in urns if isinstance(urn, str))
        return marked

    rewrite(value, look)
    return found
