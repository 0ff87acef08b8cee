"""Judges what is deployed, as `pulumi policy analyze` does, without the program."""

import os
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from google.protobuf.struct_pb2 import Struct

from pulumi_preflight import clock
from pulumi_preflight.baseline.file import read_for
from pulumi_preflight.baseline.settle import accepted
from pulumi_preflight.errors import StateError
from pulumi_preflight.model import Deployment, Note
from pulumi_preflight.monitor import analyze_request, stack_request
from pulumi_preflight.packs import Packs, choices_of
from pulumi_preflight.project import named_packs
from pulumi_preflight.redaction import Redactor, secret_texts
from pulumi_preflight.stack_context import StackContext, urn_of_reference
from pulumi_preflight.states import State, read_state
from pulumi_preflight.verdict import judge, secrets_of

if TYPE_CHECKING:
    from pulumi_preflight.api import Wanted
    from pulumi_preflight.verdict import Verdict


def judged_state(
    place: str,
    project: Path,
    wanted: "Wanted",
    secrets: set[str],
    environment: Mapping[str, str] = os.environ,
) -> "Verdict":
    """Judges a state; puts into `secrets` the texts that no message may show.

    Args:
        place: The state; see `read_state`.
        project: The folder whose `preflight.yaml` may name the packs, and to which the files that
            the state names are relative.
        wanted: The packs, and the stack in a backend.
        secrets: Grows by the state's secrets.
        environment: Holds the passphrase, and what reaches S3.

    Raises:
        PreflightError: There is no verdict. The text may hold secrets.
    """
    state = read_state(place, wanted.stack, environment)
    _check_stack(state, wanted.stack)
    return verdict_on(state, project, wanted, secrets)


def verdict_on(state: State, project: Path, wanted: "Wanted", secrets: set[str]) -> "Verdict":
    """Judges a state that was read; see `judged_state`.

    Raises:
        PreflightError: There is no verdict. The text may hold secrets.
    """
    started = time.perf_counter()
    for each in state.resources:
        secrets.update(secret_texts(each.inputs, each.type))
        secrets.update(secret_texts(each.outputs, each.type))
    context = StackContext(project=state.project, stack=state.stack, is_deployed=True)
    known = read_for(wanted.acceptance, project=state.project, stack=state.stack)
    choices = wanted.packs
    if choices is None:
        choices = choices_of(named_packs(project.resolve(), state.stack))
    deployment = Deployment(
        resources=state.resources, duplicates=(), stack_outputs=_outputs(state, context), notes=()
    )
    timeout = wanted.timeout_seconds
    with Packs(
        choices,
        context,
        working_directory=project,
        boot_seconds=timeout,
        answer_seconds=timeout,
    ) as packs:
        by_urn = {each.urn: each for each in state.resources}
        for each in state.resources:
            packs.examine(analyze_request(each, by_urn.get(urn_of_reference(each.provider))))
        packs.analyze_stack(stack_request(deployment, with_read=True))
        if wanted.show_fixes:
            packs.propose_fixes()
    notes = [*state.notes, *packs.notes]
    if not state.resources:
        notes.append(f"{state.place} has no resources: nothing was judged")
    if not choices:
        notes.append("no --policy-pack was given: nothing was judged")
    secrets.update(secrets_of(deployment, packs.reported))
    verdict = judge(
        replace(deployment, printed=packs.printed, notes=tuple(Note(text=each) for each in notes)),
        packs.reported,
        context,
        redact=Redactor(secrets, (each.name for each in state.resources)),
        seconds=time.perf_counter() - started,
    )
    verdict = replace(verdict, folder=project.resolve())
    # Waivers in the code do not count: the program may be another than the one that was deployed.
    return accepted(verdict, known, wanted.acceptance, today=clock.current_day())


def _check_stack(state: State, wanted: str | None) -> None:
    """Refuses the state of another stack than the one that is named."""
    *projects, stack = wanted.split("/") if wanted and state.resources else ("",)
    if stack in ("", state.stack) and projects[-1:] in ([], [state.project]):
        return
    raise StateError(
        f"{state.place} is the state of {state.project}/{state.stack}, and --stack is {wanted!r}",
        hint="leave --stack out, or name the file of that stack",
    )


def _outputs(state: State, context: StackContext) -> Struct:
    """What the stack exports."""
    root = context.root_urn
    return next((each.outputs for each in state.resources if each.urn == root), Struct())
