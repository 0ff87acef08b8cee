"""All rules of the pack, and how to choose among them."""

import pkgutil
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from importlib import import_module
from types import ModuleType

from aws_policy_pack import rules as rules_package
from aws_policy_pack.rule import AnyRule, Rule, Severity


def areas() -> tuple[str, ...]:
    """The areas of the pack's rules: a module or a package each."""
    return tuple(module.name for module in pkgutil.iter_modules(rules_package.__path__))


def rules_in(package: ModuleType) -> tuple[AnyRule, ...]:
    """Every rule that a module holds, or a module of a package, by id.

    Raises:
        TypeError: Two rules have one id.
    """
    found: dict[str, AnyRule] = {}
    for module in _modules_of(package):
        for value in vars(module).values():
            if isinstance(value, Rule) and found.setdefault(value.id, value) is not value:
                raise TypeError(f"{module.__name__}: another rule has the id {value.id}")
    return tuple(found[name] for name in sorted(found))


def _modules_of(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    paths = getattr(package, "__path__", ())
    for module in pkgutil.walk_packages(paths, f"{package.__name__}."):
        yield import_module(module.name)


RULES: tuple[AnyRule, ...] = rules_in(rules_package)


def select(
    *,
    areas: Iterable[str] = (),
    ids: Iterable[str] = (),
    severities: Iterable[Severity] = (),
    controls: Iterable[str] = (),
    rules: Iterable[AnyRule] = RULES,
) -> tuple[AnyRule, ...]:
    """Chooses rules; each criterion that is given must hold, by any one of its values.

    Args:
        areas: Areas such as `sqs`.
        ids: Rule ids or globs such as `cost-*`.
        severities: Severities.
        controls: Globs over the ids of public controls, such as `Security Hub SQS.*`.
        rules: The rules to choose from.
    """
    areas, ids, severities, controls = set(areas), set(ids), set(severities), set(controls)
    return tuple(
        rule
        for rule in rules
        if (not areas or rule.area in areas)
        and (
            not ids
            or any(
                fnmatchcase(name, pattern) for name in (rule.id, *rule.formerly) for pattern in ids
            )
        )
        and (not severities or rule.severity in severities)
        and (
            not controls
            or any(fnmatchcase(own, pattern) for own in rule.controls for pattern in controls)
        )
    )
