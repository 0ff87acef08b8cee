"""Comments and statements of programs in Python."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_preflight.waivers import python
from pulumi_preflight.waivers.source import UnreadableError

PROGRAM = '''\
# far above

# w: two above
# w: above
queue = Queue(
    "a",  # w: inside
    # w: a line inside
    text="# no comment",
    more="""
    # no comment
    """,
)  # w: at the end
# another statement's
Queue("b"); Queue("c")  # both
for name in (  # w: of the loop
    "d",
):
    # w: in the loop
    Queue(name)
    other = """ # no comment """  # after
with Queue("e") as e:  # w: header
    # w: first in the block
    Queue("f")
if e: Queue("g")  # w: one line
def make():
    pass
    # the block's
Queue("h")
'''


def lines_of(line: int) -> list[str]:
    source = python.read(PROGRAM.encode())
    span = source.lines_of(line)
    return [comment.text for comment in source.comments if comment.line in span]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(
            5,
            [
                "# w: two above",
                "# w: above",
                "# w: inside",
                "# w: a line inside",
                "# w: at the end",
            ],
            id="call-over-lines",
        ),
        pytest.param(
            8,
            [
                "# w: two above",
                "# w: above",
                "# w: inside",
                "# w: a line inside",
                "# w: at the end",
            ],
            id="line-inside-a-call",
        ),
        pytest.param(14, ["# another statement's", "# both"], id="two-on-a-line"),
        pytest.param(16, ["# w: of the loop"], id="head-of-a-loop"),
        pytest.param(19, ["# w: in the loop"], id="body-of-a-loop"),
        pytest.param(21, ["# w: header"], id="head-of-a-block"),
        pytest.param(23, ["# w: first in the block"], id="first-of-a-block"),
        pytest.param(24, ["# w: one line"], id="block-on-one-line"),
        pytest.param(28, [], id="behind-a-block-with-a-comment"),
        pytest.param(99, [], id="behind-the-end"),
    ],
)
def test_a_comment_is_at_its_statement_or_directly_above(line: int, expected: list[str]) -> None:
    assert lines_of(line) == expected


def test_a_comment_inside_a_string_is_none() -> None:
    source = python.read(PROGRAM.encode())
    assert not any("no comment" in comment.text for comment in source.comments)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old-mac"])
def test_lines_end_as_python_ends_them(end: str) -> None:
    source = python.read(end.join(("# a", "", "# b", "Queue()  # c")).encode())
    assert [(comment.line, comment.margin) for comment in source.comments] == [
        (1, ""),
        (3, ""),
        (4, None),
    ]
    assert source.lines_of(4) == range(3, 5)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("Queue()  # é\n".encode("utf-8-sig"), id="mark-of-utf-8"),
        pytest.param("# coding: latin-1\nQueue()  # é\n".encode("latin-1"), id="latin-1"),
    ],
)
def test_a_file_is_read_in_its_encoding(content: bytes) -> None:
    assert python.read(content).comments[-1].text == "# é"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"Queue(\n", id="open-bracket"),
        pytest.param(b'x = """\n', id="open-string"),
        pytest.param(b"if a:\n    b\n  c\n", id="indents"),
        pytest.param(b"# coding: nonsense\n", id="unknown-encoding"),
        pytest.param(b"# \xff\n", id="wrong-encoding"),
    ],
)
def test_what_is_not_python_is_told(content: bytes) -> None:
    with pytest.raises(UnreadableError):
        python.read(content)


STATEMENTS = st.lists(
    st.sampled_from(
        [
            'Queue("a", x="# no")',
            'Queue(\n    "a",\n    y=[1, 2],\n)',
            "x = 1; y = 2",
            "# a comment alone",
            "",
            "def f():\n    return Queue('''\n# no\n''')",
        ]
    ),
    max_size=8,
)


@given(STATEMENTS)
def test_every_line_belongs_to_one_statement_at_most(statements: list[str]) -> None:
    text = "\n".join(statements)
    source = python.read(text.encode())
    count = text.count("\n") + 1
    spans = {source.statement(line) for line in range(1, count + 1)}
    covered = [line for first, last in spans for line in range(first, last + 1)]
    assert sorted(covered) == list(range(1, count + 1))
    assert not any("no" in comment.text.split() for comment in source.comments)


def test_a_program_of_another_version_gives_no_warning() -> None:
    code = (
        "from pulumi_preflight.waivers import python\n"
        "python.read(b'x = \"\\\\d\"  # a\\nmatch x:\\n    case 1 if 1:\\n        pass\\n')\n"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, text=True
    )
    assert ran.stderr == ""
