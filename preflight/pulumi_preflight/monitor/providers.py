"""Providers: packages that the program registers, default providers, and which one serves what.

Source: pulumi/pulumi, pkg/resource/deploy/{default_providers,source_eval}.go and
providers/registry.go.
"""

import base64
import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pulumi.runtime.proto.resource_pb2 import RegisterPackageRequest

from pulumi_preflight.project.config_values import ConfigValue
from pulumi_preflight.stack_context import PROVIDER_TYPE, package_of
from pulumi_preflight.wire import Properties, secret

_DISABLED = "pulumi:disable-default-providers"
_INTERNAL = "__internal"
_DYNAMIC = ("pulumi-python", "pulumi-nodejs")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.]")


def provider_type(package: str) -> str:
    """The type token of a package's providers."""
    return f"{PROVIDER_TYPE}{package}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A provider package as a resource asks for it.

    Attributes:
        name: The package's name, which its type tokens start with.
        version: Its version, empty where the resource leaves it to the engine.
        url: Where its plugin is downloaded from, empty for the usual place.
        plugin: The plugin's own name, where the package is made out of another by a parameter.
        plugin_version: The plugin's own version, in that case.
        parameter: The parameter, in that case.
    """

    name: str
    version: str = ""
    url: str = ""
    plugin: str = ""
    plugin_version: str = ""
    parameter: bytes = b""

    @property
    def default_name(self) -> str:
        """The logical name of the package's default provider, such as `default_7_51_1`."""
        version, _, rest = self.version.partition("-")
        parts = [*version.split("."), *re.split(r"[.+]", rest)] if self.version else []
        name = "_".join(["default", *filter(None, parts)])
        return f"{name}_{_NOT_IN_NAMES.sub('_', self.url)}" if self.url else name

    def inputs(self) -> Properties:
        """What the engine adds to a provider's inputs to find its plugin again."""
        internal: Properties = {}
        inputs: Properties = {_INTERNAL: internal}
        if self.version:
            inputs["version"] = self.version
        if self.url:
            internal["pluginDownloadURL"] = self.url
        if self.plugin:
            internal["name"] = self.plugin
            internal["version"] = self.plugin_version
            internal["parameterization"] = base64.b64encode(self.parameter).decode()
        return inputs


class Packages:
    """The packages that the program registered by itself, by the reference it was given."""

    def __init__(self) -> None:
        """Starts without any."""
        self._packages: dict[str, Package] = {}

    def register(self, request: RegisterPackageRequest) -> str:
        """Keeps a package; the same one has the same reference."""
        package = Package(name=request.name, version=request.version, url=request.download_url)
        if request.HasField("parameterization"):
            parameter = request.parameterization
            package = replace(
                package,
                name=parameter.name,
                version=parameter.version,
                plugin=request.name,
                plugin_version=request.version,
                parameter=parameter.value,
            )
        digest = hashlib.sha256(request.SerializeToString()).hexdigest()
        reference = str(uuid.UUID(digest[:32]))
        self._packages[reference] = package
        return reference

    def find(self, reference: str, *, token: str, version: str, url: str) -> Package:
        """The package that serves a token: the registered one, or as the request says.

        Raises:
            KeyError: The reference was never given out.
        """
        if reference:
            return self._packages[reference]
        return Package(name=package_of(token), version=version, url=url.removesuffix("/"))


def default_provider_inputs(package: Package, config: Mapping[str, ConfigValue]) -> Properties:
    """The inputs of a package's default provider: the package's own configuration.

    The provider of dynamic resources runs the program's code, and gets all that the program gets.
    """
    prefix = "" if package.name in _DYNAMIC else f"{package.name}:"
    inputs: Properties = {
        key.removeprefix(prefix): secret(value.text) if value.secret else value.text
        for key, value in config.items()
        if key.startswith(prefix)
    }
    return inputs | package.inputs()


def is_default_denied(package: str, config: Mapping[str, ConfigValue]) -> bool:
    """Whether the stack's configuration forbids the default provider of a package."""
    value = config.get(_DISABLED)
    if value is None or not value.text or package == "pulumi":
        return False
    names = [str(name).strip() for name in json.loads(value.text)]
    return "*" in names or package in names
