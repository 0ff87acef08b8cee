"""The processes of this machine."""

import subprocess
from pathlib import Path


def started_with(folder: Path) -> list[str]:
    """Command lines of the processes that were started with a folder."""
    command = ["ps", "-ww", "-eo", "args"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True)
    return [line for line in listed.stdout.splitlines() if str(folder) in line]


def resident(process: int) -> int:
    """The memory of a process, in pages."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1])
