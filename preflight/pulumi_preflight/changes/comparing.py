"""What becomes of each resource: created, updated, replaced, deleted or left as it is.

Source: pulumi/pulumi, pkg/resource/deploy/step_generator.go (generateSteps, getOldResource,
generateAliases, diff, calculateDependentReplacements).
"""

import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from pulumi.runtime.proto.alias_pb2 import Alias

from pulumi_preflight.changes.inputs import added_in, aligned, as_given, is_sealed, with_ignored
from pulumi_preflight.changes.naming import keeps_name
from pulumi_preflight.changes.paths import contains, parse_path, value_at
from pulumi_preflight.changes.replacements import (
    Change,
    Effect,
    changes,
    replacing_properties,
)
from pulumi_preflight.model import RegisteredResource
from pulumi_preflight.stack_context import (
    create_urn,
    is_default_provider,
    is_provider_type,
    name_of,
    project_of,
    stack_of,
    type_of,
)
from pulumi_preflight.wire import (
    MARK,
    UNKNOWN,
    Properties,
    PropertyValue,
    from_struct,
    has_unknown,
    without_references,
)

# A shorter text stands in others by chance.
_TELLING_LENGTH = 8


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
        after: The value after, `None` where there is none, or where only the deployment tells it.
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
        custom: Whether a provider manages it; components are not custom.
        operation: What is done.
        properties: The inputs that changed, in order; none of a resource that comes or goes.
        before: The URN that the base knows it by, where an alias tells that it is the same.
        protected: Whether the engine refuses to delete what is there, and so to replace it.
        retained: Whether what is there outlives its deletion.
    """

    urn: str
    custom: bool = True
    operation: Operation
    properties: tuple[PropertyChange, ...] = ()
    before: str = ""
    protected: bool = False
    retained: bool = False

    @property
    def replacing(self) -> tuple[PropertyChange, ...]:
        """The changes that replace the resource, or may."""
        return tuple(each for each in self.properties if each.effect is not Effect.UPDATES)


def compare(
    base: Iterable[RegisteredResource], head: Iterable[RegisteredResource]
) -> tuple[ResourceChange, ...]:
    """What a deployment of the program would do to what is there.

    Default providers are left out, and so is what is only read.

    Args:
        base: What is there: of a state, or of an earlier run of the program.
        head: What the program registers, each behind all that it depends on.
    """
    comparison = Comparison(base)
    found = [comparison.of(new) for new in head if not _is_left_out(new)]
    return (*found, *comparison.gone())


def _is_left_out(resource: RegisteredResource) -> bool:
    is_default = is_provider_type(resource.type) and is_default_provider(resource.name)
    return is_default or resource.external


class Comparison:
    """A run of the program beside what is there; safe from any thread.

    Each resource is asked for once, behind all that it depends on.
    """

    def __init__(self, base: Iterable[RegisteredResource]) -> None:
        """Takes what is there."""
        self._olds = {each.urn: each for each in base if not _is_left_out(each)}
        self._lock = threading.Lock()
        self._aliased: dict[str, str] = {}
        """By URN, the URN that the base knows a resource by."""
        self._matched: set[str] = set()
        self._remote: set[str] = set()
        """By the URN in the base, the components that plugins build."""
        self._new: set[str] = set()
        self._replaced: dict[str, frozenset[str]] = {}
        """By URN, the texts that only the new resource will tell, as far as they are made up."""
        self._deleted_first: set[str] = set()

    def of(self, new: RegisteredResource) -> ResourceChange:
        """What becomes of one resource of the program."""
        with self._lock:
            change = self._of(new)
            if change.operation is Operation.CREATE:
                self._new.add(new.urn)
            if change.operation is Operation.REPLACE:
                self._replaced[new.urn] = frozenset(_computed(new))
            return change

    def gone(self) -> tuple[ResourceChange, ...]:
        """What is there and the program has no more, that which depends on others first."""
        left = [
            old
            for urn, old in self._olds.items()
            if urn not in self._matched and not self._is_built_by_plugin(old)
        ]
        return tuple(_about(old, old.urn, Operation.DELETE) for old in reversed(left))

    def _is_built_by_plugin(self, old: RegisteredResource) -> bool:
        """Whether it is in a component that stays, whose inside only the plugin knows."""
        above = self._olds.get(old.parent)
        while above is not None and above.urn not in self._remote:
            above = self._olds.get(above.parent)
        return above is not None

    def old(self, urn: str) -> RegisteredResource | None:
        """What is there of a resource that `of` was asked for."""
        return self._olds.get(self._aliased.get(urn, urn))

    def _of(self, new: RegisteredResource) -> ResourceChange:
        old = self._match(new)
        if old is None:
            return ResourceChange(urn=new.urn, custom=new.custom, operation=Operation.CREATE)
        told = _about(old, new.urn, Operation.SAME)
        if new.remote:
            # The plugin registers other inputs than those that the program gives.
            self._remote.add(old.urn)
            return told
        forced = self._forced(old, new)
        if forced is not None:
            return replace(told, operation=Operation.REPLACE, properties=(forced,))
        before, after = _sides(old, new)
        properties = tuple(self._properties(old, new, before, after))
        if not new.custom:
            # The engine asks nobody what the change of a component's inputs does.
            properties = tuple(replace(each, effect=Effect.UPDATES) for each in properties)
        if is_provider_type(new.type):
            # Each provider has its own settings that replace it, and no table has them.
            properties = tuple(
                replace(each, effect=Effect.MAY_REPLACE) if each.effect is Effect.REPLACES else each
                for each in properties
            )
        operation = _operation(properties)
        if operation is Operation.REPLACE and _goes_first(new, before, after):
            self._deleted_first.add(new.urn)
        return replace(told, operation=operation, properties=properties)

    def _match(self, new: RegisteredResource) -> RegisteredResource | None:
        for urn in (new.urn, *self._aliases(new)):
            if urn in self._olds and urn not in self._matched:
                self._matched.add(urn)
                if urn != new.urn:
                    self._aliased[new.urn] = urn
                return self._olds[urn]
        return None

    def _aliases(self, new: RegisteredResource) -> Iterator[str]:
        """The URNs by which the base may know a resource."""
        told = [self._alias(new, alias) for alias in new.aliases]
        yield from told
        above = self._aliased.get(new.parent)
        if above is None:
            return
        for urn in (new.urn, *told):
            yield _below(above, name_of(new.parent), urn)

    def _alias(self, new: RegisteredResource, alias: Alias) -> str:
        if alias.urn:
            return alias.urn
        spec = alias.spec
        parent = self._aliased.get(spec.parentUrn, spec.parentUrn) or new.parent
        return create_urn(
            stack=spec.stack or stack_of(new.urn),
            project=spec.project or project_of(new.urn),
            parent="" if spec.noParent else parent,
            type_=spec.type or new.type,
            name=spec.name or new.name,
        )

    def _forced(self, old: RegisteredResource, new: RegisteredResource) -> PropertyChange | None:
        """What replaces a resource whatever its inputs say."""
        if old.custom != new.custom:
            # Only one of the two has a provider.
            return PropertyChange(
                path="provider",
                before=old.provider or None,
                after=new.provider or None,
                effect=Effect.REPLACES,
            )
        named = {"replaceWith": new.replace_with, "deletedWith": (new.deleted_with,)}
        for option, urns in named.items():
            for urn in urns:
                if urn in self._replaced:
                    return PropertyChange(
                        path=option, before=urn, after=urn, effect=Effect.REPLACES, follows=urn
                    )
        return None

    def _properties(
        self,
        old: RegisteredResource,
        new: RegisteredResource,
        before: Properties,
        after: Properties,
    ) -> Iterator[PropertyChange]:
        """The changes of inputs, by property."""
        followed = {
            name: source
            for name, sources in new.property_dependencies.items()
            if (source := self._follows(new, name, sources))
        }
        # Nobody knows what comes of a replaced resource: a provider plans with unknown values.
        planned = after | {
            name: _planned(before.get(name), after[name], self._replaced[source])
            for name, source in followed.items()
            if name in after
        }
        found: dict[str, list[Change]] = {}
        for change in changes(new.type, before, planned, from_struct(old.outputs)):
            found.setdefault(str(change.difference.path[0]), []).append(change)
        forcing = [path for each in new.replace_on_changes if (path := parse_path(each))]
        for name in sorted(found.keys() | new.property_dependencies.keys()):
            sources = new.property_dependencies.get(name, ())
            follows = followed.get(name, "")
            is_fresh = bool(follows or self._new.intersection(sources))
            if name in new.made_up and not is_fresh and self._aliased.keys() & {*sources}:
                # What is made up hangs on the URN; of a renamed resource the real value stays.
                continue
            told = [
                _told(change, before, planned, forcing, follows)
                for change in found.get(name, ())
                if is_fresh or not has_unknown(value_at(after, change.difference.path))
            ]
            known = before.get(name, UNKNOWN)
            if not told and follows and name in after and not has_unknown(known):
                told = [_following(new.type, name, known, forcing, follows)]
            yield from told

    def _follows(self, new: RegisteredResource, name: str, sources: Collection[str]) -> str:
        """The replaced resource that only tells after its replacement what an input is."""
        replaced = self._replaced.keys() & {*sources}
        if name not in new.made_up:
            # Once a resource is gone, the engine takes nothing of it for known.
            replaced &= self._deleted_first
        return min(replaced, default="")


def _computed(new: RegisteredResource) -> Iterator[str]:
    """The texts among the id and the outputs of a resource that are not inputs."""
    given = from_struct(new.inputs)
    for name, value in {**from_struct(new.outputs), "id": new.id}.items():
        if name not in given:
            yield from _texts(value)


def _texts(value: PropertyValue) -> Iterator[str]:
    match value:
        case dict():
            for inner in value.values():
                yield from _texts(inner)
        case list():
            for inner in value:
                yield from _texts(inner)
        case str() if value:
            yield value
        case _:
            return


def _planned(
    before: PropertyValue, after: PropertyValue, computed: Collection[str]
) -> PropertyValue:
    """A value in which all is unknown that comes of a replaced resource, or was not there before.

    A value that is made up may be what it was before, since it hangs on the URN alone.
    """
    match before, after:
        case _, dict():
            old = before if isinstance(before, dict) else {}
            return {
                name: inner if name == MARK else _planned(old.get(name), inner, computed)
                for name, inner in after.items()
            }
        case list(), list() if len(before) == len(after):
            pairs = zip(before, after, strict=True)
            return [_planned(mine, theirs, computed) for mine, theirs in pairs]
        case _, str() if any(_comes_of(after, text) for text in computed):
            return UNKNOWN
        case _:
            return after if before == after else UNKNOWN


def _comes_of(value: str, text: str) -> bool:
    return value == text or (len(text) >= _TELLING_LENGTH and text in value)


def _about(old: RegisteredResource, urn: str, operation: Operation) -> ResourceChange:
    return ResourceChange(
        urn=urn,
        custom=old.custom,
        operation=operation,
        before=old.urn if old.urn != urn else "",
        protected=old.options.protect,
        retained=old.retain_on_delete,
    )


def _below(above: str, parent: str, urn: str) -> str:
    """The URN of a child below the alias of its parent; its name may begin with the parent's."""
    name = name_of(urn)
    if name.startswith(parent):
        name = name_of(above) + name.removeprefix(parent)
    return create_urn(
        stack=stack_of(urn), project=project_of(urn), parent=above, type_=type_of(urn), name=name
    )


def _sides(old: RegisteredResource, new: RegisteredResource) -> tuple[Properties, Properties]:
    """The inputs before and after, without what no program changed."""
    kept, given = _inputs(old), _inputs(new)
    before, after = as_given(kept, given), as_given(given, given)
    named = {*added_in(kept)}.intersection(new.added or added_in(given), before)
    after |= {name: before[name] for name in named}
    after = with_ignored(before, after, new.options.ignoreChanges)
    return before, {
        name: aligned(before[name], value) if name in before else value
        for name, value in after.items()
    }


def _inputs(resource: RegisteredResource) -> Properties:
    """The inputs; a resource among them is its id, as the program's own run has it."""
    return {name: without_references(value) for name, value in from_struct(resource.inputs).items()}


def _goes_first(new: RegisteredResource, before: Properties, after: Properties) -> bool:
    options = new.options
    if options.deleteBeforeReplaceDefined:
        return options.deleteBeforeReplace
    return keeps_name(new.type, before, after)


def _told(
    change: Change,
    before: Properties,
    after: Properties,
    forcing: Sequence[tuple[str | int, ...]],
    follows: str,
) -> PropertyChange:
    path = change.difference.path
    forced = any(contains(each, path) for each in forcing)
    told = value_at(after, path)
    return PropertyChange(
        path=change.difference.text,
        before=value_at(before, path),
        # Only the deployment tells what follows a replaced resource.
        after=None if follows and has_unknown(told) else told,
        effect=Effect.REPLACES if forced else change.effect,
        follows=follows,
    )


def _following(
    type_: str,
    name: str,
    before: PropertyValue,
    forcing: Sequence[tuple[str | int, ...]],
    follows: str,
) -> PropertyChange:
    """An input whose new value only the deployment tells."""
    [change] = changes(type_, {name: before}, {name: UNKNOWN})
    effect = change.effect
    if effect is Effect.REPLACES and name not in replacing_properties(type_):
        # Where inside of it the value stands is not known.
        effect = Effect.MAY_REPLACE
    if any(contains(each, (name,)) for each in forcing):
        effect = Effect.REPLACES
    return PropertyChange(path=name, before=before, after=None, effect=effect, follows=follows)


def _operation(properties: Iterable[PropertyChange]) -> Operation:
    effects = {each.effect for each in properties}
    if Effect.REPLACES in effects:
        return Operation.REPLACE
    if Effect.MAY_REPLACE in effects:
        return Operation.MAY_REPLACE
    return Operation.UPDATE if effects else Operation.SAME


# What the provider makes of other inputs of the resource.
_COMBINED = frozenset({"tagsAll"})


def outputs_that_stay(old: RegisteredResource, inputs: Properties, *, is_same: bool) -> Properties:
    """The id and the outputs of what is there, without those that the inputs decide.

    A secret that nobody could open is left out: a program may read what stands in its place.

    Args:
        old: What is there.
        inputs: The inputs that it gets.
        is_same: Whether it stays as it is, or is updated.
    """
    given = as_given(from_struct(old.inputs), inputs).keys() | inputs.keys()
    stay = {
        name: value
        for name, value in from_struct(old.outputs).items()
        if name not in given
        and not name.startswith("__")
        and (is_same or name not in _COMBINED)
        and not is_sealed(value)
    }
    return stay | {"id": old.id}
