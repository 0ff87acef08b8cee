"""The command `preflight`: parses, runs, reports; what fails becomes one message and exit 2."""

import argparse
import gc
import json
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

from pulumi_preflight.command_line import CommandOptions, Parser, command_parser, parse
from pulumi_preflight.errors import PreflightError
from pulumi_preflight.printing import shortened, tell, to_stdout, without_colour, write_whole
from pulumi_preflight.startup import (
    ONE_AT_A_TIME,
    Terminated,
    defer_sdk,
    ending_on_signals,
    extra,
)

if TYPE_CHECKING:
    from pulumi_preflight.api import Wanted
    from pulumi_preflight.reports.terminal import Addition, Section
    from pulumi_preflight.verdict import Verdict
    from pulumi_preflight.verdicts import Verdicts


def _install(argv: Sequence[str]) -> int:
    """Builds a language host, and says what was done.

    Returns:
        The exit code.

    Raises:
        UsageError: The command line is wrong.
        HostError: The host cannot be built.
    """
    from pulumi_preflight.runtimes import hosts  # noqa: PLC0415 - see the top

    parser = Parser(
        prog="preflight install",
        description="Builds what runs the programs of a runtime, with the `go` on PATH, and keeps "
        "it in the user's cache (XDG_CACHE_HOME, or ~/.cache).",
        allow_abbrev=False,
    )
    parser.add_argument("runtime", metavar="RUNTIME", choices=hosts.HOSTS, help="yaml")
    name = parser.parse_args(argv).runtime
    if found := hosts.find(name):
        tell(f"The language host for {name} is there already: {found}\n")
    else:
        tell(f"Built {hosts.build(name, tell)}\n")
    return PASSED


def _kept_for_one(given: argparse.Namespace) -> str:
    """An option that is about one project; empty for none."""
    options = {
        "--base-state": given.base_state,
        "--base-verdict": given.base_verdict,
        "--output": given.output,
        "--save-state": given.save_state,
        "--write-baseline": given.write_baseline,
        "--format": any(file or name != "terminal" for name, file in given.format),
    }
    return next((name for name, value in options.items() if value), "")


def _hook(argv: Sequence[str]) -> int:
    """Judges each project that one of the files at the end of the arguments belongs to.

    Returns:
        The highest exit code of them, 0 where no file belongs to a project.

    Raises:
        UsageError: The command line is wrong.
    """
    from pulumi_preflight.hook import projects_of  # noqa: PLC0415 - reads more than `--help` needs

    parser = command_parser()
    parser.prog = "preflight hook"
    parser.set_defaults(project=None)
    given, more = parser.parse_known_args(argv)
    if unknown := [each for each in more if each.startswith("-")]:
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    # What is not an option's value is a file, the first of which the parser took for the project.
    taken = [] if given.project is None else [given.project, *map(Path, more)]
    options, files = argv[: len(argv) - len(taken)], argv[len(argv) - len(taken) :]
    if [Path(each) for each in files] != taken:
        parser.error(
            f"{given.project} stands before an option; files come last, and the hook finds their "
            "projects by itself"
        )
    judging = {
        "--state": given.state,
        "--recursive": given.recursive,
        "--changed-since": given.changed_since,
        "--watch": given.watch,
    }
    for option, value in judging.items():
        if value:
            parser.error(
                f"{option} says by itself what is judged; the hook judges projects of files"
            )
    projects = projects_of(taken)
    if len(projects) > 1 and (kept := _kept_for_one(given)):
        parser.error(
            f"{kept} is for one project, and the files belong to "
            f"{', '.join(map(str, projects))}; `preflight --recursive` gives one report of several"
        )
    code = PASSED
    for project in projects:
        code = max(code, main([str(project), *options]))
        if code > NO_VERDICT:
            return code
    return code


PASSED, FAILED, NO_VERDICT = 0, 1, 2
INTERRUPTED, TERMINATED, HUNG_UP = 130, 143, 129  # 128 and the signal's number


def _mcp(argv: Sequence[str]) -> int:
    """Answers agents until stdin ends.

    Returns:
        The exit code.

    Raises:
        PreflightError: The command line is wrong, or the SDK of the protocol is not installed.
    """
    from pulumi_preflight.agents.command import command  # noqa: PLC0415 - reads more than `--help` needs

    command(argv, _told_of)
    return PASSED


def _lsp(argv: Sequence[str]) -> int:
    """Serves an editor until it ends the session.

    Returns:
        The exit code.

    Raises:
        PreflightError: The command line is wrong, or the packages of the protocol are missing.
    """
    from pulumi_preflight.language_server.command import command  # noqa: PLC0415 - reads more than `--help` needs

    return command(argv, _told_of)


_COMMANDS = {"install": _install, "hook": _hook, "lsp": _lsp, "mcp": _mcp}

_DEBUG = "PULUMI_PREFLIGHT_DEBUG"
# An exception may have any text, such as the whole answer of a service.
_LONGEST = 10_000


def command() -> NoReturn:
    """Runs the command as a process of its own.

    Python would take apart all that the process holds, which takes as long as the report.
    """
    code = main()
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):
            stream.flush()
    os._exit(code)


def main(argv: Sequence[str] | None = None, *, section: "Section | None" = None) -> int:
    """Runs the command; gives 0, 1 or 2, or 130, 143 or 129 where a signal ended it.

    Args:
        argv: The arguments; the process's own where not given.
        section: A caller's own lines for the terminal's report, above the verdict line.
    """
    secrets: set[str] = set()
    arguments = sys.argv[1:] if argv is None else argv
    try:
        if arguments and (command := _COMMANDS.get(arguments[0])):
            with ending_on_signals():
                return command(arguments[1:])
        options = parse(arguments)
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
        _complain(*_told_of(error), secrets)
    return NO_VERDICT


def _told_of_path(error: Exception) -> str:
    """What the system says of a path that no code looked at before; empty for other errors."""
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror}"
    # Python 3.11 and 3.12 raise so where a link leads to itself.
    return str(error) if isinstance(error, RuntimeError) and "Symlink loop" in str(error) else ""


def _run(options: CommandOptions, section: "Section | None", secrets: set[str]) -> int:
    """Runs all; puts into `secrets` the texts that no message may show."""
    # What a run makes stays until its end, so looking for cycles again and again finds none.
    gc.set_threshold(100_000, 20, 50)
    defer_sdk()
    from pulumi_preflight.api import Wanted, compared  # noqa: PLC0415 - see the top
    from pulumi_preflight.packs import PackChoice  # noqa: PLC0415 - see the top

    wanted = Wanted(
        stack=options.stack,
        packs=None
        if options.packs is None
        else tuple(PackChoice(directory=pack, config=config) for pack, config in options.packs),
        config=options.config,
        stack_tags=options.stack_tags,
        keep_unknowns=options.keep_unknowns,
        show_fixes=options.show_fixes,
        base_verdict=options.base_verdict,
        base_state=options.base_state,
        acceptance=options.acceptance,
        timeout_seconds=options.timeout_seconds,
    )
    _check_formats(options)
    with compared(wanted, options.base, options.project) as wanted:
        if options.recursive:
            return _run_below(options, wanted, section, secrets)
        if options.watch:
            return _watch(options, wanted, section, secrets)
        return _run_one(options, wanted, section, secrets)


def _run_one(
    options: CommandOptions, wanted: "Wanted", section: "Section | None", secrets: set[str]
) -> int:
    """Judges one stack."""
    from pulumi_preflight.api import judged  # noqa: PLC0415 - see the top
    from pulumi_preflight.progress import Progress, shown  # noqa: PLC0415 - see the top

    if options.state is None:
        progress = Progress()
        with shown(progress.__str__):
            meanwhile = partial(_load_reports, options)
            verdict = judged(options.project, wanted, secrets, progress, meanwhile)
    else:
        from pulumi_preflight.states.judging import judged_state  # noqa: PLC0415 - see the top

        with shown(lambda: "judges what is deployed"):
            verdict = judged_state(options.state, options.project, wanted, secrets)
    tell(_printable(verdict.printed, options))
    if verdict.baseline is not None and verdict.baseline.written:
        _tell_written(verdict, verdict.baseline.file)
    if options.save_state is not None:
        export = verdict.export(show_secrets=options.show_secrets)
        write_whole(options.save_state, partial(_dump, export), private=True)
    # A caller in this process may judge secret values; the names are what it prints.
    addition = partial(section, verdict.export(show_secrets=True)) if section else None
    _report(verdict, options, os.path.relpath(options.project), addition)
    return PASSED if verdict.passed else FAILED


def _watch(
    options: CommandOptions, wanted: "Wanted", section: "Section | None", secrets: set[str]
) -> int:
    """Judges the project again and again, until Ctrl-C."""
    from pulumi_preflight.api import hidden, judged  # noqa: PLC0415 - see the top
    from pulumi_preflight.progress import Progress, shown  # noqa: PLC0415 - see the top

    with extra("watch", ("watchfiles", "anyio"), "--watch needs the package watchfiles"):
        from pulumi_preflight.watching.session import Session, Watched  # noqa: PLC0415 - an extra
    files = [(name, file) for name, file in options.reports if file is not None]

    def judge() -> "Verdict":
        progress = Progress()
        with hidden(_told_of) as found:
            try:
                with shown(progress.__str__):
                    verdict = judged(
                        options.project,
                        replace(wanted, tells_files=True),
                        found,
                        progress,
                        partial(_load_reports, options),
                    )
            finally:
                secrets.update(found)
        tell(_printable(verdict.printed, options))
        return verdict

    def report(verdict: "Verdict") -> None:
        addition = partial(section, verdict.export(show_secrets=True)) if section else None
        writer = _writer("terminal", options, os.path.relpath(options.project), addition)
        to_stdout(partial(writer, verdict))

    def save(verdict: "Verdict") -> None:
        for name, file in files:
            writer = _writer(name, options, os.path.relpath(options.project), None)
            write_whole(file, partial(writer, verdict))

    watched = Watched(
        folder=options.project,
        stack=options.stack,
        packs=wanted.packs,
        more=list(filter(None, (options.acceptance.baseline, options.base_verdict))),
        written=[file for _, file in files],
        judge=judge,
        report=report,
        save=save,
    )
    try:
        Session(watched).run()
    except KeyboardInterrupt:
        return INTERRUPTED


def _printable(printed: str, options: CommandOptions) -> str:
    """What the program printed, without colours, and without commands for GitHub's runner.

    A line that begins with `::` could make annotations of its own, or switch off ours.
    """
    text = without_colour(printed)
    if not any(name == "github" for name, _ in options.reports):
        return text
    return re.sub(r"^(?=\s*::)", "| ", text, flags=re.MULTILINE)


def _load_reports(options: CommandOptions) -> None:
    """Imports what writes the reports, while the program runs."""
    from pulumi_preflight.reports import writer  # noqa: PLC0415 - see the top

    with ONE_AT_A_TIME:
        for name, _ in options.reports:
            writer(name)


def _check_formats(options: CommandOptions) -> None:
    """Tells of a format that is missing before the run, not after it."""
    from pulumi_preflight.reports import OWN, writer, writer_of_several  # noqa: PLC0415 - see the top

    for name, _ in options.reports:
        if options.recursive:
            writer_of_several(name)
        elif name not in OWN:
            writer(name)


def _run_below(
    options: CommandOptions, wanted: "Wanted", section: "Section | None", secrets: set[str]
) -> int:
    """Judges all projects below the folder; the exit code is the worst of all stacks."""
    from pulumi_preflight.recursive import Below, cores, judge_all  # noqa: PLC0415 - see the top
    from pulumi_preflight.redaction import Redactor  # noqa: PLC0415 - see the top

    below = Below(root=options.project, jobs=options.jobs or cores(), since=options.changed_since)
    verdicts = judge_all(below, wanted, secrets, _told_of)
    redact = Redactor(secrets)
    for result, verdict in verdicts:
        if verdict.printed:
            printed = redact(_printable(verdict.printed, options))
            tell(f"== {result.folder} stack {result.stack}\n{printed}")
    _report_several(verdicts, options, section)
    if verdicts.without_verdict:
        return NO_VERDICT
    return FAILED if verdicts.failed else PASSED


def _dump(content: object, stream: TextIO) -> None:
    json.dump(content, stream, indent=2)
    stream.write("\n")


def _report(
    verdict: "Verdict", options: CommandOptions, folder: str, addition: "Addition | None"
) -> None:
    from pulumi_preflight.verdict import verdict_line  # noqa: PLC0415 - see the top

    _write_reports(
        [
            (partial(_writer(name, options, folder, addition), verdict), file)
            for name, file in options.reports
        ],
        partial(verdict_line, verdict),
    )


def _report_several(
    verdicts: "Verdicts", options: CommandOptions, section: "Section | None"
) -> None:
    from pulumi_preflight.reports import terminal, writer_of_several  # noqa: PLC0415 - see the top

    def addition(verdict: "Verdict") -> "Addition | None":
        return partial(section, verdict.export(show_secrets=True)) if section else None

    of_terminal = partial(
        terminal.write_several, show_fixes=options.show_fixes, addition_of=addition
    )
    _write_reports(
        [
            (
                partial(of_terminal if name == "terminal" else writer_of_several(name), verdicts),
                file,
            )
            for name, file in options.reports
        ],
        partial(terminal.line_on_all, verdicts),
    )


def _write_reports(
    reports: "Sequence[tuple[Callable[[TextIO], None], Path | None]]", line: Callable[[], str]
) -> None:
    """Writes the reports, that of stdout last: what is shown as a verdict is one to the end.

    Args:
        reports: What writes each report, and its file.
        line: Gives the verdict in one line, which is told where no report goes to stdout.
    """
    files = [file for _, file in reports if file is not None]
    for write, file in reports:
        if file is not None:
            write_whole(file, write)
    for write, file in reports:
        if file is None:
            to_stdout(write)
            return
    written = "report is" if len(files) == 1 else "reports are"
    tell(f"{line()}; the {written} in {', '.join(map(str, files))}\n")


def _writer(
    name: str, options: CommandOptions, folder: str, addition: "Addition | None"
) -> "Callable[[Verdict, TextIO], None]":
    from pulumi_preflight.reports import terminal, writer  # noqa: PLC0415 - rich is slow to import

    if name != "terminal":
        return writer(name)
    return partial(terminal.write, folder=folder, show_fixes=options.show_fixes, addition=addition)


def _tell_written(verdict: "Verdict", file: str) -> None:
    from pulumi_preflight.verdict import counted  # noqa: PLC0415 - see the top

    verb = "is" if len(verdict.known) == 1 else "are"
    count = counted(len(verdict.known), "finding")
    tell(f"{count} {verb} known from here on; the baseline is {file}\n")


def _complain(message: str, hint: str | None, secrets: Iterable[str] = ()) -> None:
    texts = {"error": message, "hint": hint}
    if secrets:
        from pulumi_preflight.redaction import Redactor  # noqa: PLC0415 - see the top

        redact = Redactor(secrets)
        texts = {kind: redact(text) for kind, text in texts.items() if text}
    tell("".join(f"{kind}: {shortened(text, _LONGEST)}\n" for kind, text in texts.items() if text))


def _told_of(error: Exception) -> tuple[str, str | None]:
    """Message and hint of an error that no code foresaw: of a path, or else of a bug.

    A bug's traceback is shown to who asks for that.
    """
    if told := _told_of_path(error):
        return told, None
    asked = os.environ.get(_DEBUG)
    if asked:
        traceback.print_exception(error)
    return (
        f"preflight itself failed, so there is no verdict: {type(error).__name__}: {error}",
        None if asked else f"this is a bug; {_DEBUG}=1 shows where it happened",
    )
