"""The protocol's calls. Names are the protocol's own."""

import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import NoReturn

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from language_host import CHANNEL_OPTIONS
from language_host.children import (
    Children,
    NotRunnableError,
    TypesError,
    check_types,
    end,
    output_of,
    plugin_command,
)
from language_host.inspection import Installed, inspect, required_packages
from language_host.policy_proxy import PackNotStartedError, PolicyProxy, variables_of
from pulumi_preflight.runtimes.python import (
    Interpreter,
    NoInterpreterError,
    OptionError,
    Options,
    choose,
    read_options,
)


def _refused(why: str) -> Callable[..., NoReturn]:
    def refuse(_host: object, _request: object, context: grpc.ServicerContext) -> NoReturn:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"this language host {why}")
        raise AssertionError("abort raises")

    return refuse


_no_code = _refused("writes no code; Pulumi's own command line does, with its own host")


class Unserved(language_pb2_grpc.LanguageRuntimeServicer):
    """Refuses calls that need more than a run of a program; each error names the way to do it."""

    GetRequiredPlugins = _refused("lists packages, not plugins; GetRequiredPackages gives them")
    InstallDependencies = _refused(
        "installs nothing; make the project's environment with its own tool, such as `uv sync`"
    )
    # When the engine makes a new project, it goes on without an answer to these two calls.
    RuntimeOptionsPrompts = _refused("asks nothing about a new project")
    Template = _refused("changes nothing in a new project")
    GenerateProgram = _no_code
    GenerateProject = _no_code
    GeneratePackage = _no_code
    Pack = _refused("builds no package; build it with its own tool, such as `uv build`")
    Link = _refused("changes no requirements; add the package yourself, such as with `uv add`")


# The shim exits so when the user has been told already (pulumi-language-python-exec).
_TOLD_ALREADY = 32


class LanguageHost(Unserved):
    """Runs Python programs, policy packs and plugins for one engine.

    Args:
        shim: The SDK's script that a program is started with.
        version: The engine's version, which the host gives as its own.
    """

    def __init__(self, shim: Path, version: str) -> None:
        self._shim = shim
        self._version = version
        self._engine = ""
        self._children = Children()

    def end_all(self) -> None:
        """Ends what is still running."""
        self._children.end_all()

    def Handshake(
        self, request: language_pb2.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        """Learns the engine's address, which programs log to."""
        del context
        self._engine = request.engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        """Gives the host's version."""
        del request, context
        return plugin_pb2.PluginInfo(version=self._version)

    def GetRequiredPackages(
        self, request: language_pb2.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        """Lists the providers that the program can import."""
        installed = _installed(request.info, context)
        attached = os.environ.get("PULUMI_DEBUG_PROVIDERS", "")
        packages = required_packages(installed.plugins, attached)
        return language_pb2.GetRequiredPackagesResponse(packages=packages)

    def GetProgramDependencies(
        self, request: language_pb2.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetProgramDependenciesResponse:
        """Lists the distributions that the program can import, for `pulumi about`."""
        installed = _installed(request.info, context)
        listed = (
            installed.distributions
            if request.transitiveDependencies
            else installed.required_by_none()
        )
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[
                language_pb2.DependencyInfo(name=each.name, version=each.version) for each in listed
            ]
        )

    def About(
        self, request: language_pb2.AboutRequest, context: grpc.ServicerContext
    ) -> language_pb2.AboutResponse:
        """Names the interpreter and the project's options, for `pulumi about`."""
        options, interpreter = _chosen(request.info, context)
        return language_pb2.AboutResponse(
            executable=str(interpreter.python),
            version=_installed(request.info, context).version,
            metadata={
                "toolchain": options.toolchain.capitalize() or "Auto",
                "typechecker": options.typechecker.capitalize() or "None",
            },
        )

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Ends all that runs, since the engine gives the operation up."""
        del request, context
        self._children.end_all()
        return empty_pb2.Empty()

    def Run(
        self, request: language_pb2.RunRequest, context: grpc.ServicerContext
    ) -> language_pb2.RunResponse:
        """Runs a program to its end; ends it when the engine gives the call up."""
        _refuse_debugger(request.attach_debugger, context)
        options, interpreter = _chosen(request.info, context)
        variables = interpreter.variables(os.environ)
        if options.typechecker:
            program = request.info.program_directory
            try:
                check_types(options.typechecker, interpreter, program, variables)
            except TypesError as error:
                context.abort(grpc.StatusCode.UNKNOWN, str(error))
        variables["PULUMI_CONFIG"] = json.dumps(dict(request.config))
        variables["PULUMI_CONFIG_SECRET_KEYS"] = json.dumps(list(request.configSecretKeys))
        command: list[str | Path] = [interpreter.python, "-u", self._shim]
        command += self._run_arguments(request)
        with self._children.start(
            command, cwd=request.pwd, variables=variables, captured=False
        ) as running:
            _end_with_call(running, context)
            code = running.wait()
        if code == _TOLD_ALREADY:
            return language_pb2.RunResponse(bail=True)
        failure = f"program exited with non-zero exit code: {code}" if code else ""
        return language_pb2.RunResponse(error=failure)

    def RunPlugin(
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        """Runs a policy pack or another plugin, and passes on what it prints as it comes."""
        _refuse_debugger(request.attach_debugger, context)
        is_pack = request.kind == "analyzer"
        _, interpreter = _chosen(request.info, context, plugin=not is_pack)
        given = dict(entry.split("=", maxsplit=1) for entry in request.env if "=" in entry)
        variables = given or dict(os.environ)
        program = request.info.program_directory
        with ExitStack() as stack:
            try:
                command = plugin_command(Path(program), request.args, is_pack=is_pack)
                proxy = stack.enter_context(closing(PolicyProxy())) if is_pack else None
                if proxy:
                    if not context.add_callback(proxy.close):
                        return
                    yield language_pb2.RunPluginResponse(stdout=b"%d\n" % proxy.port)
                    variables = {**variables_of(proxy.configuration()), **variables}
                plugin = stack.enter_context(
                    self._children.start(
                        [interpreter.python, "-u", *command],
                        cwd=program if is_pack else request.pwd,
                        variables=interpreter.variables(variables),
                        captured=True,
                    )
                )
                _end_with_call(plugin, context)
                output = output_of(plugin)
                for stream, chunk in proxy.attach(output) if proxy else output:
                    if stream == "stdout":
                        yield language_pb2.RunPluginResponse(stdout=chunk)
                    else:
                        yield language_pb2.RunPluginResponse(stderr=chunk)
                yield language_pb2.RunPluginResponse(exitcode=plugin.wait())
            except (NotRunnableError, PackNotStartedError) as error:
                context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))

    def _run_arguments(self, request: language_pb2.RunRequest) -> Iterator[str]:
        """The shim's options and the program, which is a folder or a file."""
        options = {
            "monitor": request.monitor_address,
            "engine": self._engine,
            "project": request.project,
            "stack": request.stack,
            "organization": request.organization,
            "pwd": request.pwd,
            "root_directory": request.info.root_directory,
            "dry_run": "true" if request.dryRun else "false",
            "parallel": str(request.parallel),
        }
        for name, value in options.items():
            if value:
                yield from (f"--{name}", value)
        yield os.path.normpath(
            Path(request.info.program_directory, request.info.entry_point or ".")
        )
        yield from request.args


def _end_with_call(process: subprocess.Popen[bytes], context: grpc.ServicerContext) -> None:
    """Ends the process when the engine gives the call up, or has done so already."""
    if not context.add_callback(lambda: end(process)):
        end(process)


def _refuse_debugger(asked: bool, context: grpc.ServicerContext) -> None:  # noqa: FBT001 - a field
    if asked:
        context.abort(
            grpc.StatusCode.UNIMPLEMENTED,
            "this language host attaches no debugger; let the program listen with debugpy",
        )


def _chosen(
    info: language_pb2.ProgramInfo, context: grpc.ServicerContext, *, plugin: bool = False
) -> tuple[Options, Interpreter]:
    given = json_format.MessageToDict(info.options)
    root = Path(info.root_directory)
    try:
        options = read_options(given)
        program = Path(info.program_directory or root)
        return options, choose(root, program, options, os.environ, plugin=plugin)
    except OptionError as error:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"{root}: {error}")
        raise
    except NoInterpreterError as error:
        told = f"{root}: {error}; {error.hint}"
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, told)
        raise


def _installed(info: language_pb2.ProgramInfo, context: grpc.ServicerContext) -> Installed:
    _, interpreter = _chosen(info, context)
    variables = interpreter.variables(os.environ)
    try:
        return inspect(interpreter, Path(info.program_directory), variables)
    except subprocess.CalledProcessError as error:
        context.abort(grpc.StatusCode.INTERNAL, f"{interpreter.python}: {error.stderr.strip()}")
        raise


# The engine talks to one host for the program, each pack and each plugin, all at once.
_WORKERS = 32
_SECONDS_BETWEEN_LOOKS = 1

_ENGINE = Path(__file__).resolve().parent.parent
_SHIM = _ENGINE / "bin" / "pulumi-language-python-exec"


def main(version: str) -> int:
    """Prints the port, as the engine expects of a plugin, and serves until a signal arrives.

    Args:
        version: The version of the engine that the host belongs to.
    """
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    server = grpc.server(futures.ThreadPoolExecutor(_WORKERS), options=CHANNEL_OPTIONS)
    host = LanguageHost(_SHIM, version)
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
