"""The troubleshooting page, as the drills compare it with what really happens."""

import re

from ops.paths import ROOT

PAGE = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
_SYMPTOMS = re.findall(r"^```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
_CHANGING = re.compile(
    r"\S*local[\w.-]*\.json: .*|(?<=the engine cannot write: ).*"
    r"|\S+: [\d.]+(?= MB are left on this disk)|(?<=the engine needs )\d+"
    r"|process \d+( on \S+)?|resources \(\d+\)|(?<= broken)(, and cannot be repaired)?: .*"
)


def sessions() -> set[str]:
    """The sessions that the page tells the reader to run."""
    return set(re.findall(r"nox -s ([\w:]+)", PAGE))


def symptoms() -> set[str]:
    """The lines that the page says the reader sees, without what is another each time."""
    return {_lasting(line) for block in _SYMPTOMS for line in block.splitlines()}


def is_on_the_page(output: str) -> bool:
    """Whether a line of an output is one of those."""
    return any(_lasting(line) in symptoms() for line in output.splitlines())


def _lasting(line: str) -> str:
    return _CHANGING.sub("...", line.strip())
