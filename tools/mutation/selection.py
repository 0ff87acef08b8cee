"""What is changed in which modules, which tests are to notice it, and what no test can."""

import ast
import pickle
import tomllib
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import MutationVisitor
from cosmic_ray.plugins import get_operator, operator_names
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ops.paths import PACK, ROOT

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


PACKAGE = PACK / "aws_policy_pack"
TESTS = ROOT / "tests" / "policies"
READ_BY_RULES = {
    "config": ("config", "patterns", "profiles"),
    "ecs": ("container_definitions", "scaled_resources", "task_sizes"),
    "evaluation": ("evaluation", "findings_format", "secret_texts", "waivers"),
    "policy_documents": ("policy_documents", "public_access"),
    "properties": ("resource",),
    "resource": ("accounts", "given", "property_paths", "resource"),
    "wording": ("wording",),
}
"""Modules that rules read resources and their settings with, and how their tests are called."""
PYTEST_OPTIONS = (
    "-x",
    "-q",
    "--no-header",
    "--tb=no",
    "--override-ini=addopts=--import-mode=importlib",
    "--override-ini=filterwarnings=",  # the SDK is loaded before pytest could rewrite it
    *("--hypothesis-profile=ci", "--hypothesis-seed=0"),
    *("-p", "no:randomly", "-p", "no:xdist", "-p", "no:cacheprovider"),
)


def modules(patterns: Sequence[str]) -> list[Path]:
    """The modules whose tests are measured, or those of them that a pattern names."""
    found = [
        *(PACKAGE / f"{name}.py" for name in READ_BY_RULES),
        *sorted((PACKAGE / "plaintext").rglob("*.py")),
        *sorted((PACKAGE / "rules").rglob("*.py")),
        *sorted((PACKAGE / "cost").rglob("*.py")),
    ]
    return [path for path in found if not patterns or any(part in label(path) for part in patterns)]


def label(module: Path) -> str:
    """How a module is called in what is printed and in the list of survivors."""
    return str(module.relative_to(PACKAGE))


def tests_of(module: Path) -> list[str]:
    """The tests that speak of a module; first those that are called like it."""
    match module.relative_to(PACKAGE).parts:
        case ("rules", "waivers.py"):
            found = [TESTS / "test_waivers.py"]
        case ("rules", area, *_):
            own = set((TESTS / "rules").glob(f"test_{area.removesuffix('.py')}*.py"))
            found = sorted(own | _importers(module))
        case ("cost", *_):
            found = sorted((TESTS / "cost").rglob("test_*.py"))
        case ("plaintext", *_):
            found = [
                *TESTS.glob("test_plaintext_*.py"),
                *(TESTS / "rules").glob("test_secrets_*.py"),
            ]
        case _:
            found = [TESTS / f"test_{name}.py" for name in READ_BY_RULES[module.stem]]
    return [str(path) for path in sorted(found, key=lambda path: module.stem not in path.stem)]


def _importers(module: Path) -> set[Path]:
    """The tests of other areas that import a module of rules."""
    dotted = ".".join(module.relative_to(PACK).with_suffix("").parts)
    line = f"\nfrom {dotted} import "
    return {
        path
        for path in (TESTS / "rules").glob("test_*.py")
        if line in path.read_text(encoding="utf-8")
    }


EXPLAINED = ROOT / "tools" / "mutation_survivors.toml"


class Survivors(BaseModel):
    """Changes of one line that survive for one reason.

    Attributes:
        module: The file, from the pack's package.
        before: The line, without the white space around it.
        after: What the line may become unnoticed.
        reason: Why no test can notice it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    module: str
    before: str
    after: tuple[str, ...] = Field(min_length=1)
    reason: str = Field(min_length=1)

    def missing_from(self, survivors: Sequence[Change]) -> list[str]:
        """Those of its changes that did not survive."""
        found = {change.after for change in survivors if self._is_about(change)}
        return [after for after in self.after if after not in found]

    def holds(self, change: Change) -> bool:
        """Whether it explains a change."""
        return self._is_about(change) and change.after in self.after

    def _is_about(self, change: Change) -> bool:
        return (self.module, self.before) == (label(change.module), change.before)


class SurvivorList(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    survivors: tuple[Survivors, ...] = ()


def read(path: Path = EXPLAINED) -> tuple[Survivors, ...]:
    """Reads the list.

    Raises:
        ValueError: The file is not such a list.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return SurvivorList.model_validate(table).survivors
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path}: {error}") from error
