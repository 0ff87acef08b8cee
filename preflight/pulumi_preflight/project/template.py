"""What a program in YAML declares, and on which lines: its host tells neither.

Source of the grammar: pulumi/pulumi-yaml, pkg/pulumiyaml/ast/{template,expr}.go.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from pulumi_preflight.project.yaml_files import BoundedComposer, read_text

_SHORT_CALL = re.compile(r"fn::(?P<token>[^:]+:[^:]+(:[^:]+)?)$", re.IGNORECASE)
_EXPRESSION = re.compile(r"\$\{([^}]*)\}")
_ACCESS = re.compile(r"""\.?(?P<name>[^.\[\]]+)|\["(?P<text>[^"]*)"\]|\[(?P<index>\d+)\]""")
_PROVIDER = "pulumi:providers:"
# What these make of a text need not show it.
_WORKING = ("fn::frombase64", "fn::select", "fn::split", "fn::tobase64")
# Variables may be made of each other in very many ways.
_MOST_SOURCES, _MOST_VISITS = 200, 10_000


ITEM = "[]"
"""The name under which a tree has what is read of a list's items."""


class Reads(dict[str, "Reads"]):
    """The properties that expressions read, as a tree: name to what is read of its value."""

    def add(self, path: Iterable[str]) -> None:
        """Adds a path."""
        reads = self
        for name in path:
            reads = reads.setdefault(name, Reads())

    def merge(self, other: "Reads") -> None:
        """Adds all that another tree has."""
        for name, read in other.items():
            self.setdefault(name, Reads()).merge(read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a property of a resource comes from: a property of another, or a function's answer.

    Attributes:
        token: The type or function, as it is written.
        name: The resource's logical name, empty for a function.
        property: The resource's property, empty for a function.
        worked: Whether the program made something else of it, so that it may not show.
    """

    token: str
    name: str = ""
    property: str = ""
    worked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredResource:
    """A resource of the program.

    Attributes:
        name: The logical name.
        token: The type, as it is written.
        given: The properties that the program gives it.
        read: The properties that the program reads of it.
        sources: What its properties come from.
        is_read: Whether it exists already.
        line: The line that declares it, from 1.
    """

    name: str
    token: str
    given: frozenset[str]
    read: Reads
    sources: Mapping[str, tuple[Source, ...]]
    is_read: bool
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredCall:
    """A call of a provider's function.

    Attributes:
        token: The function, as it is written.
        given: The arguments; `None` stands for a value that is not written out.
        read: The properties that the program reads of the answer.
        line: The line that declares it, from 1.
    """

    token: str
    given: Mapping[str, str | None]
    read: Reads
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What a program declares.

    Attributes:
        file: The file.
        resources: Its resources.
        calls: Its calls of functions.
    """

    file: Path
    resources: tuple[DeclaredResource, ...] = ()
    calls: tuple[DeclaredCall, ...] = ()

    def named(self, name: str, token: str) -> list[DeclaredResource]:
        """The resources of a logical name and a full type; the engine takes one only."""
        named = (each for each in self.resources if each.name == name)
        return [each for each in named if is_short_of(each.token, token)]

    def line_of_given(self, token: str, text: str) -> int | None:
        """The line of the one resource of a full type whose properties a text names."""
        found = [
            each
            for each in self.resources
            if is_short_of(each.token, token) and all(f"{name}:" in text for name in each.given)
        ]
        return found[0].line if len(found) == 1 else None

    def line_of_call(self, token: str, arguments: Mapping[str, Any]) -> int | None:
        """The line of a call, by the full function and what it was given; `None` for several."""
        found = [
            each
            for each in self.calls
            if is_short_of(each.token, token)
            and each.given.keys() == arguments.keys()
            and all(text in (None, arguments[name]) for name, text in each.given.items())
        ]
        return found[0].line if len(found) == 1 else None


def is_short_of(written: str, token: str) -> bool:
    """Whether a token that a program writes stands for a full one.

    `aws:sqs:Queue` stands for `aws:sqs/queue:Queue`, and `random:RandomPet` for
    `random:index/randomPet:RandomPet`.
    """
    if written == token:
        return True
    package, *module, name = written.split(":")
    full_package, _, rest = token.partition(":")
    full_module, _, full_name = rest.rpartition(":")
    folder = module[0] if module else "index"
    return (package, name) == (full_package, full_name) and folder in (
        full_module,
        full_module.partition("/")[0],
    )


def package_used(token: str) -> str:
    """The package whose schema a written token needs."""
    return token.removeprefix(_PROVIDER).partition(":")[0]


def read_template(file: Path) -> Template:
    """Reads what a program declares; nothing of a file that is not YAML, which the host refuses.

    Raises:
        ProjectError: The file cannot be read.
    """
    composer = BoundedComposer(read_text(file))
    try:
        root = composer.get_node() if composer.check_node() else None
    except yaml.YAMLError:
        root = None
    sections = dict(_members(root))
    reads = _ReadOf(root, sections.get("variables"))
    return Template(
        file=file,
        resources=tuple(_resources(sections.get("resources"), reads, _Sources(sections))),
        calls=tuple(_calls(root, reads)),
    )


class _ReadOf:
    """What the expressions of a program read, by resource and variable."""

    def __init__(self, root: yaml.Node | None, variables: yaml.Node | None) -> None:
        self._of_name: dict[str, Reads] = {}
        self._named = {id(value): key.value for key, value in _pairs(variables)}
        for node in _every(root):
            for expression in _EXPRESSION.findall(_text(node) or ""):
                whose, *path = _path(expression)
                self._of_name.setdefault(whose, Reads()).add(path)
        for key, value in _pairs(variables):
            self._add_alias(self.of(key.value), _text(value) or "")

    def of(self, name: str) -> Reads:
        """What is read of a resource or variable."""
        return self._of_name.get(name, Reads())

    def of_answer(self, call: yaml.Node, returned: str) -> Reads:
        """What is read of a call's answer; one that stands for itself is a variable."""
        read = self.of(self._named.get(id(call), ""))
        return Reads({returned: read}) if returned else read

    def _add_alias(self, read: Reads, text: str) -> None:
        """Takes what is read of a variable as read of the value that the variable stands for."""
        if expression := _EXPRESSION.fullmatch(text):
            whose, *path = _path(expression[1])
            of_value = self._of_name[whose]
            for name in path:
                of_value = of_value[name]
            of_value.merge(read)


def _path(expression: str) -> list[str]:
    """The resource or variable that an expression reads, and the properties."""
    parts = [
        ITEM if access["index"] is not None else access["name"] or access["text"] or ""
        for access in _ACCESS.finditer(expression.strip())
    ]
    return parts or [""]


def _members(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    """The members of a mapping; the host reads most keys without regard to their case."""
    for key, value in _pairs(node):
        yield key.value.lower(), value


def _pairs(node: yaml.Node | None) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield key, value


class _Sources:
    """What values of a program come from."""

    def __init__(self, sections: Mapping[str, yaml.Node]) -> None:
        self._visits = 0
        self._variables = {key.value: node for key, node in _pairs(sections.get("variables"))}
        self._resources = {
            key.value: (_text(members.get("type")) or "", _text(members.get("name")) or key.value)
            for key, node in _pairs(sections.get("resources"))
            for members in [dict(_members(node))]
        }

    def of(self, properties: yaml.Node | None) -> Mapping[str, tuple[Source, ...]]:
        """What each property comes from, of those that come from anything."""
        found = {}
        for key, node in _pairs(properties):
            self._visits = 0
            sources = self._of(node, frozenset(), worked=False)
            found[key.value] = tuple(islice(sources, _MOST_SOURCES))
        return {name: sources for name, sources in found.items() if sources}

    def _of(self, node: yaml.Node, open_: frozenset[int], *, worked: bool) -> Iterator[Source]:
        self._visits += 1
        # The host refuses what contains itself.
        if id(node) in open_ or self._visits > _MOST_VISITS:
            return
        open_ |= {id(node)}
        match node:
            case yaml.ScalarNode():
                for expression in _EXPRESSION.findall(node.value):
                    yield from self._of_path(_path(expression), open_, worked=worked)
            case yaml.SequenceNode():
                for item in node.value:
                    yield from self._of(item, open_, worked=worked)
            case yaml.MappingNode():
                for key, value in _pairs(node):
                    token, _, _ = _call(key, value)
                    if token is not None:
                        yield Source(token=token, worked=worked)
                        continue
                    works = key.value.lower() in _WORKING
                    yield from self._of(value, open_, worked=worked or works)
            case _:
                raise TypeError(f"{type(node).__name__} is no node of YAML")

    def _of_path(self, path: list[str], open_: frozenset[int], *, worked: bool) -> Iterator[Source]:
        whose, *rest = path
        if whose in self._variables:
            yield from self._of(self._variables[whose], open_, worked=worked)
        elif whose in self._resources and rest:
            token, name = self._resources[whose]
            yield Source(token=token, name=name, property=rest[0], worked=worked)


def _resources(
    node: yaml.Node | None, reads: _ReadOf, sources: _Sources
) -> Iterator[DeclaredResource]:
    for key, value in _pairs(node):
        members = dict(_members(value))
        given = {name.value for name, _ in _pairs(members.get("properties"))}
        state = dict(_members(members.get("get"))).get("state")
        yield DeclaredResource(
            name=_text(members.get("name")) or key.value,
            token=_text(members.get("type")) or "",
            given=frozenset(given | {name.value for name, _ in _pairs(state)}),
            read=reads.of(key.value),
            sources=sources.of(members.get("properties")),
            is_read="get" in members,
            line=key.start_mark.line + 1,
        )


def _calls(root: yaml.Node | None, reads: _ReadOf) -> Iterator[DeclaredCall]:
    for node in _every(root):
        for key, value in _pairs(node):
            token, arguments, returned = _call(key, value)
            if token is not None:
                yield DeclaredCall(
                    token=token,
                    given={name.value: _literal(each) for name, each in _pairs(arguments)},
                    read=reads.of_answer(node, returned),
                    line=key.start_mark.line + 1,
                )


def _call(key: yaml.ScalarNode, value: yaml.Node) -> tuple[str | None, yaml.Node | None, str]:
    """The function that a member calls, its arguments, and which part of the answer is wanted."""
    if key.value.lower() == "fn::invoke":
        members = dict(_members(value))
        returned = _text(members.get("return")) or ""
        return _text(members.get("function")), members.get("arguments"), returned
    found = _SHORT_CALL.match(key.value)
    return (found["token"], value, "") if found else (None, None, "")


def _every(root: yaml.Node | None) -> Iterator[yaml.Node]:
    """Every node, each once, also where aliases repeat it."""
    seen: set[int] = set()
    waiting = [root] if root is not None else []
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if isinstance(node, yaml.MappingNode):
            waiting.extend(value for pair in node.value for value in pair)
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)


def _text(node: yaml.Node | None) -> str | None:
    return node.value if isinstance(node, yaml.ScalarNode) else None


def _literal(node: yaml.Node) -> str | None:
    """A text that stands for itself."""
    text = _text(node)
    is_text = node.tag == "tag:yaml.org,2002:str"
    return text if text is not None and is_text and "${" not in text else None
