"""The stack as the page's picture and lists need it: who holds whom, and who refers to whom."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pulumi_preflight.reports.html.markup import line
from pulumi_preflight.reports.terminal import NO_MODULE, is_shown
from pulumi_preflight.resource import Resource
from pulumi_preflight.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Stack:
    """The resources that a user would call so; each is known by its number."""

    verdict: Verdict

    @cached_property
    def resources(self) -> Sequence[Resource]:
        """The resources, in the verdict's order."""
        return [resource for resource in self.verdict.resources if is_shown(resource)]

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The numbers by URN."""
        return {resource.urn: number for number, resource in enumerate(self.resources)}

    @cached_property
    def modules(self) -> Mapping[str, Sequence[int]]:
        """The numbers of the members of each outermost component, by its name."""
        modules: dict[str, list[int]] = {}
        for number in range(len(self.resources)):
            modules.setdefault(self.module_of(number), []).append(number)
        return modules

    def module_of(self, number: int) -> str:
        """The name of the outermost component that holds a resource."""
        outermost = self.resources[number]
        while outermost.parent in self.numbers:
            outermost = self.resources[self.numbers[outermost.parent]]
        return NO_MODULE if outermost.custom else outermost.name

    def data(self) -> Mapping[str, object]:
        """What the picture is drawn from."""
        types = sorted({resource.type for resource in self.resources})
        files = sorted({each.position.file for each in self.resources if each.position})
        return {
            "name": line(self.verdict.project),
            "types": [line(each) for each in types],
            "files": [line(each) for each in files],
            "resources": [
                [
                    line(resource.name),
                    types.index(resource.type),
                    self.numbers.get(resource.parent, -1),
                    int(resource.custom),
                    files.index(resource.position.file) if resource.position else -1,
                    resource.position.line if resource.position else 0,
                    list(self._references(resource)),
                ]
                for resource in self.resources
            ],
        }

    def _references(self, resource: Resource) -> Iterator[tuple[int, str]]:
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
        return {each.registered.urn: number for number, each in enumerate(self.resources)}


def kind_of(type_token: str) -> str:
    """A type for a reader: `sqs Queue`."""
    package, _, rest = type_token.partition(":")
    module, _, name = rest.rpartition(":")
    if module == "providers":
        return line(f"{name} provider")
    return line(" ".join(filter(None, (module.partition("/")[0] or package, name))))
