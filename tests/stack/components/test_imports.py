"""Each building block can be taken alone: it imports without the rest of the program."""

import subprocess
import sys
from pathlib import Path

import pytest

STACK = Path(__file__).parents[3] / "stack"
COMPONENTS = sorted(path.stem for path in (STACK / "components").glob("[a-z]*.py"))


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_component_knows_neither_settings_nor_modules(component: str) -> None:
    source = (STACK / "components" / f"{component}.py").read_text()
    assert "from config" not in source
    assert "from modules" not in source


def test_every_component_imports_by_itself() -> None:
    program = "import importlib, sys; [importlib.import_module(n) for n in sys.argv[1:]]"
    names = [f"components.{component}" for component in COMPONENTS]
    subprocess.run([sys.executable, "-c", program, *names], cwd=STACK, check=True)
