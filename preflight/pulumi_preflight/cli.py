"""The command `preflight`: parses, runs, reports; what fails becomes one message and exit 2."""

import json
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from pulumi_preflight.arguments import Options, parse
from pulumi_preflight.errors import PreflightError, ProgramError
from pulumi_preflight.files import write_whole
from pulumi_preflight.printable import shortened, without_colour
from pulumi_preflight.signals import Terminated, ending_on_signals
from pulumi_preflight.streams import tell, to_stdout

# What a run needs is imported when it is needed: `--help` answers at once, and the packs boot
# while the rest loads.
if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Struct
    from pulumi.runtime.proto.analyzer_pb2 import AnalyzeRequest

    from pulumi_preflight.model import Deployment
    from pulumi_preflight.outputs.memory import Taint
    from pulumi_preflight.redaction import Redactor
    from pulumi_preflight.reports.terminal import Addition, Section
    from pulumi_preflight.verdict import Verdict

PASSED, FAILED, NO_VERDICT = 0, 1, 2
INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM
HUNG_UP = 128 + signal.SIGHUP

_DEBUG = "PULUMI_PREFLIGHT_DEBUG"
# An exception may have any text, such as the whole answer of a service.
_LONGEST = 10_000


def main(argv: Sequence[str] | None = None, *, section: "Section | None" = None) -> int:
    """Runs the command; gives 0, 1 or 2, or 130, 143 or 129 where a signal ended it.

    Args:
        argv: The arguments; the process's own where not given.
        section: A caller's own lines for the terminal's report, above the verdict line.
    """
    started = time.perf_counter()
    secrets: set[str] = set()
    try:
        options = parse(argv)
        with ending_on_signals():
            return _run(options, started, section, secrets)
    except SystemExit as exit_:
        return int(exit_.code or 0)
    except PreflightError as error:
        _complain(str(error), error.hint, secrets)
    except KeyboardInterrupt:
        _complain("interrupted; there is no verdict", None)
        return INTERRUPTED
    except Terminated as terminated:
        _complain("terminated; there is no verdict", None)
        return terminated.status
    except Exception as error:  # noqa: BLE001 - the last resort: no bug may look like a verdict
        _complain_of_bug(error, secrets)
    return NO_VERDICT


def _run(options: Options, started: float, section: "Section | None", secrets: set[str]) -> int:
    """Runs all; puts into `secrets` the texts that no message may show."""
    from pulumi_preflight.packs import PackChoice, Packs  # noqa: PLC0415 - see the top
    from pulumi_preflight.program import run_program  # noqa: PLC0415 - see the top
    from pulumi_preflight.project import load_project  # noqa: PLC0415 - see the top
    from pulumi_preflight.stack_context import StackContext  # noqa: PLC0415 - see the top

    project = load_project(
        options.project,
        stack=options.stack,
        config_overrides=options.config,
        tags=options.stack_tags,
    )
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
    choices = [PackChoice(directory=pack, config=config) for pack, config in options.packs]
    timeout = options.timeout_seconds
    with Packs(choices, context, boot_seconds=timeout, answer_seconds=timeout) as packs:

        def check(request: "AnalyzeRequest", taint: "Taint | None") -> "Struct":
            from pulumi_preflight.redaction import secret_texts  # noqa: PLC0415 - see the top

            secrets.update(secret_texts(request.properties))
            return packs.check(request, taint)

        try:
            registered = run_program(
                project,
                check=check,
                keep_unknowns=options.keep_unknowns,
                timeout_seconds=timeout,
            )
        except ProgramError:
            packs.raise_failure()
            raise
        # Those above start processes first; only now is what they left to import there for free.
        from pulumi_preflight.model import Note  # noqa: PLC0415
        from pulumi_preflight.monitor import stack_request  # noqa: PLC0415
        from pulumi_preflight.ordering import in_stable_order  # noqa: PLC0415
        from pulumi_preflight.redaction import Redactor  # noqa: PLC0415
        from pulumi_preflight.verdict import judge, secrets_of  # noqa: PLC0415

        deployment = in_stable_order(registered)
        packs.analyze_stack(stack_request(deployment), deployment.inventions)
        if options.show_fixes:
            packs.propose_fixes()
    notes = [*project.notes, *(Note(text=note) for note in packs.notes)]
    if not choices:
        notes.append(Note(text="no --policy-pack was given: only the program itself was judged"))
    seconds = time.perf_counter() - started
    secrets.update(secrets_of(deployment, packs.reported))
    redact = Redactor(secrets, (resource.name for resource in deployment.resources))
    verdict = judge(deployment, packs.reported, context, seconds=seconds, notes=notes)
    tell(without_colour(redact(packs.printed + deployment.printed)))
    if options.save_state is not None:
        _save(deployment, options.save_state, redact, show_secrets=options.show_secrets)
    addition = _addition(section, deployment, redact) if section else None
    _report(verdict, options, os.path.relpath(options.project), addition)
    return PASSED if verdict.passed else FAILED


def _save(deployment: "Deployment", path: Path, redact: "Redactor", *, show_secrets: bool) -> None:
    from pulumi_preflight.redaction import Redactor  # noqa: PLC0415 - see the top
    from pulumi_preflight.state import stack_export  # noqa: PLC0415 - see the top

    hide = Redactor(()) if show_secrets else redact
    export = stack_export(deployment, redact=hide, show_secrets=show_secrets)
    write_whole(path, partial(_dump, export), private=True)


def _addition(section: "Section", deployment: "Deployment", redact: "Redactor") -> "Addition":
    from pulumi_preflight.state import stack_export  # noqa: PLC0415 - see the top

    # A caller in this process may judge secret values; the names are what it prints.
    return partial(section, stack_export(deployment, redact=redact, show_secrets=True))


def _dump(content: object, stream: TextIO) -> None:
    json.dump(content, stream, indent=2)
    stream.write("\n")


def _report(verdict: "Verdict", options: Options, folder: str, addition: "Addition | None") -> None:
    write = _writer(options, folder, addition)
    if options.output is None:
        to_stdout(partial(write, verdict))
        return
    write_whole(options.output, partial(write, verdict))
    from pulumi_preflight.verdict import verdict_line  # noqa: PLC0415 - see the top

    tell(f"{verdict_line(verdict)}; the report is in {options.output}\n")


def _writer(
    options: Options, folder: str, addition: "Addition | None"
) -> "Callable[[Verdict, TextIO], None]":
    if options.format == "json":
        from pulumi_preflight.reports import json as json_report  # noqa: PLC0415 - see the top

        return json_report.write
    from pulumi_preflight.reports import terminal  # noqa: PLC0415 - rich is slow to import

    return partial(terminal.write, folder=folder, show_fixes=options.show_fixes, addition=addition)


def _complain(message: str, hint: str | None, secrets: Iterable[str] = ()) -> None:
    texts = {"error": message, "hint": hint}
    if secrets:
        from pulumi_preflight.redaction import Redactor  # noqa: PLC0415 - see the top

        redact = Redactor(secrets)
        texts = {kind: redact(text) for kind, text in texts.items() if text}
    tell("".join(f"{kind}: {shortened(text, _LONGEST)}\n" for kind, text in texts.items() if text))


def _complain_of_bug(error: Exception, secrets: Iterable[str]) -> None:
    if os.environ.get(_DEBUG):
        traceback.print_exception(error)
    _complain(
        f"preflight itself failed, so there is no verdict: {type(error).__name__}: {error}",
        None if os.environ.get(_DEBUG) else f"this is a bug; {_DEBUG}=1 shows where it happened",
        secrets,
    )
