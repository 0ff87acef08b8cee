"""The host for Node: programs in JavaScript and TypeScript."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import json_format
from pulumi.runtime.proto import language_pb2

from language_host.host import Host, refuse_debugger, refused
from language_host.inspection import required_packages
from pulumi_preflight.errors import ProjectError
from pulumi_preflight.runtimes import Launch, ProgramSource
from pulumi_preflight.runtimes.nodejs import MODULES, find, sdk_of


class NodeHost(Host):
    """Runs programs on the found `node` and the program's own SDK."""

    RunPlugin = refused("runs programs for Node; Pulumi's own host runs plugins and packs for it")

    def GetRequiredPackages(
        self, request: language_pb2.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        """Lists the providers that the program can import."""
        folder = _launch(request.info, context).working_directory
        attached = os.environ.get("PULUMI_DEBUG_PROVIDERS", "")
        return language_pb2.GetRequiredPackagesResponse(
            packages=required_packages(_plugins(folder), attached)
        )

    def GetProgramDependencies(
        self, request: language_pb2.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetProgramDependenciesResponse:
        """Lists the packages that the program can import, for `pulumi about`."""
        folder = _launch(request.info, context).working_directory
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[
                language_pb2.DependencyInfo(name=each["name"], version=each.get("version", ""))
                for each in _packages(folder)
            ]
        )

    def About(
        self, request: language_pb2.AboutRequest, context: grpc.ServicerContext
    ) -> language_pb2.AboutResponse:
        """Names `node` and its version, for `pulumi about`."""
        node = _launch(request.info, context).command[0]
        told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
        return language_pb2.AboutResponse(executable=node, version=told.stdout.strip())

    def Run(
        self, request: language_pb2.RunRequest, context: grpc.ServicerContext
    ) -> language_pb2.RunResponse:
        """Runs a program as the SDK's own `run` does."""
        refuse_debugger(request.attach_debugger, context)
        launch = _launch(request.info, context)
        sdk = sdk_of(launch.working_directory, Path(request.info.root_directory))
        command: list[str | Path] = [*launch.command[:-1], sdk / "cmd" / "run"]
        command += self._run_arguments(request)
        changed = {name: text for name, text in launch.variables.items() if text is not None}
        return self.ran(request, command, {**os.environ, **changed}, context)

    def _run_arguments(self, request: language_pb2.RunRequest) -> Iterator[str]:
        """The options of `run` and the program, relative to its working directory."""
        options = {
            "monitor": request.monitor_address,
            "engine": self.engine,
            "organization": request.organization,
            "project": request.project,
            "stack": request.stack,
            "pwd": request.pwd,
            "root-directory": request.info.root_directory,
            "parallel": str(request.parallel),
        }
        for name, value in options.items():
            yield from (f"--{name}", value)
        if request.dryRun:
            yield "--dry-run"
        yield request.info.entry_point or "."
        yield from request.args


def _launch(info: language_pb2.ProgramInfo, context: grpc.ServicerContext) -> Launch:
    root = Path(info.root_directory)
    program = Path(info.program_directory or root, info.entry_point or ".")
    source = ProgramSource(
        file=root / "Pulumi.yaml",
        main=os.path.relpath(program, root),
        options=json_format.MessageToDict(info.options),
    )
    try:
        return find(source, os.environ)
    except ProjectError as error:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"{error}; {error.hint}")
        raise


def _packages(folder: Path) -> Iterator[Mapping[str, Any]]:
    """The `package.json` of each package that Node would find from a folder."""
    for above in (folder, *folder.parents):
        for pattern in ("*/package.json", "@*/*/package.json"):
            for file in sorted((above / MODULES).glob(pattern)):
                yield json.loads(file.read_text(encoding="utf-8"))


def _plugins(folder: Path) -> Iterator[Mapping[str, Any]]:
    """What Pulumi's packages say of their plugins; the package's name and version where nothing."""
    for package in _packages(folder):
        if plugin := package.get("pulumi"):
            name = package["name"].removeprefix("@pulumi/")
            yield {"name": name, "version": package.get("version", ""), **plugin}
