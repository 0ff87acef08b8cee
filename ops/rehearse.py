"""`nox -s rehearse`: the real engine through a stack's life, under its pack, with no cloud.

The rehearsal provider stands in for AWS. The backend and the stack's settings file are in a folder
that is gone afterwards, so neither the user's state nor a file of the project is touched, and no
passphrase is needed: a secret in the settings is the word `secret` here.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ops.paths import STACK
from ops.project import project
from pulumi_loopback.engine.display import SAID_ALREADY, Message, Summary, parse, was_evaluated
from pulumi_loopback.engine.operation import run
from pulumi_loopback.errors import CommandError, exit_with, tell
from pulumi_loopback.guard import temporary_folder
from pulumi_loopback.project import Gate
from pulumi_loopback.target import Target, mapping_in, target
from pulumi_preflight.findings import Finding, Level
from pulumi_preflight.provider import rehearsal_provider
from pulumi_preflight.provider.backend import Store

PASSED, FAILED, IMPOSSIBLE, INTERRUPTED = 0, 1, 2, 130
_COLUMNS = ("create", "update", "replace", "delete", "same")
_ROW = "{:<10}{:>9}" + "{:>9}" * len(_COLUMNS) + "{:>11}{:>10}{:>9}"
# What belongs to the real stack's secrets, which the rehearsal has no key for.
_OF_SECRETS = ("encryptionsalt", "encryptedkey", "secretsprovider")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One operation of the engine, and what must come of it.

    Attributes:
        name: What the table calls it.
        arguments: The engine's operation and its options.
        judged: Whether the pack has to agree.
        idle: Whether there must be nothing to do.
    """

    name: str
    arguments: tuple[str, ...]
    judged: bool = False
    idle: bool = False


_DOING = ("--yes", "--skip-preview")
STEPS = (
    Step(name="preview", arguments=("preview",), judged=True),
    Step(name="up", arguments=("up", *_DOING), judged=True),
    Step(name="up again", arguments=("up", *_DOING), judged=True, idle=True),
    Step(name="refresh", arguments=("refresh", *_DOING), idle=True),
    Step(name="destroy", arguments=("destroy", *_DOING)),
)


@dataclass(slots=True)
class Heard:
    """What the engine said while it carried a step out.

    Attributes:
        changes: How many resources each kind of step was taken on.
        findings: What the packs found.
        unknown: How often a rule needed a value that was not known yet.
        errors: What went wrong.
    """

    changes: Mapping[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    unknown: int = 0
    errors: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        """Takes one line that the engine printed."""
        match parse(line):
            case Summary() as summary:
                self.changes = summary.changes
            case Finding() as finding if not was_evaluated(finding):
                self.unknown += 1
            case Finding() as finding:
                self.findings.append(finding)
            case Message(severity="error") as message if message.text not in SAID_ALREADY:
                self.errors.append(message.text)
            case _:
                pass

    def count(self, level: Level) -> int:
        """How many findings there are of a level."""
        return sum(each.level is level for each in self.findings)


def main(given: Sequence[str]) -> int:
    """Rehearses a stack.

    Returns:
        0 where all went as it must, 1 where it did not, 2 where there is no engine or no project.
    """
    parser = argparse.ArgumentParser(prog="nox -s rehearse --", description=__doc__)
    parser.add_argument("--stack", default="local", help="the stack to rehearse (default: local)")
    parser.add_argument(
        "--project", type=Path, default=STACK, help="the Pulumi project (default: stack/)"
    )
    options = parser.parse_args(given)
    try:
        return rehearse(target(project(options.project.resolve(), options.stack)))
    except CommandError as error:
        tell(error)
        return IMPOSSIBLE
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; nothing is left of the rehearsal\n")
        return INTERRUPTED


def rehearse(stack: Target) -> int:
    """Takes a stack through its life; prints a row for each step as it ends."""
    begun = time.monotonic()
    gate = stack.project.gate
    with temporary_folder("rehearsal-") as folder:
        store = folder / "resources.json"
        with rehearsed(stack, folder, store) as (alone, settings):
            version = stack.engine.version
            _say(f"Rehearsal of {stack.name} stack {stack.stack}, Pulumi {version}, no cloud\n")
            _say(_ROW.format("step", "seconds", *_COLUMNS, "mandatory", "advisory", "unknown"))
            for step in STEPS:
                if trouble := _carry_out(step, alone, settings, gate):
                    return _failed(step.name, trouble)
        left = [f"{each.urn} is left over" for each in Store(store).entries]
    if left:
        return _failed("destroy", left)
    _say(f"\nPASS: all as it must be, and nothing left over, in {time.monotonic() - begun:.0f} s")
    return PASSED


def _carry_out(step: Step, stack: Target, settings: Path, gate: Gate) -> Sequence[str]:
    """Runs a step and prints its row; gives what went wrong."""
    heard = Heard()
    begun = time.monotonic()
    with gate.for_the_engine() if step.judged else nullcontext(()) as packs:
        status = run(
            stack.command(*step.arguments, "--json", "--config-file", settings, *packs),
            cwd=stack.folder,
            environment=stack.variables,
            on_line=heard.take,
        )
    seconds = f"{time.monotonic() - begun:.1f}"
    counts = [heard.changes.get(name, 0) for name in _COLUMNS]
    findings = [heard.count(Level.MANDATORY), heard.count(Level.ADVISORY), heard.unknown]
    _say(_ROW.format(step.name, seconds, *counts, *findings))
    if status:
        return [*_mandatory(heard), *heard.errors] or [f"the engine ended with {status}"]
    changed = {name: count for name, count in heard.changes.items() if name != "same" and count}
    if step.idle and changed:
        told = ", ".join(f"{count} {name}" for name, count in sorted(changed.items()))
        return [f"there was something to do: {told}; wanted nothing"]
    return []


def _mandatory(heard: Heard) -> Sequence[str]:
    return [
        f"{each.rule}: {each.message}" for each in heard.findings if each.level is Level.MANDATORY
    ]


@contextmanager
def rehearsed(stack: Target, folder: Path, store: Path) -> Iterator[tuple[Target, Path]]:
    """The stack on a backend and a provider of the rehearsal's own, and its settings file."""
    settings = folder / f"Pulumi.{stack.stack}.yaml"
    # JSON is YAML in which every text is quoted, so the engine reads the same values again.
    written = json.dumps(_settings(stack), ensure_ascii=False, default=str)
    settings.write_text(written, encoding="utf-8")
    # The engine makes a stack's key in the folder of the project, so it gets a folder of its own.
    named = {"name": stack.name, "runtime": "python"}
    (folder / "Pulumi.yaml").write_text(json.dumps(named), encoding="utf-8")
    with rehearsal_provider(store) as port:
        own = {
            "PULUMI_BACKEND_URL": folder.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "rehearsal",
            "PULUMI_DEBUG_PROVIDERS": f"aws:{port}",
            # A preview prints its events, and the findings among them, only when it is told to.
            "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true",
        }
        variables = {**stack.variables, **own}
        variables.pop("PULUMI_CONFIG_PASSPHRASE_FILE", None)
        here = replace(stack.project, folder=folder)
        replace(stack, project=here, variables=variables).ask("stack", "init", "--no-select")
        yield replace(stack, variables=variables), settings


def _settings(stack: Target) -> Mapping[str, Any]:
    """The stack's settings, without what only the owner of its key can read."""
    file = stack.folder / f"Pulumi.{stack.stack}.yaml"
    if not file.exists():
        raise CommandError(
            f"{stack.name} has no stack {stack.stack!r}: {file} is missing",
            hint=f"there are: {', '.join(_stacks(stack.folder)) or 'none'}",
        )
    content = mapping_in(file)
    return {name: _readable(each) for name, each in content.items() if name not in _OF_SECRETS}


def _readable(value: Any) -> Any:  # noqa: ANN401 - whatever YAML holds
    match value:
        case {"secure": str()} if len(value) == 1:
            return "secret"
        case dict():
            return {name: _readable(each) for name, each in value.items()}
        case list():
            return [_readable(each) for each in value]
        case _:
            return value


def _stacks(project: Path) -> Sequence[str]:
    names = sorted(file.name for file in project.glob("Pulumi.*.yaml"))
    return [name.removeprefix("Pulumi.").removesuffix(".yaml") for name in names]


def _failed(step: str, trouble: Sequence[str]) -> int:
    for text in trouble:
        _say(f"\n{text}")
    _say(f"\nFAIL: {step}; nothing is left of the rehearsal")
    return FAILED


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
