"""The embedded provider: stands in for the plugin of AWS on the local stack."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from shutil import which
from typing import Any

from pulumi_loopback.credentials import PROFILE, Key, own_key, variables_for
from pulumi_loopback.embedded.backend import EmbeddedBackend
from pulumi_loopback.embedded.table import TABLE
from pulumi_loopback.endpoint import named_url, url_in, written_profile
from pulumi_loopback.errors import CommandError
from pulumi_loopback.project import Project
from pulumi_loopback.state.store import Store
from pulumi_loopback.target import Target
from pulumi_preflight.outputs import Outputs
from pulumi_preflight.outputs.shapes import Shapes
from pulumi_preflight.provider.backend import BackendError, ProvidedResource
from pulumi_preflight.provider.server import ask
from pulumi_preflight.stack_context import name_of, type_of

_ATTACHED = "PULUMI_DEBUG_PROVIDERS"
_SDK = "pulumi-aws"
_PROCESS = "pulumi_loopback.embedded.provider_process"


@contextmanager
def provided(stack: Target) -> Iterator[Target]:
    """The stack with a provider for AWS, while the block runs.

    The plugin is used where it is installed, or where another provider was attached by hand; so it
    is for any stack but a local one. The plugin is not used where no setting names the endpoint.
    Whether the plugin could be downloaded is not asked: without a network that takes long.
    """
    if not _needs_embedded(stack):
        yield _with_own_key(stack)
        return
    sys.stdout.write(
        "The embedded provider takes the place of the plugin of AWS.\n"
        if _alone_knows_endpoint(stack.project)
        else "The plugin of AWS is not installed: the embedded provider is used"
        f" (`pulumi plugin install resource aws {version(_SDK)}` gets the plugin).\n"
    )
    attached = stack.variables.get(_ATTACHED)
    with _served(stack.project) as port:
        own = f"aws:{port}"
        both = f"{attached},{own}" if attached else own
        variables = _on_the_loopback(stack) if stack.project.endpoint else stack.variables
        yield replace(stack, variables={**variables, _ATTACHED: both}, embedded=True)


@contextmanager
def _served(project: Project) -> Iterator[int]:
    """Serves the provider in a process of its own, and gives the port.

    The process outlives this one where this one is killed, for as long as an engine needs it. So
    resources that are being made then get into the state.

    Raises:
        CommandError: The key cannot be read; or the process does not start, and its output has said
            why.
    """
    own_key(project.folder, project.spelling)
    endpoint = ["--endpoint", project.endpoint] if project.endpoint else []
    with subprocess.Popen(
        # Whatever stands in the working directory is not a module of its.
        [sys.executable, "-P", "-m", _PROCESS, project.folder, *endpoint],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        process_group=0,  # Ctrl-C is for the engine, which needs the provider to end well
    ) as process:
        line = process.stdout.readline() if process.stdout else b""
        if not line:
            raise CommandError("the embedded provider does not start")
        yield int(line)


def _on_the_loopback(stack: Target) -> dict[str, str]:
    """The variables with which the program's own clients of AWS, too, ask the endpoint."""
    profile = written_profile(stack.project)
    return {**variables_for(profile, stack.variables), "AWS_PROFILE": PROFILE}


def _with_own_key(stack: Target) -> Target:
    """The stack whose provider signs with the endpoint's key, where the endpoint is ours.

    The profile's file hands the key to the plugin, so the key is in no state. The plugin cannot
    reach the user's own keys, so a call that misses the endpoint cannot succeed.
    """
    if not stack.project.local or url_in(stack.project) is None:
        return stack
    profile = written_profile(stack.project)
    return replace(stack, variables=variables_for(profile, stack.variables))


def _needs_embedded(stack: Target) -> bool:
    """Whether the stack is the local one, and has no other provider for AWS."""
    attached = stack.variables.get(_ATTACHED, "").split(",")
    return (
        stack.project.local
        and not any(each.startswith("aws:") for each in attached)
        and (_alone_knows_endpoint(stack.project) or not _plugin_is_installed(stack))
    )


def _alone_knows_endpoint(project: Project) -> bool:
    """Whether no setting names the endpoint: then the plugin would go to AWS."""
    return named_url(project) is None and project.endpoint is not None


def embedded_backend(shapes: Shapes, key: Key, endpoint: str | None = None) -> EmbeddedBackend:
    """The backend, with this interpreter's SDKs.

    Args:
        shapes: The types' properties.
        key: The key of the project's endpoint.
        endpoint: URL of that endpoint for programs whose provider names none.
    """
    return EmbeddedBackend(shapes, Outputs(shapes, keep_unknowns=False), key, endpoint=endpoint)


def _plugin_is_installed(stack: Target) -> bool:
    """Whether the engine finds the plugin of the SDK's version in its folder, or any on PATH.

    Source: pulumi/pulumi, sdk/go/common/workspace/plugins.go (GetPluginPath).
    """
    home = stack.variables.get("PULUMI_HOME") or Path.home() / ".pulumi"
    folder = Path(home, "plugins", f"resource-aws-v{version(_SDK)}")
    return folder.is_dir() or which("pulumi-resource-aws", path=stack.variables["PATH"]) is not None


def check_types(places: Mapping[str, str]) -> None:
    """Makes sure that all of a program's resources can be made.

    Args:
        places: URNs to the `file:line` that makes them.

    Raises:
        CommandError: It has a type that the table does not.
    """
    unknown = [
        f"{type_of(urn)} ({name_of(urn)}, {place})"
        for urn, place in places.items()
        if type_of(urn).startswith("aws:") and type_of(urn) not in TABLE
    ]
    if unknown:
        raise CommandError(
            f"the embedded provider cannot make {', '.join(unknown)}",
            hint="install the plugin of AWS, or give the type an entry in "
            "loopback/pulumi_loopback/embedded/table",
        )


def check_still_there(store: Store, url: str | None) -> None:
    """Makes sure that the endpoint has something of what the state says it has.

    What it holds is lost when it is killed, and the state is not.

    Args:
        store: The state.
        url: The endpoint that the settings name now, which may not be that of the state.

    Raises:
        CommandError: It has none of it, or cannot be asked.
    """
    resources: list[dict[str, Any]] = store.deployment().get("resources") or []
    providers = {
        f"{each['urn']}::{each['id']}": each.get("inputs", {})
        for each in resources
        if each["type"].startswith("pulumi:providers:")
    }
    services = {entry.service for entry in TABLE.values()}
    here = {"endpoints": json.dumps([dict.fromkeys(services, url)])} if url else {}
    made = [each for each in resources if each["type"] in TABLE]
    project = store.target.project
    key = own_key(project.folder, project.spelling)
    backend = embedded_backend(Shapes(ask), key, url)
    for each in made:
        resource = ProvidedResource(
            urn=each["urn"],
            inputs=each.get("inputs", {}),
            settings={**providers.get(each.get("provider", ""), {}), **here},
            id=each["id"],
            outputs=each.get("outputs", {}),
        )
        try:
            if backend.read(resource) is not None:
                return
        except BackendError as error:
            raise CommandError(f"the endpoint cannot be asked: {error}") from error
    if made:
        typed = store.target.project.spelling.of
        raise CommandError(
            f"the endpoint has none of the {len(made)} resources in the state of stack "
            f"{store.target.stack}: it was killed, or its data were deleted",
            hint=f"`{typed('refresh')}` takes them out of the state, and `{typed('up')}` makes "
            "them again",
        )
