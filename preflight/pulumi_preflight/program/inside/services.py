"""Preflight's services as the SDK uses them, and what the SDK says to them for nothing."""

from __future__ import annotations

import asyncio
import functools
import types
import typing

import pulumi.log
import pulumi.runtime.stack
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import engine_pb2
from pulumi.runtime.proto.engine_pb2_grpc import EngineStub
from pulumi.runtime.proto.resource_pb2_grpc import ResourceMonitorStub

from .calls import Calls

# How long others may take to end too, for each that has not: a few times what a look at one costs.
_SECONDS_AN_OUTPUT = 0.00005


def services_over(calls: Calls) -> dict[str, object]:
    """The services as settings of the SDK."""
    channel: typing.Any = calls
    engine: typing.Any = EngineStub(channel)
    log = engine.Log

    def logged(request: engine_pb2.LogRequest, **options: object) -> object:
        return Empty() if request.severity == engine_pb2.DEBUG else log(request, **options)

    engine.Log = logged
    return {"monitor": ResourceMonitorStub(channel), "engine": engine}


def send_no_debug_lines() -> None:
    """Lets the SDK make no lines that nobody reads: four for each resource."""
    debug = pulumi.log.debug

    @functools.wraps(debug)
    def unsaid(*arguments: typing.Any, **options: typing.Any) -> None:  # noqa: ANN401 - the SDK's own
        # Any other call may be a mistake of the program.
        if options or list(map(type, arguments)) != [str]:
            debug(*arguments, **options)

    pulumi.log.debug = unsaid
    _wait_for_several()


def _wait_for_several() -> None:
    """Lets several outputs end before the SDK looks at all of them again.

    It does so whenever one has ended, which takes time by the square of their number. The lines for
    debugging held that up.
    """
    stack: typing.Any = pulumi.runtime.stack
    if getattr(stack, "asyncio", None) is not asyncio:
        return
    wait = asyncio.wait

    async def waited(
        outputs: typing.Collection[asyncio.Future[object]],
        **options: typing.Any,  # noqa: ANN401 - the SDK's own
    ) -> tuple[set[asyncio.Future[object]], set[asyncio.Future[object]]]:
        done, left = await wait(outputs, **options)
        if options != {"return_when": asyncio.FIRST_COMPLETED} or not left or _any_failed(done):
            return done, left
        turn = len(left) * _SECONDS_AN_OUTPUT
        more, left = await wait(left, timeout=turn, return_when=asyncio.FIRST_EXCEPTION)
        return done | more, left

    view = types.ModuleType(asyncio.__name__)
    vars(view).update(vars(asyncio), wait=waited)
    stack.asyncio = view


def _any_failed(done: typing.Iterable[asyncio.Future[object]]) -> bool:
    return any(each.cancelled() or each.exception() is not None for each in done)
