"""Which provider plugins a program needs, told from the Pulumi packages that it can import."""

from base64 import b64decode
from collections.abc import Iterable, Mapping
from typing import Any

from pulumi.runtime.proto import plugin_pb2


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
