"""Answers of data sources: what is known of a function, and the rest from its result class."""

from collections.abc import Collection
from dataclasses import dataclass

from pulumi_preflight.errors import ProgramError
from pulumi_preflight.outputs import Outputs
from pulumi_preflight.outputs.answers import aws, kubernetes, std
from pulumi_preflight.outputs.answers.calls import Answer, Call, RefusedCallError, told_by_filters
from pulumi_preflight.outputs.inventions import Origin
from pulumi_preflight.outputs.shapes import Shape, Shapes
from pulumi_preflight.wire import Properties, PropertyValue, json_text

ANSWERS = aws.ANSWERS | kubernetes.ANSWERS | std.ANSWERS


class NotKnownOfflineError(ProgramError):
    """A function of an SDK that does not say what its result looks like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The answer of a call.

    Attributes:
        outputs: What the program gets.
        follows: The properties that follow from the arguments and the place.
        refused: The made-up text that the provider would refuse if it were real, so that the
            answer may have any form; empty where there is none.
    """

    outputs: Properties
    follows: frozenset[str] = frozenset()
    refused: str = ""


class Answers:
    """Answers the functions of one program's SDKs."""

    def __init__(self, shapes: Shapes, outputs: Outputs) -> None:
        """Takes the SDKs' classes, and what fills in."""
        self._shapes = shapes
        self._outputs = outputs
        # Made-up texts of answers, which a later call may be fed with.
        self._made_up: dict[str, Origin] = {}

    def made_up(self, text: str) -> Origin | None:
        """The answer that a text was made up for, `None` for any other text."""
        return self._made_up.get(text)

    def of(self, call: Call, known: Properties, version: str = "") -> Answered:
        """Answers a call; what is known of the answer stays.

        Args:
            call: The call.
            known: What is known of the answer.
            version: The version of the provider's plugin, empty where nothing asks for one.

        Raises:
            NotKnownOfflineError: Only the provider's plugin knows the answer.
            RefusedCallError: The provider refuses what the program gave.
            ProgramError: The function's SDK is not there; the text says how to answer it.
        """
        shape = self._shapes.function(call.token, version)
        is_known = short(call.token) in ANSWERS
        if shape is None and not is_known and not known:
            if self._shapes.has_package(call.token):
                raise NotKnownOfflineError(f"the answer of {call.token} is not known offline")
            raise ProgramError(
                f"the function {call.token} has no known result: its SDK was not found in the "
                "program's environment",
                hint=f"answer it in preflight.yaml: invokes: [{{function: {call.token}, "
                "result: {...}}]",
            )
        answer, refused = self._answer(call, known) if is_known else (Answer(), "")
        follows = {**_place(call), **told_by_filters(call, shape or ()), **answer.follows}
        outputs = self._filled(call, {**answer.made_up, **call.arguments, **follows}, known, shape)
        following = frozenset(
            name
            for name in (follows.keys() & outputs.keys()) - known.keys()
            if not _holds_made_up_account(outputs[name], call)
        )
        self._keep(call, outputs, outputs.keys() - following - call.arguments.keys() - known.keys())
        return Answered(outputs=outputs, follows=following, refused=refused)

    def _keep(self, call: Call, outputs: Properties, names: Collection[str]) -> None:
        """Keeps made-up texts; the plainest name stands for properties that have one text."""
        for name in sorted(names, key=lambda each: (len(each), each)):
            value = outputs[name]
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str):
                    self._made_up.setdefault(text, Origin(call.token, name))

    def _answer(self, call: Call, known: Properties) -> tuple[Answer, str]:
        """What is known of an answer, and the made-up text that would be refused."""
        try:
            return ANSWERS[short(call.token)](call), ""
        except RefusedCallError as error:
            if known:
                # The user says what the answer is.
                return Answer(), ""
            if not error.value or not call.is_made_up(error.value):
                raise
            if error.instead is None:
                raise NotKnownOfflineError(
                    f"{call.token} cannot work with a value that preflight made up"
                ) from error
            return error.instead, error.value

    def _filled(
        self, call: Call, given: Properties, known: Properties, shape: Shape | None
    ) -> Properties:
        if call.token in kubernetes.ANSWERS:
            # Its arguments are not a part of the answer.
            return {name: given[name] for name in ("result",) if name in given} | known
        if shape is None:
            return given | known
        # What is known stays, even where the shape is that of another version.
        return known | self._outputs.of_shape(call.subject, shape, given | known)


def _place(call: Call) -> Properties:
    """Where a function of AWS looks, as its answer tells."""
    return {"region": call.place.region} if call.token.startswith("aws:") else {}


def _holds_made_up_account(value: PropertyValue, call: Call) -> bool:
    account = call.place.account
    if call.place.account_known or account not in json_text(value):
        return False
    # The program may name the account itself, or hand on what another answer told.
    return account not in json_text(call.arguments)


def short(token: str) -> str:
    """`aws:ec2/getVpc:getVpc` and the older `aws:ec2:getVpc` as `aws:ec2:getVpc`."""
    package, _, rest = token.partition(":")
    module, _, member = rest.rpartition(":")
    return f"{package}:{module.partition('/')[0]}:{member}"
