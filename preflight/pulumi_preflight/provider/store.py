"""The resources that a rehearsal has created, in a file that outlives the provider."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self


class StoreError(Exception):
    """The file cannot be read; the text names it and says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One resource that exists.

    Attributes:
        type: Its type token.
        id: The provider's id.
        arn: Its ARN, which tells revisions of one id apart; empty where it has none.
        urn: The URN that it was created with; aliases may have given it another since.
        generation: How many others of that URN there were when it was created.
    """

    type: str
    id: str
    arn: str
    urn: str
    generation: int = 0


class Store:
    """Which resources exist. The file holds no properties, and so no secrets."""

    def __init__(self, path: Path) -> None:
        """Takes the file, which need not exist yet.

        Raises:
            StoreError: It is not a store.
        """
        self._path = path
        self._lock = threading.Lock()
        self._entries = _read(path)

    @property
    def entries(self) -> Sequence[Entry]:
        """All resources that exist, the oldest first."""
        return tuple(self._entries)

    def find(self, type_: str, id_: str, *, arn: str, urn: str) -> Entry | None:
        """The resource of a type and id.

        Args:
            type_: Its type token.
            id_: The provider's id.
            arn: Its ARN; empty where none is known, and then any fits.
            urn: Decides between several that share the id, as two of one name may.
        """
        found = [
            each
            for each in self._entries
            if (each.type, each.id) == (type_, id_) and arn in ("", each.arn)
        ]
        return next((each for each in found if each.urn == urn), found[0] if found else None)

    def generations(self, urn: str) -> list[Entry]:
        """The resources that exist of one URN: several while one replaces another."""
        return [each for each in self._entries if each.urn == urn]

    def add(self, entry: Entry) -> None:
        """Adds a resource."""
        with self._changing():
            self._entries.append(entry)

    def replace(self, old: Entry, new: Entry) -> None:
        """Puts another entry in the place of one: the resource has changed."""
        with self._changing():
            self._entries[self._entries.index(old)] = new

    def remove(self, entry: Entry) -> None:
        """Removes a resource: it was deleted, or it vanished."""
        with self._changing():
            self._entries.remove(entry)

    def forget(self, urn: str) -> Self:
        """Lets all resources of a URN vanish, as if somebody had deleted them behind the state.

        Raises:
            KeyError: There is none.
        """
        gone = self.generations(urn)
        if not gone:
            raise KeyError(urn)
        for entry in gone:
            self.remove(entry)
        return self

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._lock:
            yield
            text = json.dumps([asdict(each) for each in self._entries], indent=1)
            # Whoever reads meanwhile sees the old file or the new one, never half of one.
            written = self._path.with_name(f"{self._path.name}.new")
            written.write_text(text, encoding="utf-8")
            written.replace(self._path)


def _read(path: Path) -> list[Entry]:
    try:
        return [Entry(**each) for each in json.loads(path.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(f"{path} is not a store of resources: {error}") from error
