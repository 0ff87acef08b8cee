"""Packages that join one of preflight's registries, without an installer."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def installed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, module: str, group: str, point: str
) -> Iterator[Path]:
    """Adds a package with one entry point; gives its one module, which is empty."""
    file = folder / f"{module}.py"
    file.touch()
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{group}]\n{point}\n")
    monkeypatch.syspath_prepend(folder)
    yield file
    sys.modules.pop(module, None)
