"""Runs the program's `apply` callbacks; one that cannot work with a made-up value gives none.

In the engine's preview such a callback does not run, and its result is unknown. Here it runs, so
that rules see more. Where it raises, takes too long, or would start a process, connect or write,
its result becomes unknown as in the preview, and the program goes on. Preflight says whether a
value is unknown in a preview, and notes what happened; it is asked only then.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import inspect
import json
import os
import sys
import threading
import types
import typing

import pulumi

from . import bounds, frames
from .answers import GivenAnswers
from .bounds import Actions, Clock, Stopped
from .origins import FunctionAnswer, OutputOrigin, Place, Property

Question = typing.Dict[str, typing.Any]  # noqa: UP006 - Python 3.9 reads this
Ask = typing.Callable[[Question], bool]
"""Tells preflight what a callback did; gives whether its value is unknown in a preview."""

_RUNNING: contextvars.ContextVar[Callback | None] = contextvars.ContextVar("callback", default=None)
_LONGEST_VALUE = 10_000


class Callback:
    """One run of a callback."""

    def __init__(
        self,
        func: typing.Callable[[typing.Any], typing.Any],
        value: object,
        origin: OutputOrigin,
        place: Place | None,
        seconds: float,
    ) -> None:
        """Takes what runs, on what, what the value was made of, and for how long it may run."""
        self.func = func
        self.value = value
        self.origin = origin
        self.place = place
        self.around = _RUNNING.get()
        self.left = seconds
        self.stopped = False
        self.allowed = False

    @property
    def code(self) -> object:
        """What is the same in all its runs."""
        return getattr(self.func, "__code__", self.func)

    def question(self, what: str, text: str, trace: list[frames.Frame]) -> Question:
        """What preflight is asked: what happened where, and what the value comes from."""
        properties: list[list[str]] = []
        functions: list[str] = []
        callback: Callback | None = self
        while callback is not None:
            for source in callback.origin.sources():
                if isinstance(source, Property):
                    properties.append(source.told())
                else:
                    functions.append(source.token)
            callback = callback.around
        return {
            "what": what,
            "text": text,
            "frames": [*self._definition(), *trace],
            "properties": properties,
            "functions": functions,
            "value": _as_json(self.value),
        }

    def _definition(self) -> list[frames.Frame]:
        code = getattr(self.func, "__code__", None)
        place = self.place or (code and (code.co_filename, code.co_firstlineno))
        return [frames.of_place(place)] if place else []


class Callbacks:
    """The callbacks of one program."""

    def __init__(self, settings: dict[str, typing.Any], ask: Ask, answers: GivenAnswers) -> None:
        """Takes the bounds of callbacks, the way to preflight, and the answers of functions."""
        self._seconds: float = settings["seconds"]
        self._allowed = frozenset(settings["allow"])
        self._actions = Actions(settings["project"])
        self._ask = ask
        self._answers = answers
        self._clock = Clock(self._is_overdue)
        self._slow: set[object] = set()
        self._asking = threading.local()
        self._guarding = False
        self._process = os.getpid()

    def run(
        self,
        func: typing.Callable[[typing.Any], typing.Any],
        value: object,
        origin: OutputOrigin,
        place: Place | None,
    ) -> object:
        """Runs a callback of `apply`; gives what the callback gives, or an unknown Output."""
        callback = Callback(func, value, origin, place, self._seconds)
        if callback.around is None and not origin.is_filled_in():
            return self._of_own_value(callback)
        if callback.code in self._slow and self._is_overdue(callback, None):
            return _unknown()
        self._guard()
        token = _RUNNING.set(callback)
        try:
            result = self._clock.within(callback, functools.partial(func, value))
            if inspect.isawaitable(result) and not isinstance(result, pulumi.Output):
                result = self._awaited(callback, result)
        except Stopped:
            return _unknown()
        except BaseException as error:  # noqa: BLE001 - whatever the program raises
            self._raise_if_known(callback, error)
            return _unknown()
        finally:
            _RUNNING.reset(token)
        if callback.stopped:
            return _unknown()
        origin.settle(result)
        return result

    def _of_own_value(self, callback: Callback) -> object:
        """Runs a callback on a value of the program's own; only an answer may have misled it."""
        try:
            result = callback.func(callback.value)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the program raises
            for call in self._answers.behind(error, callback.value):
                callback.origin.parents += (OutputOrigin((), FunctionAnswer(call.token)),)
            self._raise_if_known(callback, error)
            return _unknown()
        callback.origin.settle(result)
        return result

    def _raise_if_known(self, callback: Callback, error: BaseException) -> None:
        """Raises the error again, unless the callback's value is unknown in a preview."""
        if callback.stopped:
            return
        if not self._tell(callback, "raised", _said(error), frames.of_error(error)):
            frames.keep(error, callback.place)
            raise error

    def _awaited(
        self, callback: Callback, awaitable: typing.Awaitable[object]
    ) -> pulumi.Output[typing.Any]:
        """An Output of what an asynchronous callback will give."""
        value: asyncio.Future[object] = asyncio.Future()
        known: asyncio.Future[bool] = asyncio.Future()

        async def settle() -> None:
            waited = asyncio.ensure_future(_captured(_Steps(self._clock, callback, awaitable)))
            await asyncio.wait([waited], timeout=self._seconds)
            if not waited.done() and self._is_overdue(callback, None):
                waited.cancel()
            try:
                result, error = (None, None) if callback.stopped else await waited
                if error is not None:
                    self._raise_if_known(callback, error)
            except BaseException as raised:  # noqa: BLE001 - it reaches the program by the Output
                value.set_exception(raised)
                known.set_result(True)
                return
            value.set_result(result)
            known.set_result(error is None and not callback.stopped)

        task = asyncio.ensure_future(settle())
        # The loop alone would let it be collected.
        value.add_done_callback(lambda _: task)
        return pulumi.Output(set(), value, known)

    def _is_overdue(self, callback: Callback, frame: types.FrameType | None) -> bool:
        trace = [] if frame is None else frames.of_callback(frame)
        if not self._tell(callback, "overdue", f"{self._seconds:g} s", trace):
            return False
        self._slow.add(callback.code)
        callback.stopped = True
        return True

    def _guard(self) -> None:
        """Lets Python tell of each event, from the first callback that is looked after."""
        if not self._guarding:
            self._guarding = True
            sys.addaudithook(self._hear)
            bounds.inherit(is_inside, self._check)

    def _hear(self, event: str, arguments: typing.Sequence[typing.Any]) -> None:
        if _RUNNING.get() is not None and not self._is_asking():
            action = self._actions.of(event, arguments)
            if action is not None:
                self._check(*action)

    def _check(self, kind: str, text: str) -> None:
        """Stops a callback that does what it may not.

        Raises:
            Stopped: It runs on a value that is unknown in a preview.
        """
        callback = _RUNNING.get()
        if callback is None or callback.allowed or kind in self._allowed:
            return
        if os.getpid() != self._process:
            # A process that was allowed; only the program itself may ask.
            return
        if not callback.stopped:
            trace = frames.of_callback(sys._getframe())  # noqa: SLF001 - there is no other way
            if not self._tell(callback, kind, text, trace):
                callback.allowed = True
                return
            callback.stopped = True
            self._clock.hurry()
        raise Stopped

    def _is_asking(self) -> bool:
        return getattr(self._asking, "now", False)

    def _tell(self, callback: Callback, what: str, text: str, trace: list[frames.Frame]) -> bool:
        self._asking.now = True
        try:
            question = callback.question(what, text, trace)
            # Without a source the value is the program's own.
            return bool(question["properties"] or question["functions"]) and self._ask(question)
        finally:
            self._asking.now = False


class _Steps:
    """An awaitable each of whose steps is measured."""

    def __init__(
        self, clock: Clock, callback: Callback, awaitable: typing.Awaitable[object]
    ) -> None:
        self._clock = clock
        self._callback = callback
        self._awaitable = awaitable

    def __await__(self) -> typing.Generator[object, object, object]:
        steps = self._awaitable.__await__()
        send: typing.Callable[[typing.Any], object] = getattr(steps, "send", lambda _: next(steps))
        throw: typing.Callable[[typing.Any], object] = getattr(steps, "throw", send)
        step, sent = send, None
        while True:
            try:
                waited = self._clock.within(self._callback, functools.partial(step, sent))
            except StopIteration as end:
                return end.value
            try:
                step, sent = send, (yield waited)
            except BaseException as error:  # noqa: BLE001 - it is the awaitable's
                step, sent = throw, error


async def _captured(
    awaitable: typing.Awaitable[object],
) -> tuple[object, BaseException | None]:
    try:
        return await awaitable, None
    except BaseException as error:  # noqa: BLE001 - whatever the program raises
        return None, error


def is_inside() -> bool:
    """Whether a callback runs on a value that may be unknown in a preview."""
    return _RUNNING.get() is not None


def _unknown() -> pulumi.Output[typing.Any]:
    value: asyncio.Future[None] = asyncio.Future()
    value.set_result(None)
    known: asyncio.Future[bool] = asyncio.Future()
    known.set_result(False)
    return pulumi.Output(set(), value, known)


def _said(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}".rstrip(": ")
    except Exception:  # noqa: BLE001 - a class of the program may fail to give its text
        return type(error).__name__


def _as_json(value: object) -> object:
    try:
        text = json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        return None
    return value if len(text) <= _LONGEST_VALUE else None
