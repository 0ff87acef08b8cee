"""The verdict as workflow commands of GitHub Actions, which become annotations of the files.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions. The escapes are
those of actions/toolkit, packages/core/src/command.ts.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TextIO

from pulumi_preflight.findings import Finding, Level
from pulumi_preflight.printing import escaped, escaped_line
from pulumi_preflight.reports.entries import NEW, standing_in, told, told_of_failure
from pulumi_preflight.reports.places import Place, Places, place_of_failure
from pulumi_preflight.verdict import Verdict, verdict_line
from pulumi_preflight.verdicts import Verdicts


def write(verdict: Verdict, stream: TextIO) -> None:
    """Writes the commands, the worst first: GitHub shows ten of each kind in a step."""
    stream.writelines(_commands([verdict]))
    stream.write(f"{verdict_line(verdict)}\n")


def write_several(verdicts: Verdicts, stream: TextIO) -> None:
    """Writes the commands of several verdicts, then a line on each stack."""
    for result in verdicts.without_verdict:
        place = place_of_failure(result)
        stream.write(_command("error", place, "preflight", told_of_failure(result)))
    stream.writelines(_commands([verdict for _, verdict in verdicts], several=True))
    for result in verdicts.results:
        # The line begins with a word of ours, so no folder's name makes a command of it.
        line = verdict_line(result.verdict) if result.verdict else "NO VERDICT"
        stack = f" stack {result.stack}" if result.stack else ""
        stream.write(f"{line} ({escaped_line(result.folder + stack)})\n")


_KINDS: Final[Mapping[str, Callable[[Verdict], Sequence[Finding]]]] = {
    "error": lambda verdict: verdict.of_level(Level.MANDATORY),
    "warning": lambda verdict: verdict.of_level(Level.ADVISORY),
    "notice": lambda verdict: verdict.not_evaluated,
}


def _commands(verdicts: Sequence[Verdict], *, several: bool = False) -> Iterator[str]:
    """The commands on all findings, the worst of all verdicts first."""
    placed = [(verdict, Places(verdict), standing_in(verdict)) for verdict in verdicts]
    for command, entries in _KINDS.items():
        for verdict, places, standing in placed:
            # GitHub shows the first ten.
            for finding in sorted(entries(verdict), key=lambda each: standing(each) != NEW):
                told_apart = (
                    finding.severity,
                    standing(finding) if standing(finding) == NEW else "",
                )
                remarks = ", ".join(filter(None, told_apart))
                severity = f" ({remarks})" if remarks else ""
                unseen = "Not evaluated: " if command == "notice" else ""
                whose = f"{verdict.project}, stack {verdict.stack}" if several else None
                said = (f"{unseen}{told(finding)}", whose, finding.url)
                message = "\n".join(filter(None, said))
                yield _command(command, places.of(finding), f"{finding.id}{severity}", message)


def _command(command: str, place: Place, title: str, message: str) -> str:
    properties = {"file": place.file, "line": str(place.line), "title": title}
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{command} {written}::{_data(escaped(message))}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(escaped_line(text)).replace(":", "%3A").replace(",", "%2C")
