"""The list of survivors that no test can kill."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ops.paths import ROOT
from tools.mutation.changes import Change
from tools.mutation.selection import label

EXPLAINED = ROOT / "tools" / "mutation_survivors.toml"


class Survivors(BaseModel):
    """Changes of one line that survive for one reason.

    Attributes:
        module: The file, from the pack's package.
        before: The line, without the white space around it.
        after: What the line may become unnoticed.
        reason: Why no test can notice it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    module: str
    before: str
    after: tuple[str, ...] = Field(min_length=1)
    reason: str = Field(min_length=1)

    def missing_from(self, survivors: Sequence[Change]) -> list[str]:
        """Those of its changes that did not survive."""
        found = {change.after for change in survivors if self._is_about(change)}
        return [after for after in self.after if after not in found]

    def holds(self, change: Change) -> bool:
        """Whether it explains a change."""
        return self._is_about(change) and change.after in self.after

    def _is_about(self, change: Change) -> bool:
        return (self.module, self.before) == (label(change.module), change.before)


class SurvivorList(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    survivors: tuple[Survivors, ...] = ()


def read(path: Path = EXPLAINED) -> tuple[Survivors, ...]:
    """Reads the list.

    Raises:
        ValueError: The file is not such a list.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return SurvivorList.model_validate(table).survivors
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path}: {error}") from error
