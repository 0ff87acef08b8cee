"""Writes the page of all rules, and the files of a new pack."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from aws_policy_pack.config import RuleConfig, config_schema
from aws_policy_pack.rule import AnyRule, Example, Kind, Scope

if TYPE_CHECKING:
    from aws_policy_pack.testing import Report

HEADER = """# Rules

Written by `nox -s docs` from the rules in `policies/aws_policy_pack/rules`; edit them, not this \
page.

A rule is mandatory by default where AWS refuses what it finds, where what it finds is open to \
everybody, and where a profile configures it: without a cap, a rule of caps finds nothing. All \
other rules are advice. [Profiles](reuse.md#profiles) make them mandatory.

A rule that a profile does not name keeps its default. A profile names a rule with its level \
alone, or with settings. `extends` names the profile that it changes, and `all` gives a level to \
the rules that name none:

```json
{
  "extends": "recommended",
  "iam-no-users": "disabled",
  "sqs-encryption": { "enforcementLevel": "advisory", "requireKms": true }
}
```

Every rule takes, beside settings of its own:

| setting | meaning |
|---|---|
| `enforcementLevel` | `advisory` tells, `mandatory` stops the update, `remediate` mends what has \
a fix and stops on the rest, `disabled` is silent |
| `onUnknown` | what becomes of a value that is [not known yet](../policies/README.md#what-is-not-\
known-yet): `report`, `fail` or `ignore` |
| `waivers` | what is [accepted for a reason](reuse.md#waivers): `resource`, `reason`, `owner`, \
`expires` |

A rule that is said to have a fix can be set to `remediate`. Types stand as in the state, \
properties with the names of the engine (`fifoQueue`, in Python `fifo_queue`).
"""
KINDS = {
    Kind.REFUSED: "AWS refuses what it finds",
    Kind.EXPOSES: "what it finds is open to everybody",
    Kind.CONFIGURED: "it finds nothing until a profile configures it",
    Kind.PRACTICE: "good practice",
}
MANY_TYPES = 12
"""From here on the list of a rule's types is folded."""
SCOPES = {
    Scope.RESOURCE: "each resource's inputs",
    Scope.STACK: "the whole stack",
    Scope.PACK: "the whole stack and the pack's settings",
}


def rules_page(rules: Iterable[AnyRule]) -> str:
    """The whole page: an index by area, then a section for each rule."""
    ordered = list(rules)
    parts = [HEADER]
    for area, members in groupby(ordered, key=lambda rule: rule.area):
        parts += [f"\n## {area}\n", _index(members)]
    parts += [rule_section(rule) for rule in ordered]
    return "\n".join(parts)


def rule_section(rule: AnyRule) -> str:
    """All that is to be said of one rule."""
    facts = [
        ("Formerly", ", ".join(f"`{former}`" for former in rule.formerly)),
        ("Level", f"{rule.level.value} ({KINDS[rule.kind]})"),
        ("Severity", rule.severity.value),
        ("Looks at", _looks_at(rule)),
        ("Controls", ", ".join(rule.controls)),
        ("Silent where", _leaders(rule)),
        ("What to do", f"{said}." if (said := rule.remedy or example_remedy(rule)) else ""),
        ("Fix", "`remediate` sets it right" if rule.fix else ""),
        ("Read more", rule.url),
    ]
    lines = [f"\n### {rule.id}\n", f"{rule.summary}.\n", f"{rule.why}\n"]
    lines += [f"- {name}: {value}" for name, value in facts if value]
    lines += _settings(rule.config)
    if rule.example_config:
        lines += ["\nConfig of the examples:\n", _json(rule.example_config)]
    if rule.before is not None:
        lines += ["\nIn the base:\n", _json(rule.before)]
    lines += ["\nFails:\n", _example(rule.bad), "\nPasses:\n", _example(rule.good)]
    return "\n".join(lines) + "\n"


def example_remedies(rules: Iterable[AnyRule]) -> str:
    """The file of what to do, for the rules that do not say it themselves."""
    remedies = {rule.id: example_remedy(rule) for rule in rules if not rule.remedy}
    return json.dumps(remedies, indent=2, ensure_ascii=False) + "\n"


def example_remedy(rule: AnyRule) -> str:
    """What the first finding of a rule's bad example says is to be done; without the full stop."""
    # The kit, and gRPC with it, takes longer to load than all else of the command.
    from aws_policy_pack.testing import analyze, analyze_stack  # noqa: PLC0415

    if rule.scope is Scope.PACK:
        return ""
    ask: Callable[..., list[Report]] = (
        analyze_stack if rule.scope is Scope.STACK else partial(analyze, before=rule.before)
    )
    return next((each.fix for each in ask(rule, rule.bad, config=rule.example_config)), "")


def _index(rules: Iterable[AnyRule]) -> str:
    rows = ["| rule | level | severity | fix | what holds |", "|---|---|---|---|---|"]
    rows += [
        f"| [{rule.id}](#{rule.id}) | {rule.level.value} | {rule.severity.value} "
        f"| {'yes' if rule.fix else ''} | {rule.summary} |"
        for rule in rules
    ]
    return "\n".join(rows)


def _looks_at(rule: AnyRule) -> str:
    types = ", ".join(f"`{kind}`" for kind in rule.types)
    if len(rule.types) > MANY_TYPES:
        types = f"{len(rule.types)} types, such as `{rule.types[0]}`"
    return f"{SCOPES[rule.scope]}{': ' if types else ''}{types}"


def _leaders(rule: AnyRule) -> str:
    named = " or ".join(f"`{each}`" for each in rule.yields_to)
    return f"{named} finds the same part of the resource at fault" if named else ""


def _settings(model: type[RuleConfig]) -> list[str]:
    properties, _ = config_schema(model)
    own = {key: schema for key, schema in properties.items() if key not in {"onUnknown", "waivers"}}
    if not own:
        return []
    rows = ["\n| setting | default | meaning |", "|---|---|---|"]
    return rows + [
        f"| `{key}` | `{json.dumps(schema.get('default'))}` | {schema.get('description', '')} |"
        for key, schema in own.items()
    ]


def _example(example: Mapping[str, object] | tuple[Example, ...]) -> str:
    if isinstance(example, Mapping):
        return _json(example)
    return _json(
        {
            resource.name: {
                "type": resource.type,
                "properties": resource.properties,
                **({"references": resource.references} if resource.references else {}),
                **({"ignoreChanges": resource.ignore_changes} if resource.ignore_changes else {}),
                **({"operation": resource.operation} if resource.operation else {}),
                **({"before": resource.before} if resource.before is not None else {}),
            }
            for resource in example
        }
    )


def _json(value: object) -> str:
    return f"```json\n{json.dumps(value, indent=2, default=str)}\n```"


MAIN = '''"""Serves rules of aws-policy-pack, and own ones, to the engine."""

from aws_policy_pack.analyzer import serve
from aws_policy_pack.registry import select

serve("{name}", select(areas=["names", "cost", "sqs"]), version="0.1.0")
'''
PROJECT = """description: Rules for our stacks, built on aws-policy-pack
version: 0.1.0
runtime:
  name: python
  options:
    toolchain: pip
    virtualenv: {environment}
"""
PROFILE: Mapping[str, object] = {"cost-ecs-desired-count": {"max": 4}}


class ScaffoldError(Exception):
    """The pack cannot be written; the text says why."""


def write_pack(folder: Path) -> tuple[Path, ...]:
    """Writes a pack and its profile into a folder and returns the files.

    Raises:
        ScaffoldError: A file is there already, or the folder cannot be written.
    """
    files = {
        folder / "__main__.py": MAIN.format(name=folder.resolve().name),
        folder / "PulumiPolicy.yaml": PROJECT.format(environment=_environment(folder.resolve())),
        folder / "requirements.txt": "aws-policy-pack\n",
        folder / "profile.json": json.dumps(PROFILE, indent=2) + "\n",
    }
    for path in files:
        if path.exists():
            raise ScaffoldError(f"{path} is there already; name another folder, or remove it")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ScaffoldError(f"{folder} cannot be written: {error.strerror}") from error
    return tuple(files)


def _environment(folder: Path) -> str:
    """The virtual environment of the pack, as seen from its folder.

    That which the command runs in, if it lies beside the pack, so that the pack starts at once;
    otherwise one of its own, which `pulumi install` makes.
    """
    active = Path(sys.prefix)
    beside = sys.prefix != sys.base_prefix and active.is_relative_to(folder.parent)
    return os.path.relpath(active, folder) if beside else "venv"
