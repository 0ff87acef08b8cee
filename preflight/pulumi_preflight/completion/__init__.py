"""What completes the command in a shell; `tools.completion` makes the files of the parser."""

from pathlib import Path

FILES = {"bash": "preflight.bash", "zsh": "_preflight"}
"""The file of each shell, with the name that the shell looks for."""


def script(shell: str) -> str:
    """The text that the shell evaluates."""
    return Path(__file__).with_name(FILES[shell]).read_text(encoding="utf-8")
