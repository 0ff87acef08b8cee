"""The error in whatever a failing pack printed, its message and its place."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_preflight.packs.process import cause_of

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
COMPILER = """\
error: [runtime] Running program '/packs/strict' failed with an unhandled exception:
TSError: Unable to compile TypeScript:
index.ts(2,7): error TS2322: wrong type.
  Object literal may only specify known properties.

index.ts(9,1): error TS2304: no name.
    at createTSError (/packs/strict/node_modules/ts-node/index.js:1:1)
    at load (/packs/strict/rules.ts:4:9) {
  diagnosticCodes: [ 2322 ]
}

Node.js v20.20.2
"""
LONG = "TSError: no:\n" + "".join(f"index.ts({line},1): bad\n" for line in range(1, 31))


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
            COMPILER,
            "TSError: Unable to compile TypeScript: (rules.ts:4)\n"
            "  index.ts(2,7): error TS2322: wrong type.\n"
            "  Object literal may only specify known properties.\n"
            "  index.ts(9,1): error TS2304: no name.",
            id="compiler",
        ),
        pytest.param(
            "Error: Cannot find module 'x'\nRequire stack:\n- /packs/strict/index.js\n    at x\n",
            "Error: Cannot find module 'x'\n  Require stack:\n  - /packs/strict/index.js",
            id="a-message-of-several-lines",
        ),
        pytest.param(
            LONG,
            "TSError: no:\n"
            + "".join(f"  index.ts({line},1): bad\n" for line in range(1, 21))
            + "  ... 10 more lines",
            id="a-long-message",
        ),
        pytest.param(
            "one\n\n  two\nthree\nfour\n", "two / three / four", id="words-of-another-kind"
        ),
        pytest.param("", "", id="nothing"),
    ],
)
def test_the_cause_and_its_place_are_found(text: str, cause: str) -> None:
    assert cause_of(text, PACK) == cause


@given(text=st.text() | st.text(alphabet='Error:Exception()/.js12 \n"File, line'))
def test_any_text_becomes_a_line_with_few_below_it(text: str) -> None:
    for written in (text, f"Traceback (most recent call last):\n{text}"):
        _, *below = cause_of(written, PACK).split("\n")
        assert len(below) <= 21
        assert all(line.startswith("  ") for line in below)
