"""How old the dated data of the pack is."""

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from ops.paths import ROOT

PACK: Final = ROOT / "policies" / "aws_policy_pack"
LISTS: Final = (PACK / "lists", PACK / "cost")
"""Where the pack keeps what AWS decides, prices included."""
MOST_DAYS: Final = 180
DAY: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A file of data, and the day on which it was last compared with its source, if it tells."""

    path: Path
    day: date | None

    def is_old(self, today: date) -> bool:
        """Whether nobody has compared it for long, or it does not tell."""
        return self.day is None or (today - self.day).days > MOST_DAYS


def dated(*folders: Path) -> list[Dated]:
    """The files of some folders: JSON with `date` or `dated`, text whose comments name a day."""
    files = sorted(
        path
        for folder in folders or LISTS
        for ending in ("*.json", "*.txt")
        for path in folder.rglob(ending)
    )
    return [Dated(path=path, day=_day_of(path)) for path in files]


def _day_of(path: Path) -> date | None:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        head = json.loads(text)
        text = str(head.get("date") or head.get("dated"))
    else:
        text = "\n".join(line for line in text.splitlines() if line.startswith("#"))
    found = DAY.search(text)
    return date.fromisoformat(found[0]) if found else None
