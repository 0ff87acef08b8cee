"""What is installed in a program's interpreter: its Pulumi providers, and all distributions.

`QUERY` runs in that interpreter, so it takes no newer Python than the SDK does.
"""

import json
import subprocess
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi.runtime.proto import plugin_pb2

from pulumi_preflight.runtimes.python import Interpreter

QUERY = """\
import glob, json, os, re, sys
from importlib.metadata import distributions

def requirement(text):
    return re.match(r"[A-Za-z0-9._-]+", text).group()

plugins = []
for folder in sys.path:
    for file in glob.glob(os.path.join(glob.escape(folder), "*", "pulumi-plugin.json")):
        with open(file, encoding="utf-8") as stream:
            plugins.append(json.load(stream))
found = [
    {
        "name": each.metadata["Name"],
        "version": each.version,
        "requires": [requirement(text) for text in each.requires or []],
    }
    for each in distributions()
]
version = sys.version.split()[0]
json.dump({"version": version, "plugins": plugins, "distributions": found}, sys.stdout)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """One installed distribution, and the names of those it needs."""

    name: str
    version: str
    requires: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What an interpreter holds.

    Attributes:
        version: The version of Python.
        plugins: The `pulumi-plugin.json` of each installed Pulumi package, as it is.
        distributions: Everything installed.
    """

    version: str
    plugins: tuple[Mapping[str, Any], ...]
    distributions: tuple[Distribution, ...]

    def required_by_none(self) -> list[Distribution]:
        """The distributions that somebody asked for, by that nothing else needs them."""
        needed = {_normal(name) for each in self.distributions for name in each.requires}
        return [each for each in self.distributions if _normal(each.name) not in needed]


def inspect(interpreter: Interpreter, program: Path, variables: Mapping[str, str]) -> Installed:
    """Asks the interpreter what it holds; packages in the program's own folder count as well.

    Raises:
        subprocess.CalledProcessError: The interpreter does not run; `stderr` says why.
    """
    told = subprocess.run(
        [interpreter.python, "-c", QUERY],
        cwd=program,
        env=dict(variables),
        check=True,
        capture_output=True,
        text=True,
    )
    found = json.loads(told.stdout)
    return Installed(
        version=found["version"],
        plugins=tuple(found["plugins"]),
        distributions=tuple(_distributions(found["distributions"])),
    )


def _distributions(found: Iterable[Mapping[str, Any]]) -> Iterable[Distribution]:
    for each in found:
        yield Distribution(
            name=each["name"], version=each["version"], requires=tuple(each["requires"])
        )


def _normal(name: str) -> str:
    """Names that differ in case and separators are one (packaging.python.org)."""
    return name.lower().replace("_", "-").replace(".", "-")


def required_packages(
    plugins: Iterable[Mapping[str, Any]], attached: str
) -> list[plugin_pb2.PackageDependency]:
    """The packages whose plugins the engine must have.

    Args:
        plugins: The `pulumi-plugin.json` of each installed Pulumi package.
        attached: PULUMI_DEBUG_PROVIDERS, such as `aws:12345,random:12346`: the providers that run
            already. The engine would look for their plugins all the same, and download them.
    """
    running = {entry.partition(":")[0] for entry in attached.split(",")}
    return [
        _dependency(plugin)
        for plugin in plugins
        if plugin.get("resource") and plugin.get("name") not in running
    ]


def _dependency(plugin: Mapping[str, Any]) -> plugin_pb2.PackageDependency:
    dependency = plugin_pb2.PackageDependency(
        kind="resource",
        name=plugin["name"],
        version=f"v{plugin['version']}" if plugin.get("version") else "",
        server=plugin.get("server", ""),
    )
    if parameterization := plugin.get("parameterization"):
        dependency.parameterization.name = parameterization["name"]
        dependency.parameterization.version = parameterization["version"]
        dependency.parameterization.value = b64decode(parameterization["value"])
    return dependency
