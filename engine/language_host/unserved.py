"""The calls that this host does not serve: each refusal names what is missing.

Pulumi's own host serves them (pulumi/pulumi, sdk/python/cmd/pulumi-language-python/main.go).
"""

from collections.abc import Callable
from typing import NoReturn

import grpc
from pulumi.runtime.proto import language_pb2_grpc


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
