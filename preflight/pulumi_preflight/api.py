"""Judges a Pulumi program from Python, as the command `preflight` does."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pulumi_preflight.errors import BaseError, PreflightError, ProgramError
from pulumi_preflight.packs import PackChoice
from pulumi_preflight.startup import check_platform

# What a run needs is imported when it is needed: the packs and the program start processes first,
# and boot while the rest loads.
if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Struct
    from pulumi.runtime.proto.analyzer_pb2 import AnalyzeRequest

    from pulumi_preflight.bases import Base
    from pulumi_preflight.changes.comparing import Comparison
    from pulumi_preflight.outputs.memory import Taint
    from pulumi_preflight.project import Project
    from pulumi_preflight.states import State
    from pulumi_preflight.verdict import Verdict

DEFAULT_SECONDS = 60.0

Program: TypeAlias = "str | os.PathLike[str] | Callable[[], object]"
"""A folder that holds Pulumi.yaml, or a function at the top level of a module."""


def run(  # noqa: PLR0913 - the options of the command, each under its name
    program: Program,
    *,
    stack: str,
    packs: Sequence[str | os.PathLike[str] | PackChoice] | None = None,
    config: Mapping[str, str] | None = None,
    stack_tags: Mapping[str, str] | None = None,
    keep_unknowns: bool = False,
    show_fixes: bool = False,
    base_verdict: str | os.PathLike[str] | None = None,
    base_state: str | None = None,
    timeout_seconds: float = DEFAULT_SECONDS,
) -> "Verdict":
    """Judges a program; may be called from several threads at once.

    The program and the packs run in processes of their own.

    Args:
        program: The project's folder. Or a function, which runs as a program of the project
            `project` in the Python of this process, with its working directory.
        stack: The stack's name, or `organization/project/name`.
        packs: Folders of policy packs, or executables; a `PackChoice` gives one with its config
            file. `None` stands for those that the project's `preflight.yaml` names.
        config: Values over the stack's own, by key.
        stack_tags: Tags over those that the stack has.
        keep_unknowns: Whether computed outputs stay unknown, as in the engine's preview.
        show_fixes: Whether packs are asked what the fixes of rules that only report would change.
        base_verdict: What the report format `base` has saved of an earlier run, to compare this one
            with.
        base_state: What is deployed, to compare the run with: an export, or a checkpoint in a
            backend; `file://` and `s3://` as well.
        timeout_seconds: How long the program, and each answer of a pack, may take.

    Raises:
        PreflightError: There is no verdict; the text, which holds no secrets, says why.
    """
    if base_verdict is not None and base_state is not None:
        raise PreflightError("`base_verdict` and `base_state` are two bases; give one of them")
    wanted = Wanted(
        stack=stack,
        packs=None
        if packs is None
        else tuple(
            pack if isinstance(pack, PackChoice) else PackChoice(directory=Path(pack))
            for pack in packs
        ),
        config=config or {},
        stack_tags=stack_tags or {},
        keep_unknowns=keep_unknowns,
        show_fixes=show_fixes,
        base_verdict=None if base_verdict is None else Path(base_verdict),
        base_state=base_state,
        timeout_seconds=timeout_seconds,
    )
    secrets: set[str] = set()
    try:
        return judged(program, wanted, secrets)
    except PreflightError as error:
        error.hide(secrets)
        raise


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of a run; see `run`. The stack may be left to the project, as packs may."""

    stack: str | None
    packs: tuple[PackChoice, ...] | None = None
    config: Mapping[str, str] = field(default_factory=dict)
    stack_tags: Mapping[str, str] = field(default_factory=dict)
    keep_unknowns: bool = False
    show_fixes: bool = False
    base_verdict: Path | None = None
    base_state: str | None = None
    timeout_seconds: float = DEFAULT_SECONDS


def judged(program: Program, wanted: Wanted, secrets: set[str]) -> "Verdict":
    """Judges a program; puts into `secrets` the texts that no message may show.

    Raises:
        PreflightError: There is no verdict. The text may hold secrets.
    """
    check_platform()
    started = time.perf_counter()
    from pulumi_preflight.packs import Packs  # noqa: PLC0415 - see the top
    from pulumi_preflight.program import run_program  # noqa: PLC0415 - see the top
    from pulumi_preflight.stack_context import StackContext  # noqa: PLC0415 - see the top

    project = _project(program, wanted)
    context = StackContext(
        project=project.name,
        stack=project.stack,
        organization=project.organization,
        config={key: value.text for key, value in project.config.items()},
        secret_keys=[key for key, value in project.config.items() if value.secret],
        secrets=[
            *(text for value in project.config.values() for text in value.secret_texts),
            *project.environment_secrets,
        ],
        tags=project.tags,
        variables=project.environment,
    )
    secrets.update(context.secrets)
    state = _base_state(project, wanted, secrets) if wanted.base_state is not None else None
    saved = _base_verdict(project, wanted.base_verdict) if wanted.base_verdict else None
    timeout = wanted.timeout_seconds
    choices = wanted.packs
    if choices is None:
        choices = tuple(
            PackChoice(directory=each.path, config=each.config, named_by=each.named_by)
            for each in project.packs
        )
    with Packs(
        choices,
        context,
        working_directory=project.launch.working_directory,
        boot_seconds=timeout,
        answer_seconds=timeout,
    ) as packs:

        def check(request: "AnalyzeRequest", taint: "Taint | None") -> "Struct":
            from pulumi_preflight.redaction import secret_texts  # noqa: PLC0415 - see the top

            secrets.update(secret_texts(request.properties, request.type))
            return packs.check(request, taint)

        try:
            registered = run_program(
                project,
                check=check,
                keep_unknowns=wanted.keep_unknowns,
                timeout_seconds=timeout,
                deployed=_beside(state) if state else None,
            )
        except ProgramError:
            packs.raise_failure()
            raise
        # Those above start processes first; only now is what they left to import there for free.
        from pulumi_preflight.model import Note, in_stable_order  # noqa: PLC0415
        from pulumi_preflight.monitor import stack_request  # noqa: PLC0415
        from pulumi_preflight.redaction import Redactor  # noqa: PLC0415
        from pulumi_preflight.verdict import judge, secrets_of  # noqa: PLC0415

        deployment = in_stable_order(registered)
        packs.analyze_stack(stack_request(deployment), deployment.inventions)
        if wanted.show_fixes:
            packs.propose_fixes()
    notes = [Note(text=note) for note in (*project.notes, *packs.notes)]
    if not choices:
        notes.append(Note(text="no --policy-pack was given: only the program itself was judged"))
    seconds = time.perf_counter() - started
    secrets.update(secrets_of(deployment, packs.reported))
    redact = Redactor(secrets, (resource.name for resource in deployment.resources))
    verdict = judge(
        replace(
            deployment,
            printed=packs.printed + deployment.printed,
            notes=(*notes, *deployment.notes),
        ),
        packs.reported,
        context,
        redact=redact,
        seconds=seconds,
    )
    verdict = replace(verdict, folder=project.root, project_file=project.file.name)
    if state is not None:
        base: Base | None = _judged_base(state, project, replace(wanted, packs=choices), secrets)
    else:
        base = saved
    if base is not None:
        from pulumi_preflight.bases.settle import settled  # noqa: PLC0415 - rarely needed

        verdict = settled(verdict, base)
    return verdict


def _base_verdict(project: "Project", file: Path) -> "Base":
    from pulumi_preflight.bases.saved import read_saved  # noqa: PLC0415 - rarely needed

    return read_saved(file, project=project.name, stack=project.stack)


def _base_state(project: "Project", wanted: Wanted, secrets: set[str]) -> "State":
    """Reads what is deployed of the stack.

    Raises:
        BaseError: It is the state of another stack.
        StateError: It cannot be read.
    """
    from pulumi_preflight.redaction import secret_texts  # noqa: PLC0415 - rarely needed
    from pulumi_preflight.states import read_state  # noqa: PLC0415 - rarely needed

    place = wanted.base_state or ""
    state = read_state(place, f"{project.name}/{project.stack}", os.environ)
    for each in state.resources:
        secrets.update(secret_texts(each.inputs, each.type))
        secrets.update(secret_texts(each.outputs, each.type))
    meant, told = f"{project.name}/{project.stack}", f"{state.project}/{state.stack}"
    if state.resources and told != meant:
        raise BaseError(
            f"{state.place} is the state of {told}; wanted that of {meant}",
            hint="`pulumi stack export --stack NAME --file FILE` writes that of a stack",
        )
    return state


def _beside(state: "State") -> "Comparison":
    from pulumi_preflight.changes.comparing import Comparison  # noqa: PLC0415 - rarely needed

    return Comparison(state.resources)


def _judged_base(state: "State", project: "Project", wanted: Wanted, secrets: set[str]) -> "Base":
    """What is deployed, with what the packs find at it and what it costs."""
    from pulumi_preflight.bases import Base, known_as  # noqa: PLC0415 - rarely needed
    from pulumi_preflight.states.judging import verdict_on  # noqa: PLC0415 - rarely needed

    verdict = verdict_on(state, project.root, replace(wanted, show_fixes=False), secrets)
    return Base(
        place=state.place,
        is_state=True,
        resources=state.resources,
        findings=tuple(map(known_as, verdict.findings)),
        cost=verdict.cost.lines if verdict.cost else None,
        note="; ".join(state.notes),
    )


def _project(program: Program, wanted: Wanted) -> "Project":
    if callable(program):
        from pulumi_preflight.project.function import load_function  # noqa: PLC0415 - rarely needed

        return load_function(
            program, stack=wanted.stack or "", config=wanted.config, tags=wanted.stack_tags
        )
    from pulumi_preflight.project import load_project  # noqa: PLC0415 - see the top

    return load_project(
        Path(program), stack=wanted.stack, config_overrides=wanted.config, tags=wanted.stack_tags
    )
