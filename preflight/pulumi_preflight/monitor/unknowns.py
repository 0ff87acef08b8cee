"""What the program did with values that the engine does not know in a preview.

A callback that fails on such a value gives an unknown result, since in the preview it would not
run at all; a note says so. A plain function that is fed with one stops the engine.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pulumi_preflight.model import EarlyCall, Note, Positions, SourcePosition
from pulumi_preflight.monitor.reading import STACK_REFERENCE, known_outputs
from pulumi_preflight.monitor.registry import Registry
from pulumi_preflight.monitor.run import Run
from pulumi_preflight.outputs.memory import HandedOn, WorkedOn
from pulumi_preflight.stack_context import member_of, name_of, type_of
from pulumi_preflight.wire import PropertyValue, whole_numbers

Question = Mapping[str, Any]
"""What the program's process tells: `what` happened, a `text` about it, `frames` with the innermost
last, and what the value comes from: `properties`, which are pairs of URN and name, and `functions`.
Where it only asks whether the value is `unknown` in a preview, nothing happened yet.
A resource to which an answer is `handed on`, or what code made of an Output, tells its `type`,
`name`, and by property the `functions`, and what code `workedOn`: in how many ways it comes, then
type, name and property of a resource, or the token of a function alone.
"""

_SHOWN = 3
_DID = {
    "raised": "raised {}",
    "overdue": "did not end within {}",
    "process": "would start a process: {}",
    "network": "would connect to {}",
    "write": "would write {}",
}
_SETTING = {
    "overdue": "callbacks: {seconds: N} gives callbacks longer",
    "process": "callbacks: {allow: [process]} allows it",
    "network": "callbacks: {allow: [network]} allows it",
    "write": "callbacks: {allow: [write]} allows it",
}


@dataclass(frozen=True, slots=True, order=True)
class _Setback:
    """A callback that could not work with a value.

    Attributes:
        values: What the value comes from, in words.
        text: What happened.
        ways: How `preflight.yaml` gives the real values.
    """

    values: tuple[str, ...]
    text: str
    ways: tuple[str, ...]


class Unknowns:
    """What one run's program did with such values; safe from any thread."""

    def __init__(self, run: Run, positions: Positions) -> None:
        """Takes the run, and what tells the program's own files."""
        self._run = run
        self._positions = positions
        self._lock = threading.Lock()
        self._setbacks: dict[tuple[str, SourcePosition | None], set[_Setback]] = {}
        self._early: dict[EarlyCall, None] = {}

    def answer(self, question: Question) -> bool:
        """Whether the value that the question is about is unknown in a preview; notes it."""
        if question["what"] == "handed on":
            self._run.inventions.hand_on(
                question["type"],
                question["name"],
                HandedOn(
                    question["functions"],
                    {
                        name: [WorkedOn(ways, tuple(source)) for ways, *source in sources]
                        for name, sources in question["workedOn"].items()
                    },
                ),
            )
            return False
        properties = [
            (urn, name)
            for urn, name in question["properties"]
            if self._is_unknown(urn, name, is_call=question["what"] == "called")
        ]
        if question["what"] == "called":
            self._call(question, properties)
            return bool(properties)
        value = question["value"]
        functions = [token for token in question["functions"] if self._is_made_up(token, value)]
        if question["what"] == "unknown" or not (properties or functions):
            return bool(properties or functions)
        unique = dict.fromkeys(properties)
        setback = _Setback(
            values=(
                *(f"{name} of {name_of(urn)}" for urn, name in unique),
                *(f"the answer of {member_of(token)}" for token in dict.fromkeys(functions)),
            ),
            text=_DID[question["what"]].format(question["text"]),
            ways=tuple(
                dict.fromkeys(
                    [
                        *(output_way(urn, name, self._run.registry) for urn, name in unique),
                        *map(answer_way, functions),
                    ]
                )
            ),
        )
        with self._lock:
            place = self._place(question["frames"])
            self._setbacks.setdefault((question["what"], place), set()).add(setback)
        return True

    @property
    def notes(self) -> tuple[Note, ...]:
        """A note for each kind of setback at each line."""
        notes = (
            _note(what, place, sorted(setbacks))
            for (what, place), setbacks in self._setbacks.items()
        )
        shown = self._run.inventions.shown
        return tuple(replace(note, text=shown(note.text)) for note in notes)

    @property
    def early_calls(self) -> tuple[EarlyCall, ...]:
        """The plain functions that were fed with a value that a deployment must make first."""
        return tuple(self._early)

    def _place(self, frames: Sequence[Mapping[str, Any]]) -> SourcePosition | None:
        return self._positions.nearest(
            (frame["file"], frame["line"] or 0) for frame in reversed(frames)
        )

    def _is_unknown(self, urn: str, name: str, *, is_call: bool) -> bool:
        """Whether the engine does not know a property in a preview, nor the user told it.

        The engine reads what exists already, which preflight cannot: so there it is made up.
        """
        resource = self._run.registry.find(urn)
        if resource is None or not resource.custom:
            return False
        if name in resource.inputs.fields and name not in resource.made_up:
            return False
        if not resource.external:
            return True
        if is_call or resource.type == STACK_REFERENCE:
            return False
        return name != "id" and name not in known_outputs(self._run, urn)

    def _is_made_up(self, token: str, value: PropertyValue) -> bool:
        """Whether an answer is made up, as far as the callback's value shows."""
        known = self._run.made_up_answers.get(token)
        if known is None:
            return False
        return whole_numbers(value) not in [whole_numbers(told) for told in known.values()]

    def _call(self, question: Question, properties: Sequence[tuple[str, str]]) -> None:
        for urn, name in properties[:1]:
            call = EarlyCall(
                function=question["text"],
                urn=urn,
                property=name,
                position=self._place(question["frames"]),
            )
            with self._lock:
                self._early[call] = None


def answer_way(token: str) -> str:
    """How `preflight.yaml` gives the answer of a function."""
    return f"invokes: [{{function: {token}, result: {{...}}}}]"


def output_way(urn: str, name: str, registry: Registry) -> str:
    """How `preflight.yaml` gives an output of a resource, or those of another stack."""
    resource = registry.find(urn)
    if resource is not None and resource.type == STACK_REFERENCE:
        return f"stackReferences: {{{resource.id or resource.name}: {{...}}}}"
    return (
        f"outputs: [{{resource: {name_of(urn)}, type: {type_of(urn)}, "
        f"properties: {{{name}: ...}}}}]"
    )


def _note(what: str, place: SourcePosition | None, setbacks: Sequence[_Setback]) -> Note:
    values = list(dict.fromkeys(value for setback in setbacks for value in setback.values))
    shown = " and ".join(values[:_SHOWN])
    more = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
    ways = "; ".join([setbacks[0].ways[0], *([_SETTING[what]] if what in _SETTING else [])])
    return Note(
        text=f"a callback on {shown}{more} {setbacks[0].text}; preflight filled that value in, so "
        f"the result is unknown; preflight.yaml can give the real value: {ways}",
        position=place,
    )
