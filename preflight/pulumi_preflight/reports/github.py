"""The verdict as workflow commands of GitHub Actions, which become annotations of the files.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions. The escapes are
those of actions/toolkit, packages/core/src/command.ts.
"""

from typing import TextIO

from pulumi_preflight.findings import Finding, Level
from pulumi_preflight.printing import escaped, escaped_line
from pulumi_preflight.reports.entries import told
from pulumi_preflight.reports.places import Places
from pulumi_preflight.verdict import Verdict, verdict_line


def write(verdict: Verdict, stream: TextIO) -> None:
    """Writes the commands, the worst first: GitHub shows ten of each kind in a step."""
    places = Places(verdict)
    listed = [
        *(("error", each) for each in verdict.of_level(Level.MANDATORY)),
        *(("warning", each) for each in verdict.of_level(Level.ADVISORY)),
        *(("notice", each) for each in verdict.not_evaluated),
    ]
    stream.writelines(_command(command, finding, places) for command, finding in listed)
    stream.write(f"{verdict_line(verdict)}\n")


def _command(command: str, finding: Finding, places: Places) -> str:
    place = places.of(finding)
    severity = f" ({finding.severity})" if finding.severity else ""
    message = f"Not evaluated: {told(finding)}" if command == "notice" else told(finding)
    lines = "\n".join(filter(None, (message, finding.url)))
    properties = {
        "file": place.file,
        "line": str(place.line),
        "title": f"{finding.id}{severity}",
    }
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{command} {written}::{_data(escaped(lines))}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(escaped_line(text)).replace(":", "%3A").replace(",", "%2C")
