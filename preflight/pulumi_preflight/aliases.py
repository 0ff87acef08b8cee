"""A resource's former URNs, out of the aliases that it and its parent were given.

Source: pulumi/pulumi, pkg/resource/deploy/step_generator.go, generateAliases.
"""

from collections.abc import Iterable, Iterator

from pulumi.runtime.proto.alias_pb2 import Alias

from pulumi_preflight.urns import STACK_TYPE, create_urn, name_of, qualified_type_of, type_of


class AliasedResource:
    """A resource whose former URNs are wanted."""

    def __init__(self, *, project: str, stack: str, parent: str, type_: str, name: str) -> None:
        """Takes what the resource is called now."""
        self._project = project
        self._stack = stack
        self._parent = parent
        self._type = type_
        self._name = name

    def former_urns(
        self, aliases: Iterable[Alias], parent_aliases: Iterable[str]
    ) -> tuple[str, ...]:
        """Gives each former URN once.

        Args:
            aliases: The resource's own aliases.
            parent_aliases: The former URNs of its parent, which its children's names follow.
        """
        return tuple(dict.fromkeys(self._all(list(aliases), list(parent_aliases))))

    def _all(self, aliases: list[Alias], parent_aliases: list[str]) -> Iterator[str]:
        own = [self._collapsed(alias) for alias in aliases]
        yield from own
        for parent in parent_aliases[:1]:
            yield self._inherited(self._type, self._name, parent)
            for urn in own:
                yield self._inherited(type_of(urn), name_of(urn), parent)

    def _collapsed(self, alias: Alias) -> str:
        if alias.urn:
            return alias.urn
        spec = alias.spec
        parent = "" if spec.noParent else spec.parentUrn or self._parent
        if parent and qualified_type_of(parent) == STACK_TYPE:
            parent = ""
        return create_urn(
            stack=spec.stack or self._stack,
            project=spec.project or self._project,
            parent=parent,
            type_=spec.type or self._type,
            name=spec.name or self._name,
        )

    def _inherited(self, type_: str, name: str, parent_alias: str) -> str:
        parent_name = name_of(self._parent)
        if name.startswith(parent_name):
            # Components name their children after themselves.
            name = name_of(parent_alias) + name.removeprefix(parent_name)
        return create_urn(
            stack=self._stack,
            project=self._project,
            parent=parent_alias,
            type_=type_,
            name=name,
        )
