"""Where the value of each of the program's Outputs comes from, down to the property.

The SDK keeps which resources an Output depends on, but not which of their properties. Here each
Output carries what it was made of, by the SDK's public functions alone, so that a callback that
fails can name the property of a resource, or the function, that its value comes from.
"""

from __future__ import annotations

import asyncio
import collections
import contextvars
import functools
import json
import os
import sys
import types
import typing

import pulumi
import pulumi.runtime

from . import frames
from .frames import FOLDER, places_of

Place = typing.Tuple[str, int]  # noqa: UP006 - Python 3.9 reads this
"""A file and a line from 1."""

RunCallback = typing.Callable[..., typing.Any]
"""Runs a callback; takes it, its value, the origin of its result, and its place."""

HandedOn = typing.Callable[
    [str, str, "dict[str, list[str]]", "dict[str, list[list[str | int]]]"], None
]

_KEY = "_preflight_origin"
# Outputs may be made of each other in very many ways.
_MOST_WAYS = 200
# Where libraries are: the SDK and what is installed beside it, and Python's own.
_LIBRARIES = tuple(
    os.path.dirname(folder) + os.sep  # noqa: PTH120 - compared with texts
    for folder in (os.path.dirname(pulumi.__file__), os.__file__)  # noqa: PTH120 - the same
)
_SDK = os.path.dirname(pulumi.__file__) + os.sep  # noqa: PTH120 - compared with texts
PASSED_OVER = (*_LIBRARIES, FOLDER)
_WIRE_NAME = "_pulumi_name"
# What makes one Output of others, besides `apply`; all the rest of the SDK goes through these.
_MAKERS = ("all", "format", "json_dumps", "secret", "unsecret")
# Where the program calls, the innermost place first.
_CALLING: contextvars.ContextVar[typing.Tuple[Place, ...]] = contextvars.ContextVar(  # noqa: UP006 - Python 3.9 reads this
    "calling", default=()
)
# The metadata of a request that tell where the program calls; preflight's monitor reads them. The
# end of the name lets gRPC take any bytes.
_PLACES = "preflight-places-bin"
_INVOKES = ("invoke", "invoke_single", "invoke_output", "invoke_output_single")


class Property:
    """A property of a resource."""

    __slots__ = ("_identity", "_name", "_resource")

    def __init__(self, resource: pulumi.Resource, name: str, identity: tuple[str, str]) -> None:
        """Takes the resource, the property's name in Python, and the resource's type and name."""
        self._resource = resource
        self._name = name
        self._identity = identity

    def told(self) -> list[str]:
        """The resource's URN, and the property's name on the wire."""
        return [_settled(self._resource.urn), _on_wire(type(self._resource), self._name)]

    def told_early(self) -> list[str]:
        """The resource's type and name, and the property's: its URN may not be known yet."""
        return [*self._identity, _on_wire(type(self._resource), self._name)]


class FunctionAnswer:
    """A provider's function."""

    __slots__ = ("token",)

    def __init__(self, token: str) -> None:
        """Takes the function's token."""
        self.token = token

    def told_early(self) -> list[str]:
        """The function's token."""
        return [self.token]


Source = typing.Union[Property, FunctionAnswer]  # noqa: UP007 - Python 3.9 reads this


class OutputOrigin:
    """What an Output was made of: a source, other Outputs, or both."""

    __slots__ = ("_is_filled_in", "by_code", "parents", "source")

    def __init__(
        self,
        parents: tuple[OutputOrigin, ...],
        source: Source | None = None,
        *,
        by_code: bool = False,
    ) -> None:
        """Takes what the Output was made of, and whether code of the program made it of that."""
        self.parents = parents
        self.source = source
        self.by_code = by_code
        self._is_filled_in = source is not None

    def sources(self) -> typing.Iterator[Source]:
        """All sources that the value comes from, the nearest first."""
        waiting, seen = [self], {id(self)}
        while waiting:
            origin = waiting.pop(0)
            if origin.source is not None:
                yield origin.source
            fresh = [parent for parent in origin.parents if id(parent) not in seen]
            seen.update(map(id, fresh))
            waiting.extend(fresh)

    def ways(self) -> typing.Iterator[tuple[Source, bool]]:
        """Each way to a source, and whether code of the program stands on it."""
        waiting = [(self, self.by_code)]
        for _ in range(_MOST_WAYS):
            if not waiting:
                return
            origin, by_code = waiting.pop()
            if origin.source is not None:
                yield origin.source, by_code
            waiting.extend((parent, by_code or parent.by_code) for parent in origin.parents)

    def is_filled_in(self) -> bool:
        """Whether the value comes from any source; quick for values of long descent."""
        waiting, seen = [self], {id(self)}
        while waiting and not self._is_filled_in:
            origin = waiting.pop()
            self._is_filled_in = origin._is_filled_in  # noqa: SLF001 - of this class
            fresh = [parent for parent in origin.parents if id(parent) not in seen]
            seen.update(map(id, fresh))
            waiting.extend(fresh)
        return self._is_filled_in

    def settle(self, result: object) -> None:
        """Takes over what a callback gave; forgets what leads to no source."""
        if isinstance(result, pulumi.Output) and (origin := origin_of(result)) is not None:
            self.parents = (*self.parents, origin)
        if not self.is_filled_in():
            self.parents = ()


def origin_of(output: pulumi.Output[typing.Any]) -> OutputOrigin | None:
    """What an Output was made of, as far as it is not the program's own value."""
    return vars(output).get(_KEY)


def origins_in(value: object, depth: int = 0) -> tuple[OutputOrigin, ...]:
    """The origins of all Outputs inside a value."""
    if isinstance(value, pulumi.Output):
        origin = origin_of(value)
        return () if origin is None else (origin,)
    if depth > 20:  # noqa: PLR2004 - a value that contains itself
        return ()
    inner: typing.Iterable[object] = ()
    if isinstance(value, dict):
        inner = dict.values(value)
    elif isinstance(value, (list, tuple)):
        inner = value
    elif hasattr(type(value), "_pulumi_input_type"):
        inner = vars(value).values()
    return tuple(origin for item in inner for origin in origins_in(item, depth + 1))


def follow(
    run_callback: RunCallback,
    called: typing.Callable[..., None],
    handed_on: HandedOn,
) -> None:
    """Lets each Output carry its origin from now on.

    Args:
        run_callback: Runs each callback of `apply`.
        called: Is told of each plain call of a function: its token, its arguments, its answer.
        handed_on: Is told of each resource that gets an answer as an Output, or what code made of
            an Output, before it is registered: its type, its name, by property the functions, and
            by property what code worked on.
    """
    _follow_apply(run_callback)
    for name in _MAKERS:
        # Older SDKs have fewer.
        if hasattr(pulumi.Output, name):
            _follow_maker(name)
    _follow_resources(handed_on)
    _send_places()
    for name in _INVOKES:
        if hasattr(pulumi.runtime, name):
            _follow_invoke(name, called)
    _keep_unknown_answers()


def _follow_apply(run_callback: RunCallback) -> None:
    apply = pulumi.Output.apply

    @functools.wraps(apply)
    def followed(
        self: pulumi.Output[typing.Any],
        func: typing.Callable[[typing.Any], typing.Any],
        run_with_unknowns: bool = False,  # noqa: FBT001, FBT002 - the SDK's own signature
    ) -> pulumi.Output[typing.Any]:
        own = origin_of(self)
        place = _call_of(func)
        code = getattr(func, "__code__", None)
        # What the SDK's own callbacks make shows what they made it of, as `output["key"]` does.
        by_code = code is None or not code.co_filename.startswith(_SDK)
        origin = OutputOrigin(() if own is None else (own,), by_code=by_code)
        result = apply(
            self, lambda value: run_callback(func, value, origin, place), run_with_unknowns
        )
        vars(result)[_KEY] = origin
        return result

    pulumi.Output.apply = followed  # type: ignore[method-assign]


def _call_of(func: object) -> Place | None:
    """Where the program uses a callback of a library, such as the SDK's for `output["key"]`."""
    code = getattr(func, "__code__", None)
    if code is not None and not code.co_filename.startswith(_LIBRARIES):
        return None
    frame: types.FrameType | None = sys._getframe(2)  # noqa: SLF001 - there is no other way
    while frame is not None and frame.f_code.co_filename.startswith(PASSED_OVER):
        frame = frame.f_back
    return None if frame is None else (frame.f_code.co_filename, frame.f_lineno)


def _follow_maker(name: str) -> None:
    make = getattr(pulumi.Output, name)

    @functools.wraps(make)
    def followed(*arguments: object, **named: object) -> pulumi.Output[typing.Any]:
        result: pulumi.Output[typing.Any] = make(*arguments, **named)
        origins = origins_in((arguments, named))
        if origins:
            vars(result)[_KEY] = OutputOrigin(origins)
        return result

    setattr(pulumi.Output, name, staticmethod(followed))


def _follow_resources(handed_on: HandedOn) -> None:
    initialize = pulumi.Resource.__init__

    @functools.wraps(initialize)
    def followed(
        self: pulumi.Resource,
        t: str,
        name: str,
        custom: bool,  # noqa: FBT001 - the SDK's own signature
        props: typing.Any = None,  # noqa: ANN401 - a mapping or an object of a generated class
        *arguments: typing.Any,  # noqa: ANN401 - the SDK's
        **named: typing.Any,  # noqa: ANN401 - the SDK's
    ) -> None:
        given = props if isinstance(props, dict) else vars(props) if props is not None else {}
        if custom:
            functions, worked_on = _sources_in(type(self), given)
            if functions or worked_on:
                handed_on(t, name, functions, worked_on)
        token = _CALLING.set(tuple(places_of(sys._getframe(1))))  # noqa: SLF001 - there is no other way
        try:
            initialize(self, t, name, custom, props, *arguments, **named)
        finally:
            _CALLING.reset(token)
        if not custom:
            return
        for property_, value in vars(self).items():
            if isinstance(value, pulumi.Output) and property_ != "urn":
                parents = origins_in(given.get(property_))
                vars(value)[_KEY] = OutputOrigin(parents, Property(self, property_, (t, name)))

    pulumi.Resource.__init__ = followed  # type: ignore[method-assign]


def _send_places() -> None:
    """Lets each request tell where the program calls.

    No SDK says that of a function, and older ones say of a resource where the provider's SDK makes
    it, or nothing.
    """
    monitor: typing.Any = pulumi.runtime.settings.get_monitor()
    for name in ("Invoke", "RegisterResource", "ReadResource"):
        setattr(monitor, name, _placed(getattr(monitor, name)))


def _placed(send: typing.Callable[..., object]) -> typing.Callable[..., object]:
    def placed(request: typing.Any, *arguments: object, **named: typing.Any) -> object:  # noqa: ANN401 - a message
        has_trace = "stackTrace" in request.DESCRIPTOR.fields_by_name
        if not (has_trace and request.stackTrace.frames):
            # Messages of older SDKs have no field for it.
            places = json.dumps(_CALLING.get()).encode()
            named["metadata"] = (*(named.get("metadata") or ()), (_PLACES, places))
        return send(request, *arguments, **named)

    return placed


def _sources_in(
    cls: type[pulumi.Resource], given: typing.Mapping[str, object]
) -> tuple[dict[str, list[str]], dict[str, list[list[str | int]]]]:
    """What a resource gets as Outputs, by property on the wire.

    Returns:
        The functions whose answers come to it, and what code of the program worked on: in how many
        ways it comes, then a property of a resource as type, name and property, or a function as
        its token alone.
    """
    functions: dict[str, list[str]] = {}
    worked_on: dict[str, list[list[str | int]]] = {}
    for name, value in given.items():
        origins = [origin for origin in origins_in(value) if origin.is_filled_in()]
        if not origins:
            continue
        tokens = [
            source.token
            for origin in origins
            for source in origin.sources()
            if isinstance(source, FunctionAnswer)
        ]
        ways = [way for origin in origins for way in origin.ways()]
        counted = collections.Counter(source for source, _ in ways)
        made: list[list[str | int]] = [
            [counted[source], *source.told_early()]
            for source in {source: None for source, by_code in ways if by_code}
        ]
        wire = _on_wire(cls, name)
        if tokens:
            functions[wire] = tokens
        if made:
            worked_on[wire] = made
    return functions, worked_on


def _on_wire(cls: type[pulumi.Resource], name: str) -> str:
    """The name on the wire of a property that has another one in Python."""
    getter = getattr(getattr(cls, name, None), "fget", None)
    return str(getattr(getter, _WIRE_NAME, name))


def _follow_invoke(name: str, called: typing.Callable[..., None]) -> None:
    invoke = getattr(pulumi.runtime, name)

    @functools.wraps(invoke)
    def followed(tok: str, props: typing.Any, *arguments: object, **named: object) -> object:  # noqa: ANN401 - the SDK's own signature
        places = tuple(places_of(sys._getframe(1)))  # noqa: SLF001 - there is no other way
        token = _CALLING.set(places)
        try:
            result: object = invoke(tok, props, *arguments, **named)
        finally:
            _CALLING.reset(token)
        if isinstance(result, pulumi.Output):
            vars(result)[_KEY] = OutputOrigin(origins_in(props), FunctionAnswer(tok))
            _keep_place(result, places)
        else:
            called(tok, props, getattr(result, "value", None))
        return result

    setattr(pulumi.runtime, name, followed)


class _UnknownAnswer(dict):  # type: ignore[type-arg] # Python 3.8 reads this
    """An answer that nobody knows: all that is looked up in it is unknown."""

    def __bool__(self) -> bool:
        """Is true, so that no empty answer stands in its place."""
        return True

    def __missing__(self, key: object) -> object:
        """The SDK's unknown value, which makes an Output that holds it unknown."""
        return pulumi.output.UNKNOWN

    def get(self, key: object, default: object = None) -> object:  # noqa: ARG002 - of a dict
        """The same, whatever the default."""
        return self[key]


def _keep_unknown_answers() -> None:
    """Lets an unknown answer of an awaited call stay unknown.

    The SDK gives `None`, of which charts and directories of Kubernetes make no resources at all, so
    that a program that looks one up fails.
    """
    invoke = getattr(pulumi.runtime, "invoke_async", None)
    if invoke is None:
        # Older SDKs have no such call.
        return

    @functools.wraps(invoke)
    async def followed(*arguments: typing.Any, **named: typing.Any) -> object:  # noqa: ANN401 - the SDK's own signature
        answer: object = await invoke(*arguments, **named)
        return _UnknownAnswer() if answer is None else answer

    pulumi.runtime.invoke_async = followed


def _keep_place(output: pulumi.Output[typing.Any], places: tuple[Place, ...]) -> None:
    """Lets an error of a call without a waiting line name the line that called."""
    own = next((place for place in places if not place[0].startswith(PASSED_OVER)), None)
    future = _future(output)

    def keep(ended: asyncio.Future[typing.Any]) -> None:
        error = None if ended.cancelled() else ended.exception()
        if error is not None:
            frames.keep(error, own)

    future.add_done_callback(keep)


def _future(output: pulumi.Output[typing.Any]) -> asyncio.Future[typing.Any]:
    """What the SDK settles; older SDKs keep it in another field."""
    fields = vars(output)
    future: asyncio.Future[typing.Any] = fields.get("_data") or fields["_future"]
    return future


def _settled(output: pulumi.Output[typing.Any]) -> str:
    """The value of an Output that has one."""
    result = _future(output).result()
    return str(getattr(result, "value", result))
