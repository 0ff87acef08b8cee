"""Which classes of the loaded SDKs tell of a type or function."""

import sys
from types import ModuleType
from typing import Any

import pulumi
import pytest

from pulumi_preflight.program.inside.classes import QUESTIONS, kind_of

RESULT = """
import pulumi
class GetThingResult:
    @property
    @pulumi.getter(name="of{name}")
    def of(self) -> str: ...
"""


def load(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Loads modules that each have the answer of a function `getThing`."""
    for name in names:
        module = ModuleType(name)
        monkeypatch.setitem(sys.modules, name, module)
        parent, _, last = name.rpartition(".")
        if parent and parent not in sys.modules:
            monkeypatch.setitem(sys.modules, parent, ModuleType(parent))
        exec(RESULT.format(name=last.title()), vars(module))  # noqa: S102 - a module of this test


@pytest.mark.parametrize(
    ("loaded", "found"),
    [
        pytest.param(["pulumi_made.a", "pulumi_made.b"], "ofB", id="its-module"),
        pytest.param(["pulumi_made.a", "pulumi_made.b_"], "ofB_", id="named-as-a-keyword"),
        pytest.param(["pulumi_made.a.c", "pulumi_made.d"], "ofD", id="the-sdks-own"),
        pytest.param(["pulumi_made"], "ofPulumi_Made", id="one-file"),
        pytest.param(["pulumi_other.b"], None, id="another-package"),
    ],
)
def test_a_functions_answer_is_of_its_module(
    monkeypatch: pytest.MonkeyPatch, loaded: list[str], found: str | None
) -> None:
    load(monkeypatch, *loaded)
    answer: Any = QUESTIONS["function"]("made:b/getThing:getThing")
    assert (answer and [name for name, *_ in answer["properties"]]) == (found and [found])


def test_the_answer_of_the_sdks_own_function_stands_beside_a_function_called_index(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load(monkeypatch, "pulumi_made.a")
    monkeypatch.setitem(sys.modules, "pulumi_made.index", ModuleType("pulumi_made.index"))
    answer: Any = QUESTIONS["function"]("made:index:getThing")
    assert [name for name, *_ in answer["properties"]] == ["ofA"]


def test_a_loaded_module_without_the_answer_lends_none_of_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load(monkeypatch, "pulumi_made.a")
    monkeypatch.setitem(sys.modules, "pulumi_made.b", ModuleType("pulumi_made.b"))
    assert QUESTIONS["function"]("made:b/getThing:getThing") is None


class _Thing(pulumi.CustomResource):
    pulumi_type = "made:b/thing:Thing"

    @property
    @pulumi.getter
    def size(self) -> pulumi.Output[int]:
        raise NotImplementedError


def test_another_resource_is_told_by_its_type() -> None:
    assert kind_of(list[_Thing]) == (["list", ["resource", "made:b/thing:Thing"]], False)
