"""A program's types are checked before it runs."""

import os
import sys
from pathlib import Path

import pytest

from language_host.children import TypesError, check_types
from pulumi_preflight.runtimes.python import Interpreter

HERE = Interpreter(python=Path(sys.executable), environment=Path(sys.prefix))


def test_right_types_pass(tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text("count: int = 1\n")
    check_types("mypy", HERE, str(tmp_path), os.environ)


def test_wrong_types_are_told_with_their_place(tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text("count: int = 'one'\n")
    with pytest.raises(TypesError) as raised:
        check_types("mypy", HERE, str(tmp_path), os.environ)
    assert str(raised.value).startswith("mypy failed: exit status 1\n")
    assert "__main__.py:1: error: Incompatible types" in str(raised.value)


def test_a_checker_that_is_not_installed_is_named(tmp_path: Path) -> None:
    with pytest.raises(TypesError, match="'pyright', but pyright is not installed in"):
        check_types("pyright", HERE, str(tmp_path), os.environ)
