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
from pulumi_preflight.monitor.assets import hashed
from pulumi_preflight.monitor.providing import Providing
from pulumi_preflight.monitor.refusals import check_provider
from pulumi_preflight.monitor.registration import dependencies_in
from pulumi_preflight.outputs.answers import (
    ANSWERS,
    PURE,
    Answers,
    NotKnownOfflineError,
    short,
)
from pulumi_preflight.outputs.aws_answers import ASSUMED, CALLER, Call
from pulumi_preflight.outputs.inventions import Filling, Invented
from pulumi_preflight.program.run import Run
from pulumi_preflight.urns import package_of
from pulumi_preflight.wire import (
    Properties,
    PropertyValue,
    from_struct,
    has_unknown,
    to_struct,
    without_outputs,
    without_secret,
)


class Invokes:
    """The functions that one run of a program calls."""

    def __init__(self, run: Run, providing: Providing) -> None:
        """Takes the run that the calls belong to, and its providers."""
        self._run = run
        self._providing = providing
        self._answers = Answers(run.shapes, run.outputs)
        self.transforms: list[Callback] = []

    def answer(self, request: ResourceInvokeRequest) -> ResourceInvokeResponse:
        """Answers a call; the result is unknown while a resource that it depends on is not made.

        Raises:
            ProgramError: The function cannot be answered; the text says how the user can answer it.
            RefusedError: The engine would stop at the call.
        """
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
            return ResourceInvokeResponse(unknown=True)
        response = ResourceInvokeResponse()
        # The field's name is a keyword in Python.
        result: Struct = getattr(response, "return")
        try:
            result.CopyFrom(self._answered(request.tok, arguments, provider))
        except NotKnownOfflineError as error:
            self._run.registry.note(
                f"{error}, so its result is unknown, and resources that the program makes of it "
                "were not judged; preflight.yaml can give the answer under invokes"
            )
            return ResourceInvokeResponse(unknown=True)
        return response

    def _answered(self, token: str, arguments: Properties, provider: str) -> Struct:
        if token in _BUILTIN:
            return to_struct(_BUILTIN[token](self, arguments))
        place = self._providing.place_of(token, provider, arguments)
        call = Call(
            token, {name: without_secret(value) for name, value in arguments.items()}, place
        )
        overrides = self._run.project.overrides
        known = overrides.result_of(token, call.arguments) if overrides else {}
        return to_struct(self._result(call, dict(known), self._providing.version_of(provider)))

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
        return hashed(from_struct(arguments), self._run.project.working_directory), options

    def _result(self, call: Call, known: Properties, version: str) -> Properties:
        answer = self._answers.of(call, known, version)
        given = call.arguments | known | {"account": call.place.known_account}
        token = short(call.token)
        if token in PURE:
            given |= answer
        self._run.inventions.learn(
            Invented(
                urn=call.token,
                outputs=answer,
                fillings=dict.fromkeys(answer.keys() - given.keys(), Filling.MADE_UP),
                given=given,
            )
        )
        if token not in PURE and answer.keys() - call.arguments.keys() - known.keys():
            account = call.place.known_account if token == CALLER else None
            own: Properties = {"accountId": account, "id": account} if account else {}
            self._run.made_up_answers[call.token] = known | own
        if token == CALLER:
            if not call.place.account_known and not known:
                self._run.registry.note(
                    f"getCallerIdentity was answered: account {call.place.account}, which nobody "
                    "told; preflight.yaml can give the real one under account"
                )
        elif token not in PURE and not known:
            self._note(call, answer)
        return answer

    def _note(self, call: Call, answer: Properties) -> None:
        member = call.token.rpartition(":")[2]
        said = ASSUMED.get(member) if short(call.token) in ANSWERS else None
        what = f": {said.format(place=call.place)}" if said else " with made-up values"
        made_up = (value for name, value in answer.items() if name not in call.arguments)
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
