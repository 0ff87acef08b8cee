"""The package's own commands: any project, on the loopback alone."""

import argparse
import os
import shlex
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from pulumi_loopback import __version__
from pulumi_loopback.credentials import profile_of, url_in_profile
from pulumi_loopback.endpoint import DEFAULT_PORT, DEFAULT_URL, show
from pulumi_loopback.engine.locate import Engine, at, on_path
from pulumi_loopback.errors import CommandError, carried_out
from pulumi_loopback.lifecycle import commands as lifecycle
from pulumi_loopback.project import Packs, Project, Spelling
from pulumi_preflight.errors import ProjectError
from pulumi_preflight.project import named_packs

_ENDPOINT = "endpoint:"
_HERE = Path()
_HELP = {
    "preview": "judge the program with preflight, then with the engine; change nothing",
    "up": "deploy, once preflight and the engine's preview agree",
    "refresh": "bring the state up to what there really is",
    "destroy": "delete all that the stack has made; asks first",
    "outputs": "print the stack's outputs",
    "reset:soft": "destroy the stack, empty the endpoint, and bring both up again; asks first",
    "reset:hard": "delete the state and the endpoint's data, and make new ones; asks first",
    "state:init": "make the stack if there is none",
    "state:list": "list the resources in the state, and operations that were not finished",
    "state:repair": "unlock and repair the state as far as that is safe",
    "state:restore": "bring the newest copy of the state back, or a given one; asks first",
    "state:delete": "forget the stack; what it made stays; asks first",
    "endpoint:start": "start the endpoint",
    "endpoint:stop": "stop the endpoint; what it holds is kept for the next start",
    "endpoint:status": "say whether the endpoint runs, and where",
    "endpoint:logs": "print what the endpoint has printed",
    "endpoint:env": "write an AWS profile for other clients, and say how to use it",
}


def run(given: Sequence[str]) -> int:
    """Carries a command out.

    Returns:
        0 if it did what it says, 1 if a finding or the engine stopped it, 2 for wrong arguments and
        for a project, state or machine that it cannot work on, 130 if it was interrupted.
    """
    options = _parser().parse_args(given)
    if options.command.startswith(_ENDPOINT):
        name = options.command.removeprefix(_ENDPOINT)
        return carried_out(lambda: show(name, _project(options)))
    # The same checks, under the name that the engine's users know.
    options.command = options.command.replace("preview", "validate")
    return carried_out(lambda: lifecycle.carry_out(options, _project(options)))


def _project(options: argparse.Namespace) -> Project:
    folder = options.project.resolve()
    port = options.port
    url = f"http://127.0.0.1:{port}" if port else url_in_profile(profile_of(folder))
    return Project(
        folder=folder,
        stack=options.stack,
        home=folder,
        endpoint=url or DEFAULT_URL,
        gate=gate_of(options, folder),
        engine=partial(_engine, options.engine),
        spelling=Spelling(always=_given(options)),
    )


def gate_of(options: argparse.Namespace, folder: Path) -> Packs:
    """The packs that the user has given, else those that the project's `preflight.yaml` names.

    Raises:
        CommandError: The packs' files of settings are too few or too many, or a pack is not there.
    """
    packs, configs = tuple(options.policy_pack), tuple(options.policy_pack_config)
    if configs and len(configs) != len(packs):
        raise CommandError(
            f"{len(packs)} --policy-pack and {len(configs)} --policy-pack-config were given",
            hint="give each pack one file of settings, or none to any",
        )
    if packs or options.command.startswith(_ENDPOINT):
        return Packs(
            folders=tuple(each.resolve() for each in packs),
            configs=tuple(each.resolve() for each in configs),
        )
    try:
        named = named_packs(folder, options.stack)
    except ProjectError as error:
        raise CommandError(str(error), hint=error.hint) from error
    # Either each pack has a file of settings, or none has; an empty one sets nothing.
    settings = [each.config or Path(os.devnull) for each in named if any(x.config for x in named)]
    return Packs(folders=tuple(each.path for each in named), configs=tuple(settings))


def _engine(told: Path | None) -> Engine:
    found = at(told.resolve()) if told else on_path()
    if isinstance(found, Engine):
        return found
    raise CommandError(
        f"there is no Pulumi engine: {found.reason}",
        hint="install it (https://www.pulumi.com/docs/iac/download-install/), or name one with "
        "--engine FILE",
    )


def _given(options: argparse.Namespace) -> tuple[str, ...]:
    """What the user has given and has to give again with the next command."""
    words: list[str | Path] = []
    if options.project != _HERE:
        words += ["--project", options.project]
    if options.engine:
        words += ["--engine", options.engine]
    for name in ("policy_pack", "policy_pack_config"):
        for each in getattr(options, name):
            words += [f"--{name.replace('_', '-')}", each]
    return tuple(shlex.quote(str(word)) for word in words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pulumi-loopback",
        description="Deploys any Pulumi stack to an AWS API on the loopback, with the real engine.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    named = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, what in _HELP.items():
        command = named.add_parser(name, help=what, description=what.capitalize())
        if name.startswith(_ENDPOINT):
            lifecycle.add_place(command, folder=_HERE, shown="this folder")
        else:
            lifecycle.add_options(command, name, folder=_HERE, shown="this folder")
        command.add_argument(
            "--engine", type=Path, metavar="FILE", help="the engine's `pulumi` (default: on PATH)"
        )
        command.add_argument(
            "--port",
            type=_port,
            help=f"of the endpoint (default: that of the last start, or {DEFAULT_PORT})",
        )
        for option, metavar, about in (
            ("--policy-pack", "FOLDER", "a pack that has to agree; may be given again"),
            ("--policy-pack-config", "FILE", "its levels and settings; one for each pack"),
        ):
            command.add_argument(
                option, type=Path, action="append", default=[], metavar=metavar, help=about
            )
    return parser


def _port(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 2**16):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; wanted 1 to 65535")
    return int(text)
