"""Judges a Pulumi program from Python, as the command `preflight` does."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pulumi_preflight import clock
from pulumi_preflight.acceptance import Acceptance, FailOn
from pulumi_preflight.bases.asked import AskedBase
from pulumi_preflight.errors import PreflightError, ProgramError
from pulumi_preflight.packs import PackChoice, choices_of
from pulumi_preflight.stack_context import StackContext
from pulumi_preflight.startup import ONE_AT_A_TIME, check_platform

# What a run needs is imported when it is needed: the packs and the program start processes first,
# and boot while the rest loads.
if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Struct
    from pulumi.runtime.proto.analyzer_pb2 import AnalyzeRequest

    from pulumi_preflight.baseline.file import BaselineFile
    from pulumi_preflight.bases.revisions import Revision
    from pulumi_preflight.outputs.memory import Taint
    from pulumi_preflight.progress import Progress
    from pulumi_preflight.project import Project
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
    base: str | None = None,
    baseline: str | os.PathLike[str] | None = None,
    fail_on: str = FailOn.MANDATORY,
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
        base: A branch, a tag or a commit of git, to compare the run with: what its program
            registers is judged beside the run.
        baseline: The file with the findings that are known; `{project}` and `{stack}` in its name
            stand for the names.
        fail_on: Which findings fail the run: `mandatory`, `advisory` for these as well, or `never`.
        timeout_seconds: How long the program, and each answer of a pack, may take.

    Raises:
        PreflightError: There is no verdict; the text, which holds no secrets, says why.
    """
    bases = {"base_verdict": base_verdict, "base_state": base_state, "base": base}
    given = [name for name, value in bases.items() if value is not None]
    if len(given) > 1:
        raise PreflightError(f"`{given[0]}` and `{given[1]}` are two bases; give one of them")
    if base is not None and callable(program):
        raise PreflightError("`base` compares a project's folder; a function has no other revision")
    wanted = Wanted(
        stack=stack,
        packs=_choices(packs),
        config=config or {},
        stack_tags=stack_tags or {},
        keep_unknowns=keep_unknowns,
        show_fixes=show_fixes,
        base_verdict=None if base_verdict is None else Path(base_verdict),
        base_state=base_state,
        acceptance=Acceptance(
            fail_on=_fail_on(fail_on), baseline=None if baseline is None else Path(baseline)
        ),
        timeout_seconds=timeout_seconds,
    )
    with hidden() as secrets, compared(wanted, base, program) as wanted:
        return judged(program, wanted, secrets)


@contextmanager
def compared(wanted: "Wanted", base: str | None, program: Program) -> Iterator["Wanted"]:
    """Gives what is asked, with a revision of git to compare with where one is named.

    Raises:
        GitError: There is no such revision.
    """
    if base is None or callable(program):
        yield wanted
        return
    from pulumi_preflight.bases.revisions import Revision  # noqa: PLC0415 - rarely needed

    with Revision(base, Path(program)) as revision:
        yield replace(wanted, revision=revision)


def run_on_state(
    state: str | os.PathLike[str],
    *,
    packs: Sequence[str | os.PathLike[str] | PackChoice] | None = None,
    stack: str | None = None,
    folder: str | os.PathLike[str] = ".",
    timeout_seconds: float = DEFAULT_SECONDS,
) -> "Verdict":
    """Judges what is deployed, without the program, as `pulumi policy analyze` does.

    Args:
        state: An export, a checkpoint, or the folder of a backend; a path, or a URL of `file://` or
            `s3://`.
        packs: As for `run`.
        stack: The stack in a backend, `NAME` or `PROJECT/NAME`; `None` where it holds one alone.
        folder: The program's folder, whose `preflight.yaml` may name the packs.
        timeout_seconds: How long each answer of a pack may take.

    Raises:
        PreflightError: There is no verdict; the text, which holds no secrets, says why.
    """
    from pulumi_preflight.states.judging import judged_state  # noqa: PLC0415 - see the top

    wanted = Wanted(stack=stack, packs=_choices(packs), timeout_seconds=timeout_seconds)
    with hidden() as secrets:
        return judged_state(os.fspath(state), Path(folder), wanted, secrets)


OnError: TypeAlias = Callable[[Exception], tuple[str, str | None]]
"""Is told of an error that no code foresaw, and gives message and hint."""


@contextmanager
def hidden(on_error: OnError | None = None) -> Iterator[set[str]]:
    """Gives a set for secrets, and takes these out of the error that comes of what is entered.

    Args:
        on_error: Says what a `PreflightError` is to say in place of another error; `None` where
            others are left as they are.
    """
    secrets: set[str] = set()
    try:
        yield secrets
    except PreflightError as error:
        error.hide(secrets)
        raise
    except Exception as error:
        if on_error is None:
            raise
        message, hint = on_error(error)
        told = PreflightError(message, hint=hint)
        told.hide(secrets)
        raise told from error


def _choices(
    packs: Sequence[str | os.PathLike[str] | PackChoice] | None,
) -> tuple[PackChoice, ...] | None:
    if packs is None:
        return None
    return tuple(
        pack if isinstance(pack, PackChoice) else PackChoice(directory=Path(pack)) for pack in packs
    )


def _fail_on(given: str) -> FailOn:
    try:
        return FailOn(given)
    except ValueError:
        known = ", ".join(repr(str(each)) for each in FailOn)
        raise PreflightError(f"`fail_on` is {given!r}; wanted one of {known}") from None


Admit: TypeAlias = "Callable[[Project, Sequence[PackChoice]], None]"
"""Is told what will run before it does; an error that it raises ends the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of a run; see `run`. The stack may be left to the project, as packs may.

    Attributes:
        admit: See `Admit`; `None` where whatever the project names may run.
        tells_files: Whether the program is to tell which files it opens, where its runtime can.
    """

    stack: str | None
    packs: tuple[PackChoice, ...] | None = None
    config: Mapping[str, str] = field(default_factory=dict)
    stack_tags: Mapping[str, str] = field(default_factory=dict)
    keep_unknowns: bool = False
    show_fixes: bool = False
    base_verdict: Path | None = None
    base_state: str | None = None
    revision: "Revision | None" = None
    acceptance: Acceptance = field(default_factory=Acceptance)
    timeout_seconds: float = DEFAULT_SECONDS
    admit: "Admit | None" = None
    tells_files: bool = False


def _load_verdict() -> None:
    """Imports what gives the verdict, while the program runs."""
    with ONE_AT_A_TIME:
        import pulumi_preflight.verdict  # noqa: F401, PLC0415 - see the top


def judged(
    program: Program,
    wanted: Wanted,
    secrets: set[str],
    progress: "Progress | None" = None,
    meanwhile: Callable[[], None] = _load_verdict,
) -> "Verdict":
    """Judges a program; puts into `secrets` the texts that no message may show.

    Args:
        program: See `run`.
        wanted: What is asked of the run.
        secrets: Where the secrets go.
        progress: Is told what the run is doing.
        meanwhile: Called once the program runs; what it raises ends the run.

    Raises:
        PreflightError: There is no verdict. The text may hold secrets.
    """
    check_platform()
    started = time.perf_counter()
    from pulumi_preflight.packs import Packs  # noqa: PLC0415 - see the top
    from pulumi_preflight.program import run_program  # noqa: PLC0415 - see the top

    project = _project(program, wanted)
    known = _known(project, wanted)
    context = context_of(project)
    secrets.update(context.secrets)
    base = AskedBase(project, wanted, secrets)
    timeout = wanted.timeout_seconds
    choices = choices_of(project.packs) if wanted.packs is None else wanted.packs
    if wanted.admit:
        wanted.admit(project, choices)
    if progress:
        progress.begins(f"{project.name} stack {project.stack}", len(choices))
    with Packs(
        choices,
        context,
        beside_base=base.is_given,
        working_directory=project.launch.working_directory,
        boot_seconds=timeout,
        answer_seconds=timeout,
        may_propose=wanted.show_fixes,
    ) as packs:
        if progress:
            progress.counts(packs.judged)

        def check(request: "AnalyzeRequest", taint: "Taint | None") -> "Struct":
            from pulumi_preflight.redaction import secret_texts  # noqa: PLC0415 - see the top

            secrets.update(secret_texts(request.properties, request.type))
            if progress:
                progress.registers()
            return packs.check(request, taint)

        try:
            registered = run_program(
                project,
                check=check,
                keep_unknowns=wanted.keep_unknowns,
                timeout_seconds=timeout,
                deployed=base.deployed,
                meanwhile=base.read_after(meanwhile),
                tells_files=wanted.tells_files,
            )
        except ProgramError:
            packs.raise_failure()
            raise
        # Those above start processes first; only now is what they left to import there for free.
        from pulumi_preflight.model import Note, in_stable_order  # noqa: PLC0415
        from pulumi_preflight.monitor import stack_question  # noqa: PLC0415
        from pulumi_preflight.redaction import Redactor  # noqa: PLC0415
        from pulumi_preflight.verdict import judge, secrets_of  # noqa: PLC0415

        if progress:
            progress.judges_the_stack()
        deployment = in_stable_order(registered)
        packs.analyze_stack(
            stack_question(deployment), deployment.inventions, base.compared(deployment)
        )
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
    verdict = base.settled(verdict, choices)
    return _accepted(verdict, project, known, wanted)


def context_of(project: "Project") -> StackContext:
    """What packs are told of a project's stack."""
    return StackContext(
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


def _known(project: "Project", wanted: Wanted) -> "BaselineFile | None":
    """The baseline, read before anything runs."""
    if wanted.acceptance.baseline is None:
        return None
    from pulumi_preflight.baseline.file import read_for  # noqa: PLC0415 - rarely needed

    return read_for(wanted.acceptance, project=project.name, stack=project.stack)


def _accepted(
    verdict: "Verdict", project: "Project", known: "BaselineFile | None", wanted: Wanted
) -> "Verdict":
    """The verdict with what the code waives and what the baseline knows set apart."""
    from pulumi_preflight.baseline.settle import accepted  # noqa: PLC0415 - see the top
    from pulumi_preflight.waivers.search import marked  # noqa: PLC0415 - see the top

    today = clock.current_day()
    if files := marked(verdict, project.root):
        from pulumi_preflight.waivers.settle import settled  # noqa: PLC0415 - rarely needed

        verdict = settled(verdict, files, today=today)
    return accepted(verdict, known, wanted.acceptance, today=today)


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
