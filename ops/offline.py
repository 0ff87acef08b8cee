"""The offline verdict on a project, under the pack that belongs to it."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ops.paths import PACK, profile_of
from pulumi_loopback.guard import temporary_folder
from pulumi_loopback.project import Verdict, judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Enforced:
    """A pack and its configuration, under which a project is judged and deployed."""

    pack: Path
    config: Path

    def judge(self, folder: Path, stack: str) -> Verdict:
        """See `judge`."""
        return judge(folder, stack)

    @contextmanager
    def for_the_engine(self) -> Iterator[Sequence[str | Path]]:
        """The engine's options for both: it takes no file that extends another.

        Raises:
            ConfigError: The configuration cannot be read.
        """
        from aws_policy_pack.profiles import resolved  # noqa: PLC0415 - preflight needs none of it

        with temporary_folder("profile-") as folder:
            config = folder / self.config.name
            config.write_text(json.dumps(resolved(self.config)), encoding="utf-8")
            yield ("--policy-pack", self.pack, "--policy-pack-config", config)


def enforced_on(project: Path, stack: str) -> Enforced:
    """The project's own pack and profile where its folder `policies` has them, else ours."""
    own = project / "policies"
    pack = own if (own / "PulumiPolicy.yaml").exists() else PACK
    profile = own / "profile.json"
    return Enforced(pack=pack, config=profile if profile.exists() else profile_of(stack))


def judge(project: Path, stack: str, options: Sequence[str] = ()) -> Verdict:
    """Runs preflight and shows its report.

    Args:
        project: The folder of Pulumi.yaml.
        stack: The stack's name.
        options: More options for preflight; packs among them take the place of the project's.
    """
    enforced = enforced_on(project, stack)
    judges: list[str] = []
    profile = None
    if "--policy-pack" not in options:
        judges = ["--policy-pack", str(enforced.pack), "--policy-pack-config", str(enforced.config)]
        # Another pack's profile may speak of rules that are not ours.
        profile = enforced.config if enforced.pack == PACK else None

    section = partial(_cost_table, profile) if profile else None
    return judged(project, stack, [*judges, *options], section)


def _cost_table(profile: Path, export: Mapping[str, object], *, width: int, colour: bool) -> str:
    """What the stack costs, held against the budget of its profile."""
    # Loaded while the program and the packs run already.
    from aws_policy_pack.cost.report import Budget, cost_report, render_terminal  # noqa: PLC0415
    from aws_policy_pack.cost.table import TableError, tables_in  # noqa: PLC0415
    from aws_policy_pack.profiles import load_profile  # noqa: PLC0415
    from aws_policy_pack.rule import Level  # noqa: PLC0415
    from aws_policy_pack.rules.cost.budget import MonthlyBudget, monthly_budget  # noqa: PLC0415

    checked = load_profile(profile)
    limits = checked.config(MonthlyBudget)
    enforced = checked.settings[monthly_budget.id].level is not Level.DISABLED
    budget = Budget(base=limits.base, worst=limits.worst)
    try:
        report = cost_report(
            export,
            budget=budget if enforced and limits.is_given else None,
            environment_names=limits.environment_names,
            free=limits.free_types,
            tables=tables_in(PACK / limits.price_folder if limits.price_folder else None),
        )
    except TableError as error:
        return f"What the stack costs is not known: {error}\n"
    encoding = sys.stdout.encoding if sys.stdout else "utf-8"
    return render_terminal(report, width=width, colour=colour, encoding=encoding)
