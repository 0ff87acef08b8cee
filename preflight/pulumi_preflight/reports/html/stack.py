"""The stack as the page's picture and lists need it: who holds whom, and who refers to whom."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pulumi_preflight.reports.html.markup import Markup, element, joined, line
from pulumi_preflight.reports.terminal import by_module
from pulumi_preflight.resource import Resource
from pulumi_preflight.stack_context import shown_name
from pulumi_preflight.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Stack:
    """The resources that a user would call so; each is known by its number on the page.

    Attributes:
        verdict: The verdict.
        folder: The project's folder as the reader knows it, empty where the page has one verdict.
        first: The number of its first resource.
    """

    verdict: Verdict
    folder: str = ""
    first: int = 0

    @cached_property
    def resources(self) -> Sequence[Resource]:
        """The resources, in the verdict's order."""
        return [resource for resource in self.verdict.resources if resource.is_own]

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The numbers by URN."""
        return {resource.urn: number for number, resource in self.numbered}

    @property
    def numbered(self) -> Iterator[tuple[int, Resource]]:
        """The resources with their numbers."""
        return enumerate(self.resources, start=self.first)

    @property
    def title(self) -> str:
        """Its name among those of several."""
        return f"{self.folder} ({self.verdict.stack})"

    @cached_property
    def modules(self) -> Mapping[str, Sequence[int]]:
        """The numbers of the members of each outermost component, by its name."""
        return {
            module: [self.numbers[resource.urn] for resource in members]
            for module, members in by_module(self.resources).items()
        }

    def of(self, number: int) -> Resource:
        """The resource of a number."""
        return self.resources[number - self.first]

    def module_of(self, number: int) -> str:
        """The name of the outermost component that holds a resource."""
        return self._module_of[number]

    @cached_property
    def _module_of(self) -> Mapping[int, str]:
        return {number: module for module, members in self.modules.items() for number in members}

    def place(self, file: str) -> str:
        """A file as the reader knows it."""
        return file if self.folder in ("", ".") else f"{self.folder}/{file}"

    def references(self, resource: Resource) -> Iterator[tuple[int, str]]:
        """The others that a resource refers to, with the properties that do."""
        registered, redact = resource.registered, self.verdict.redact
        properties: dict[int, list[str]] = {}
        for name, urns in registered.property_dependencies.items():
            for urn in urns:
                if (number := self._raw.get(urn)) is not None:
                    properties.setdefault(number, []).append(line(redact(name)))
        for urn in registered.dependencies:
            if (number := self._raw.get(urn)) is not None:
                properties.setdefault(number, [])
        own = self.numbers[resource.urn]
        for number, names in sorted(properties.items()):
            if number != own:
                yield number, ", ".join(sorted(names))

    @cached_property
    def _raw(self) -> Mapping[str, int]:
        """The numbers by the URN that the program's own dependencies name."""
        return {each.registered.urn: number for number, each in self.numbered}


def together(verdicts: Iterable[tuple[str, Verdict]]) -> Sequence[Stack]:
    """The stacks of several projects, each with room for the box that holds all of it."""
    stacks: list[Stack] = []
    for folder, verdict in verdicts:
        before = stacks[-1] if stacks else None
        first = before.first + len(before.resources) if before else 0
        stacks.append(Stack(verdict=verdict, folder=folder, first=first + 1))
    return stacks


def picture_of(stacks: Sequence[Stack], name: str) -> Mapping[str, object]:
    """What the picture is drawn from.

    Args:
        stacks: The stacks; each of several is a box of its own.
        name: The name of what holds all.
    """
    types = _numbered({each.type for stack in stacks for each in stack.resources})
    files = _numbered({file for stack in stacks for file in _files(stack)})
    rows: list[object] = []
    for stack in stacks:
        holder = -1
        if stack.folder:
            holder = len(rows)
            rows.append([line(stack.title), len(types), -1, 0, -1, 0, []])
        for resource in stack.resources:
            place = resource.position
            rows.append(
                [
                    line(resource.name),
                    types[resource.type],
                    stack.numbers.get(resource.parent, holder),
                    int(resource.custom),
                    files[stack.place(place.file)] if place else -1,
                    place.line if place else 0,
                    list(stack.references(resource)),
                ]
            )
    return {
        "name": line(name),
        "types": [*map(line, types), STACK],
        "files": [line(each) for each in files],
        "resources": rows,
    }


def linked(urn: str, stack: Stack) -> Markup:
    """A resource's name, leading to the resource."""
    name = line(shown_name(urn))
    number = stack.numbers.get(urn)
    return joined(name) if number is None else element("a", name, href=f"#r-{number}")


STACK = "stack"
"""The type of the box that holds one of several stacks."""


def _numbered(names: Iterable[str]) -> Mapping[str, int]:
    return {name: number for number, name in enumerate(sorted(names))}


def _files(stack: Stack) -> Iterator[str]:
    return (stack.place(each.position.file) for each in stack.resources if each.position)


def kind_of(type_token: str) -> str:
    """A type for a reader: `sqs Queue`."""
    package, _, rest = type_token.partition(":")
    module, _, name = rest.rpartition(":")
    if module == "providers":
        return line(f"{name} provider")
    return line(" ".join(filter(None, (module.partition("/")[0] or package, name))))
