"""The command line of `preflight`."""

import argparse
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from pulumi_preflight import __version__
from pulumi_preflight.errors import PreflightError

_EPILOG = """\
exit codes: 0 nothing mandatory was found; 1 something was; 2 there is no verdict, because the
program, a pack or the configuration failed, and the message says which.

examples:
  preflight stack --stack dev --policy-pack policies
  preflight stack --stack dev --policy-pack policies --policy-pack-config profiles/dev.json
  preflight . --stack dev --policy-pack policies --format json --output verdict.json
"""


class UsageError(PreflightError):
    """The command line is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The arguments of the command line.

    Attributes:
        project: The folder of the project.
        stack: The stack's name.
        packs: Each pack's folder with its config file, if it has one.
        config: Config values over the stack's own.
        stack_tags: Tags over those that the stack has.
        format: The report's format.
        output: Where the report goes, `None` for stdout.
        save_state: Where the stack export goes, `None` for nowhere.
        show_secrets: Whether the stack export shows secrets in plain text.
        keep_unknowns: Whether computed outputs stay unknown.
        show_fixes: Whether to show what fixes change.
        timeout_seconds: How long the program, and each answer of a pack, may take.
    """

    project: Path
    stack: str
    packs: tuple[tuple[Path, Path | None], ...]
    config: dict[str, str]
    stack_tags: dict[str, str]
    format: str
    output: Path | None
    save_state: Path | None
    show_secrets: bool
    keep_unknowns: bool
    show_fixes: bool
    timeout_seconds: float


class _Parser(argparse.ArgumentParser):
    """Raises what argparse would print and exit with."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint=f"{self.prog} --help lists the options")


def parse(argv: Sequence[str] | None) -> Options:
    """Reads the command line.

    Raises:
        UsageError: It is wrong.
        SystemExit: It asks for help or the version, which has been printed.
    """
    parser = _parser()
    given = parser.parse_args(argv)
    packs, configs = given.policy_pack, given.policy_pack_config
    if configs and len(configs) != len(packs):
        parser.error(
            f"{len(packs)} --policy-pack and {len(configs)} --policy-pack-config were given; "
            "there must be one config for each pack, in the same order, or none at all"
        )
    if given.show_secrets and given.save_state is None:
        parser.error("--show-secrets is about the file of --save-state, which is not given")
    return Options(
        project=given.project,
        stack=given.stack,
        packs=tuple(zip(packs, configs or [None] * len(packs), strict=True)),
        config=dict(given.config),
        stack_tags=dict(given.stack_tag),
        format=given.format,
        output=given.output,
        save_state=given.save_state,
        show_secrets=given.show_secrets,
        keep_unknowns=given.keep_unknowns,
        show_fixes=given.show_fixes,
        timeout_seconds=given.timeout,
    )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="preflight",
        description="Runs a Pulumi program and policy packs offline and gives their verdict.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--version", action="version", version=f"%(prog)s {__version__}")
    add("project", metavar="PROJECT", type=Path, help="folder that holds Pulumi.yaml")
    add("--stack", metavar="NAME", required=True, help="stack to judge")
    judged = parser.add_argument_group("what is judged")
    add = judged.add_argument
    add(
        "--policy-pack",
        metavar="DIR",
        type=Path,
        action="append",
        default=[],
        help="folder of a policy pack; may be repeated",
    )
    add(
        "--policy-pack-config",
        metavar="FILE",
        type=Path,
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
        type=_seconds,
        default=120.0,
        help="longest time for the program, and for each answer of a pack (default: 120)",
    )
    reported = parser.add_argument_group("what is reported")
    add = reported.add_argument
    add(
        "--format",
        metavar="NAME",
        default="terminal",
        help="terminal (the default), json, or a format that an installed package adds",
    )
    add(
        "--show-fixes",
        action="store_true",
        help="show what the rules' fixes change in a resource's inputs, or would change",
    )
    add("--output", metavar="FILE", type=Path, help="write the report here, not to stdout")
    add(
        "--save-state",
        metavar="FILE",
        type=Path,
        help="write the stack as an export that `pulumi policy analyze --file` reads; only its "
        "owner may read the file, and [secret] stands in place of secrets",
    )
    add(
        "--show-secrets",
        action="store_true",
        help="write secrets into that file in plain text, as `pulumi stack export` does with it",
    )
    return parser


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


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds") from None
    if not 0 < seconds < threading.TIMEOUT_MAX:
        raise argparse.ArgumentTypeError(f"{text} is not a finite number of seconds above 0")
    return seconds
