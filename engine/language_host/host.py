"""What every host has: the calls that no language changes, and how it serves."""

import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent import futures
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from language_host import CHANNEL_OPTIONS
from language_host.children import Children, end


def refused(why: str) -> Callable[..., NoReturn]:
    """A call that is not served; the text says what the host does not do, and what does."""

    def refuse(_host: object, _request: object, context: grpc.ServicerContext) -> NoReturn:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"this language host {why}")
        raise AssertionError("abort raises")

    return refuse


_no_code = refused("writes no code; Pulumi's own command line does, with its own host")


class Unserved(language_pb2_grpc.LanguageRuntimeServicer):
    """Refuses calls that need more than a run of a program; each error names the way to do it."""

    GetRequiredPlugins = refused("lists packages, not plugins; GetRequiredPackages gives them")
    InstallDependencies = refused(
        "installs nothing; make the project's environment with its own tool, such as `uv sync`"
    )
    # When the engine makes a new project, it goes on without an answer to these two calls.
    RuntimeOptionsPrompts = refused("asks nothing about a new project")
    Template = refused("changes nothing in a new project")
    GenerateProgram = _no_code
    GenerateProject = _no_code
    GeneratePackage = _no_code
    Pack = refused("builds no package; build it with its own tool, such as `uv build`")
    Link = refused("changes no requirements; add the package yourself, such as with `uv add`")


# The SDKs exit so when the user has been told already.
_TOLD_ALREADY = 32


class Host(Unserved):
    """Runs programs for one engine.

    Args:
        version: The engine's version, which the host gives as its own.
    """

    def __init__(self, version: str) -> None:
        self._version = version
        self._children = Children()
        self.engine = ""
        """The engine's address, which programs log to."""

    def end_all(self) -> None:
        """Ends what is still running."""
        self._children.end_all()

    def Handshake(
        self, request: language_pb2.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        """Learns the engine's address, which programs log to."""
        del context
        self.engine = request.engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        """Gives the host's version."""
        del request, context
        return plugin_pb2.PluginInfo(version=self._version)

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Ends all that runs, since the engine gives the operation up."""
        del request, context
        self._children.end_all()
        return empty_pb2.Empty()

    def ran(
        self,
        request: language_pb2.RunRequest,
        command: Sequence[str | Path],
        variables: Mapping[str, str],
        context: grpc.ServicerContext,
    ) -> language_pb2.RunResponse:
        """Runs a program to its end; ends it when the engine gives the call up.

        Args:
            request: The run.
            command: What starts the program.
            variables: Its variables, without its configuration.
            context: The call.
        """
        configured = {
            **variables,
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        with self._children.start(
            command, cwd=request.pwd, variables=configured, captured=False
        ) as running:
            end_with_call(running, context)
            code = running.wait()
        if code == _TOLD_ALREADY:
            return language_pb2.RunResponse(bail=True)
        failure = f"program exited with non-zero exit code: {code}" if code else ""
        return language_pb2.RunResponse(error=failure)


def end_with_call(process: subprocess.Popen[bytes], context: grpc.ServicerContext) -> None:
    """Ends the process when the engine gives the call up, or has done so already."""
    if not context.add_callback(lambda: end(process)):
        end(process)


def refuse_debugger(asked: bool, context: grpc.ServicerContext) -> None:  # noqa: FBT001 - a field
    """Refuses a debugger, which only Pulumi's own hosts attach."""
    if asked:
        context.abort(
            grpc.StatusCode.UNIMPLEMENTED,
            "this language host attaches no debugger; let the program listen with debugpy",
        )


# The engine talks to one host for the program, each pack and each plugin, all at once.
_WORKERS = 32
_SECONDS_BETWEEN_LOOKS = 1


def serve(host: Host) -> int:
    """Prints the port, as the engine expects of a plugin, and serves until a signal arrives."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    server = grpc.server(futures.ThreadPoolExecutor(_WORKERS), options=CHANNEL_OPTIONS)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with suppress(BrokenPipeError):
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
    while not (alone := _nobody_reads()) and not ended.wait(_SECONDS_BETWEEN_LOOKS):
        pass
    host.end_all()
    server.stop(grace=1).wait()
    if alone:
        _kill_group()
    return 0


def _nobody_reads() -> bool:
    """Whether nobody reads what this process prints: the engine is gone, and has ended nothing.

    The parent's number would not tell that: an engine that dies early leaves another parent before
    this one is asked for.
    """
    output = select.poll()
    output.register(sys.stdout.fileno(), 0)
    return bool(output.poll(0))


def _kill_group() -> None:
    """Kills all that the programs have started and left, as the engine does when it ends a host.

    The engine gives each host a process group of its own.
    """
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
