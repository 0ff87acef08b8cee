"""Says why a program gave no deployment: one message, with the user's own lines only."""

from collections.abc import Sequence
from typing import Any

from pulumi_preflight.errors import ProgramError
from pulumi_preflight.guard import how_it_ended
from pulumi_preflight.monitor.engine_service import LogLine
from pulumi_preflight.positions import Positions
from pulumi_preflight.program.child import Child
from pulumi_preflight.program.environment import NO_ENDPOINT
from pulumi_preflight.redaction import Redactor

_LAST_LINES = 20
# More frames than both are a recursion, in which one is like the other.
_FIRST_FRAMES, _LAST_FRAMES = 5, 15


def raise_for(
    end: dict[str, Any],
    *,
    child: Child,
    log: Sequence[LogLine],
    positions: Positions,
    redact: Redactor,
) -> None:
    """Raises unless the program ended well; no secret is in what is raised.

    Raises:
        ProgramError: It raised, exited with an error, logged one, or died.
        BaseException: What preflight or a pack raised while it ran.
    """
    try:
        _raise_for(end, child, log, positions)
    except ProgramError as error:
        hint = redact(error.hint) if error.hint else None
        raise ProgramError(redact(str(error)), hint=hint) from None


def _raise_for(
    end: dict[str, Any], child: Child, log: Sequence[LogLine], positions: Positions
) -> None:
    match end:
        case {"ended": "well"}:
            errors = [line.text for line in log if line.severity == "error"]
            if errors:
                raise ProgramError("the program logged an error: " + "; ".join(errors))
        case {"ended": "failed", "error": BaseException() as error}:
            raise error
        case {"ended": "raised"}:
            raise _of_exceptions(end["errors"], positions)
        case {"ended": "exit", "code": code, "frames": frames}:
            where = _trace(frames, positions)
            raise ProgramError(f"the program exited with {code}{where}", hint=_last_output(child))
        case {"ended": "no SDK", "text": text}:
            raise ProgramError(
                f"the program's Python cannot import Pulumi's SDK: {text}",
                hint="install the program's requirements into the environment that Pulumi.yaml "
                "names: pulumi install, or pip install -r requirements.txt",
            )
        case _:
            raise ProgramError(
                f"the program's process died ({how_it_ended(child.stop())}) before "
                "the program ended",
                hint=_last_output(child),
            )


def _of_exceptions(errors: list[dict[str, Any]], positions: Positions) -> ProgramError:
    """Tells of the first exception that has lines of the user's own, the outermost first."""
    own = [error for error in errors if _own_frames(error["frames"], positions)]
    chosen = (own or errors)[0]
    text = chosen["text"].strip()
    if chosen["deliberate"]:
        return ProgramError(text)
    said = f"{chosen['type']}: {text}".rstrip(": ")
    where = _trace(chosen["frames"], positions)
    if chosen["file"]:
        # Python could not even read this file, so it has no frame.
        place = positions.nearest([(chosen["file"], chosen["line"] or 0)])
        file = place.file if place else chosen["file"]
        where = f"\n  {file}:{chosen['line']}{where}"
    return ProgramError(f"the program raised {said}{where}", hint=_hint(errors))


def _own_frames(frames: list[dict[str, Any]], positions: Positions) -> list[str]:
    lines = []
    for frame in frames:
        place = positions.nearest([(frame["file"], frame["line"] or 0)])
        if place:
            text = f": {frame['text']}" if frame["text"] else ""
            lines.append(f"\n  {place.file}:{place.line} in {frame['function']}{text}")
    return lines


def _trace(frames: list[dict[str, Any]], positions: Positions) -> str:
    lines = _own_frames(frames, positions)
    left_out = len(lines) - _FIRST_FRAMES - _LAST_FRAMES
    if left_out > 1:
        lines[_FIRST_FRAMES:-_LAST_FRAMES] = [f"\n  ... {left_out} more"]
    return "".join(lines)


def _hint(errors: list[dict[str, Any]]) -> str | None:
    texts = [error["text"] for error in errors]
    if any(NO_ENDPOINT in text for text in texts):
        return (
            "the program calls AWS itself while it is previewed, and preflight is offline; let it "
            "ask a data source, or start LocalStack or moto and set AWS_ENDPOINT_URL to it"
        )
    if any(error["type"] in ("ModuleNotFoundError", "ImportError") for error in errors):
        return "install the program's requirements into the environment that Pulumi.yaml names"
    return None


def _last_output(child: Child) -> str | None:
    lines = child.printed().strip().splitlines()[-_LAST_LINES:]
    return "it printed:\n  " + "\n  ".join(lines) if lines else None
