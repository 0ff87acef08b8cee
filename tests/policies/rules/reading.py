"""How the tests of rules read what a rule reports."""

from collections.abc import Iterable

from aws_policy_pack.testing import Report


def problems(reports: Iterable[Report]) -> list[str]:
    """What each report says is wrong and of which resource, or what could not be evaluated."""
    return [report.text.partition("; wanted ")[0] for report in reports]


def said(reports: Iterable[Report]) -> list[str]:
    """The findings without their fix, or what could not be evaluated."""
    return [report.text.partition(". Fix: ")[0] for report in reports]
