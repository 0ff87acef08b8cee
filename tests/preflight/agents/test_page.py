"""The example of docs/agents.md."""

import json
import re

from ops.paths import ROOT
from tests.preflight.agents.calling import Agent

PAGE = ROOT / "docs" / "agents.md"


def test_the_call_of_the_page_gets_the_answer_of_the_page() -> None:
    blocks = re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    _settings, call, answer = map(json.loads, blocks)
    assert Agent(ROOT).call(call["name"], **call["arguments"]) == answer


def test_the_page_names_every_tool() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert rows == [each.name for each in Agent(ROOT).tools()]
