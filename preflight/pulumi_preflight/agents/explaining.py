"""Explains a rule, in the words of the pack that holds it."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path

from pulumi_preflight.acceptance import ENGINE_STOPS, OF_WAIVERS, REPLACES_STATEFUL
from pulumi_preflight.api import context_of
from pulumi_preflight.errors import PreflightError
from pulumi_preflight.findings import About, Level, Ran
from pulumi_preflight.packs import PackChoice, Packs, choices_of
from pulumi_preflight.project import load_project
from pulumi_preflight.redaction import Redactor
from pulumi_preflight.stack_context import StackContext
from pulumi_preflight.verdict import OWN_PACK, told_about

_OWN = {
    "duplicate-urn": About(
        display_name="Every resource has a URN of its own",
        description="A URN is made of stack, project, types and the logical name. The engine stops "
        "at the second resource of one URN.",
        severity="high",
        remedy="Give one of the resources another logical name, or remove it.",
        url="https://www.pulumi.com/docs/iac/concepts/resources/names/",
    ),
    "invoke-of-new-resource": About(
        display_name="A plain function needs no value of a new resource",
        description="A plain function such as get_vpc(id=vpc.id) is called while the program runs, "
        "and needs a value that only a deployment makes. The engine stops at it.",
        severity="high",
        remedy="Call the form of the function that waits, such as get_vpc_output, or take the "
        "value from the resource itself.",
        url="https://www.pulumi.com/docs/iac/concepts/functions/provider-functions/",
    ),
    REPLACES_STATEFUL: About(
        display_name="No change replaces or deletes what holds data",
        description="Beside a base, a change that makes the engine replace or delete a database, "
        "a bucket, a queue or anything else that holds data loses them. Where the change may be "
        "made in place, the finding advises.",
        severity="high",
        remedy="Keep the input that replaces it, or waive the finding at the resource where the "
        "data may go.",
    ),
    "waiver-broken": About(
        display_name="A waiver in the code says all that it must",
        description="A comment `preflight: waive` that lacks owner, reason or last day, or that "
        "cannot be read, excuses nothing.",
        remedy="Complete the comment.",
    ),
    "waiver-over": About(
        display_name="A waiver in the code has not ended",
        description="The last day of a comment `preflight: waive` has passed: it excuses nothing.",
        remedy="Put the finding right, or agree on a new last day.",
    ),
    "waiver-unread": About(
        display_name="A file with waivers can be read",
        description="The waivers of a file that cannot be read do not count.",
        remedy="Put the file right.",
    ),
    "waiver-unused": About(
        display_name="A waiver in the code excuses something",
        description="The rule that a comment `preflight: waive` names finds nothing there.",
        remedy="Remove the comment.",
    ),
}


def own_rules() -> tuple[Ran, ...]:
    """The rules of preflight's own."""
    levels = {
        **dict.fromkeys((*ENGINE_STOPS, REPLACES_STATEFUL), Level.MANDATORY),
        **dict.fromkeys(OF_WAIVERS, Level.ADVISORY),
    }
    return tuple(
        Ran(rule=rule, pack=OWN_PACK, level=level, about=_OWN[rule])
        for rule, level in levels.items()
    )


def rules_of_packs(
    choices: Sequence[PackChoice],
    context: StackContext,
    folder: Path,
    *,
    secrets: set[str],
    seconds: float,
) -> tuple[Ran, ...]:
    """All rules of packs, which judge nothing.

    Args:
        choices: The packs.
        context: What they are told of a stack.
        folder: Where executable packs run.
        secrets: Where the secrets go.
        seconds: How long a pack may take to boot, and for each answer.

    Raises:
        PreflightError: A pack does not boot. The text may hold secrets.
    """
    secrets.update(context.secrets)
    with Packs(
        choices,
        context,
        working_directory=folder,
        boot_seconds=seconds,
        answer_seconds=seconds,
    ) as packs:
        redact = Redactor(secrets)
        return tuple(
            Ran(
                rule=each.rule,
                pack=each.pack,
                level=each.level,
                about=told_about(each.about, redact),
            )
            for each in packs.rules()
        )


def rules_of_project(
    folder: Path,
    stack: str | None,
    admit: Callable[[Sequence[PackChoice]], None],
    *,
    secrets: set[str],
    seconds: float,
) -> tuple[Ran, ...]:
    """All rules of the packs that a project names, as `rules_of_packs`.

    Args:
        folder: The project's folder.
        stack: The stack, `None` where the project is to say it.
        admit: Is told the packs before they run, and may raise.
        secrets: See `rules_of_packs`.
        seconds: See there.

    Raises:
        PreflightError: The project is wrong, names no pack, or one does not boot.
    """
    project = load_project(folder, stack=stack)
    choices = choices_of(project.packs)
    if not choices:
        raise PreflightError(
            f"the project {project.name} names no policy pack",
            hint="give `packs`, or name the packs in its preflight.yaml",
        )
    admit(choices)
    return rules_of_packs(
        choices,
        context_of(project),
        project.launch.working_directory,
        secrets=secrets,
        seconds=seconds,
    )


def named(rule: str, rules: Sequence[Ran]) -> tuple[Ran, ...]:
    """The rules of a name.

    Args:
        rule: The name, or a finding's id.
        rules: All that there are.

    Raises:
        PreflightError: None has it; the text names those that look like it.
    """
    name = rule.partition("[")[0]
    if found := tuple(each for each in rules if each.rule == name):
        return found
    names = sorted({each.rule for each in rules})
    close = get_close_matches(name, names, n=3, cutoff=0.6)
    raise PreflightError(
        f"none of the {len(names)} rules is called {name!r}",
        hint=f"did you mean {', '.join(close)}?" if close else None,
    )
