"""The command line of `preflight`: what it may say, and what of that does not go together."""

import argparse
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TextIO

from pulumi_preflight import __version__, completion
from pulumi_preflight.acceptance import PLACEHOLDERS, Acceptance, FailOn
from pulumi_preflight.errors import PreflightError
from pulumi_preflight.printing import to_stdout

# Each is a program and its packs, as processes.
_MOST_JOBS = 256
DEFAULT_TIMEOUT = 120.0
"""Seconds for the program, and for each answer of a pack."""
_EPILOG = """\
exit codes: 0 nothing was found that fails the run; 1 something was; 2 there is no verdict, because
the program, a pack or the configuration failed, and the message says which. With --recursive the
worst of all stacks counts.

examples:
  preflight
  preflight stack --stack dev --policy-pack policies
  preflight stack --stack dev --policy-pack policies --policy-pack-config profiles/dev.json
  preflight . --stack dev --policy-pack policies --format terminal --format json=verdict.json
  preflight . --stack dev --write-baseline baseline.yaml
  preflight . --stack dev --baseline baseline.yaml
  preflight --recursive --changed-since origin/main

`preflight install yaml` builds what runs programs in YAML. `preflight hook [OPTION ...] FILE ...`
judges the projects that the files belong to, for pre-commit. `preflight mcp --root DIR` answers
agents, `preflight lsp` editors. A project in a folder of such a name is `./lsp`, and so on.
"""


class UsageError(PreflightError):
    """The command line is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandOptions:
    """The arguments of the command line.

    Attributes:
        project: The folder of the project.
        stack: The stack's name, `None` where the project is to say it.
        packs: Each pack's folder with its config file, if it has one; `None` where the project is
            to name them.
        config: Config values over the stack's own.
        stack_tags: Tags over those that the stack has.
        reports: Each report's format, and the file it goes to; at most one goes to stdout, `None`.
        save_state: Where the stack export goes, `None` for nowhere.
        show_secrets: Whether the stack export shows secrets in plain text.
        keep_unknowns: Whether computed outputs stay unknown.
        show_fixes: Whether to show what fixes change.
        acceptance: Which findings fail the run, and which are known.
        timeout_seconds: How long the program, and each answer of a pack, may take.
        base_verdict: What an earlier run has saved, to compare this one with, `None` for nothing.
        base_state: The place of the state to compare the run with, `None` for none.
        base: The branch, tag or commit to compare the run with, `None` for none.
        state: The place of the state that is judged in place of the program, `None` for none.
        recursive: Whether all projects below the folder are judged, each with its stacks.
        changed_since: The branch, tag or commit since which a project must have changed to be
            judged, `None` where all are.
        jobs: How many stacks are judged at a time, `None` for as many as there are cores.
        watch: Whether the project is judged anew whenever something is saved.
    """

    project: Path
    stack: str | None
    state: str | None
    base_verdict: Path | None
    base_state: str | None
    base: str | None
    packs: tuple[tuple[Path, Path | None], ...] | None
    config: dict[str, str]
    stack_tags: dict[str, str]
    reports: tuple[tuple[str, Path | None], ...]
    save_state: Path | None
    show_secrets: bool
    keep_unknowns: bool
    show_fixes: bool
    acceptance: Acceptance
    timeout_seconds: float
    recursive: bool
    changed_since: str | None
    jobs: int | None
    watch: bool


class Parser(argparse.ArgumentParser):
    """Raises what argparse would print and exit with."""

    def error(self, message: str) -> NoReturn:
        """Raises `UsageError`."""
        raise UsageError(message, hint=f"{self.prog} --help lists the options")


class _PrintCompletion(argparse.Action):
    """Prints the completion of a shell, and ends the command as `--help` does."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        _namespace: argparse.Namespace,
        shell: str | Sequence[Any] | None,
        _option: str | None = None,
    ) -> NoReturn:
        text = completion.script(str(shell))

        def write(stream: TextIO) -> None:
            stream.write(text)

        to_stdout(write)
        parser.exit()


def parse(argv: Sequence[str] | None) -> CommandOptions:
    """Reads the command line.

    Raises:
        UsageError: It is wrong.
        SystemExit: It asks for help or the version, which has been printed.
    """
    parser = command_parser()
    given = parser.parse_args(argv)
    packs, configs = given.policy_pack, given.policy_pack_config
    if configs and len(configs) != len(packs):
        parser.error(
            f"{len(packs)} --policy-pack and {len(configs)} --policy-pack-config were given; "
            "there must be one config for each pack, in the same order, or none at all"
        )
    if given.show_secrets and given.save_state is None:
        parser.error("--show-secrets is about the file of --save-state, which is not given")
    if given.state is not None:
        _check_alone(parser, given)
    _check_several(parser, given)
    reports = _reports(given.format, given.output, parser)
    if given.watch:
        _check_again(parser, given, reports)
    written = [(f"the report {name}", file) for name, file in reports]
    written.append(("the stack of --save-state", given.save_state))
    written.append(("the baseline", given.write_baseline or given.baseline))
    _check_files(written, parser)
    return CommandOptions(
        project=given.project,
        stack=given.stack,
        state=given.state,
        base_verdict=given.base_verdict,
        base_state=given.base_state,
        base=given.base,
        packs=tuple(zip(packs, configs or [None] * len(packs), strict=True)) if packs else None,
        config=dict(given.config),
        stack_tags=dict(given.stack_tag),
        reports=reports,
        save_state=given.save_state,
        show_secrets=given.show_secrets,
        keep_unknowns=given.keep_unknowns,
        show_fixes=given.show_fixes,
        acceptance=_acceptance(parser, given),
        timeout_seconds=given.timeout,
        recursive=given.recursive,
        changed_since=given.changed_since,
        jobs=given.jobs,
        watch=given.watch,
    )


def _reports(
    formats: Sequence[tuple[str, Path | None]], output: Path | None, parser: argparse.ArgumentParser
) -> tuple[tuple[str, Path | None], ...]:
    """The reports with their files, of which `--output` is the one of a format without a file."""
    formats = formats or [("terminal", None)]
    without_file = [name for name, file in formats if file is None]
    if output is not None and not without_file:
        parser.error(
            f"--output {output} has no report: each --format has a file of its own; leave one out"
        )
    if len(without_file) > 1:
        one, other, *_ = without_file
        parser.error(
            f"the reports {one} and {other} would both go to {output or 'stdout'}; give one of "
            f"them a file of its own: --format {other}=FILE"
        )
    return tuple((name, output if file is None else file) for name, file in formats)


def _check_files(files: Iterable[tuple[str, Path | None]], parser: argparse.ArgumentParser) -> None:
    """Refuses a file that two things would be written to; a device or a pipe takes both."""
    taken: dict[Path, str] = {}
    for what, file in files:
        if file is None:
            continue
        path = file.resolve()
        if path in taken and (path.is_file() or not path.exists()):
            parser.error(
                f"{taken[path]} and {what} would both go to {file}; give each a file of its own"
            )
        taken[path] = what


def _check_alone(parser: argparse.ArgumentParser, given: argparse.Namespace) -> None:
    """Refuses what is said of the program where no program runs."""
    of_program = {
        "--config": given.config,
        "--stack-tag": given.stack_tag,
        "--keep-unknowns": given.keep_unknowns,
        "--base-verdict": given.base_verdict,
        "--base-state": given.base_state,
        "--base": given.base,
    }
    for option, value in of_program.items():
        if value:
            parser.error(f"{option} is about a run of the program, and --state runs none")


def _check_again(
    parser: argparse.ArgumentParser,
    given: argparse.Namespace,
    reports: Sequence[tuple[str, Path | None]],
) -> None:
    """Refuses what is for one run where a project is judged again and again."""
    of_one_run = {
        "--recursive": given.recursive,
        "--state": given.state,
        "--base": given.base,
        "--save-state": given.save_state,
        "--write-baseline": given.write_baseline,
        "--prune-baseline": given.prune_baseline,
    }
    for option, value in of_one_run.items():
        if value:
            parser.error(f"{option} is for one run, and --watch judges a project at each save")
    for name, file in reports:
        if name != "terminal" and file is None:
            parser.error(
                f"the report {name} would go to stdout, where --watch tells what is new; give it a "
                f"file: --format {name}=FILE"
            )


def _check_several(parser: argparse.ArgumentParser, given: argparse.Namespace) -> None:
    """Refuses what is said of one stack where several are judged, and the other way round."""
    of_one = {
        "--save-state": given.save_state,
        "--state": given.state,
        "--base-state": given.base_state,
    }
    for option, value in of_one.items():
        if given.recursive and value is not None:
            parser.error(f"{option} is about one stack, and --recursive judges several")
    for option, file in (
        ("--baseline", given.baseline),
        ("--write-baseline", given.write_baseline),
    ):
        if given.recursive and file and not all(each in str(file) for each in PLACEHOLDERS):
            parser.error(
                f"{option} {file} is the baseline of one stack, and --recursive judges several; "
                f"put {' and '.join(PLACEHOLDERS)} into its name"
            )
    of_several = {"--changed-since": given.changed_since, "--jobs": given.jobs}
    for option, value in of_several.items():
        if value is not None and not given.recursive:
            parser.error(f"{option} is about --recursive, which is not given")


def command_parser() -> argparse.ArgumentParser:
    """The parser of the command's options."""
    parser = Parser(
        prog="preflight",
        description="Runs a Pulumi program and policy packs offline and gives their verdict.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--version", action="version", version=f"%(prog)s {__version__}")
    add(
        "--print-completion",
        metavar="SHELL",
        choices=tuple(completion.FILES),
        action=_PrintCompletion,
        help=f"print what completes this command in {' or '.join(completion.FILES)}, and exit",
    )
    add(
        "project",
        metavar="PROJECT",
        type=_path,
        nargs="?",
        default=Path(),
        help="folder that holds Pulumi.yaml (default: this one)",
    )
    add(
        "--stack",
        metavar="NAME",
        help="stack to judge (default: `stack` of preflight.yaml, or the only one with a file)",
    )
    judged = parser.add_argument_group("what is judged")
    add = judged.add_argument
    add(
        "--state",
        metavar="FILE|URL",
        help="judge what is deployed, without the program: an export, or a checkpoint in a "
        "backend, with --stack PROJECT/NAME; file:// and s3:// as well",
    )
    add(
        "--policy-pack",
        metavar="DIR|FILE",
        type=_path,
        action="append",
        default=[],
        help="folder of a policy pack, or an executable one; may be repeated (default: `packs` of "
        "preflight.yaml)",
    )
    add(
        "--policy-pack-config",
        metavar="FILE",
        type=_path,
        action="append",
        default=[],
        help="JSON config of a pack, in the order of the packs: one for each, or none",
    )
    add(
        "--config",
        metavar="KEY=VALUE",
        type=_key_value,
        action="append",
        default=[],
        help="config value, over the stack's own; may be repeated",
    )
    add(
        "--stack-tag",
        metavar="NAME=VALUE",
        type=_key_value,
        action="append",
        default=[],
        help="tag of the stack, as packs see it, over those that it has; may be repeated",
    )
    add(
        "--keep-unknowns",
        action="store_true",
        help="leave computed outputs unknown, as the engine's preview does",
    )
    add(
        "--timeout",
        metavar="SECONDS",
        type=seconds,
        default=DEFAULT_TIMEOUT,
        help="longest time for the program, and for each answer of a pack "
        f"(default: {DEFAULT_TIMEOUT:g})",
    )
    compared = parser.add_argument_group("what the run is compared with")
    add = compared.add_mutually_exclusive_group().add_argument
    add(
        "--base",
        metavar="REF",
        type=_reference,
        help="a branch, tag or commit: what its program registers is judged beside the run, as of "
        "where this branch parted from it",
    )
    add(
        "--base-verdict",
        metavar="FILE",
        type=Path,
        help="what `--format base=FILE` has saved of an earlier run, such as main's",
    )
    add(
        "--base-state",
        metavar="FILE|URL",
        help="what is deployed: an export, or a checkpoint in a backend; file:// and s3:// as well",
    )
    accepted = parser.add_argument_group("what is accepted")
    add = accepted.add_argument
    add(
        "--fail-on",
        choices=[str(each) for each in FailOn],
        default=FailOn.MANDATORY,
        help="findings that fail the run: mandatory ones (the default), advisory ones as well, or "
        "none",
    )
    add(
        "--baseline",
        metavar="FILE",
        type=_path,
        help="findings that are known: they are shown, and fail nothing; {project} and {stack} "
        "stand for the names",
    )
    add(
        "--write-baseline",
        metavar="FILE",
        type=_path,
        help="write the findings of this run as the baseline, and go on with it",
    )
    add(
        "--prune-baseline",
        action="store_true",
        help="take out of the baseline what is not found any more",
    )
    several = parser.add_argument_group("several projects, or several runs")
    add = several.add_argument
    add(
        "--recursive",
        action="store_true",
        help="judge all projects in the folder and below it, each with all its stacks that have a "
        "file, or with that of --stack",
    )
    add(
        "--changed-since",
        metavar="REF",
        type=_reference,
        help="leave out projects in which, and in what they use, nothing has changed since this "
        "branch parted from REF; what is not committed counts",
    )
    add(
        "--jobs",
        metavar="N",
        type=_jobs,
        help="judge so many stacks at a time (default: as many as there are cores)",
    )
    add(
        "--watch",
        action="store_true",
        help="judge the project anew at each save, and tell what is new and what is fixed, until "
        "Ctrl-C",
    )
    reported = parser.add_argument_group("what is reported")
    add = reported.add_argument
    add(
        "--format",
        metavar="NAME[=FILE]",
        type=_format,
        action="append",
        default=[],
        help="terminal (the default), json, sarif, junit, markdown, gitlab, github, csv, html, "
        "base, or a format that an installed package adds; written to FILE where one is given; "
        "may be repeated",
    )
    add(
        "--show-fixes",
        action="store_true",
        help="show what the rules' fixes change in a resource's inputs, or would change",
    )
    add(
        "--output",
        metavar="FILE",
        type=_path,
        help="write the report of a format without a FILE here, not to stdout",
    )
    add(
        "--save-state",
        metavar="FILE",
        type=_path,
        help="write the stack as an export that `pulumi policy analyze --file` reads; only its "
        "owner may read the file, and [secret] stands in place of secrets",
    )
    add(
        "--show-secrets",
        action="store_true",
        help="write secrets into that file in plain text, as `pulumi stack export` does with it",
    )
    return parser


def _acceptance(parser: argparse.ArgumentParser, given: argparse.Namespace) -> Acceptance:
    if given.prune_baseline and given.baseline is None:
        parser.error("--prune-baseline is about the file of --baseline, which is not given")
    if given.write_baseline is not None and given.baseline is not None:
        parser.error(
            "--write-baseline and --baseline were both given; --write-baseline alone keeps what "
            "its file says of the findings that stay"
        )
    return Acceptance(
        fail_on=FailOn(given.fail_on),
        baseline=given.baseline or given.write_baseline,
        write=given.write_baseline is not None,
        prune=given.prune_baseline,
    )


def _key_value(text: str) -> tuple[str, str]:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise argparse.ArgumentTypeError(f"{text!r} is not UTF-8") from None
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not KEY=VALUE")
    return key, value


def _path(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("'' is not a file or a folder")
    return Path(text)


def _format(text: str) -> tuple[str, Path | None]:
    name, equals, file = text.partition("=")
    if not name or (equals and not file):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME or NAME=FILE")
    return name, Path(file) if file not in ("", "-") else None


def _reference(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("'' is not a branch, a tag or a commit")
    return text


def _jobs(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= _MOST_JOBS):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {_MOST_JOBS}")
    return int(text)


def seconds(text: str) -> float:
    """The number of seconds that a text says, for an argument."""
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds") from None
    if not 0 < number < threading.TIMEOUT_MAX:
        raise argparse.ArgumentTypeError(f"{text} is not a finite number of seconds above 0")
    return number
