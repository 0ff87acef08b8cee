"""A pack: rules with their settings, run on the resources of a stack."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.evaluation import (
    NO_BASE,
    NOT_CONFIGURED,
    NOTHING_OF_ITS_TYPES,
    Outcome,
    Violation,
    Waived,
    current_day,
    evaluate,
    mend,
    renamed,
)
from aws_policy_pack.profiles import read_settings
from aws_policy_pack.resource import Graph, Resource, Unreadable
from aws_policy_pack.rule import AnyRule, Changes, Finding, Kind, Level, Scope, Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What one rule's fix does to a resource.

    Attributes:
        rule: The rule.
        changes: Top-level properties to set; empty if the fix could not run.
        problem: Why the fix could not run, empty if it could.
    """

    rule: AnyRule
    changes: Changes
    problem: str = ""


class Pack:
    """Rules and what a stack's profile says of them."""

    def __init__(self, name: str, version: str, rules: Iterable[AnyRule]) -> None:
        """Takes the rules in the order in which they report; their ids differ.

        Raises:
            ValueError: Two rules have the same id.
        """
        self.name = name
        self.version = version
        self.rules = tuple(rules)
        ids = [name for rule in self.rules for name in (rule.id, *rule.formerly)]
        twice = sorted({rule_id for rule_id in ids if ids.count(rule_id) > 1})
        if twice:
            raise ValueError(f"pack {name}: more than one rule is called {', '.join(twice)}")
        self._by_id = {rule.id: rule for rule in self.rules}
        self.settings: Mapping[str, Setting] = read_settings({}, self.rules)
        self._stack_rules = [rule for rule in self.rules if rule.scope is Scope.STACK]
        self._pack_rules = [rule for rule in self.rules if rule.scope is Scope.PACK]
        self._rules_by_type: dict[str, list[AnyRule]] = {}
        for rule in self.rules:
            if rule.scope is Scope.RESOURCE:
                for kind in rule.types:
                    self._rules_by_type.setdefault(kind, []).append(rule)

    def configure(self, raw: Mapping[str, object]) -> None:
        """Takes the settings of a profile.

        Raises:
            ConfigError: The settings have mistakes; the old ones stay in force.
        """
        self.settings = read_settings(raw, self.rules)

    def knows(self, resource_type: str) -> bool:
        """Whether any resource rule looks at this type."""
        return resource_type in self._rules_by_type

    def analyze(self, resource: Resource) -> Iterator[tuple[AnyRule, Outcome]]:
        """Runs the resource rules of the resource's type."""
        return self._run(self._rules_by_type.get(resource.type, ()), resource)

    def analyze_stack(self, graph: Graph) -> Iterator[tuple[AnyRule, Outcome]]:
        """Runs the stack rules, then the rules about the pack's own settings.

        A rule that the profile calls by a former name says so, at the level `ADVISORY`.
        """
        for rule in self.rules:
            if called := self.settings[rule.id].called:
                yield rule, Outcome(violations=(renamed(rule, called),))
        yield from self._run(self._stack_rules, graph)
        settings = tuple((rule, self.settings[rule.id]) for rule in self.rules)
        yield from self._run([_bound(rule, settings) for rule in self._pack_rules], graph)

    def idle(self, graph: Graph) -> Iterator[tuple[AnyRule, str]]:
        """The rules in force that have nothing to judge, and why."""
        there = {resource.type for resource in graph.resources}
        for rule in self.rules:
            setting = self.settings[rule.id]
            if setting.level is Level.DISABLED or rule.scope is Scope.PACK:
                continue
            if rule.types and there.isdisjoint(rule.types):
                yield rule, NOTHING_OF_ITS_TYPES
            elif rule.kind is Kind.CONFIGURED and setting.config == rule.config():
                yield rule, NOT_CONFIGURED
            elif rule.needs_base and not graph.is_compared:
                yield rule, NO_BASE

    def remedies(self, resource_type: str) -> tuple[AnyRule, ...]:
        """The rules that mend resources of this type, at the level `remediate`."""
        return tuple(
            rule
            for rule in self._rules_by_type.get(resource_type, ())
            if rule.fix is not None and self.settings[rule.id].level is Level.REMEDIATE
        )

    def remedy(self, rule: AnyRule, resource: Resource) -> Remedy:
        """Asks one rule what to change so that the resource keeps it."""
        config = self.settings[rule.id].config
        try:
            return Remedy(
                rule=rule,
                changes=mend(rule, resource, config=config, today=current_day()),
            )
        except Unreadable as unreadable:
            return Remedy(rule=rule, changes={}, problem=f"not mended: {unreadable}")

    def _run(
        self, rules: Iterable[AnyRule], subject: Resource | Graph
    ) -> Iterator[tuple[AnyRule, Outcome]]:
        today = current_day()
        for rule in rules:
            setting = self.settings[rule.id]
            if setting.level is not Level.DISABLED:
                outcome = evaluate(
                    rule, subject, config=setting.config, level=setting.level, today=today
                )
                if rule.yields_to and (outcome.violations or outcome.waived):
                    outcome = self._without_echoes(rule, outcome, subject, today)
                yield rule, outcome

    def _without_echoes(
        self, rule: AnyRule, outcome: Outcome, subject: Resource | Graph, today: dt.date
    ) -> Outcome:
        """Leaves out findings of a fault that a rule which this one yields to has reported."""
        leaders = [self._by_id[each] for each in rule.yields_to if self._leads(each, rule)]
        if not leaders:
            return outcome
        of_stack = [leader for leader in leaders if leader.scope is Scope.STACK]
        told = {place for leader in of_stack for place in self._places(leader, subject, today)}

        def is_echo(said: Violation | Waived) -> bool:
            about = subject.by_urn(said.urn) if isinstance(subject, Graph) else subject
            if not said.place or about is None:
                return False
            place = (said.urn, said.place)
            return place in told or any(
                place in self._places(leader, about, today)
                for leader in leaders
                if leader.scope is Scope.RESOURCE and about.type in leader.types
            )

        return Outcome(
            violations=tuple(said for said in outcome.violations if not is_echo(said)),
            waived=tuple(said for said in outcome.waived if not is_echo(said)),
        )

    def _leads(self, leader: str, rule: AnyRule) -> bool:
        """Whether another rule is in force, and stops as much as this one would."""
        if leader not in self._by_id or self.settings[leader].level is Level.DISABLED:
            return False
        only_tells = self.settings[leader].level is Level.ADVISORY
        return not only_tells or self.settings[rule.id].level is Level.ADVISORY

    def _places(
        self, rule: AnyRule, subject: Resource | Graph, today: dt.date
    ) -> set[tuple[str, str]]:
        """The resources and places of a rule's findings, waived ones included."""
        setting = self.settings[rule.id]
        outcome = evaluate(rule, subject, config=setting.config, level=setting.level, today=today)
        waived = {(said.urn, said.place) for said in outcome.waived}
        return waived | {(said.urn, said.place) for said in outcome.violations}


def _bound(rule: AnyRule, settings: Iterable[tuple[AnyRule, Setting]]) -> AnyRule:
    """A rule about the pack's settings as a rule about the graph."""

    def check(graph: Graph, _config: RuleConfig) -> Iterable[Finding | Unreadable]:
        return rule.check(graph, settings)

    return replace(rule, check=check)
