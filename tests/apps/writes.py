"""What a container writes to, as far as Python sees it: its root file system is read-only.

It also gets an access key of its own, by which requests to AWS are known (`permissions.py`).
"""

from dataclasses import replace
from pathlib import Path

from pulumi_loopback.dev.environments import Container

WATCH = Path(__file__).parent / "watch"
NO_FILES = ("/dev", "/proc")


def watched(container: Container, log: Path) -> Container:
    """The container, with what it writes to noted in a file; the image has its byte code."""
    variables = {
        "PYTHONPATH": str(WATCH),
        "WRITES_LOG": str(log),
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_ACCESS_KEY_ID": container.name,
    }
    return replace(container, environment={**container.environment, **variables})


def written_outside(log: Path, *folders: str | Path) -> set[str]:
    """The paths that were written to, but for those in these folders."""
    kept = [Path(folder) for folder in (*folders, *NO_FILES)]
    paths = set(log.read_text().splitlines())
    return {path for path in paths if not any(Path(path).is_relative_to(one) for one in kept)}
