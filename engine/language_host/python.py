"""The host for Python: programs, policy packs and component plugins."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import grpc
from google.protobuf import json_format
from pulumi.runtime.proto import language_pb2

from language_host.children import (
    NotRunnableError,
    TypesError,
    check_types,
    output_of,
    plugin_command,
)
from language_host.host import Host, end_with_call, refuse_debugger
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

# The SDK's script that a program is started with; the build puts it beside the engine.
_SHIM = Path(__file__).resolve().parents[1] / "bin" / "pulumi-language-python-exec"


class PythonHost(Host):
    """Runs Python programs, policy packs and plugins."""

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

    def Run(
        self, request: language_pb2.RunRequest, context: grpc.ServicerContext
    ) -> language_pb2.RunResponse:
        """Checks the program's types where the project asks for that, and runs it."""
        refuse_debugger(request.attach_debugger, context)
        options, interpreter = _chosen(request.info, context)
        variables = interpreter.variables(os.environ)
        if options.typechecker:
            program = request.info.program_directory
            try:
                check_types(options.typechecker, interpreter, program, variables)
            except TypesError as error:
                context.abort(grpc.StatusCode.UNKNOWN, str(error))
        command: list[str | Path] = [interpreter.python, "-u", _SHIM]
        command += self._run_arguments(request)
        return self.ran(request, command, variables, context)

    def RunPlugin(
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        """Runs a policy pack or another plugin, and passes on what it prints as it comes."""
        refuse_debugger(request.attach_debugger, context)
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
                end_with_call(plugin, context)
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
            "engine": self.engine,
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
