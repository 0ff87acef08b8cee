"""Says why a program gave no deployment: one message, with the user's own lines only."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pulumi_preflight.errors import ProgramError
from pulumi_preflight.guard import how_it_ended
from pulumi_preflight.model import Positions
from pulumi_preflight.monitor.run import Run
from pulumi_preflight.monitor.services import LogLine
from pulumi_preflight.monitor.unknowns import answer_way
from pulumi_preflight.opened import files_of
from pulumi_preflight.program.child import NO_ENDPOINT, Child
from pulumi_preflight.program.diagnostics import (
    Diagnostic,
    crash,
    listed_errors,
    printed_diagnostics,
)
from pulumi_preflight.project.config_values import PLACEHOLDER
from pulumi_preflight.project.template import Template
from pulumi_preflight.redaction import Redactor
from pulumi_preflight.runtimes.yaml import NO_PLUGIN
from pulumi_preflight.stack_context import member_of

_LAST_LINES = 20
_MOST_MISTAKES = 10
# What the host says where more than one property is wrong: then it tells no place.
_SEVERAL = re.compile(r"(?P<token>\S+) is not assignable from ")
_CRASHED = (
    "that is a mistake of the host itself, which `pulumi preview` would meet as well; take the "
    "last change of the program back to see what brings it on"
)
# The SDK for Go says so of outputs that are unknown as a whole.
_NO_STACK_OUTPUTS = "failed to convert stack output"
_UNKNOWN_STACK = (
    "the program reads outputs of another stack with fn::stackReference, which takes known ones "
    "only, and preflight does not know them"
)
_KNOWN_STACK = (
    "give them under stackReferences in preflight.yaml, or read them from a resource of the type "
    "pulumi:pulumi:StackReference"
)
_MADE_UP = (
    "where that comes of an output that preflight made up, `outputs` in preflight.yaml can give "
    "the real value, and --keep-unknowns leaves all of them unknown"
)
_MADE_UP_ANSWER = (
    "where that comes of a function's answer that preflight made up, `invokes` in preflight.yaml "
    "can give the real one"
)
_MOST_ANSWERS = 5
_NO_PKG_RESOURCES = "No module named 'pkg_resources'"
_LIBRARY_FRAMES = 3
_LIBRARY_FOLDER = re.compile(r"(site|dist)-packages|python3\.\d+|node_modules")
# More frames than both are a recursion, in which one is like the other.
_FIRST_FRAMES, _LAST_FRAMES = 5, 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where a program ended.

    Attributes:
        child: Its process.
        log: What it logged.
        run: What it registered and was told.
        positions: What tells its own files.
        template: What it declares, where a language host runs it.
    """

    child: Child
    log: Sequence[LogLine]
    run: Run
    positions: Positions
    template: Template | None = None


def raise_for(end: dict[str, Any], scene: Scene, *, redact: Redactor) -> None:
    """Raises unless the program ended well; no secret is in what is raised.

    Raises:
        ProgramError: It raised, exited with an error, logged one, or died.
        BaseException: What preflight or a pack raised while it ran.
    """
    try:
        _raise_for(end, scene)
    except ProgramError as error:
        hint = redact(error.hint) if error.hint else None
        raise ProgramError(
            redact(str(error)), hint=hint, files=files_of(end), place=error.place
        ) from None


def _raise_for(end: dict[str, Any], scene: Scene) -> None:
    match end:
        case {"ended": "well"}:
            errors = [line.text for line in scene.log if line.severity == "error"]
            if errors:
                raise ProgramError("the program logged an error: " + "; ".join(errors))
        case {"ended": "failed", "error": BaseException() as error}:
            raise error
        case {"ended": "raised"}:
            answers = _of_answers(end["functions"], scene)
            if answers is None and not end.get("ownMistake", True):
                answers = _of_stacks(scene)
            raise _of_exceptions(end["errors"], scene, answers)
        case {"ended": "exit", "code": code, "frames": frames, "functions": functions}:
            where = _trace(frames, scene.positions)
            hint = _of_answers(functions, scene) or _last_output(scene.child)
            place = _innermost(frames, scene.positions)
            raise ProgramError(f"the program exited with {code}{where}", hint=hint, place=place)
        case {"ended": "refused", "text": text}:
            raise _of_host(text, scene)
        case {"ended": "no SDK", "text": text}:
            raise ProgramError(
                f"the program's Python cannot import Pulumi's SDK: {text}",
                hint="install the program's requirements into the environment that Pulumi.yaml "
                "names: pulumi install, or pip install -r requirements.txt",
            )
        case _:
            raise ProgramError(
                f"the program's process died ({how_it_ended(scene.child.stop())}) before "
                "the program ended",
                hint=_last_output(scene.child),
            )


def _of_host(text: str, scene: Scene) -> ProgramError:
    """Tells what a language host found wrong, at the program's own lines."""
    run, launch = scene.run, scene.run.project.launch
    printed = [each for each in printed_diagnostics(scene.child.printed()) if each.is_error]
    logged = listed_errors([line.text for line in scene.log if line.severity == "error"])
    if crashed := crash(scene.child.printed()):
        return ProgramError(f"the language host broke off: {crashed}", hint=_CRASHED)
    inside = os.path.relpath(launch.program, run.project.root)
    folder = "" if inside == os.curdir else f"{inside}/"
    found = (*printed, *logged) or tuple(listed_errors([text]))
    placed = (_placed(each, scene.template) for each in found[:_MOST_MISTAKES])
    mistakes = list(placed)
    messages = [each.message(folder) for each in mistakes]
    message = run.inventions.shown("\n".join(messages))
    if not message:
        message = "the language host gave the program up, and says not why"
        return ProgramError(message, hint=_last_output(scene.child))
    if not launch.loads_schemas and "loading package" in message:
        return ProgramError(message, hint=NO_PLUGIN)
    if _NO_STACK_OUTPUTS in message:
        return ProgramError(_UNKNOWN_STACK, hint=_KNOWN_STACK)
    places = ((f"{folder}{each.file}", each.line) for each in mistakes if each.file and each.line)
    return ProgramError(
        message, hint=_of_made_up(run) if logged else None, place=next(places, None)
    )


def _of_made_up(run: Run) -> str | None:
    """Says how to give what a host may have failed on, which tells of no value where it is from."""
    hints = []
    if functions := sorted(run.made_up_answers):
        ways = "".join(f"\n  {answer_way(function)}" for function in functions[:_MOST_ANSWERS])
        hints.append(f"{_MADE_UP_ANSWER}:{ways}")
    if any(each.made_up for each in run.registry.resources):
        hints.append(_MADE_UP)
    return "\n".join(hints) or None


def _placed(mistake: Diagnostic, template: Template | None) -> Diagnostic:
    """Gives a mistake in several properties of a resource the resource's line."""
    several = _SEVERAL.match(mistake.summary)
    if mistake.file or several is None or template is None:
        return mistake
    line = template.line_of_given(several["token"], mistake.summary)
    return replace(mistake, file=template.file.name, line=line) if line else mistake


def _of_exceptions(errors: list[dict[str, Any]], scene: Scene, answers: str | None) -> ProgramError:
    """Tells of the first exception that has lines of the user's own, the outermost first."""
    positions = scene.positions
    own = [error for error in errors if _own_frames(error["frames"], positions)]
    chosen = (own or errors)[0]
    text = chosen["text"].strip()
    hidden = _of_placeholders(text, scene)
    innermost = _innermost(chosen["frames"], positions)
    if chosen["deliberate"]:
        return ProgramError(text, hint=hidden or answers, place=innermost)
    said = f"{chosen['type']}: {text}".rstrip(": ")
    where = _trace(chosen["frames"], positions)
    if chosen["file"]:
        # Python could not even read this file, so it has no frame.
        place = positions.nearest([(chosen["file"], chosen["line"] or 0)])
        file = place.file if place else chosen["file"]
        if place:
            innermost = place.file, place.line
            where = "".join(_own_frames(chosen["frames"], positions))
        where = f"\n  {file}:{chosen['line']}{where}"
    return ProgramError(
        f"the program raised {said}{where}",
        hint=_hint(errors) or hidden or answers,
        place=innermost,
    )


def _innermost(frames: list[dict[str, Any]], positions: Positions) -> tuple[str, int] | None:
    """File and line of the innermost place of the program's own."""
    place = positions.nearest((each["file"], each["line"] or 0) for each in reversed(frames))
    return (place.file, place.line) if place else None


def _own_frames(frames: list[dict[str, Any]], positions: Positions) -> list[str]:
    return [_line(file, frame) for frame in frames if (file := _own_file(frame, positions))]


def _own_file(frame: dict[str, Any], positions: Positions) -> str | None:
    """The file of a frame of the program's own code; `None` for one of a library."""
    place = positions.nearest([(frame["file"], frame["line"] or 0)])
    return place.file if place else None


def _line(file: str, frame: dict[str, Any]) -> str:
    function = f" in {frame['function']}" if frame["function"] else ""
    text = f": {frame['text']}" if frame["text"] else ""
    return f"\n  {file}:{frame['line']}{function}{text}"


def _trace(frames: list[dict[str, Any]], positions: Positions) -> str:
    # What Python itself does to load a module stands in no file.
    frames = [frame for frame in frames if not frame["file"].startswith("<frozen ")]
    lines = _own_frames(frames, positions)
    # Where none is the program's own, some of the library's tell more than one.
    inner = frames[-1:] if lines else frames[-_LIBRARY_FRAMES:]
    if inner and _own_file(inner[-1], positions) is None:
        lines += [_line(_in_library(frame["file"]), frame) for frame in inner]
    left_out = len(lines) - _FIRST_FRAMES - _LAST_FRAMES
    if left_out > 1:
        lines[_FIRST_FRAMES:-_LAST_FRAMES] = [f"\n  ... {left_out} more"]
    return "".join(lines)


def _in_library(file: str) -> str:
    """A library's file without the folder that the library is installed in."""
    parts = Path(file).parts
    inside = [index for index, part in enumerate(parts) if _LIBRARY_FOLDER.fullmatch(part)]
    return str(Path(*parts[inside[-1] + 1 :])) if inside else file


def _of_answers(functions: list[dict[str, Any]], scene: Scene) -> str | None:
    """Says which answers that nobody knows an error comes of, or may come of."""
    unsure = scene.run.made_up_answers.keys() | scene.run.unknown_answers
    guessed = [each for each in functions if each["function"] in unsure]
    certain = [each for each in guessed if each["certain"]]
    told: dict[str, str] = {}
    for each in certain or guessed:
        place = scene.positions.nearest((file, line) for file, line in each["places"])
        where = f", which {place.file}:{place.line} asks for" if place else ""
        member = member_of(each["function"])
        told.setdefault(each["function"], f"the answer of {member}{where}")
    if not told:
        return None
    verb = "does not know" if told.keys() & scene.run.unknown_answers else "made up"
    made = f"preflight {verb} {' and '.join(told.values())}"
    ways = "".join(f"\n  {answer_way(function)}" for function in told)
    doubt = "" if certain else "if the error comes of it, "
    return f"{made}; {doubt}preflight.yaml can give the real one:{ways}"


def _of_stacks(scene: Scene) -> str | None:
    """Says which outputs of other stacks nobody knows, where a program may fail on them."""
    stacks = sorted(scene.run.unknown_stacks)
    if not stacks:
        return None
    ways = "".join(f"\n    {stack}: {{...}}" for stack in stacks)
    return (
        "the outputs of other stacks are not known offline; if the error comes of it, "
        f"preflight.yaml can give them:\n  stackReferences:{ways}"
    )


def _of_placeholders(text: str, scene: Scene) -> str | None:
    """Says which values that preflight cannot decrypt an error speaks of."""
    if PLACEHOLDER not in text:
        return None
    config = scene.run.project.config
    hidden = sorted(key for key, value in config.items() if PLACEHOLDER in value.secret_texts)
    named = [key for key in hidden if re.search(rf"(?<![\w:-]){re.escape(key)}(?![\w:-])", text)]
    if not hidden:
        return None
    keys = named or hidden
    return (
        f"the program saw {PLACEHOLDER} in place of {', '.join(keys)}, which preflight cannot "
        f"decrypt; --config {keys[0]}=VALUE gives it a value"
    )


def _hint(errors: list[dict[str, Any]]) -> str | None:
    texts = [error["text"] for error in errors]
    if any(NO_ENDPOINT in text for text in texts):
        return (
            "the program calls AWS itself while it is previewed, and preflight is offline; let it "
            "ask a data source, or start LocalStack or moto and set AWS_ENDPOINT_URL to it"
        )
    types = {error["type"] for error in errors}
    if "botocore.exceptions.NoRegionError" in types:
        return (
            "the program's own client of AWS has no region: set aws:region in the stack's file, or "
            "AWS_DEFAULT_REGION"
        )
    if "botocore.exceptions.NoCredentialsError" in types:
        return (
            "the program's own client of AWS has no credentials for AWS_ENDPOINT_URL: set "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; LocalStack and moto take any text"
        )
    if any(_NO_PKG_RESOURCES in text for text in texts):
        return (
            "a package of that time needs pkg_resources, which setuptools has had up to version "
            "81: install 'setuptools<82' into the environment that Pulumi.yaml names"
        )
    if types & {"ModuleNotFoundError", "ImportError"}:
        return "install the program's requirements into the environment that Pulumi.yaml names"
    return None


def _last_output(child: Child) -> str | None:
    lines = child.printed().strip().splitlines()[-_LAST_LINES:]
    return "it printed:\n  " + "\n  ".join(lines) if lines else None
