"""Lists of what AWS decides or a team calls a thing: they grow old, so each says from when it is.

A list is a JSON file of this folder: what it is about, its source, the day on which somebody last
compared it with the source, and its entries. `nox -s lists` compares them with newer data.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedList:
    """One list.

    Attributes:
        name: The name of its file, without the ending.
        about: What it lists, as one sentence without the full stop.
        source: The page that it comes from.
        dated: The day on which it was last compared with its source.
        entries: What the file has; its shape is known to those that ask for it.
    """

    name: str
    about: str
    source: str
    dated: date
    entries: Any


@cache
def load(name: str) -> DatedList:
    """Reads a list by its name, such as `fargate_sizes`."""
    text = resources.files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return DatedList(
        name=name,
        about=found["about"],
        source=found["source"],
        dated=date.fromisoformat(found["date"]),
        entries=found["entries"],
    )


def names() -> tuple[str, ...]:
    """The names of all lists, in alphabetical order."""
    files = resources.files(__package__).iterdir()
    return tuple(sorted(file.name[:-5] for file in files if file.name.endswith(".json")))
