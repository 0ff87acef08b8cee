"""Prints what the SDK of a package says of all its types and functions, as one JSON object.

Runs in an environment of the SDK's own: `python -m tools.tables.reader aws`.
"""

import ast
import importlib
import importlib.util
import inspect
import json
import pkgutil
import re
import sys
import typing
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pulumi

from pulumi_preflight.program.inside.classes import QUESTIONS, kind_of
from tools.tables.sdk import arguments_class, listed

_SECRETS = re.compile(r"additional_secret_outputs=\[([^\]]*)\]")
# How often the SDK writes `Optional` around the argument of a function that may be left out: once
# since every argument of Python's may be, and once more.
_OPTIONAL = 2

Row = list[Any]
"""A property as `inside.classes` tells it: name, kind, whether optional, whether settable."""


class _Given:
    """In the place of `pulumi.Input`, so that what a program gives reads as what it is."""

    def __class_getitem__(cls, item: object) -> object:
        return item


def described(package: str) -> dict[str, Any]:
    """All that the SDK of a package says of its types and functions.

    Returns:
        `version` of the SDK; `resources`, token to rows of `outputs` and `inputs` and to names of
        `secrets`; `functions`, token to rows of `inputs` and of the `answer`; and `classes`, the
        rows of each class that a kind refers to.
    """
    # Before the SDK is loaded, whose annotations take it.
    vars(pulumi)["Input"] = _Given
    name = f"pulumi_{package.replace('-', '_')}"
    found: dict[str, Any] = {
        "version": version(name),
        "resources": {token: _resource(token, *of) for token, of in listed(name).items()},
        "functions": dict(_functions(name)),
    }
    classes: dict[str, list[Row]] = {}
    for entry in (*found["resources"].values(), *found["functions"].values()):
        for rows in (entry["inputs"], entry.get("outputs", ()), entry.get("answer", ())):
            _collect(rows, classes)
    return found | {"classes": classes}


def _resource(token: str, module: str, name: str) -> dict[str, Any]:
    cls = getattr(importlib.import_module(module), name)
    arguments = arguments_class(cls)
    source = inspect.getsource(vars(cls)["_internal_init"])
    secrets = [json.loads(f"[{names}]") for names in _SECRETS.findall(source)]
    return {
        "outputs": _asked("resource", token),
        "inputs": _asked("class", f"{cls.__module__}:{arguments}") if arguments else [],
        "secrets": sorted({name for names in secrets for name in names}),
    }


def _asked(question: str, of: str) -> list[Row]:
    answer: Any = QUESTIONS[question](of)
    rows: list[Row] = answer["properties"]
    return rows


def _functions(sdk: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each function's token and what it takes and gives, out of the SDK's source."""
    folders = importlib.import_module(sdk).__path__
    for each in pkgutil.walk_packages(folders, f"{sdk}."):
        spec = importlib.util.find_spec(each.name)
        source = Path(spec.origin).read_text(encoding="utf-8") if spec and spec.origin else ""
        if "invoke_output(" not in source:
            continue
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef) and (call := _call(node)) is not None:
                yield _function(each.name, node, call)


def _call(function: ast.FunctionDef) -> ast.Call | None:
    """The call of the provider's function in the variant of a function that gives an Output."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".invoke_output"):
            return node
    return None


def _function(module: str, function: ast.FunctionDef, call: ast.Call) -> tuple[str, dict[str, Any]]:
    hints = typing.get_type_hints(vars(importlib.import_module(module))[function.name], localns={})
    annotations = {each.arg: each.annotation for each in function.args.args}
    results = [ast.unparse(each.value) for each in call.keywords if each.arg == "typ"]
    return ast.literal_eval(call.args[0]), {
        "inputs": [
            [wire, kind_of(hints[name])[0], _is_optional(annotations[name]), True]
            for wire, name in _arguments(function)
        ],
        "answer": [row for name in results for row in _asked("class", f"{module}:{name}")],
    }


def _arguments(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    """The name on the wire, and Python's, of each argument."""
    for node in ast.walk(function):
        match node:
            case ast.Assign(
                targets=[
                    ast.Subscript(value=ast.Name(id="__args__"), slice=ast.Constant(value=wire))
                ],
                value=ast.Name(id=name),
            ):
                yield str(wire), name
            case _:
                pass


def _is_optional(annotation: ast.expr | None) -> bool:
    times = 0
    while isinstance(annotation, ast.Subscript):
        around = ast.unparse(annotation.value)
        if around not in ("Optional", "pulumi.Input"):
            break
        times += around == "Optional"
        annotation = annotation.slice
    return times >= _OPTIONAL


def _collect(rows: list[Row], classes: dict[str, list[Row]]) -> None:
    """Adds all classes that the kinds of some properties refer to."""
    for _, kind, *_ in rows:
        inner = kind
        while inner[0] in ("list", "map"):
            inner = inner[1]
        if inner[0] == "object" and inner[1] not in classes:
            classes[inner[1]] = _asked("class", inner[1])
            _collect(classes[inner[1]], classes)


if __name__ == "__main__":
    with warnings.catch_warnings():
        # The SDK warns of deprecated types in its own modules.
        warnings.simplefilter("ignore")
        sys.stdout.write(json.dumps(described(sys.argv[1])))
