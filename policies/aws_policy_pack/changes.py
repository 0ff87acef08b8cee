"""What becomes of a resource beside the base that `preflight` compares a run with.

The engine's protocol tells neither an operation nor the inputs before a change, so preflight tells
them in a file (docs/changes.md in its repository). Under the engine there is no such file.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aws_policy_pack.wire import Value, read_plain

VARIABLE: Final = "PULUMI_PREFLIGHT_CHANGES"
"""The variable that names the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of one resource.

    Attributes:
        operation: `create`, `update`, `replace`, `may replace`, `delete` or `same`.
        before: The inputs that the base has; `None` where the base has no such resource.
    """

    operation: str
    before: Mapping[str, Value] | None


Changes = Mapping[str, Change]
"""What becomes of resources, by URN."""
ToldChanges = Callable[[], Changes]
"""Gives it, when a rule asks."""


def told_changes() -> Changes:
    """What preflight tells of the resources that a pack is asked about now; else nothing."""
    path = os.environ.get(VARIABLE)
    if not path:
        return {}
    told = json.loads(Path(path).read_text(encoding="utf-8"))
    return {urn: _change(each) for urn, each in told.items()}


def _change(told: Mapping[str, object]) -> Change:
    before = read_plain(told["before"])
    return Change(
        operation=str(told["operation"]), before=before if isinstance(before, Mapping) else None
    )
