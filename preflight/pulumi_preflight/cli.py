"""The command `preflight`: parses, runs, reports; what fails becomes one message and exit 2."""

import json
import os
import traceback
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TextIO

from pulumi_preflight.arguments import Options, parse
from pulumi_preflight.errors import PreflightError
from pulumi_preflight.files import write_whole
from pulumi_preflight.printable import shortened, without_colour
from pulumi_preflight.sdk_imports import defer_sdk
from pulumi_preflight.signals import Terminated, ending_on_signals
from pulumi_preflight.streams import tell, to_stdout

# What a run needs is imported when it is needed: `--help` answers at once, and the packs boot
# while the rest loads.
if TYPE_CHECKING:
    from pulumi_preflight.reports.terminal import Addition, Section
    from pulumi_preflight.verdict import Verdict

PASSED, FAILED, NO_VERDICT = 0, 1, 2
INTERRUPTED, TERMINATED, HUNG_UP = 130, 143, 129  # 128 and the signal's number

_DEBUG = "PULUMI_PREFLIGHT_DEBUG"
# An exception may have any text, such as the whole answer of a service.
_LONGEST = 10_000


def main(argv: Sequence[str] | None = None, *, section: "Section | None" = None) -> int:
    """Runs the command; gives 0, 1 or 2, or 130, 143 or 129 where a signal ended it.

    Args:
        argv: The arguments; the process's own where not given.
        section: A caller's own lines for the terminal's report, above the verdict line.
    """
    secrets: set[str] = set()
    try:
        options = parse(argv)
        with ending_on_signals():
            return _run(options, section, secrets)
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


def _run(options: Options, section: "Section | None", secrets: set[str]) -> int:
    """Runs all; puts into `secrets` the texts that no message may show."""
    defer_sdk()
    from pulumi_preflight.api import Wanted, judged  # noqa: PLC0415 - see the top
    from pulumi_preflight.packs import PackChoice  # noqa: PLC0415 - see the top
    from pulumi_preflight.reports import OWN, writer  # noqa: PLC0415 - see the top

    wanted = Wanted(
        stack=options.stack,
        packs=tuple(PackChoice(directory=pack, config=config) for pack, config in options.packs),
        config=options.config,
        stack_tags=options.stack_tags,
        keep_unknowns=options.keep_unknowns,
        show_fixes=options.show_fixes,
        timeout_seconds=options.timeout_seconds,
    )
    if options.format not in OWN:
        # A format that is missing is told before the run, not after it.
        writer(options.format)
    verdict = judged(options.project, wanted, secrets)
    tell(without_colour(verdict.printed))
    if options.save_state is not None:
        export = verdict.export(show_secrets=options.show_secrets)
        write_whole(options.save_state, partial(_dump, export), private=True)
    # A caller in this process may judge secret values; the names are what it prints.
    addition = partial(section, verdict.export(show_secrets=True)) if section else None
    _report(verdict, options, os.path.relpath(options.project), addition)
    return PASSED if verdict.passed else FAILED


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
    from pulumi_preflight.reports import terminal, writer  # noqa: PLC0415 - rich is slow to import

    if options.format != "terminal":
        return writer(options.format)
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
