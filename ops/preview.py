"""`nox -s preview`: the offline verdict, then the engine's preview where the CLI is installed."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path

from ops.engine import environment, find
from ops.engine.process import run
from ops.paths import PACK, STACK, profile_of
from pulumi_preflight.cli import main as preflight


def main(given: Sequence[str]) -> int:
    """Judges a project; every option that is not named here goes to preflight.

    Returns:
        0 without a mandatory finding, 1 with one, 2 without a verdict.
    """
    parser = argparse.ArgumentParser(prog="nox -s preview --", description=__doc__)
    parser.add_argument("--stack", default="local", help="the stack to judge (default: local)")
    parser.add_argument(
        "--project", type=Path, default=STACK, help="the Pulumi project (default: stack/)"
    )
    parser.add_argument("--offline", action="store_true", help="leave the engine's preview out")
    options, rest = parser.parse_known_args(given)

    pack, profile = _pack(options.project, options.stack)
    section = None
    judges: list[str] = []
    if "--policy-pack" not in rest:
        judges = ["--policy-pack", str(pack), "--policy-pack-config", str(profile)]
        # Another pack's profile may speak of rules that are not ours.
        section = partial(_cost_table, profile) if pack == PACK else None
    arguments = [str(options.project), "--stack", options.stack, *judges, *rest]
    status = preflight(arguments, section=section)
    if status == 0 and not options.offline and options.project.resolve() == STACK:
        return _engine_preview(options.stack)
    return status


def _engine_preview(stack: str) -> int:
    """The engine's own preview with the pack enforced, or one line that says how to get it."""
    engine = find()
    if engine is None:
        sys.stderr.write("The engine's preview was left out; `nox -s engine` gets the engine.\n")
        return 0
    variables = environment(stack, engine)
    if stack == "local":
        select: list[str | Path] = [engine.pulumi, "stack", "select", "--create", "--stack", stack]
        if run(select, cwd=STACK, environment=variables):
            return 2
    enforced: list[str | Path] = ["--policy-pack", PACK, "--policy-pack-config", profile_of(stack)]
    command = [engine.pulumi, "preview", "--stack", stack, *enforced]
    return 1 if run(command, cwd=STACK, environment=variables) else 0


def _pack(project: Path, stack: str) -> tuple[Path, Path]:
    """The project's own pack and profile where its folder `policies` has them, else ours."""
    own = project / "policies"
    pack = own if (own / "PulumiPolicy.yaml").exists() else PACK
    profile = own / "profile.json"
    return pack, profile if profile.exists() else profile_of(stack)


def _cost_table(profile: Path, export: Mapping[str, object], *, width: int, colour: bool) -> str:
    """What the stack costs, held against the budget of its profile."""
    # Loaded while the program and the packs run already.
    from aws_policy_pack.cost.report import Budget, cost_report, render_terminal  # noqa: PLC0415
    from aws_policy_pack.profiles import load_profile  # noqa: PLC0415
    from aws_policy_pack.rule import Level  # noqa: PLC0415
    from aws_policy_pack.rules.cost.budget import MonthlyBudget, monthly_budget  # noqa: PLC0415

    checked = load_profile(profile)
    limits = checked.config(MonthlyBudget)
    enforced = checked.settings[monthly_budget.id].level is not Level.DISABLED
    budget = Budget(base=Decimal(str(limits.budget_base)), worst=Decimal(str(limits.budget_worst)))
    report = cost_report(
        export,
        budget=budget if enforced else None,
        environment_names=limits.environment_names,
        free=limits.free_types,
    )
    return render_terminal(report, width=width, colour=colour)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
