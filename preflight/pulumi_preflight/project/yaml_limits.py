"""Holds YAML documents to the size and shape that Go's YAML takes, before they become values.

A few aliases of aliases make billions of values, and an alias that contains itself never ends.
Source: gopkg.in/yaml.v3, decode.go (allowedAliasRatio, decoder.unmarshal, decoder.alias).
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

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
