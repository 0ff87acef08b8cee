"""Answers of data sources: what is known of a function, and the rest from its result class."""

from pulumi_preflight.errors import ProgramError
from pulumi_preflight.outputs import Outputs, aws_answers, kubernetes_answers
from pulumi_preflight.outputs.aws_answers import Call
from pulumi_preflight.outputs.shapes import Shapes
from pulumi_preflight.wire import Properties

ANSWERS = aws_answers.ANSWERS | kubernetes_answers.ANSWERS
# Answers that follow from the arguments alone.
PURE = aws_answers.PURE | kubernetes_answers.ANSWERS.keys()


class NotKnownOfflineError(ProgramError):
    """A function of an SDK that does not say what its result looks like."""


class Answers:
    """Answers the functions of one program's SDKs."""

    def __init__(self, shapes: Shapes, outputs: Outputs) -> None:
        """Takes the SDKs' classes, and what fills in."""
        self._shapes = shapes
        self._outputs = outputs

    def of(self, call: Call, known: Properties, version: str = "") -> Properties:
        """Answers a call; what is known of the answer stays.

        Args:
            call: The call.
            known: What is known of the answer.
            version: The version of the provider's plugin, empty where nothing asks for one.

        Raises:
            NotKnownOfflineError: Only the provider's plugin knows the answer.
            ProgramError: The function's SDK is not there; the text says how to answer it.
        """
        shape = self._shapes.function(call.token, version)
        made = ANSWERS.get(short(call.token))
        if shape is None and made is None and not known:
            if self._shapes.has_package(call.token):
                raise NotKnownOfflineError(f"the answer of {call.token} is not known offline")
            raise ProgramError(
                f"the function {call.token} has no known result: its SDK was not found in the "
                "program's environment",
                hint=f"answer it in preflight.yaml: invokes: [{{function: {call.token}, "
                "result: {...}}]",
            )
        answer = made(call) if made else {}
        if call.token in kubernetes_answers.ANSWERS:
            return answer | known
        given: Properties = call.arguments | answer | known
        if shape is None:
            return given
        # What is known stays, even where the shape is that of another version.
        return known | self._outputs.of_shape(call.subject, shape, given)


def short(token: str) -> str:
    """`aws:ec2/getVpc:getVpc` and the older `aws:ec2:getVpc` as `aws:ec2:getVpc`."""
    package, _, rest = token.partition(":")
    module, _, member = rest.rpartition(":")
    return f"{package}:{module.partition('/')[0]}:{member}"
