"""Answers data sources: computed where they are pure, else made up.

What is made up decides how many resources a program has (two zones or three), so each function
that is answered so leaves a note, and `preflight.yaml` can say better.
"""

from collections.abc import Callable

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto.callback_pb2 import Callback
from pulumi.runtime.proto.resource_pb2 import ResourceInvokeRequest, TransformInvokeRequest

from pulumi_preflight.errors import ProgramError
from pulumi_preflight.monitor.assets import hashed
from pulumi_preflight.monitor.providing import Providing
from pulumi_preflight.outputs.answers import Answers, short
from pulumi_preflight.outputs.aws_answers import ANSWERS, ASSUMED, PURE, Call
from pulumi_preflight.program.run import Run
from pulumi_preflight.wire import (
    Properties,
    from_struct,
    to_struct,
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

    def answer(self, request: ResourceInvokeRequest) -> Struct:
        """Answers a call.

        Raises:
            ProgramError: The function cannot be answered; the text says how to answer it.
        """
        arguments = self._arguments(request)
        token = request.tok
        package = self._run.packages.find(
            request.packageRef,
            token=token,
            version=request.version,
            url=request.pluginDownloadURL,
        )
        # A call needs a provider like a resource does, so it may be the first to need it.
        provider = self._providing.reference(package, request.provider, None)
        if token in _BUILTIN:
            return to_struct(_BUILTIN[token](self, arguments))
        place = self._providing.place_of(token, provider, arguments)
        call = Call(
            token, {name: without_secret(value) for name, value in arguments.items()}, place
        )
        overrides = self._run.project.overrides
        known = overrides.result_of(token, call.arguments) if overrides else {}
        return to_struct(self._result(call, dict(known)))

    def _arguments(self, request: ResourceInvokeRequest) -> Properties:
        arguments = request.args
        for transform in self.transforms:
            answer = self._run.callbacks.transform_invoke(
                transform, TransformInvokeRequest(token=request.tok, args=arguments)
            )
            if answer.HasField("args"):
                arguments = answer.args
        return hashed(from_struct(arguments), self._run.project.working_directory)

    def _result(self, call: Call, known: Properties) -> Properties:
        answer = self._answers.of(call, known)
        token = short(call.token)
        if token not in PURE and not known:
            self._note(call, token in ANSWERS)
        return answer

    def _note(self, call: Call, made: bool) -> None:  # noqa: FBT001 - read once, right above
        member = call.token.rpartition(":")[2]
        said = ASSUMED.get(member)
        what = f": {said.format(place=call.place)}" if made and said else " with made-up values"
        self._run.registry.note(
            f"{member} was answered{what}; preflight.yaml can give the real answer under invokes"
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


_BUILTIN: dict[str, Callable[[Invokes, Properties], Properties]] = {
    "pulumi:pulumi:getResource": Invokes.get_resource,
    "pulumi:pulumi:readStackOutputs": Invokes.stack_outputs,
    "pulumi:pulumi:readStackResourceOutputs": Invokes.stack_outputs,
}
