"""Programs in YAML, which the evaluator of Pulumi's own language host runs.

Preflight's own build of the host asks preflight for the schemas of packages; the host that comes
with Pulumi's command line asks provider plugins.
Source: pulumi/pulumi-yaml, pkg/server/server.go, pkg/pulumiyaml/run.go (LoadDir).
"""

import json
import sys
from collections.abc import Mapping
from shutil import which

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.runtimes import HOST_RUNNER, Launch, ProgramSource, hosts

_STOCK = "pulumi-language-yaml"
_FILES = ("Main.json", "Main.yaml", "Pulumi.yaml")
_NO_HOST = (
    "`preflight install yaml` builds one with Go, which needs no plugins; or install Pulumi's "
    "command line, whose host needs the plugin of each package that the program uses"
)
NO_PLUGIN = (
    "`preflight install yaml` builds a host with Go that needs no plugins; or install the plugin: "
    "`pulumi plugin install resource NAME`"
)


def find(source: ProgramSource, variables: Mapping[str, str]) -> Launch:
    """Finds a program, and the host that runs it.

    Raises:
        ProjectError: There is no program, or no host.
    """
    folder = source.folder()
    compiler = source.options.get("compiler")
    if compiler is not None and not isinstance(compiler, str):
        raise ProjectError(
            f"{source.file}: runtime.options.compiler is {compiler!r}; wanted a text"
        )
    template = next((folder / name for name in _FILES if (folder / name).is_file()), None)
    if template is None and not compiler:
        raise ProjectError(
            f"{folder} holds no {', '.join(_FILES[:-1])} or {_FILES[-1]}, the program that "
            f"{source.file} stands for",
            hint="write it, or name its folder with main: in the project file",
        )
    own = hosts.find("yaml", variables)
    host = own or which(_STOCK, path=variables.get("PATH", ""))
    if host is None:
        raise ProjectError(
            f"{source.file}: the program is one in YAML, and there is no host that runs it",
            hint=_NO_HOST,
        )
    return Launch(
        command=(sys.executable, str(HOST_RUNNER), json.dumps(source.options), str(host)),
        program=folder,
        working_directory=folder,
        # The stock host would download plugins.
        variables={"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true"},
        # Functions of YAML read files and nothing else, so there is nothing to keep them from.
        bounds_callbacks=True,
        template=None if compiler else template,
        loads_schemas=own is not None,
    )
