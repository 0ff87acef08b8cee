"""A record of what the engine asked a provider: one JSON object a line."""

import json
import threading
from pathlib import Path


class Calls:
    """Writes the record, a line for each call before it is carried out."""

    def __init__(self, path: Path | None) -> None:
        """Takes the file to append to; nothing is written where there is none."""
        self._path = path
        self._lock = threading.Lock()

    def add(self, method: str, subject: str, *, preview: bool) -> None:
        """Notes a call.

        Args:
            method: The protocol's name of it, such as `Create`.
            subject: The URN, or the function that is invoked.
            preview: Whether it only asks what would be.
        """
        if self._path is None:
            return
        line = json.dumps({"method": method, "urn": subject, "preview": preview})
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
