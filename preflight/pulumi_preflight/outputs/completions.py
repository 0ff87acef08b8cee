"""What a provider adds to a block that the program gave, such as the VPC of an EKS cluster."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pulumi_preflight.outputs.facts import Facts
from pulumi_preflight.outputs.shapes import Kind, Shape
from pulumi_preflight.wire import SECRET, Properties, PropertyValue, mark_of, secret

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A member that was added to a block.

    Attributes:
        path: Where it stands, from the resource's property on.
        value: What was made up.
        is_sure: Whether the provider always sets it; otherwise it may leave it empty, and only the
            program sees it.
    """

    path: Path
    value: PropertyValue
    is_sure: bool

    @property
    def property(self) -> str:
        """The resource's property that it stands in."""
        return str(self.path[0])


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of one resource.

    Attributes:
        facts: What is known of its type.
        nested: Gives the shape of a class.
        make: Makes up the value at a dotted path.
    """

    facts: Facts
    nested: Callable[[str], Shape | None]
    make: Callable[[str, Kind], PropertyValue]

    def completions(self, outputs: Properties, shape: Shape) -> Iterator[Completion]:
        """What is to be added to outputs that repeat what the program gave."""
        if not self.facts.inside:
            return
        for property_ in shape:
            if property_.name in outputs:
                value = outputs[property_.name]
                yield from self._inside(value, property_.kind, (property_.name,))

    def _inside(self, value: PropertyValue, kind: Kind, path: Path) -> Iterator[Completion]:
        if isinstance(value, list) and kind.item is not None:
            for index, item in enumerate(value):
                yield from self._inside(item, kind.item, (*path, index))
        elif isinstance(value, dict) and kind.name == "object" and mark_of(value) is None:
            for member in self.nested(kind.reference) or ():
                inner = (*path, member.name)
                if value.get(member.name) is not None:
                    yield from self._inside(value[member.name], member.kind, inner)
                    continue
                is_sure = self.facts.inside.get(_dotted(inner))
                # Nobody knows the keys of a map.
                if is_sure is not None and member.kind.name not in ("map", "any"):
                    made = self.make(".".join(map(str, inner)), member.kind)
                    yield Completion(path=inner, value=made, is_sure=is_sure)


def completed(outputs: Properties, completions: Iterable[Completion]) -> Properties:
    """The outputs with members added; the outputs themselves stay as they are."""
    found = dict(outputs)
    for each in completions:
        found[each.property] = with_value(found[each.property], each.path[1:], each.value)
    return found


def with_value(value: PropertyValue, path: Path, made: PropertyValue) -> PropertyValue:
    """A value with another one at a path inside; a value that has no such place stays as it is."""
    if isinstance(value, dict) and mark_of(value) == SECRET:
        return secret(with_value(value.get("value"), path, made))
    if not path:
        return made
    first, *rest = path
    if isinstance(value, dict) and isinstance(first, str):
        return {**value, first: with_value(value.get(first), tuple(rest), made)}
    if isinstance(value, list) and isinstance(first, int) and first < len(value):
        return [
            with_value(item, tuple(rest), made) if index == first else item
            for index, item in enumerate(value)
        ]
    return value


def _dotted(path: Path) -> str:
    return ".".join(part for part in path if isinstance(part, str))
