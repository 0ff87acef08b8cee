"""One line for whatever a failing pack printed."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_preflight.packs.failures import cause_of

PACK = Path("/packs/strict")

PYTHON_IN_A_LIBRARY = """\
ERROR:grpc._server:Exception calling application: 3
Traceback (most recent call last):
  File "/venv/lib/python3.11/site-packages/grpc/_server.py", line 610, in _call_behavior
    response_or_iterator = behavior(argument, context)
  File "/venv/lib/python3.11/site-packages/team_rules/queues.py", line 7, in check
    return table[3]
KeyError: 3
"""
CHAINED = """\
Traceback (most recent call last):
  File "/packs/strict/rules.py", line 2, in load
    open("x")
FileNotFoundError: [Errno 2] No such file or directory: 'x'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/packs/strict/__main__.py", line 9, in <module>
    load()
rules.Broken: no table
"""
NODE = """\
error: [runtime] Running program '/packs/strict' failed with an unhandled exception:
    Error: \x1b[31mno table\x1b[0m
    at load \x1b[90m(/packs/strict/\x1b[39mrules.js:4:9\x1b[90m)\x1b[39m
    at Object.<anonymous> (/packs/strict/node_modules/other/index.js:1:1)
"""


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        pytest.param(
            PYTHON_IN_A_LIBRARY,
            "KeyError: 3 (/venv/lib/python3.11/site-packages/team_rules/queues.py:7)",
            id="python-in-a-library-of-rules",
        ),
        pytest.param(CHAINED, "rules.Broken: no table (__main__.py:9)", id="python-chained"),
        pytest.param(NODE, "Error: no table (rules.js:4)", id="node-in-colour"),
        pytest.param(
            "one\n\n  two\nthree\nfour\n", "two / three / four", id="words-of-another-kind"
        ),
        pytest.param("", "", id="nothing"),
    ],
)
def test_the_cause_and_its_place_are_found(text: str, cause: str) -> None:
    assert cause_of(text, PACK) == cause


@given(text=st.text() | st.text(alphabet='Error:Exception()/.js12 \n"File, line'))
def test_any_text_becomes_one_line(text: str) -> None:
    assert "\n" not in cause_of(text, PACK)
    assert "\n" not in cause_of(f"Traceback (most recent call last):\n{text}", PACK)
