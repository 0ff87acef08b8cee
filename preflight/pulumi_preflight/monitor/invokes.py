"""Answers data sources: computed where they are pure, else made up.

What is made up decides how many resources a program has (two zones or three), so each function
that is answered so leaves a note, and `preflight.yaml` can say better.
"""

from collections.abc import Callable

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto.callback_pb2 import Callback
from pulumi.runtime.proto.resource_pb2 import (
    ResourceInvokeRequest,
    ResourceInvokeResponse,
    TransformInvokeOptions,
    TransformInvokeRequest,
)

from pulumi_preflight.errors import ProgramError
from pulumi_preflight.model import Positions, SourcePosition
from pulumi_preflight.monitor.assets import hashed
from pulumi_preflight.monitor.providing import Providing
from pulumi_preflight.monitor.refusals import check_provider
from pulumi_preflight.monitor.registration import dependencies_in
from pulumi_preflight.monitor.run import Run
from pulumi_preflight.monitor.unknowns import answer_way, output_way
from pulumi_preflight.outputs.answers import (
    ANSWERS,
    Answered,
    Answers,
    NotKnownOfflineError,
    short,
)
from pulumi_preflight.outputs.answers.aws import ASSUMED, CALLER
from pulumi_preflight.outputs.answers.calls import Call
from pulumi_preflight.outputs.inventions import OF_NO_OWNER, Filling, Invented, Origin
from pulumi_preflight.stack_context import is_urn, member_of, name_of, package_of
from pulumi_preflight.wire import (
    UNKNOWN,
    Properties,
    PropertyValue,
    from_struct,
    has_unknown,
    to_struct,
    without_outputs,
    without_secret,
)

# The one part of an answer that nobody knows; the runner for Node looks for it.
_UNKNOWN_PART = "preflight: unknown"


class Invokes:
    """The functions that one run of a program calls."""

    def __init__(self, run: Run, providing: Providing, positions: Positions) -> None:
        """Takes the run that the calls belong to, its providers, and what tells places."""
        self._run = run
        self._providing = providing
        self._positions = positions
        self._answers = Answers(run.shapes, run.outputs)
        self.transforms: list[Callback] = []

    def answer(self, request: ResourceInvokeRequest) -> ResourceInvokeResponse:
        """Answers a call; the result is unknown while a resource that it depends on is not made.

        Raises:
            ProgramError: The function cannot be answered; the text says how the user can answer it.
            RefusedCallError: The provider would refuse the call.
            RefusedError: The engine would stop at the call.
        """
        place = self._positions.of_request(request.sourcePosition, request.stackTrace)
        given, options = self._transformed(request)
        package = self._run.packages.find(
            request.packageRef,
            token=request.tok,
            version=options.version,
            url=options.plugin_download_url,
        )
        check_provider(options.provider, f"the call of {request.tok}", self._run.registry)
        # A call needs a provider like a resource does, so it may be the first to need it.
        provider = self._providing.reference(package, options.provider, None)
        needed = set(request.dependsOn).union(*map(dependencies_in, given.values()))
        arguments = {name: without_outputs(value) for name, value in given.items()}
        if self._run.registry.lacks(needed) or has_unknown(arguments):
            return _unknown()
        response = ResourceInvokeResponse()
        # The field's name is a keyword in Python.
        result: Struct = getattr(response, "return")
        try:
            result.CopyFrom(self._answered(request.tok, arguments, provider, place))
        except NotKnownOfflineError as error:
            self._run.unknown_answers.add(request.tok)
            self._run.registry.note(
                f"{error}, so its result is unknown, and resources that the program makes of it "
                "were not judged; preflight.yaml can give the answer under invokes",
                place,
            )
            return _unknown()
        return response

    def _answered(
        self,
        token: str,
        arguments: Properties,
        provider: str,
        position: SourcePosition | None,
    ) -> Struct:
        if token in _BUILTIN:
            return to_struct(_BUILTIN[token](self, arguments))
        call = Call(
            token,
            {name: without_secret(value) for name, value in arguments.items()},
            self._providing.place_of(token, provider, arguments),
            default_tags=self._providing.default_tags(provider),
            is_made_up=lambda text: self._origin_of(text) is not None,
            folder=self._run.project.launch.working_directory,
        )
        self._run.calls.append((token, call.arguments))
        overrides = self._run.project.overrides
        known = dict(overrides.result_of(token, call.arguments)) if overrides else {}
        answered = self._answers.of(call, known, self._providing.version_of(provider))
        self._learn(call, known, answered)
        if answered.refused and not known:
            self._note_refused(call, answered.refused, position)
        elif not known:
            self._note(call, answered)
        return to_struct(answered.outputs)

    def _transformed(
        self, request: ResourceInvokeRequest
    ) -> tuple[Properties, TransformInvokeOptions]:
        arguments = request.args
        options = TransformInvokeOptions(
            provider=request.provider
            or self._providing.of_parent(request.parent, package_of(request.tok)),
            version=request.version,
            plugin_download_url=request.pluginDownloadURL,
            plugin_checksums=request.pluginChecksums,
        )
        for transform in self.transforms:
            answer = self._run.callbacks.transform_invoke(
                transform,
                TransformInvokeRequest(token=request.tok, args=arguments, options=options),
            )
            if answer.HasField("args"):
                arguments = answer.args
            if answer.HasField("options"):
                options = answer.options
        return hashed(from_struct(arguments), self._run.project.launch.working_directory), options

    def _learn(self, call: Call, known: Properties, answered: Answered) -> None:
        """Keeps what the answer has that nobody gave."""
        outputs = answered.outputs
        follows = {name: outputs[name] for name in answered.follows}
        given = call.arguments | known | follows | {"account": call.place.known_account}
        fillings = {
            name: Filling.FOLLOWS if name in follows else Filling.MADE_UP
            for name in outputs
            if name not in call.arguments and name not in known
        }
        self._run.inventions.learn(
            Invented(urn=call.token, outputs=outputs, fillings=fillings, given=given)
        )
        if Filling.MADE_UP in fillings.values():
            self._run.made_up_answers[call.token] = known | follows

    def _origin_of(self, text: str) -> Origin | None:
        """Where a text comes from that is made up, or holds something that is."""
        found = self._run.inventions.origins_in(text) - OF_NO_OWNER
        return self._answers.made_up(text) or min(found, default=None)

    def _note_refused(self, call: Call, text: str, position: SourcePosition | None) -> None:
        """Says which made-up value a call cannot work with."""
        origin = self._origin_of(text) or Origin(call.token, "the answer")
        if is_urn(origin.urn):
            whose = name_of(origin.urn)
            way = output_way(origin.urn, origin.property, self._run.registry)
        else:
            whose, way = f"the answer of {member_of(origin.urn)}", answer_way(origin.urn)
        given = f"{origin.property} of {whose}"
        told = f"{given}, which preflight made up and the provider would refuse, so the result may "
        if not self._run.inventions.origins_in(text) - OF_NO_OWNER:
            # The program may have the same text of its own.
            told = (
                f"{text!r}, which the provider would refuse; where that is {given}, which "
                "preflight made up, the result may "
            )
        self._run.registry.note(
            f"{member_of(call.token)} was given {told}have any form; preflight.yaml can give the "
            f"real value: {way}",
            position,
        )

    def _note(self, call: Call, answered: Answered) -> None:
        made_up = [
            value
            for name, value in answered.outputs.items()
            if name not in call.arguments and name not in answered.follows
        ]
        if short(call.token) == CALLER:
            if not call.place.account_known:
                self._run.registry.note(
                    f"getCallerIdentity was answered: account {call.place.account}, which nobody "
                    "told; preflight.yaml can give the real one under account"
                )
            return
        if not made_up:
            return
        member = member_of(call.token)
        said = ASSUMED.get(member) if short(call.token) in ANSWERS else None
        what = f": {said.format(place=call.place)}" if said else " with made-up values"
        # A program makes one resource for each zone, subnet or name that it is told.
        counts = "; the number of resources may hang on it" if any(map(_is_names, made_up)) else ""
        self._run.registry.note(
            f"{member} was answered{what}{counts}; preflight.yaml can give the real answer under "
            "invokes"
        )

    def get_resource(self, arguments: Properties) -> Properties:
        """The state of a resource that the program registered or read."""
        urn = str(arguments.get("urn"))
        resource = self._run.registry.find(urn)
        if resource is None:
            raise ProgramError(f"the program refers to a resource that it never made: {urn}")
        return {
            "urn": urn,
            "id": resource.id,
            "provider": resource.provider,
            "state": from_struct(resource.outputs),
        }

    def stack_outputs(self, arguments: Properties) -> Properties:
        """The outputs of another stack."""
        name = str(arguments.get("name") or arguments.get("stackName"))
        return {
            "name": name,
            "outputs": self._run.stack_reference(name, None),
            "secretOutputNames": [],
        }


def _is_names(value: PropertyValue) -> bool:
    return isinstance(value, list) and any(isinstance(item, str) for item in value)


_BUILTIN: dict[str, Callable[[Invokes, Properties], Properties]] = {
    "pulumi:pulumi:getResource": Invokes.get_resource,
    "pulumi:pulumi:readStackOutputs": Invokes.stack_outputs,
    "pulumi:pulumi:readStackResourceOutputs": Invokes.stack_outputs,
}


def _unknown() -> ResourceInvokeResponse:
    """An answer that nobody knows; SDKs that do not know the field find an unknown value in it."""
    response = ResourceInvokeResponse(unknown=True)
    result: Struct = getattr(response, "return")
    result.update({_UNKNOWN_PART: UNKNOWN})
    return response
