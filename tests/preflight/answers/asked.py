"""Asks for the answer of one function, without a program."""

from typing import Any

from pulumi_preflight.outputs import Outputs
from pulumi_preflight.outputs.answers import Answered, Answers
from pulumi_preflight.outputs.answers.calls import Call
from pulumi_preflight.outputs.shapes import Shapes
from pulumi_preflight.outputs.subject import Place
from pulumi_preflight.program.inside.classes import QUESTIONS
from tools.tables.sdk import functions_of, module

US = Place(region="us-east-1", known_account="123456789012")
_SHAPES = Shapes(lambda question, about: QUESTIONS[question](about))
_ANSWERS = Answers(_SHAPES, Outputs(_SHAPES, keep_unknowns=False))


def asked(function: str, place: Place = US, /, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - the function's
    """The answer of a function such as `ec2:getAmi`; `index:getArn` for one without a module."""
    return dict(_answered(function, place, arguments).outputs)


def followed(function: str, place: Place = US, /, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - the function's
    """What of the answer follows from the arguments and the place."""
    answered = _answered(function, place, arguments)
    return {name: answered.outputs[name] for name in sorted(answered.follows)}


def _answered(function: str, place: Place, arguments: dict[str, Any]) -> Answered:
    folder, member = function.split(":")
    # What is loaded tells the result's class.
    functions_of(module("pulumi_aws", "pulumi_aws" if folder == "index" else folder))
    return _ANSWERS.of(Call(f"aws:{folder}/{member}:{member}", arguments, place), {})
