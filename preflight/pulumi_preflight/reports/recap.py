"""What changes in one of several stacks, in a few words beside its verdict."""

from collections.abc import Iterator

from pulumi_preflight.bases.changes import Changes
from pulumi_preflight.bases.telling import WORDS, groups, losing


def recap(changes: Changes) -> str:
    """How many resources change and how, and how many of those that go hold data."""
    return ", ".join(_counts(changes)) or "no resource changes"


def _counts(changes: Changes) -> Iterator[str]:
    lost = [each.operation for each in losing(changes)]
    for operation, found in groups(changes):
        number, holding = len(found), lost.count(operation)
        data = f" (holds data: {holding})" if number > 1 else " (holds data)"
        yield f"{number} {WORDS[operation]}{data if holding else ''}"
