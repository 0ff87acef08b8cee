"""What becomes of each resource, for the rules of a pack: a file that a variable names.

The analyzer protocol has neither an operation nor the inputs before the change. A pack that runs
beside a base reads both in the file, which holds them for what the pack is asked at the moment.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

# The file is made before the packs' processes start, and these take longer to import.
if TYPE_CHECKING:
    from pulumi_preflight.changes.comparing import Operation
    from pulumi_preflight.outputs.inventions import Other
    from pulumi_preflight.outputs.memory import Inventions
    from pulumi_preflight.wire import Properties

VARIABLE: Final = "PULUMI_PREFLIGHT_CHANGES"
"""The variable that names the file to a pack; docs/changes.md tells its form."""

Entries = Mapping[str, Mapping[str, object]]
"""What becomes of resources, by URN."""
NOTHING: Final[Entries] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Becoming:
    """What becomes of one resource.

    Attributes:
        operation: What is done.
        before: The inputs of the base, without secrets; `None` where the base has no such resource.
    """

    operation: "Operation"
    before: "Properties | None"


class ToldChanges:
    """What becomes of the resources of a run, as rules are told."""

    def __init__(self, becomes: Mapping[str, Becoming], inventions: "Inventions") -> None:
        """Takes it by URN, with what is made up in the run."""
        self._becomes = becomes
        self._inventions = inventions

    def of(self, urn: str, other: "Other | None") -> Entries:
        """The entry of one resource; none of one that is compared with nothing.

        Args:
            urn: The resource.
            other: The values in place of the made-up ones, `None` for these themselves. Where the
                program changes nothing, before and now are alike with any.
        """
        from pulumi_preflight.wire import whole_numbers  # noqa: PLC0415 - see the top

        found = self._becomes.get(urn)
        if found is None:
            return NOTHING
        before = found.before
        if before is not None and other is not None:
            before = self._inventions.inputs_otherwise(urn, before, other)
        shown = None if before is None else whole_numbers(before)
        return {urn: {"operation": str(found.operation), "before": shown}}

    def of_all(self, other: "Other | None") -> Entries:
        """The entries of all resources, those that are deleted among them."""
        return {urn: entry for each in self._becomes for urn, entry in self.of(each, other).items()}

    @property
    def urns(self) -> frozenset[str]:
        """The resources of which anything is told."""
        return frozenset(self._becomes)


class ChangesFile:
    """The file of one pack, which only its owner can read. One thread writes it."""

    def __init__(self, path: Path) -> None:
        """Makes it, with nothing in it yet."""
        self.path = path
        self._held: Entries | None = None
        self.hold(NOTHING)

    def hold(self, entries: Entries) -> None:
        """Holds this from here on; to be called before the pack is asked."""
        if entries == self._held:
            return
        # Whoever has the old file open reads it to its end.
        part = self.path.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(json.dumps(entries), encoding="utf-8")
        part.replace(self.path)
        self._held = entries
