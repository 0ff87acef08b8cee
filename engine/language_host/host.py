"""The protocol's calls. Names are the protocol's own."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from language_host.children import Children, end, output_of
from language_host.inspection import Installed, inspect
from language_host.interpreter import Interpreter, NoInterpreterError, choose
from language_host.required import required_packages

# The shim exits so when the user has been told already (pulumi-language-python-exec).
_TOLD_ALREADY = 32


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
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
        """Names the interpreter, for `pulumi about`."""
        return language_pb2.AboutResponse(
            executable=str(_interpreter(request.info, context).python),
            version=_installed(request.info, context).version,
        )

    def InstallDependencies(
        self, request: language_pb2.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> NoReturn:
        """Refuses: which tool makes the environment is the project's matter."""
        context.abort(
            grpc.StatusCode.UNIMPLEMENTED,
            f"this language host installs nothing; make the environment of "
            f"{request.info.root_directory} with its own tool, such as `uv sync`",
        )

    def Run(
        self, request: language_pb2.RunRequest, context: grpc.ServicerContext
    ) -> language_pb2.RunResponse:
        """Runs a program to its end; ends it when the engine gives the call up."""
        interpreter = _interpreter(request.info, context)
        variables = {
            **interpreter.variables(os.environ),
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        command: list[str | Path] = [interpreter.python, "-u", self._shim]
        command += self._run_arguments(request)
        with self._children.start(
            command, cwd=request.pwd, variables=variables, captured=False
        ) as program:
            _end_with_call(program, context)
            code = program.wait()
        if code == _TOLD_ALREADY:
            return language_pb2.RunResponse(bail=True)
        error = f"Program exited with non-zero exit code: {code}" if code else ""
        return language_pb2.RunResponse(error=error)

    def RunPlugin(
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        """Runs a policy pack or another plugin, and passes on what it prints as it comes."""
        interpreter = _interpreter(request.info, context)
        variables = dict(entry.split("=", maxsplit=1) for entry in request.env if "=" in entry)
        program = request.info.program_directory
        what = (
            ["-m", "pulumi.policy", *request.args, program]
            if request.kind == "analyzer"
            else [program, *request.args]
        )
        with self._children.start(
            [interpreter.python, "-u", *what],
            cwd=request.pwd,
            variables=interpreter.variables(variables or os.environ),
            captured=True,
        ) as plugin:
            _end_with_call(plugin, context)
            for stream, chunk in output_of(plugin):
                if stream == "stdout":
                    yield language_pb2.RunPluginResponse(stdout=chunk)
                else:
                    yield language_pb2.RunPluginResponse(stderr=chunk)
            yield language_pb2.RunPluginResponse(exitcode=plugin.wait())

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
            "dry_run": "true" if request.dryRun else "",
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


def _interpreter(info: language_pb2.ProgramInfo, context: grpc.ServicerContext) -> Interpreter:
    options = {name: value.string_value for name, value in info.options.fields.items()}
    try:
        return choose(Path(info.root_directory), options)
    except NoInterpreterError as error:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        raise


def _installed(info: language_pb2.ProgramInfo, context: grpc.ServicerContext) -> Installed:
    interpreter = _interpreter(info, context)
    variables = interpreter.variables(os.environ)
    try:
        return inspect(interpreter, Path(info.program_directory), variables)
    except subprocess.CalledProcessError as error:
        context.abort(grpc.StatusCode.INTERNAL, f"{interpreter.python}: {error.stderr.strip()}")
        raise
