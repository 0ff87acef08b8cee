"""Reads YAML files as the engine does: with the rules of Go's YAML, not Python's YAML 1.1.

Tags that YAML does not define have no effect. A key given twice is an error. Keys become text as
Go prints them. Only the first document of a file counts.
Source: gopkg.in/yaml.v3, decode.go.
"""

import codecs
import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.project.go_values import (
    MERGE,
    TEXT,
    ScalarError,
    key_text,
    resolve,
    tag_of,
    tagged,
)

# Go's YAML takes 10,000 levels. Python's stack is not that deep, and no real configuration is.
DEEPEST = 100

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_FREE_ALIASED, _FREE_NODES = 100, 1_000
_FEW, _MANY = 400_000, 4_000_000
_RATIO_OF_FEW, _RATIO_OF_MANY = 0.99, 0.10


class BoundedComposer(yaml.SafeLoader):
    """PyYAML, which refuses a document that is too deep, contains itself or grows by aliases."""

    def __init__(self, stream: str) -> None:
        """Takes the text."""
        super().__init__(stream)
        self._depth = 0
        self._open: set[str | None] = set()

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Composes a node.

        Raises:
            ComposerError: The node is nested too deeply, or contains itself.
        """
        event = self.peek_event()  # type: ignore[no-untyped-call] # PyYAML's stubs
        if self._depth >= DEEPEST:
            raise _too_deep(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            if event.anchor in self._open:
                raise _refused(f"the anchor {event.anchor!r} contains itself", event.start_mark)
            return super().compose_node(parent, index)
        # An anchor may be given again; from there on it means the later node.
        self.anchors.pop(event.anchor, None)
        opened = {event.anchor} - self._open
        self._open |= opened
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        self._open -= opened
        return node

    def compose_scalar_node(self, anchor: Any) -> yaml.ScalarNode:  # noqa: ANN401 - a text, which the stubs do not know
        """Composes a scalar.

        Raises:
            ComposerError: The scalar holds half of a character, which no text may hold.
        """
        node = super().compose_scalar_node(anchor)
        if _HALF_CHARACTER.search(node.value):
            raise _refused("half of a character (a surrogate) is not text", node.start_mark)
        return node

    def construct_document(self, node: yaml.Node) -> object:
        """Makes the values of a document.

        Raises:
            ComposerError: The aliases make too many values, or nest them too deeply.
        """
        _Count().visit(node, depth=0, aliased=False)
        return super().construct_document(node)


@dataclass(slots=True)
class _Count:
    """Visits nodes as often as Go's YAML would decode them."""

    nodes: int = 0
    aliased: int = 0
    known: set[int] = field(default_factory=set)

    def visit(self, node: yaml.Node, *, depth: int, aliased: bool) -> None:
        if depth > DEEPEST:
            raise _too_deep(node.start_mark)
        if id(node) in self.known:
            self._add(aliased=aliased)
            aliased = True
        self.known.add(id(node))
        self._add(aliased=aliased)
        children = node.value if isinstance(node, yaml.CollectionNode) else ()
        for child in children:
            # The items of a mapping are pairs.
            for value in child if isinstance(child, tuple) else (child,):
                self.visit(value, depth=depth + 1, aliased=aliased)

    def _add(self, *, aliased: bool) -> None:
        self.nodes += 1
        self.aliased += aliased
        enough = self.aliased > _FREE_ALIASED and self.nodes > _FREE_NODES
        if enough and self.aliased / self.nodes > _allowed_ratio(self.nodes):
            raise yaml.composer.ComposerError(problem="its aliases make too many values")


def _allowed_ratio(nodes: int) -> float:
    if nodes <= _FEW:
        return _RATIO_OF_FEW
    if nodes >= _MANY:
        return _RATIO_OF_MANY
    part = (nodes - _FEW) / (_MANY - _FEW)
    return _RATIO_OF_FEW - (_RATIO_OF_FEW - _RATIO_OF_MANY) * part


def _too_deep(mark: Any) -> yaml.composer.ComposerError:  # noqa: ANN401 - see below
    return _refused(f"lists and keys are nested more than {DEEPEST} deep", mark)


def _refused(problem: str, mark: Any) -> yaml.composer.ComposerError:  # noqa: ANN401 - the stubs know two kinds of marks
    return yaml.composer.ComposerError(problem=problem, problem_mark=mark)


class OtherKey(str):
    """A mapping's key that YAML does not read as text, such as `1` or `true`, as Go prints it."""

    __slots__ = ()


class _Loader(BoundedComposer):
    """PyYAML with the scalars and mappings of Go's YAML."""

    def resolve(
        self,
        kind: type[yaml.Node],
        value: str | None,
        implicit: tuple[bool, bool] | bool,  # noqa: FBT001 - the base class's signature
    ) -> str:
        """The tag of a node without a tag of its own."""
        if kind is not yaml.ScalarNode or not isinstance(implicit, tuple) or not implicit[0]:
            return str(super().resolve(kind, value, implicit))  # type: ignore[no-untyped-call] # PyYAML's stubs
        return MERGE if value == "<<" else tag_of(resolve(value or ""))

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - the base class's signature
        """Reads a node by its kind; a list's or mapping's tag has no effect."""
        if isinstance(node, yaml.MappingNode):
            node.tag = "tag:yaml.org,2002:map"
        elif isinstance(node, yaml.SequenceNode):
            node.tag = "tag:yaml.org,2002:seq"
        return super().construct_object(node, deep=deep)

    def construct_go_scalar(self, node: yaml.ScalarNode) -> Any:  # noqa: ANN401 - any scalar
        """Reads a scalar as Go does."""
        try:
            return node.value if node.tag == TEXT else tagged(node.tag, node.value)
        except ScalarError as error:
            raise yaml.constructor.ConstructorError(
                problem=str(error), problem_mark=node.start_mark
            ) from error

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - the base class's signature
        """Refuses a key that is given twice, and makes every key text."""
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    problem="a list or mapping is the key of a mapping", problem_mark=key.start_mark
                )
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    problem=f"the key {key.value!r} is given twice", problem_mark=key.start_mark
                )
            seen.add(key.value)
        self.flatten_mapping(node)
        pairs = (
            (self.construct_object(key), self.construct_object(value, deep=deep))
            for key, value in node.value
        )
        return {
            key if isinstance(key, str) else OtherKey(key_text(key)): value for key, value in pairs
        }


_Loader.yaml_constructors = {
    tag: constructor
    for tag, constructor in yaml.SafeLoader.yaml_constructors.items()
    if tag in ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
}
_Loader.add_constructor(None, _Loader.construct_go_scalar)


def read_text(path: Path) -> str:
    """Reads a text file in UTF-8, or in UTF-16 where it begins with a mark, as Go's YAML does.

    Raises:
        ProjectError: The file cannot be read, or has another encoding.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ProjectError(f"{path}: cannot be read: {error.strerror}") from error
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "UTF-16" if marked else "UTF-8"
    try:
        return content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProjectError(
            f"{path}: is not {encoding}: byte {error.start + 1} is 0x{content[error.start]:02X}",
            hint="save the file as UTF-8",
        ) from error


def read_yaml(path: Path) -> Any:  # noqa: ANN401 - any document
    """Reads a YAML file.

    Raises:
        ProjectError: It cannot be read or is not YAML; the text gives file and line.
    """
    text = read_text(path)
    try:
        loader = _Loader(text)
        return loader.get_data() if loader.check_node() else None
    except (yaml.YAMLError, ValueError) as error:
        raise ProjectError(why_not_yaml(path, text, error)) from error


def why_not_yaml(path: Path, text: str, error: yaml.YAMLError | ValueError) -> str:
    """What is wrong with a text that is not YAML, in one line, with its place."""
    line, problem = None, str(error)
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        problem = error.problem or error.context or problem
    elif isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        problem = f"the character U+{ord(text[error.position]):04X} may not stand in it"
    where = f"{path}:{line}" if line else str(path)
    return f"{where}: is not YAML: {problem}"


def read_mapping(path: Path) -> dict[str, Any]:
    """Reads a YAML file that holds keys and values; an empty one holds none.

    Raises:
        ProjectError: It cannot be read, is not YAML, or holds something else.
    """
    document = read_yaml(path)
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise ProjectError(
            f"{path}: holds a {type(document).__name__}; wanted keys and values, such as `name: x`"
        )
    for key in document:
        if isinstance(key, OtherKey):
            raise ProjectError(f"{path}: the key {key} is not text; quote it")
    return document
