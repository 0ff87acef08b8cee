"""What fixes change, in the way of a unified diff: removed lines red, added ones green."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from rich.text import Text

from pulumi_preflight.fixes import Absent, Change, Fix
from pulumi_preflight.printable import escaped_line
from pulumi_preflight.urns import name_of
from pulumi_preflight.wire import PropertyValue

EXPOSED_STYLE = "bold red"


def lines_of(fixes: Sequence[Fix], place: Callable[[Fix], str]) -> list[Text]:
    """The lines of a diff; resources in which the same changes are shown together.

    Args:
        fixes: What to show, in order.
        place: Gives the place of a resource, empty where it is not known.
    """
    together: defaultdict[str, list[Fix]] = defaultdict(list)
    for fix in fixes:
        together[fix.urn].append(fix)
    alike: defaultdict[str, list[Sequence[Fix]]] = defaultdict(list)
    for of_one in together.values():
        alike["\n".join(line.plain for line in _hunks(of_one))].append(of_one)
    lines: list[Text] = []
    for number, group in enumerate(alike.values()):
        lines += [Text()] if number else []
        lines += _heads([of_one[0] for of_one in group], place)
        lines += _hunks(group[0])
    return lines


def _heads(fixes: Iterable[Fix], place: Callable[[Fix], str]) -> list[Text]:
    named: defaultdict[str, list[str]] = defaultdict(list)
    for fix in fixes:
        named[place(fix)].append(name_of(fix.urn))
    return [
        Text(escaped_line("  ".join(filter(None, (where, ", ".join(names))))), style="bold")
        for where, names in named.items()
    ]


def _hunks(fixes: Iterable[Fix]) -> list[Text]:
    lines = []
    for fix in fixes:
        lines.append(Text(f"@@ {fix.rule}", style="cyan"))
        if fix.exposed:
            lines.append(Text(exposed_by(fix), style=EXPOSED_STYLE))
        for change in fix.changes:
            lines += _sides(change)
    for line in lines:
        line.plain = escaped_line(line.plain)
    return lines


def exposed_by(fix: Fix) -> str:
    """Warns of a fix that loses the mark of a secret."""
    return f"WARNING: THIS FIX LOSES THE MARK OF A SECRET: {', '.join(fix.exposed)}"


def _sides(change: Change) -> Iterable[Text]:
    if not isinstance(change.before, Absent):
        yield Text(f"- {change.path}: {_written(change.before)}", style="red")
    if not isinstance(change.after, Absent):
        yield Text(f"+ {change.path}: {_written(change.after)}", style="green")


def _written(value: PropertyValue) -> str:
    return json.dumps(value, ensure_ascii=False)
