"""Finds the literal of a property in Python: a keyword of the call that creates the resource."""

import ast
import keyword
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pulumi_preflight.language_server.edits.wanted import Literal, Wanted, is_same, title_of
from pulumi_preflight.language_server.texts import Edit

# A name of which the SDK's own is certain: no digits, and no capitals one after the other.
_PLAIN_NAME = re.compile(r"[a-z]+(?:[A-Z][a-z]+)*")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
# `aws:sqs/queue:Queue`
_TOKEN = re.compile(r"(?P<package>[\w-]+):(?P<module>\w+)(?:/\w+)?:(?P<class>\w+)")


def edit_of(lines: Sequence[str], wanted: Wanted) -> Edit | None:
    """What writes a literal into a program; `None` where its place is not certain."""
    tree = _tree(lines)
    call = _call(tree, wanted) if tree else None
    if tree is None or call is None:
        return None
    finding = _Finding(
        wanted=wanted,
        text=_written(wanted.after),
        lines=lines,
        is_of_sdk=_is_of_sdk(tree, call, wanted.type),
    )
    found = finding.edit(call)
    if found is None:
        return None
    edit, expected = found
    after = _tree(edit.applied(lines).split("\n"))
    # All else must be as it was.
    same = after and ast.dump(after) == ast.dump(_Replacing(call, expected).visit(tree))
    return edit if same else None


def _tree(lines: Sequence[str]) -> ast.Module | None:
    try:
        return ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError):
        return None


def _written(literal: Literal) -> str:
    if isinstance(literal, str) and '"' not in literal and "\\" not in literal:
        return f'"{literal}"'
    return repr(literal)


def _call(tree: ast.Module, wanted: Wanted) -> ast.Call | None:
    """The one call that creates the resource."""
    calls = [
        each
        for each in ast.walk(tree)
        if isinstance(each, ast.Call)
        and each.lineno == wanted.line
        and _name_of(each) == wanted.name
    ]
    return calls[0] if len(calls) == 1 else None


def _name_of(call: ast.Call) -> str | None:
    named = [each.value for each in call.keywords if each.arg == "resource_name"]
    first = call.args[0] if call.args else next(iter(named), None)
    is_text = isinstance(first, ast.Constant) and isinstance(first.value, str)
    return str(first.value) if is_text and isinstance(first, ast.Constant) else None


def _is_of_sdk(tree: ast.Module, call: ast.Call, type_: str) -> bool:
    """Whether a call is surely that of the SDK's class for a type."""
    token = _TOKEN.fullmatch(type_)
    if token is None:
        return False
    package = f"pulumi_{token['package'].replace('-', '_')}"
    return f"{package}.{token['module']}.{token['class']}" == _full_name(tree, call.func)


def _full_name(tree: ast.Module, called: ast.expr) -> str | None:
    """The dotted name of what is called, by the module's imports."""
    parts: list[str] = []
    while isinstance(called, ast.Attribute):
        parts.insert(0, called.attr)
        called = called.value
    if not isinstance(called, ast.Name):
        return None
    imported = dict(_imported(tree))
    return ".".join([imported[called.id], *parts]) if called.id in imported else None


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for each in tree.body:
        if isinstance(each, ast.Import):
            for name in each.names:
                yield name.asname or name.name, name.name
        elif isinstance(each, ast.ImportFrom) and not each.level:
            for name in each.names:
                yield name.asname or name.name, f"{each.module}.{name.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    """The search for one property in one call.

    Attributes:
        wanted: What the property is to be.
        text: The literal as Python writes it.
        lines: The lines of the file.
        is_of_sdk: Whether the call is surely that of the SDK's class.
    """

    wanted: Wanted
    text: str
    lines: Sequence[str]
    is_of_sdk: bool

    def edit(self, call: ast.Call) -> tuple[Edit, ast.expr] | None:
        """The edit, and the call as it is to be read afterwards."""
        at: ast.expr = call
        *above, last = self.wanted.path
        for part in above:
            found = _member(at, part)
            if found is None:
                return None
            at = found
        found = _member(at, last)
        if found is None:
            inserted = self._insert(at, str(last)) if isinstance(last, str) else None
            return inserted and (inserted[0], _replaced(call, at, inserted[1]))
        if self.wanted.before is None or not isinstance(found, ast.Constant):
            return None
        if not is_same(found.value, self.wanted.before):
            return None
        return self._at(found, self.text), _replaced(call, found, self._expected())

    def _expected(self) -> ast.expr:
        return ast.parse(self.text, mode="eval").body

    def _column(self, line: int, column: int) -> int:
        """A column of the syntax tree, which counts bytes, in characters."""
        return len(self.lines[line - 1].encode()[:column].decode())

    def _at(self, node: ast.expr, text: str) -> Edit:
        line, end = node.lineno, node.end_lineno or node.lineno
        start = self._column(line, node.col_offset)
        stop = self._column(end, node.end_col_offset or 0)
        return Edit(line - 1, start, end - 1, stop, text, title_of(self.wanted, self.text))

    def _insert(self, value: ast.expr, name: str) -> tuple[Edit, ast.expr] | None:
        """Adds a keyword to the call of the SDK's class, or a key to a dictionary of text keys."""
        if self.wanted.before is not None:
            return None
        match value:
            case ast.Call() if self.is_of_sdk and len(self.wanted.path) == 1:
                return self._keyword(value, name)
            case ast.Dict(keys=[ast.Constant() as first, *_] as keys) if all(
                isinstance(each, ast.Constant) for each in keys
            ):
                expected = ast.Dict(
                    keys=[ast.Constant(value=name), *value.keys],
                    values=[self._expected(), *value.values],
                )
                return self._before(first, f"{_written(name)}: {self.text}"), expected
            case _:
                return None

    def _keyword(self, call: ast.Call, name: str) -> tuple[Edit, ast.expr] | None:
        snake = _snake(name)
        is_certain = _PLAIN_NAME.fullmatch(name) and not keyword.iskeyword(snake)
        # Properties may come from what is unpacked, or from an object of arguments.
        is_whole = all(each.arg for each in call.keywords) and len(call.args) <= 1
        is_unpacked = any(isinstance(each, ast.Starred) for each in call.args)
        if not is_certain or not is_whole or is_unpacked:
            return None
        added = ast.keyword(arg=snake, value=self._expected())
        expected = ast.Call(func=call.func, args=call.args, keywords=[added, *call.keywords])
        if call.keywords:
            return self._before(call.keywords[0], f"{snake}={self.text}"), expected
        [last] = call.args
        line, column = last.end_lineno or last.lineno, last.end_col_offset or 0
        at = self._column(line, column)
        title = title_of(self.wanted, self.text)
        return Edit(line - 1, at, line - 1, at, f", {snake}={self.text}", title), expected

    def _before(self, first: ast.keyword | ast.expr, member: str) -> Edit:
        """A member before the first one, on a line of its own where that has one."""
        line, column = first.lineno, self._column(first.lineno, first.col_offset)
        before = self.lines[line - 1][:column]
        separator = " " if before.strip() else f"\n{before}"
        title = title_of(self.wanted, self.text)
        return Edit(line - 1, column, line - 1, column, f"{member},{separator}", title)


def _replaced(call: ast.Call, old: ast.expr, new: ast.expr) -> ast.expr:
    replaced = _Replacing(old, new).visit(call)
    return replaced if isinstance(replaced, ast.expr) else call


def _member(value: ast.expr, part: str | int) -> ast.expr | None:
    match value:
        case ast.Call(keywords=keywords) if isinstance(part, str):
            names = {part, _snake(part)}
            found = [each.value for each in keywords if each.arg in names]
        case ast.Dict(keys=keys, values=values) if isinstance(part, str):
            found = [
                inner
                for key, inner in zip(keys, values, strict=True)
                if isinstance(key, ast.Constant) and key.value == part
            ]
        case ast.List(elts=items) if isinstance(part, int) and part < len(items):
            starred = any(isinstance(each, ast.Starred) for each in items[: part + 1])
            found = [] if starred else [items[part]]
        case _:
            found = []
    return found[0] if len(found) == 1 else None


def _snake(name: str) -> str:
    return _HUMP.sub("_", name).lower()


class _Replacing(ast.NodeTransformer):
    """Puts one expression in place of another."""

    def __init__(self, old: ast.expr, new: ast.expr) -> None:
        self._old = old
        self._new = new

    def visit(self, node: ast.AST) -> ast.AST:
        """Gives what is to stand in place of a node."""
        if node is self._old:
            return self._new
        visited: ast.AST = self.generic_visit(node)
        return visited
