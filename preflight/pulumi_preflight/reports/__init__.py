"""Report formats: a module here for each of preflight's own, an entry point for any other.

A package joins with an entry point of the group `pulumi_preflight.reports`: its name is the
format's, and its object is a `Write`. A second entry point of that name, in the group
`pulumi_preflight.reports_of_several`, is a `WriteSeveral`: `--recursive` needs it.
"""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, TextIO, TypeAlias

from pulumi_preflight.errors import ReportError
from pulumi_preflight.startup import joined, names_in

if TYPE_CHECKING:
    from pulumi_preflight.verdict import Verdict
    from pulumi_preflight.verdicts import Verdicts

Write: TypeAlias = "Callable[[Verdict, TextIO], None]"
"""Writes a verdict to a text stream."""

WriteSeveral: TypeAlias = "Callable[[Verdicts, TextIO], None]"
"""Writes the verdicts of several stacks, and the errors of those without one, as one report."""

GROUP = "pulumi_preflight.reports"
GROUP_OF_SEVERAL = "pulumi_preflight.reports_of_several"
OWN = ("terminal", "json", "sarif", "junit", "markdown", "gitlab", "github", "csv", "html", "base")


def formats() -> tuple[str, ...]:
    """The names of all formats, preflight's own first."""
    return names_in(GROUP, OWN)


def write(verdict: "Verdict", report_format: str, stream: TextIO) -> None:
    """Writes a verdict in a format.

    Raises:
        ReportError: There is no such format, or its package cannot be loaded.
    """
    writer(report_format)(verdict, stream)


def writer(report_format: str) -> Write:
    """The function that writes a format.

    Raises:
        ReportError: There is no such format, or its package cannot be loaded.
    """
    if report_format in OWN:
        own: Write = import_module(f"{__name__}.{report_format}").write
        return own
    other: Write | None = joined(GROUP, report_format, "the report format", ReportError)
    if other is not None:
        return other
    raise ReportError(
        f"there is no report format {report_format!r}",
        hint=f"choose one of {', '.join(formats())}",
    )


def write_several(verdicts: "Verdicts", report_format: str, stream: TextIO) -> None:
    """Writes several verdicts in a format.

    Raises:
        ReportError: There is no such format, it takes one verdict alone, or its package cannot be
            loaded.
    """
    writer_of_several(report_format)(verdicts, stream)


def writer_of_several(report_format: str) -> WriteSeveral:
    """The function that writes several verdicts in a format; `write_several` of its module.

    Raises:
        ReportError: There is no such format, it takes one verdict alone, or its package cannot be
            loaded.
    """
    if report_format in OWN:
        of_several: WriteSeveral | None = getattr(
            import_module(f"{__name__}.{report_format}"), "write_several", None
        )
    else:
        of_several = joined(GROUP_OF_SEVERAL, report_format, "the report format", ReportError)
    if of_several is not None:
        return of_several
    writer(report_format)
    raise ReportError(
        f"the report format {report_format!r} takes one verdict, and --recursive gives several",
        hint=f"choose one of {', '.join(names_in(GROUP_OF_SEVERAL, OWN))}",
    )
