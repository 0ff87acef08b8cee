"""The small changes of a module's source, as Cosmic Ray makes them."""

import ast
import pickle
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import MutationVisitor
from cosmic_ray.plugins import get_operator, operator_names

Node = Any  # parso's trees and Cosmic Ray's operators have no types
Span = tuple[tuple[int, int], tuple[int, int]]

IDENTITY = {"Is", "IsNot"}
EQUALITY = {"Eq", "NotEq"}
ORDER = {"Lt", "LtE", "Gt", "GtE"}
RULE_DECORATORS = {"resource_rule", "stack_rule"}
TEXTS = {"string", "strings", "fstring"}
EXAMPLE = "Example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One small change of one module.

    Attributes:
        module: The file.
        line: The first line that differs, from 1.
        before: That line, without the white space around it.
        after: What stands there instead.
        source: The whole changed module.
        in_rule: Whether the line is of a function that is decorated as a rule.
    """

    module: Path
    line: int
    before: str
    after: str
    source: str
    in_rule: bool = False


def changes_of(module: Path) -> list[Change]:
    """Every change of a module, each source once, from its first line to its last."""
    code = module.read_text(encoding="utf-8")
    tree = get_ast(code)
    saved = pickle.dumps(tree)  # read again in a third of the time that parsing takes
    left_out = [span for node in ast_nodes(tree) for span in _spans_left_out(node)]
    of_names = [span for node in ast_nodes(tree) for span in _comparisons_of_names(node)]
    sources = {
        _changed(pickle.loads(saved), operator, occurrence)  # noqa: S301 - our own, from above
        for operator in _operators()
        for occurrence, span in enumerate(_positions(tree, operator))
        if not _lies_in(left_out, span)
        if not (_asks_for_order(operator) and span in of_names)
    }
    rules = _lines_of_rules(code)
    found = [_described(module, code, source, rules) for source in sources - {code}]
    return sorted(found, key=lambda change: (change.line, change.source))


def _lines_of_rules(code: str) -> set[int]:
    """The lines of functions that `resource_rule` or `stack_rule` decorates."""
    return {
        line
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.FunctionDef) and any(map(_makes_a_rule, node.decorator_list))
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


def _makes_a_rule(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Name) and called.id in RULE_DECORATORS


def _operators() -> Iterator[Node]:
    for name in operator_names():
        operator = get_operator(name)
        if not operator.arguments() and _is_wanted(name.removeprefix("core/")):
            yield operator()


def _is_wanted(name: str) -> bool:
    """Whether a kind of change tells something about the tests; names are `Kind_Before_After`."""
    kind, *pair = name.split("_")
    if kind == "ReplaceComparisonOperator" and not IDENTITY.isdisjoint(pair):
        return IDENTITY.issuperset(pair)
    return kind != "RemoveDecorator"


def _asks_for_order(operator: Node) -> bool:
    """Whether a kind of change puts an order in the place of `==` or `!=`."""
    _, *pair = type(operator).__name__.split("_")
    match pair:
        case [before, after]:
            return before in EQUALITY and after in ORDER
        case _:
            return False


def _positions(tree: Node, operator: Node) -> list[Span]:
    return [span for node in ast_nodes(tree) for span in operator.mutation_positions(node)]


def _spans_left_out(node: Node) -> Iterator[Span]:
    """Where a node holds decorators, examples, annotations and marks between parameters."""
    match node.type:
        case "decorator":
            yield node.start_pos, node.end_pos
        case "tfpdef":  # name: ANNOTATION
            yield node.children[2].start_pos, node.children[2].end_pos
        case "annassign":  # : ANNOTATION = value
            yield node.children[1].start_pos, node.children[1].end_pos
        case "funcdef" if node.annotation is not None:
            yield node.annotation.start_pos, node.annotation.end_pos
        case "operator" if node.parent.type in {"parameters", "param", "lambdef"}:
            yield node.start_pos, node.end_pos  # the `*` that Cosmic Ray takes for a product
        case "atom_expr" | "power" if _is_in_except(node):
            yield node.start_pos, node.end_pos  # Cosmic Ray replaces exceptions without a dot
        case "atom_expr" | "power" if node.children[0].get_code().strip() == EXAMPLE:
            yield node.start_pos, node.end_pos


def _is_in_except(node: Node) -> bool:
    while node is not None and node.type in {"atom_expr", "power", "testlist_comp", "atom"}:
        node = node.parent
    return node is not None and node.type == "except_clause"


def _comparisons_of_names(node: Node) -> Iterator[Span]:
    """Where a node compares something with a text that stands there, or the type of a resource."""
    if node.type == "comparison":
        for left, operator, right in zip(*(node.children[i:] for i in range(3)), strict=False):
            if operator.type == "operator" and (_is_name(left) or _is_name(right)):
                yield operator.start_pos, operator.end_pos


def _is_name(node: Node) -> bool:
    return node.type in TEXTS or node.get_code().endswith(".type")


def _lies_in(spans: Iterable[Span], inner: Span) -> bool:
    return any(start <= inner[0] and inner[1] <= end for start, end in spans)


def _changed(tree: Node, operator: Node, occurrence: int) -> str:
    source: str = MutationVisitor(occurrence, operator).walk(tree).get_code()
    return source


def _described(module: Path, code: str, source: str, rules: Container[int]) -> Change:
    lines = zip(code.splitlines(), source.splitlines(), strict=False)
    line, before, after = next(
        (number, old, new) for number, (old, new) in enumerate(lines, start=1) if old != new
    )
    return Change(
        module=module,
        line=line,
        before=before.strip(),
        after=after.strip(),
        source=source,
        in_rule=line in rules,
    )
