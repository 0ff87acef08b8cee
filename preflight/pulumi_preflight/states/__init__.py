"""States of stacks: exports, and the checkpoints that backends keep.

Source: pulumi/pulumi, pkg/resource/stack/deployment.go (DeserializeUntypedDeployment).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_preflight.errors import StateError
from pulumi_preflight.model import RegisteredResource
from pulumi_preflight.stack_context import STACK_TYPE, project_of, stack_of
from pulumi_preflight.states.places import read
from pulumi_preflight.states.resources import resources_in
from pulumi_preflight.states.secrets import Opener

_OLDEST, _NEWEST = 3, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is deployed, as a state tells it.

    Attributes:
        place: Where the state was read.
        project: The project's name, as the stack's own URN has it.
        stack: The stack's name, likewise.
        resources: The resources, in the state's order; those that wait for their deletion are not
            among them.
        notes: What was not understood, or could not be decrypted.
    """

    place: str
    project: str
    stack: str
    resources: tuple[RegisteredResource, ...]
    notes: tuple[str, ...]


def read_state(place: str, stack: str | None, environment: Mapping[str, str]) -> State:
    """Reads a state.

    Args:
        place: A file, the folder of a backend, or the URL of either: `file://` or `s3://`.
        stack: The stack in a backend, `NAME` or `PROJECT/NAME`; `None` where it holds one alone.
        environment: Holds the passphrase, and what reaches S3.

    Raises:
        StateError: There is no state, or it cannot be read; the text names the place and the key.
    """
    found, text = read(place, stack, environment)
    deployment = _deployment(text, found)
    # A stack without resources has none, or null.
    entries = deployment.get("resources")
    entries = [] if entries is None else entries
    if not isinstance(entries, list):
        raise StateError(f"{found}: deployment.resources is not a list")
    opener = Opener.of(deployment.get("secrets_providers"), found, environment)
    resources = tuple(resources_in(entries, found, opener))
    root = _root(resources)
    return State(
        place=found,
        project=project_of(root) if root else "",
        stack=stack_of(root) if root else stack or "",
        resources=resources,
        notes=tuple(opener.notes()),
    )


def _deployment(text: str, place: str) -> Mapping[str, Any]:
    """The deployment in an export, or the latest one in a checkpoint."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StateError(f"{place} is not JSON: {error}", hint=_WANTED) from error
    if not isinstance(content, dict):
        raise StateError(f"{place} holds no object of JSON", hint=_WANTED)
    version = content.get("version")
    if isinstance(version, bool) or not isinstance(version, int):
        told = "is missing" if version is None else f"is {version!r}; wanted a number"
        raise StateError(f"{place}: version {told}", hint=_WANTED)
    if not _OLDEST <= version <= _NEWEST:
        raise StateError(
            f"{place}: version is {version}; wanted {_OLDEST} or {_NEWEST}",
            hint="`pulumi stack export` of a newer Pulumi writes an older state anew"
            if version < _OLDEST
            else "a newer preflight may know it",
        )
    checkpoint = content.get("checkpoint")
    if isinstance(checkpoint, dict):
        # A stack that was never updated has no latest deployment.
        deployment = checkpoint.get("latest") or {}
    else:
        deployment = content.get("deployment")
    if not isinstance(deployment, dict):
        raise StateError(f"{place} has no `deployment`, and no `checkpoint`", hint=_WANTED)
    return deployment


_WANTED = "wanted what `pulumi stack export` writes, or a checkpoint of a backend"


def _root(resources: Sequence[RegisteredResource]) -> str:
    """The URN that names the stack: the stack's own, or else that of any resource."""
    own = (each.urn for each in resources if each.type == STACK_TYPE and not each.parent)
    return next(own, next((each.urn for each in resources), ""))
