"""The troubleshooting page: each of its commands is a session, and a drill has run it."""

import ast
import importlib
from pathlib import Path

import pytest
from nox import registry

from tests.engine.page import sessions

DRILLS = [
    *Path(__file__).parent.glob("test_lifecycle*.py"),
    *Path(__file__).parent.glob("test_recovery*.py"),
    *Path(__file__).parent.glob("test_embedded*.py"),
    *Path(__file__).parent.glob("test_dev.py"),
    *(Path(__file__).parents[1] / "ops").glob("test_endpoint.py"),
]
# The resets as sessions end the endpoint of the machine; so the drills call the functions behind
# them. Sessions on the endpoint have its name in front.
CALLED = {
    "reset": "soft",
    "reset:soft": "soft",
    "reset:hard": "hard",
    "endpoint:stop": "stop",
    "endpoint:env": "env",
}


def told_to_run() -> set[str]:
    """The texts and the names of functions that the drills call something with."""
    found: set[str] = set()
    for file in DRILLS:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Constant(value=str(text)):
                    found.add(text)
                case ast.Attribute(value=ast.Name(id="reset"), attr=name):
                    found.add(name)
                case _:
                    pass
    return found


@pytest.mark.parametrize("session", sorted(sessions()))
def test_a_command_of_the_page_is_a_session(session: str) -> None:
    importlib.import_module("noxfile")
    assert session in registry.get()


@pytest.mark.parametrize("session", sorted(sessions()))
def test_a_command_of_the_page_is_drilled(session: str) -> None:
    assert CALLED.get(session, session) in told_to_run()
