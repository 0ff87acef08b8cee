"""The way that the messages name is the one that recovery takes."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.chaos.recovery import LostError, recovered
from tests.engine.embedded import Deployment


class Scripted(Deployment):
    """A stack whose sessions print given outputs, one after the other."""

    def __init__(self, outputs: Mapping[str, list[str]]) -> None:
        super().__init__(folder=Path(), port=0, variables={})
        object.__setattr__(self, "outputs", outputs)

    def run(self, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        assert module == "ops.lifecycle"
        left: list[str] = self.outputs[" ".join(arguments)]  # type: ignore[attr-defined] # set above
        told = left.pop(0)
        return subprocess.CompletedProcess([], returncode=2 if told else 0, stdout="", stderr=told)


def test_a_session_that_succeeds_needs_no_other() -> None:
    assert recovered(Scripted({"up": [""]}), "up") == ["up"]


def test_what_a_hint_names_is_run_first() -> None:
    told = "error: stack local is locked\nhint: `nox -s state:repair` unlocks and repairs it\n"
    stack = Scripted({"up": [told, ""], "state:repair": [""]})
    assert recovered(stack, "up") == ["up", "state:repair", "up"]


def test_a_failure_without_a_hint_leads_nowhere() -> None:
    with pytest.raises(LostError, match="after up: error: broken"):
        recovered(Scripted({"up": ["error: broken\n"]}), "up")


def test_hints_that_lead_in_a_circle_lead_nowhere() -> None:
    told = "error: x\nhint: `nox -s refresh`\n"
    with pytest.raises(LostError, match="no way back"):
        recovered(Scripted({"up": [told] * 9, "refresh": [""] * 9}), "up")


def test_the_options_of_a_hint_are_given() -> None:
    told = "error: x\nhint: where nobody works on it, `nox -s state:repair -- --unlock`\n"
    stack = Scripted({"up": [told, ""], "state:repair --unlock": [""]})
    assert recovered(stack, "up") == ["up", "state:repair", "up"]
