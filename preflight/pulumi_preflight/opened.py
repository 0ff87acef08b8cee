"""The files that a program opened, as its last message tells them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The files that a program opened, but for those that an installer put in their place.

    Attributes:
        read: Full paths of files and of folders that it listed.
        written: Full paths of what it wrote, be it read as well.
    """

    read: tuple[str, ...]
    written: tuple[str, ...]


def files_of(end: Mapping[str, Any]) -> Files | None:
    """What a program's last message tells of its files, `None` where it tells nothing."""
    told = end.get("files")
    return told and Files(read=tuple(told["read"]), written=tuple(told["written"]))
