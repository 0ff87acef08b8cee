"""What becomes of each resource: created, updated, replaced, deleted or left as it is.

Source: pulumi/pulumi, pkg/resource/deploy/step_generator.go (generateSteps, getOldResource,
generateAliases).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from pulumi.runtime.proto.alias_pb2 import Alias

from pulumi_preflight.changes.differences import Difference
from pulumi_preflight.changes.replacements import Change, Effect, changes
from pulumi_preflight.model import RegisteredResource
from pulumi_preflight.monitor.providers import is_provider_type, named_as_default
from pulumi_preflight.redaction import SHOWN_SECRET
from pulumi_preflight.stack_context import (
    STACK_TYPE,
    create_urn,
    name_of,
    project_of,
    qualified_type_of,
    stack_of,
)
from pulumi_preflight.wire import (
    MARK,
    SECRET,
    Properties,
    PropertyValue,
    from_struct,
    mark_of,
    without_secret,
)

# Bridged providers keep here which inputs they added themselves.
_ADDED = "__defaults"


class Operation(StrEnum):
    """What a deployment would do with a resource."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    MAY_REPLACE = "may replace"
    REPLACE = "replace"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyChange:
    """One input that changed.

    Attributes:
        path: The path, such as `tags.Name` or `rules[0].port`.
        before: The value before, `None` where there was none.
        after: The value after, `None` where there is none.
        effect: What the change does to the resource.
        follows: The URN of the replaced resource that the value comes from; empty where the program
            changed it.
    """

    path: str
    before: PropertyValue
    after: PropertyValue
    effect: Effect
    follows: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceChange:
    """What becomes of one resource.

    Attributes:
        urn: The URN, that of the base where the resource is deleted.
        operation: What is done.
        properties: The inputs that changed, in order; none of a resource that comes or goes.
        before: The URN that the base knows it by, where an alias tells that it is the same.
    """

    urn: str
    operation: Operation
    properties: tuple[PropertyChange, ...] = ()
    before: str = ""

    @property
    def replacing(self) -> tuple[PropertyChange, ...]:
        """The changes that replace the resource, or may."""
        return tuple(each for each in self.properties if each.effect is not Effect.UPDATES)


def compare(
    base: Iterable[RegisteredResource], head: Sequence[RegisteredResource]
) -> tuple[ResourceChange, ...]:
    """What a deployment of the program would do to what is there.

    Default providers are left out, and so is what is only read.

    Args:
        base: What is there: of a state, or of an earlier run of the program.
        head: What the program registers, each behind all that it depends on.
    """
    olds = {each.urn: each for each in base if not _is_left_out(each)}
    comparison = _Comparison(olds)
    found = [comparison.of(new) for new in head if not _is_left_out(new)]
    gone = [
        ResourceChange(urn=urn, operation=Operation.DELETE)
        for urn in olds
        if urn not in comparison.matched
    ]
    return (*found, *reversed(gone))


def _is_left_out(resource: RegisteredResource) -> bool:
    is_default = is_provider_type(resource.type) and named_as_default(resource.name)
    return is_default or resource.external


class _Comparison:
    """A run of the program beside what is there."""

    def __init__(self, olds: Mapping[str, RegisteredResource]) -> None:
        self._olds = olds
        self._aliased: dict[str, str] = {}
        """By URN, the URN that the base knows a resource by."""
        self.matched: set[str] = set()
        self._replaced: set[str] = set()

    def of(self, new: RegisteredResource) -> ResourceChange:
        """What becomes of one resource of the program."""
        old = self._old(new)
        if old is None:
            self._replaced.add(new.urn)
            return ResourceChange(urn=new.urn, operation=Operation.CREATE)
        before = old.urn if old.urn != new.urn else ""
        if not new.custom:
            return ResourceChange(urn=new.urn, operation=Operation.SAME, before=before)
        properties = tuple(self._properties(old, new))
        operation = _operation(properties)
        if operation is Operation.REPLACE:
            self._replaced.add(new.urn)
        return ResourceChange(
            urn=new.urn, operation=operation, properties=properties, before=before
        )

    def _old(self, new: RegisteredResource) -> RegisteredResource | None:
        for urn in (new.urn, *self._aliases(new)):
            if urn in self._olds and urn not in self.matched:
                self.matched.add(urn)
                if urn != new.urn:
                    self._aliased[new.urn] = urn
                return self._olds[urn]
        return None

    def _aliases(self, new: RegisteredResource) -> Iterator[str]:
        """The URNs by which the base may know a resource."""
        told = [self._alias(new, alias) for alias in new.aliases]
        yield from told
        parent = self._aliased.get(new.parent)
        if parent is None:
            return
        for urn in (new.urn, *told):
            yield _below(parent, new.parent, urn)

    def _alias(self, new: RegisteredResource, alias: Alias) -> str:
        if alias.urn:
            return alias.urn
        spec = alias.spec
        parent = self._aliased.get(spec.parentUrn, spec.parentUrn) or new.parent
        is_top = spec.noParent or not parent or qualified_type_of(parent) == STACK_TYPE
        return create_urn(
            stack=spec.stack or stack_of(new.urn),
            project=spec.project or project_of(new.urn),
            parent="" if is_top else parent,
            type_=spec.type or new.type,
            name=spec.name or new.name,
        )

    def _properties(
        self, old: RegisteredResource, new: RegisteredResource
    ) -> Iterator[PropertyChange]:
        given, now = from_struct(old.inputs), from_struct(new.inputs)
        before = _as_given(given, now)
        after = _with_ignored(before, now, new.options.ignoreChanges)
        hidden = {"": before, **before}
        for change in changes(new.type, before, _comparable(before, after)):
            yield _told(change, before, after)
        del hidden
        for name, urns in sorted(new.property_dependencies.items()):
            replaced = sorted(self._replaced.intersection(urns))
            if replaced and name in new.made_up and before.get(name) == after.get(name):
                [change] = changes(new.type, {name: None}, {name: ""})
                yield PropertyChange(
                    path=name,
                    before=before.get(name),
                    after=None,
                    effect=change.effect,
                    follows=replaced[0],
                )


def _operation(properties: Sequence[PropertyChange]) -> Operation:
    effects = {each.effect for each in properties}
    if Effect.REPLACES in effects:
        return Operation.REPLACE
    if Effect.MAY_REPLACE in effects:
        return Operation.MAY_REPLACE
    return Operation.UPDATE if effects else Operation.SAME
