"""Frames of the program as plain values: `file`, `line`, `function` and `text`."""

from __future__ import annotations

import linecache
import os
import traceback
import types
import typing

Frame = typing.Dict[str, typing.Any]  # noqa: UP006 - Python 3.9 reads this

FOLDER = os.path.dirname(__file__) + os.sep  # noqa: PTH120 - compared with texts
MOST_FRAMES = 50
_KEPT = "_preflight_frames"


def of_error(error: BaseException) -> list[Frame]:
    """The frames of an error, the innermost last."""
    kept: list[Frame] | None = vars(error).get(_KEPT)
    return kept or _listed(traceback.extract_tb(error.__traceback__))


def keep(error: BaseException, place: tuple[str, int] | None) -> None:
    """Keeps the frames of an error in a callback, which the SDK loses on the way.

    Args:
        error: The error.
        place: Where an operation of the SDK's own was written, which is in no frame.
    """
    frames = of_error(error)
    if place is not None:
        frames = [of_place(place), *frames]
    vars(error).setdefault(_KEPT, frames)


def of_callback(frame: types.FrameType) -> list[Frame]:
    """The frames of the callback that runs, the innermost last."""
    inner: list[traceback.FrameSummary] = []
    for summary in reversed(traceback.extract_stack(frame)):
        if not summary.filename.startswith(FOLDER):
            inner.append(summary)
        elif inner:
            break
    return _listed(reversed(inner))


def of_place(place: tuple[str, int]) -> Frame:
    """A place without a function."""
    file, line = place
    text = linecache.getline(file, line).strip()
    return {"file": file, "line": line, "function": "", "text": text}


def places_of(frame: types.FrameType | None) -> typing.Iterator[tuple[str, int]]:
    """File and line of a frame and of those around it, the innermost first."""
    for _ in range(MOST_FRAMES):
        if frame is None:
            return
        yield frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back


def _listed(frames: typing.Iterable[traceback.FrameSummary]) -> list[Frame]:
    return [
        {"file": frame.filename, "line": frame.lineno, "function": frame.name, "text": frame.line}
        for frame in frames
        if not frame.filename.startswith(FOLDER)
    ]
