"""The plain answers that functions gave the program, and which of them an error comes of.

A plain answer is no Output, so it cannot become unknown. Where the program fails on one, the error
names it.
"""

from __future__ import annotations

import linecache
import re
import sys
import types
import typing

import pulumi

from .frames import FOLDER, MOST_FRAMES, Frame, of_place, places_of
from .origins import PASSED_OVER, OutputOrigin, Place, Property, origins_in

_NAME = re.compile(r"[A-Za-z_]\w*")
_DEPTH = 6
# No answer brings these about, unless one stands in the lines of the error.
_OWN_MISTAKES = (
    NameError,
    ImportError,
    SyntaxError,
    OSError,
    pulumi.ConfigMissingError,
    pulumi.ConfigTypeError,
)
_WRONG_CALL = re.compile(
    r"\S+\(\) (got an unexpected keyword argument|missing \d+ required|takes .* positional arg)"
)
_LIBRARIES_OF_CALLS = ("botocore", "httpx", "requests", "urllib3")
# All of its answer is texts that tell themselves.
_CALLER = "aws:index/getCallerIdentity:getCallerIdentity"
# Another text may be the same by chance: a region, a state, a type.
_TELLING_DIGITS = re.compile(r"(?=[0-9a-zA-Z]*\d)(?:[0-9a-f]{8,}|[0-9A-Z]{8,})")


class GivenCall:
    """A plain call of a function."""

    def __init__(self, token: str, places: list[Place], answer: object) -> None:
        """Takes the function, the places of the call, the innermost first, and the answer."""
        self.token = token
        self.places = places
        own = (place for place in places if not place[0].startswith(PASSED_OVER))
        self._line = next(own, None)
        self.identities, self.texts = set[int](), set[str]()
        # Kept, so that no other object gets its identity.
        self.answer = answer
        self._note(answer, _DEPTH)

    def is_at(self, lines: set[Place]) -> bool:
        """Whether the program calls on one of the lines."""
        return self._line in lines

    def is_in(self, values: typing.Iterable[object]) -> bool:
        """Whether one of the values is the answer or a part of it, or holds one."""
        for value in values:
            for each in (value, *_parts(value)):
                if id(each) in self.identities:
                    return True
                if type(each) is str and each in self.texts:
                    return True
        return False

    def _note(self, value: object, depth: int) -> None:
        if isinstance(value, str):
            # Python has each text of one letter once.
            if len(value) > 1:
                self.identities.add(id(value))
            if _TELLING_DIGITS.search(value):
                self.texts.add(value)
            return
        if isinstance(value, (dict, list, tuple)) or hasattr(value, "__dict__"):
            self.identities.add(id(value))
            for item in _parts(value) if depth else ():
                self._note(item, depth - 1)


class GivenAnswers:
    """The plain answers of one program's functions."""

    def __init__(
        self,
        tell: typing.Callable[[dict[str, typing.Any]], bool],
        is_inside: typing.Callable[[], bool],
    ) -> None:
        """Takes what tells preflight, and whether a callback runs now."""
        self._tell = tell
        self._is_inside = is_inside
        self._calls: list[GivenCall] = []

    def called(self, token: str, arguments: object, answer: object) -> None:
        """Keeps a call; tells preflight what it was fed with."""
        places = list(places_of(sys._getframe(1)))  # noqa: SLF001 - there is no other way
        self._calls.append(GivenCall(token, places, answer))
        properties = [
            source.told()
            for origin in _seen_by_the_sdk(arguments)
            for source in origin.sources()
            if isinstance(source, Property)
        ]
        # A callback on such a value does not run in a preview.
        if properties and not self._is_inside():
            self._tell(
                {
                    "what": "called",
                    "text": token,
                    "frames": [of_place(place) for place in reversed(places)],
                    "properties": properties,
                }
            )

    def handed_on(
        self,
        type_: str,
        name: str,
        functions: dict[str, list[str]],
        worked_on: dict[str, list[list[str | int]]],
    ) -> None:
        """Tells preflight what the properties of a resource come from; see `origins.follow`."""
        self._tell(
            {
                "what": "handed on",
                "type": type_,
                "name": name,
                "functions": functions,
                "workedOn": worked_on,
            }
        )

    def behind(self, error: BaseException, value: object = None) -> list[GivenCall]:
        """The calls whose answers the error comes of: at its lines, or in its variables."""
        if not self._calls:
            return []
        traced = list(_traced(error))[-MOST_FRAMES:]
        lines = {(frame.f_code.co_filename, line) for frame, line in traced}
        variables = [value, *(each for frame, line in traced for each in _used(frame, line))]
        return [call for call in self._calls if call.is_at(lines) or call.is_in(variables)]

    def told(self, error: BaseException) -> list[Frame]:
        """The functions that the error may come of, each with a place and whether it is certain."""
        certain = self.behind(error)
        may_be_any = not is_own_mistake(error)
        return [
            {"function": call.token, "places": call.places, "certain": call in certain}
            for call in self._calls
            if call in certain or (may_be_any and call.token != _CALLER)
        ]


def is_own_mistake(error: BaseException) -> bool:
    """Whether an error is of a kind that comes of no answer: a name, a file, another machine."""
    if isinstance(error, TypeError):
        return _WRONG_CALL.match(str(error)) is not None
    # These libraries are the program's own, and have errors of their own.
    package = type(error).__module__.partition(".")[0]
    return isinstance(error, _OWN_MISTAKES) or package in _LIBRARIES_OF_CALLS


def _parts(value: object) -> typing.Iterable[object]:
    if isinstance(value, dict):
        return dict.values(value)
    if isinstance(value, (list, tuple)):
        return value
    return vars(value).values() if hasattr(value, "__dict__") else ()


def _seen_by_the_sdk(arguments: object) -> typing.Iterator[OutputOrigin]:
    """The origins of the arguments in which the SDK looks for unknown values.

    Source: `struct_contains_unknowns` of pulumi/runtime/rpc.py, which passes over plain items of
    lists.
    """
    values = dict.values(arguments) if isinstance(arguments, dict) else vars(arguments).values()
    for value in values:
        if isinstance(value, (list, tuple)):
            inner = [item for item in value if _is_object(item)]
        else:
            inner = [value]
        for item in inner:
            if _is_object(item):
                yield from _seen_by_the_sdk(item)
            else:
                yield from origins_in(item)


def _is_object(value: object) -> bool:
    return isinstance(value, dict) or hasattr(type(value), "_pulumi_input_type")


def _used(frame: types.FrameType, line: int) -> typing.Iterator[object]:
    """The values of the variables that stand on a line."""
    for name in _NAME.findall(linecache.getline(frame.f_code.co_filename, line)):
        for variables in (frame.f_locals, frame.f_globals):
            if name in variables:
                # A module may wait for its first use, which even a look at its class is.
                if not isinstance(variables[name], types.ModuleType):
                    yield variables[name]
                break


def _traced(error: BaseException) -> typing.Iterator[tuple[types.FrameType, int]]:
    traceback = error.__traceback__
    while traceback is not None:
        if not traceback.tb_frame.f_code.co_filename.startswith(FOLDER):
            yield traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next
