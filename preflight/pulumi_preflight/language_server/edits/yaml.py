"""Finds the literal of a property in a program in YAML."""

import json
import re
from collections.abc import Sequence

import yaml

from pulumi_preflight.language_server.edits.wanted import Literal, Wanted, title_of
from pulumi_preflight.language_server.texts import Edit

_RESOURCES, _PROPERTIES, _TYPE = "resources", "properties", "type"
_PLAIN_KEY = re.compile(r"[A-Za-z][\w-]*")


def edit_of(lines: Sequence[str], wanted: Wanted) -> Edit | None:
    """What writes a literal into a program; `None` where its place is not certain."""
    document = _document(lines)
    resource = _resource(document, wanted.line) if document else None
    if document is None or resource is None:
        return None
    text = _written(wanted.after)
    edit = _set(resource, wanted, text, lines)
    if edit is None:
        return None
    after = _document(edit.applied(lines).split("\n"))
    again = _resource(after, wanted.line) if after else None
    if after is None or again is None:
        return None
    # All else must be as it was.
    expected = _with(_value(resource), (_PROPERTIES, *wanted.path), text)
    is_same = _value(again) == expected and _without(after, again) == _without(document, resource)
    return edit if is_same else None


def _document(lines: Sequence[str]) -> yaml.MappingNode | None:
    try:
        node = yaml.compose("\n".join(lines), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return node if isinstance(node, yaml.MappingNode) else None


def _written(literal: Literal) -> str:
    return json.dumps(literal, ensure_ascii=False)


def _resource(document: yaml.MappingNode, line: int) -> yaml.MappingNode | None:
    """What a resource holds whose key stands on a line."""
    resources = _member(document, _RESOURCES)
    if not isinstance(resources, yaml.MappingNode):
        return None
    found = [value for key, value in resources.value if key.start_mark.line == line - 1]
    is_one = len(found) == 1 and isinstance(found[0], yaml.MappingNode)
    return found[0] if is_one else None


def _member(node: yaml.Node | None, name: str | int) -> yaml.Node | None:
    match node:
        case yaml.MappingNode():
            found = [value for key, value in node.value if key.value == name]
            return found[0] if len(found) == 1 else None
        case yaml.SequenceNode() if isinstance(name, int) and name < len(node.value):
            item: yaml.Node = node.value[name]
            return item
        case _:
            return None


def _set(
    resource: yaml.MappingNode, wanted: Wanted, text: str, lines: Sequence[str]
) -> Edit | None:
    """Goes along the path, and sets what is at its end."""
    title = title_of(wanted, text)
    *above, last = _PROPERTIES, *wanted.path
    at: yaml.Node = resource
    for depth, part in enumerate(above):
        found = _member(at, part)
        if found is None:
            is_missing = depth == 0 and len(wanted.path) == 1 and wanted.before is None
            return _with_properties(resource, str(last), text, lines, title) if is_missing else None
        at = found
    literal = _member(at, last)
    if literal is not None:
        if not isinstance(literal, yaml.ScalarNode) or not _is(literal, wanted.before):
            return None
        begin, end = literal.start_mark, literal.end_mark
        return Edit(begin.line, begin.column, end.line, end.column, text, title)
    if wanted.before is not None or not isinstance(at, yaml.MappingNode):
        return None
    if not _may_gain(at, last):
        return None
    first = at.value[0][0].start_mark
    separator = ", " if at.flow_style else f"\n{' ' * first.column}"
    member = f"{last}: {text}{separator}"
    return Edit(first.line, first.column, first.line, first.column, member, title)


def _may_gain(node: yaml.MappingNode, name: str | int) -> bool:
    """Whether a key may be put before the first one of a mapping, which is no function's."""
    return (
        bool(node.value)
        and isinstance(name, str)
        and _PLAIN_KEY.fullmatch(name) is not None
        and not any(str(key.value).lower().startswith("fn::") for key, _ in node.value)
    )


def _with_properties(
    resource: yaml.MappingNode, name: str, text: str, lines: Sequence[str], title: str
) -> Edit | None:
    """The first property of a resource that has none, below its type."""
    type_ = _member(resource, _TYPE)
    holds_properties = any(key.value == _PROPERTIES for key, _ in resource.value)
    if type_ is None or resource.flow_style or holds_properties or not _PLAIN_KEY.fullmatch(name):
        return None
    end, indent = type_.end_mark, " " * resource.start_mark.column
    if lines[end.line][end.column :].strip():
        return None
    added = f"\n{indent}{_PROPERTIES}:\n{indent}  {name}: {text}"
    return Edit(end.line, end.column, end.line, end.column, added, title)


def _is(node: yaml.ScalarNode, literal: Literal | None) -> bool:
    """Whether a scalar is surely a literal, in any version of YAML."""
    if isinstance(literal, str):
        return bool(node.tag == "tag:yaml.org,2002:str" and node.value == literal)
    return literal is not None and node.style is None and node.value == _written(literal)


def _value(node: yaml.Node) -> object:
    """What a node holds, with scalars as their tag and text."""
    match node:
        case yaml.MappingNode():
            return {str(key.value): _value(value) for key, value in node.value}
        case yaml.SequenceNode():
            return [_value(item) for item in node.value]
        case _:
            return node.tag, node.value


def _with(value: object, path: Sequence[str | int], text: str) -> object:
    """A value with a literal at a path."""
    first, *rest = path
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    scalar = _value(node) if node else None
    match value, first:
        case dict(), str():
            inner = _with(value.get(first, {}), rest, text) if rest else scalar
            return {**value, first: inner}
        case list(), int():
            items: list[object] = list(value)
            items[first] = _with(items[first], rest, text) if rest else scalar
            return items
        case _:
            return None


def _without(document: yaml.MappingNode, resource: yaml.MappingNode) -> object:
    """What a document holds beside one resource."""
    own = id(resource)

    def value(node: yaml.Node) -> object:
        if id(node) == own:
            return None
        match node:
            case yaml.MappingNode():
                return [(str(key.value), value(inner)) for key, inner in node.value]
            case yaml.SequenceNode():
                return [value(item) for item in node.value]
            case _:
                return node.tag, node.value

    return value(document)
