"""Judges a Pulumi program with its policy packs, offline.

The names in `__all__` are the public API: `run` gives a `Verdict`. All other modules may change
with any release.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# gRPC's core writes every closed connection to stderr, here and in the processes that preflight
# starts. It reads this once, when the first connection is made.
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")

if TYPE_CHECKING:
    from pulumi_preflight.acceptance import BaselineEntry, BaselineUse, FailOn
    from pulumi_preflight.api import run, run_on_state
    from pulumi_preflight.bases import BaseFinding
    from pulumi_preflight.bases.changes import Changes, CostChange, ModuleCost
    from pulumi_preflight.changes.comparing import Operation, PropertyChange, ResourceChange
    from pulumi_preflight.errors import (
        BaseError,
        BaselineError,
        PackError,
        PreflightError,
        ProgramError,
        ProjectError,
        StateError,
    )
    from pulumi_preflight.findings import (
        Finding,
        Known,
        Level,
        NotEvaluated,
        PolicyException,
        Waived,
    )
    from pulumi_preflight.model import Note, SourcePosition
    from pulumi_preflight.packs import PackChoice
    from pulumi_preflight.resource import Resource, Secret, Unknown
    from pulumi_preflight.verdict import Result, RuleResult, Verdict

__all__ = [
    "BaseError",
    "BaseFinding",
    "BaselineEntry",
    "BaselineError",
    "BaselineUse",
    "Changes",
    "CostChange",
    "FailOn",
    "Finding",
    "Known",
    "Level",
    "ModuleCost",
    "NotEvaluated",
    "Note",
    "Operation",
    "PackChoice",
    "PackError",
    "PolicyException",
    "PreflightError",
    "ProgramError",
    "ProjectError",
    "PropertyChange",
    "Resource",
    "ResourceChange",
    "Result",
    "RuleResult",
    "Secret",
    "SourcePosition",
    "StateError",
    "Unknown",
    "Verdict",
    "Waived",
    "run",
    "run_on_state",
]

_HOMES = {
    "acceptance": ("BaselineEntry", "BaselineUse", "FailOn"),
    "api": ("run", "run_on_state"),
    "bases": ("BaseFinding",),
    "bases.changes": ("Changes", "CostChange", "ModuleCost"),
    "changes.comparing": ("Operation", "PropertyChange", "ResourceChange"),
    "errors": (
        "BaseError",
        "BaselineError",
        "PackError",
        "PreflightError",
        "ProgramError",
        "ProjectError",
        "StateError",
    ),
    "findings": ("Finding", "Known", "Level", "NotEvaluated", "PolicyException", "Waived"),
    "model": ("Note", "SourcePosition"),
    "packs": ("PackChoice",),
    "resource": ("Resource", "Secret", "Unknown"),
    "verdict": ("Result", "RuleResult", "Verdict"),
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the names below
    """Imports a public name when it is first asked for, so that the command starts at once."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
