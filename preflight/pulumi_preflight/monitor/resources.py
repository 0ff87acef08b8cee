"""Registers resources: URN, provider, inputs, judgement, outputs.

Source of the behaviour: pulumi/pulumi, pkg/resource/deploy/{source_eval,step_generator}.go.
"""

from dataclasses import replace

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto.analyzer_pb2 import AnalyzerResourceOptions
from pulumi.runtime.proto.callback_pb2 import Callback
from pulumi.runtime.proto.resource_pb2 import (
    RegisterResourceRequest,
    RegisterResourceResponse,
    ResourceHookRequest,
)

from pulumi_preflight.changes.comparing import Operation, outputs_that_stay
from pulumi_preflight.model import Positions, RegisteredResource, SourcePosition
from pulumi_preflight.monitor.analysis import analyze_request, struct_as_packs_see
from pulumi_preflight.monitor.assets import hashed
from pulumi_preflight.monitor.providers import Package
from pulumi_preflight.monitor.providing import Providing
from pulumi_preflight.monitor.reading import (
    STACK_REFERENCE,
    Identity,
    identity_of,
    known_outputs,
    made_up_in,
    stack_outputs,
)
from pulumi_preflight.monitor.refusals import check_registration
from pulumi_preflight.monitor.registration import (
    Registration,
    collect_output_dependencies,
    options_for_hooks,
    read_registration,
    run_transforms,
)
from pulumi_preflight.monitor.registry import Inherited
from pulumi_preflight.monitor.run import Run
from pulumi_preflight.outputs import Filled, WantedOutputs, with_secrets
from pulumi_preflight.outputs.memory import Taint
from pulumi_preflight.outputs.names import Proposal, proposal_for
from pulumi_preflight.project.go_values import seconds
from pulumi_preflight.stack_context import STACK_TYPE, is_provider_type, urn_of_reference
from pulumi_preflight.wire import (
    Properties,
    from_struct,
    is_marked,
    to_struct,
    without_outputs,
    without_references,
    without_secret,
)

_STASH = "pulumi:index:Stash"


class Resources:
    """The resources of one run of a program."""

    def __init__(self, run: Run, providing: Providing, positions: Positions) -> None:
        """Takes the run that they belong to, and its providers."""
        self._run = run
        self._registry = run.registry
        self._positions = positions
        self._providing = providing
        self.stack_transforms: list[Callback] = []

    def register(self, request: RegisterResourceRequest) -> RegisterResourceResponse:
        """Registers a resource.

        Raises:
            AssetError: A file that the resource names cannot be read.
            HookError: One of its hooks failed.
            RefusedError: The engine would stop at this resource.
            UnnamedError: The resource needs a name and gets none.
            PreflightError: A pack failed while it judged the resource.
        """
        parent = self._registry.find(request.parent)
        # Nobody writes the stack itself: the SDK makes it.
        position = (
            None
            if request.type == STACK_TYPE
            else self._positions.of_request(
                request.sourcePosition,
                request.stackTrace,
                parent=parent.position if parent else None,
            )
        )
        registration = read_registration(request, self._registry)
        run_transforms(
            registration, self._run.callbacks, self._registry, list(self.stack_transforms)
        )
        collect_output_dependencies(registration)
        check_registration(registration, self._registry)
        identity = identity_of(self._run, request, position)
        provider = self._provider(registration, position)
        given = hashed(self._inputs(registration), self._run.project.launch.working_directory)
        proposal = self._proposal(identity, registration)
        inputs = self._run.outputs.checked(
            identity.urn,
            given,
            default_tags=self._providing.default_tags(provider),
            proposal=None if is_provider_type(identity.type) else proposal,
            version=self._providing.version_of(provider),
        )
        inherited = self._inherited(registration, provider)
        resource = RegisteredResource(
            urn=identity.urn,
            type=identity.type,
            name=identity.name,
            parent=identity.parent,
            custom=request.custom,
            remote=request.remote,
            provider="" if request.remote else provider,
            inputs=struct_as_packs_see(inputs),
            outputs=Struct(),
            dependencies=tuple(sorted(registration.dependencies)),
            property_dependencies={
                name: tuple(sorted(urns))
                for name, urns in sorted(registration.property_dependencies.items())
            },
            options=_options(registration),
            retain_on_delete=registration.options.retain_on_delete,
            deleted_with=registration.options.deleted_with,
            replace_with=tuple(registration.options.replace_with),
            replace_on_changes=tuple(registration.options.replace_on_changes),
            aliases=tuple(registration.options.aliases),
            added=tuple(sorted(inputs.keys() - given.keys())),
            position=position,
        )
        if not self._registry.claim(identity.urn, position, identity.parent):
            filled = self._fill(registration, resource, inputs)
            return _response(identity.urn, filled)
        return self._create(registration, resource, inputs, inherited)

    def _create(
        self,
        registration: Registration,
        resource: RegisteredResource,
        inputs: Properties,
        inherited: Inherited,
    ) -> RegisterResourceResponse:
        manager = self._registry.find(urn_of_reference(resource.provider))
        taint = self._run.inventions.taint_of(resource.urn, inputs, resource.property_dependencies)
        if taint is not None:
            self._run.inventions.keep(resource.urn, taint)
        judged = self._run.check(analyze_request(resource, manager), taint)
        if judged != resource.inputs:
            inputs = from_struct(judged)
        hooks = registration.options.hooks
        asked = ResourceHookRequest(
            urn=resource.urn,
            name=resource.name,
            type=resource.type,
            new_inputs=judged,
            new_options=options_for_hooks(registration),
        )
        self._run.callbacks.run_hooks(hooks.before_create, asked)
        there = self._deployed(resource, judged, taint)
        filled = self._fill(registration, resource, inputs, there)
        outputs = struct_as_packs_see(filled.outputs)
        registered = replace(
            resource,
            id=filled.id,
            inputs=judged,
            outputs=outputs,
            made_up=made_up_in(filled, taint),
        )
        self._registry.add(registered, inherited)
        if resource.custom:
            asked.id = filled.id
            asked.new_outputs.CopyFrom(outputs)
            self._run.callbacks.run_hooks(hooks.after_create, asked)
        return _response(resource.urn, filled)

    def _deployed(
        self, resource: RegisteredResource, inputs: Struct, taint: Taint | None
    ) -> Properties:
        """What is known of a resource that is deployed and stays, as the engine's preview has it.

        Source: pulumi/pulumi, pkg/resource/deploy/step.go (SameStep, UpdateStep).
        """
        deployed = self._run.deployed
        if deployed is None:
            return {}
        made_up = taint.properties if taint else ()
        change = deployed.of(replace(resource, inputs=inputs, made_up=tuple(made_up)))
        old = deployed.old(resource.urn)
        if old is None or not resource.custom or is_provider_type(resource.type):
            return {}
        if change.operation in (Operation.CREATE, Operation.REPLACE):
            return {}
        return outputs_that_stay(old, from_struct(inputs), is_same=not change.properties)

    def _proposal(self, identity: Identity, registration: Registration) -> Proposal | None:
        """The engine's proposed name; where it is fixed, the old resource goes before the new."""
        if not registration.request.custom:
            return None
        naming = self._run.project.autonaming.of(identity.type)
        proposal = proposal_for(identity.urn, naming)
        if proposal is not None and proposal.fixed:
            registration.options.delete_before_replace = True
        return proposal

    def _inputs(self, registration: Registration) -> Properties:
        request = registration.request
        inputs = registration.properties
        if is_marked(request.object) or request.transforms or self.stack_transforms:
            inputs = {name: without_outputs(value) for name, value in inputs.items()}
        if not is_provider_type(request.type):
            return inputs
        package = Package(
            name=request.type.rpartition(":")[2],
            version=registration.options.version,
            url=registration.options.plugin_download_url,
        )
        if request.packageRef:
            package = self._run.packages.find(
                request.packageRef, token=request.type, version="", url=""
            )
        return inputs | package.inputs()

    def _inherited(self, registration: Registration, provider: str) -> Inherited:
        request, options = registration.request, registration.options
        providers = dict(options.providers)
        if not request.custom:
            providers = {**self._registry.inherited(request.parent).providers, **providers}
        return Inherited(
            parent=request.parent,
            provider=provider,
            providers=providers,
            protect=options.protect if options.HasField("protect") else None,
            retain_on_delete=(
                options.retain_on_delete if options.HasField("retain_on_delete") else None
            ),
            deleted_with=options.deleted_with,
            transforms=tuple(request.transforms),
        )

    def _provider(self, registration: Registration, position: SourcePosition | None) -> str:
        request, options = registration.request, registration.options
        if is_provider_type(request.type) or not (request.custom or request.remote):
            return ""
        package = self._run.packages.find(
            request.packageRef,
            token=request.type,
            version=options.version,
            url=options.plugin_download_url,
        )
        return self._providing.reference(package, options.provider, position)

    def _fill(
        self,
        registration: Registration,
        resource: RegisteredResource,
        inputs: Properties,
        there: Properties | None = None,
    ) -> Filled:
        request = registration.request
        if request.remote:
            self._run.note_remote(resource)
            return Filled(id="", outputs={})
        if not request.custom:
            return Filled(id="", outputs={})
        if is_provider_type(request.type):
            filled = self._providing.state(resource.urn, resource.type, inputs)
        elif request.type == STACK_REFERENCE:
            name = str(without_secret(inputs.get("name")) or resource.name)
            outputs = stack_outputs(self._run, name, resource.position)
            filled = Filled(id=name, outputs=outputs)
        elif request.type == _STASH:
            value = inputs.get("input")
            filled = Filled(id=resource.name, outputs={"input": value, "output": value})
        else:
            flat = {name: without_references(value) for name, value in inputs.items()}
            filled = self._run.fill(
                WantedOutputs(
                    urn=resource.urn,
                    inputs=flat,
                    place=self._providing.place_of(resource.type, resource.provider, flat),
                    id=getattr(registration.options, "import"),
                    known=(there or {}) | known_outputs(self._run, resource.urn),
                    version=self._providing.version_of(resource.provider),
                )
            )
        secrets = list(registration.options.additional_secret_outputs)
        return replace(filled, outputs=with_secrets(filled.outputs, secrets))


def _response(urn: str, filled: Filled) -> RegisterResourceResponse:
    return RegisterResourceResponse(urn=urn, id=filled.id, object=to_struct(filled.for_program))


def _options(registration: Registration) -> AnalyzerResourceOptions:
    # Aliases are left out: the engine names only those that matched a resource of an older state.
    options = registration.options
    timeouts = options.custom_timeouts
    return AnalyzerResourceOptions(
        protect=options.protect,
        ignoreChanges=options.ignore_changes,
        deleteBeforeReplace=options.delete_before_replace,
        deleteBeforeReplaceDefined=options.HasField("delete_before_replace"),
        additionalSecretOutputs=options.additional_secret_outputs,
        customTimeouts=AnalyzerResourceOptions.CustomTimeouts(
            **{
                name: seconds(text)
                for name in ("create", "update", "delete")
                if (text := getattr(timeouts, name))
            }
        ),
        parent=registration.request.parent,
    )
