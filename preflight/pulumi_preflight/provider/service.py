"""The ResourceProvider service: what the engine asks of a provider, on any backend.

Source: pulumi/pulumi, proto/pulumi/provider.proto, and pulumi-terraform-bridge for what the AWS
provider does beyond it.
"""

import json
from collections.abc import Callable
from typing import TypeVar

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import plugin_pb2, provider_pb2
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderServicer

from pulumi_preflight.changes.differences import differences
from pulumi_preflight.errors import PreflightError
from pulumi_preflight.outputs import Outputs, WantedOutputs, with_secrets
from pulumi_preflight.outputs.answers import Answers
from pulumi_preflight.outputs.answers.calls import Call, RefusedCallError
from pulumi_preflight.outputs.names import Proposal, UnnamedError, with_proposed_name
from pulumi_preflight.outputs.package_schemas import schema_of
from pulumi_preflight.outputs.regions import (
    DEFAULT_REGION,
    account_in,
    default_tags_in,
    region_in,
    with_default_tags,
)
from pulumi_preflight.outputs.shapes import Shape, Shapes, with_documents_as_text
from pulumi_preflight.outputs.subject import Place
from pulumi_preflight.provider.backend import Backend, BackendError, Calls, ProvidedResource
from pulumi_preflight.provider.differences import provider_diff, resource_diff
from pulumi_preflight.stack_context import name_of, type_of
from pulumi_preflight.wire import (
    Properties,
    from_struct,
    to_struct,
    without_secret,
)

_Answer = TypeVar("_Answer")
# The AWS provider puts this into all inputs that it has checked; the engine hides it from rules.
_CHECKED = "__defaults"
_NEWER_THAN_ANY = "9999.0.0"
_PACKAGE = "aws"


class Provider(ResourceProviderServicer):
    """Serves every package that the engine sends here, for as many providers as it makes."""

    def __init__(self, shapes: Shapes, backend: Backend, calls: Calls) -> None:
        """Takes the SDKs' classes, what carries things out, and where to note the calls."""
        self._shapes = shapes
        self._backend = backend
        self._calls = calls
        filled_in = Outputs(shapes, keep_unknowns=False)
        self._answers = Answers(shapes, filled_in)
        self._planned = Outputs(shapes, keep_unknowns=True)
        # The engine gives each of its providers a connection, and says on no call which it is.
        self._settings: dict[str, Properties] = {}

    def Handshake(  # noqa: N802 - the service's name, as below
        self, _request: provider_pb2.ProviderHandshakeRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        """Names the features that this provider understands: secrets and proposed names.

        References arrive as ids, as with the AWS provider.
        """
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, supports_autonaming_configuration=True
        )

    def Attach(self, _request: plugin_pb2.PluginAttach, _context: grpc.ServicerContext) -> Empty:  # noqa: N802
        """Takes the engine's address, for which there is no use."""
        return Empty()

    def GetPluginInfo(  # noqa: N802
        self, _request: Empty, _context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        """Names a version that no SDK finds too old: this serves whatever is asked of it."""
        return plugin_pb2.PluginInfo(version=_NEWER_THAN_ANY)

    def GetSchema(  # noqa: N802
        self, request: provider_pb2.GetSchemaRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        """The schema of AWS, for a language host: a request names no package."""
        schema = schema_of(_PACKAGE, str(request.version or ""), None)
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema and schema.content))

    def Parameterize(  # noqa: N802
        self, request: provider_pb2.ParameterizeRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.ParameterizeResponse:
        """Becomes the package that a parameter makes of this one; it is served like any other."""
        package = request.value
        return provider_pb2.ParameterizeResponse(name=package.name, version=package.version)

    def CheckConfig(  # noqa: N802
        self, request: provider_pb2.CheckRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Takes every configuration."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(  # noqa: N802
        self, request: provider_pb2.DiffRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        """Tells what changed; no change of a provider replaces what it made."""
        return provider_diff(request)

    def Configure(  # noqa: N802
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        """Takes the configuration of the provider that this connection belongs to."""
        self._settings[context.peer()] = from_struct(request.args)
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    def Check(  # noqa: N802
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Gives the inputs back: documents as text, and what the provider adds."""
        shape = self._shapes.resource(type_of(request.urn)) or ()
        tags = default_tags_in(self._settings.get(context.peer(), {}))
        given = with_documents_as_text(from_struct(request.news), shape)
        inputs = with_default_tags(given, tags, shape)
        named: Properties = {}
        if request.HasField("autonaming"):
            try:
                named = _name(request, inputs, shape)
            except UnnamedError as error:
                failure = provider_pb2.CheckFailure(reason=str(error))
                return provider_pb2.CheckResponse(inputs=request.news, failures=[failure])
        checked = to_struct({_CHECKED: [*named], **inputs, **named})
        return provider_pb2.CheckResponse(inputs=checked)

    def Diff(  # noqa: N802
        self, request: provider_pb2.DiffRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        """Tells what changed, and whether the resource must be replaced for it."""
        if _CHECKED not in request.old_inputs.fields:
            # Read for an import: it is taken to be as the program describes it.
            return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)
        return resource_diff(request, type_of(request.urn))

    def Create(  # noqa: N802
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        """Creates a resource; in a preview, all that only a deployment knows is unknown."""
        self._calls.add("Create", request.urn, preview=request.preview)
        resource = self._resource(request.urn, request.properties, context)
        if request.preview:
            return provider_pb2.CreateResponse(
                properties=self._told(resource, self._plan(resource))
            )
        filled = _guarded(lambda: self._backend.create(resource), context)
        return provider_pb2.CreateResponse(
            id=filled.id, properties=self._told(resource, filled.outputs)
        )

    def Read(  # noqa: N802
        self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ReadResponse:
        """Reads a resource; an empty answer says that it is gone."""
        self._calls.add("Read", request.urn, preview=False)
        resource = self._resource(
            request.urn, request.inputs, context, id_=request.id, outputs=request.properties
        )
        filled = _guarded(lambda: self._backend.read(resource), context)
        if filled is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=filled.id,
            inputs=to_struct(_inputs_now(resource, filled.outputs)),
            properties=self._told(resource, filled.outputs),
        )

    def Update(  # noqa: N802
        self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
        """Changes a resource; in a preview, what is not changed stays as it is known."""
        self._calls.add("Update", request.urn, preview=request.preview)
        resource = self._resource(
            request.urn, request.news, context, id_=request.id, outputs=request.olds
        )
        if request.preview:
            plan = self._plan(resource)
            known = {name: value for name, value in resource.outputs.items() if name in plan}
            outputs = plan | known | self._given(resource, plan)
        else:
            outputs = _guarded(lambda: self._backend.update(resource), context)
        return provider_pb2.UpdateResponse(properties=self._told(resource, outputs))

    def Delete(  # noqa: N802
        self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext
    ) -> Empty:
        """Deletes a resource."""
        self._calls.add("Delete", request.urn, preview=False)
        resource = self._resource(
            request.urn, request.old_inputs, context, id_=request.id, outputs=request.properties
        )
        _guarded(lambda: self._backend.delete(resource), context)
        return Empty()

    def Invoke(  # noqa: N802
        self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.InvokeResponse:
        """Answers a data source."""
        self._calls.add("Invoke", request.tok, preview=False)
        arguments = from_struct(request.args)
        settings = self._settings.get(context.peer(), {})
        call = Call(
            request.tok,
            {name: without_secret(value) for name, value in arguments.items()},
            Place(
                region=region_in(arguments, settings) or DEFAULT_REGION,
                known_account=account_in(settings),
            ),
            default_tags=default_tags_in(settings),
            is_made_up=lambda text: self._answers.made_up(text) is not None,
        )
        answer = _guarded(lambda: self._answers.of(call, {}).outputs, context)
        response = provider_pb2.InvokeResponse()
        # The field's name is a keyword of Python's.
        result: Struct = getattr(response, "return")
        result.CopyFrom(to_struct(answer))
        return response

    def Cancel(self, _request: Empty, _context: grpc.ServicerContext) -> Empty:  # noqa: N802
        """Does nothing: no call takes long."""
        return Empty()

    def _resource(
        self,
        urn: str,
        inputs: Struct,
        context: grpc.ServicerContext,
        *,
        id_: str = "",
        outputs: Struct | None = None,
    ) -> ProvidedResource:
        return ProvidedResource(
            urn=urn,
            inputs=from_struct(inputs),
            settings=self._settings.get(context.peer(), {}),
            id=id_,
            outputs=from_struct(outputs) if outputs is not None else {},
        )

    def _plan(self, resource: ProvidedResource) -> Properties:
        wanted = WantedOutputs(urn=resource.urn, inputs=resource.inputs, place=resource.place)
        return self._planned.of_resource(wanted).outputs

    def _told(self, resource: ProvidedResource, outputs: Properties) -> Struct:
        """Outputs as the engine gets them, with those marked that are secret in themselves."""
        return to_struct(with_secrets(outputs, self._shapes.sensitive(resource.type)))

    def _given(self, resource: ProvidedResource, plan: Properties) -> Properties:
        return {name: value for name, value in plan.items() if name in resource.inputs}


def _name(request: provider_pb2.CheckRequest, inputs: Properties, shape: Shape) -> Properties:
    """The engine's proposed name, by its property; a name that was made before stays."""
    options, type_ = request.autonaming, type_of(request.urn)
    enforced = options.mode == provider_pb2.CheckRequest.AutonamingOptions.ENFORCE
    proposal = Proposal(name=options.proposed_name, enforced=enforced, fixed=False)
    named = with_proposed_name(type_, name_of(request.urn), inputs, shape, proposal)
    before = from_struct(request.olds)
    made = before.get(_CHECKED)
    return {
        name: before[name] if isinstance(made, list) and name in made else named[name]
        for name in named.keys() - inputs.keys()
    }


def _inputs_now(resource: ProvidedResource, outputs: Properties) -> Properties:
    """The inputs that would make a resource as it is now: those that drifted have new values."""
    drifted = {str(each.path[0]) for each in differences(resource.outputs, outputs)}
    return {
        name: outputs[name] if name in drifted and name in outputs else value
        for name, value in resource.inputs.items()
    }


def _guarded(act: Callable[[], _Answer], context: grpc.ServicerContext) -> _Answer:
    """Carries out what the engine asked; a refusal is an error of the resource alone."""
    try:
        return act()
    except (BackendError, PreflightError, RefusedCallError) as error:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
