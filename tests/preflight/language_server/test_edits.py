"""Literals that a fix writes into a program, and those whose place is not certain."""

from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_preflight.language_server.edits.literals import literal_at
from pulumi_preflight.language_server.edits.waiver import snippet_of
from pulumi_preflight.language_server.edits.wanted import Literal, Wanted
from pulumi_preflight.language_server.texts import Edit, Moved
from pulumi_preflight.waivers.directive import Directive, parse, written

IMPORTS = "import pulumi_aws as aws\nfrom pulumi_aws import sqs\nfrom pulumi_aws.sqs import Queue\n"
HEAD = "name: shop\nruntime: yaml\nresources:\n"


def wanted(
    line: int, path: tuple[str | int, ...], before: Literal | None, after: Literal
) -> Wanted:
    type_ = "aws:sqs/queue:Queue"
    return Wanted(type=type_, name="jobs", line=line, path=path, before=before, after=after)


def python(call: str, asked: tuple[tuple[str | int, ...], Literal | None, Literal]) -> str | None:
    text = IMPORTS + call
    edit = literal_at(PurePath("a.py"), text.split("\n"), wanted(4, *asked))
    return edit.applied(text.split("\n")).removeprefix(IMPORTS) if edit else None


FIFO = ("fifoQueue",), None, True


@pytest.mark.parametrize(
    ("call", "asked", "after"),
    [
        pytest.param(
            "aws.sqs.Queue('jobs', fifo_queue=False)",
            (("fifoQueue",), False, True),
            "aws.sqs.Queue('jobs', fifo_queue=True)",
            id="altered",
        ),
        pytest.param(
            "X('jobs',\n  n='\u00e9', fifoQueue=False)",
            (("fifoQueue",), False, True),
            "X('jobs',\n  n='\u00e9', fifoQueue=True)",
            id="another-line-behind-wide-characters",
        ),
        pytest.param(
            "X('jobs', tags={'owner': 'a'})",
            (("tags", "owner"), "a", "b"),
            "X('jobs', tags={'owner': \"b\"})",
            id="inside-a-dictionary",
        ),
        pytest.param(
            "X('jobs', rules=[A(port=1)])",
            (("rules", 0, "port"), 1, 2),
            "X('jobs', rules=[A(port=2)])",
            id="inside-an-object",
        ),
        pytest.param(
            "aws.sqs.Queue('jobs')", FIFO, "aws.sqs.Queue('jobs', fifo_queue=True)", id="added"
        ),
        pytest.param(
            "sqs.Queue('jobs', tags={})",
            FIFO,
            "sqs.Queue('jobs', fifo_queue=True, tags={})",
            id="added-before-others",
        ),
        pytest.param(
            "Queue(\n    'jobs',\n    tags={},  # none\n)",
            FIFO,
            "Queue(\n    'jobs',\n    fifo_queue=True,\n    tags={},  # none\n)",
            id="added-on-a-line-of-its-own",
        ),
        pytest.param(
            "X('jobs', tags={'a': 'b'})",
            (("tags", "owner"), None, "me"),
            "X('jobs', tags={\"owner\": \"me\", 'a': 'b'})",
            id="added-to-a-dictionary",
        ),
    ],
)
def test_a_literal_of_python_is_set(
    call: str, asked: tuple[tuple[str | int, ...], Literal | None, Literal], after: str
) -> None:
    assert python(call, asked) == after


@pytest.mark.parametrize(
    ("call", "asked"),
    [
        pytest.param("X('jobs', fifoQueue=F)", (("fifoQueue",), False, True), id="a-name"),
        pytest.param("X('jobs', fifoQueue=0)", (("fifoQueue",), False, True), id="another-kind"),
        pytest.param("X('jobs', delay=1 + 1)", (("delay",), 2, 3), id="an-expression"),
        pytest.param("X('others', fifoQueue=False)", (("fifoQueue",), False, True), id="other"),
        pytest.param(
            "X('jobs', fifoQueue=False); X('jobs', fifoQueue=False)",
            (("fifoQueue",), False, True),
            id="two-calls",
        ),
        pytest.param("X('jobs')", FIFO, id="added-to-a-class-of-the-program"),
        pytest.param("Queue('jobs', **more)", FIFO, id="unpacked"),
        pytest.param("Queue('jobs', args)", FIFO, id="an-object-of-arguments"),
        pytest.param("X('jobs', tags={**more})", (("tags", "a"), None, "b"), id="unpacked-inside"),
        pytest.param("Queue('jobs')", (("from",), None, "b"), id="a-word-of-python"),
        pytest.param("Queue('jobs')", (("kmsDNSName",), None, "b"), id="an-uncertain-name"),
        pytest.param("def", FIFO, id="does-not-parse"),
    ],
)
def test_where_the_place_in_python_is_not_certain_nothing_is_set(
    call: str, asked: tuple[tuple[str | int, ...], Literal | None, Literal]
) -> None:
    assert python(call, asked) is None


def yaml(resource: str, asked: tuple[tuple[str | int, ...], Literal | None, Literal]) -> str | None:
    text = HEAD + resource
    edit = literal_at(PurePath("Pulumi.yaml"), text.split("\n"), wanted(4, *asked))
    return edit.applied(text.split("\n")).removeprefix(HEAD) if edit else None


@pytest.mark.parametrize(
    ("resource", "asked", "after"),
    [
        pytest.param(
            "  jobs:\n    type: q\n    properties:\n      fifoQueue: false  # no\n",
            (("fifoQueue",), False, True),
            "  jobs:\n    type: q\n    properties:\n      fifoQueue: true  # no\n",
            id="altered",
        ),
        pytest.param(
            "  jobs:\n    type: q\n    properties:\n      tags: {owner: a}\n",
            (("tags", "owner"), "a", "b"),
            '  jobs:\n    type: q\n    properties:\n      tags: {owner: "b"}\n',
            id="inside",
        ),
        pytest.param(
            "  jobs:\n    type: q\n    properties:\n      name: x\n",
            FIFO,
            "  jobs:\n    type: q\n    properties:\n      fifoQueue: true\n      name: x\n",
            id="added",
        ),
        pytest.param(
            "  jobs: {type: q, properties: {name: x}}\n",
            FIFO,
            "  jobs: {type: q, properties: {fifoQueue: true, name: x}}\n",
            id="added-on-the-same-line",
        ),
        pytest.param(
            "  jobs:\n    type: q\n  more:\n    type: q\n",
            FIFO,
            "  jobs:\n    type: q\n    properties:\n      fifoQueue: true\n  more:\n    type: q\n",
            id="the-first-property",
        ),
    ],
)
def test_a_literal_of_yaml_is_set(
    resource: str, asked: tuple[tuple[str | int, ...], Literal | None, Literal], after: str
) -> None:
    assert yaml(resource, asked) == after


@pytest.mark.parametrize(
    ("resource", "asked"),
    [
        pytest.param(
            "  jobs:\n    type: q\n    properties:\n      fifoQueue: ${f}\n",
            (("fifoQueue",), False, True),
            id="a-reference",
        ),
        pytest.param(
            "  jobs:\n    type: q\n    properties:\n      policy: {fn::toJSON: {a: b}}\n",
            (("policy", "c"), None, "d"),
            id="a-function",
        ),
        pytest.param("  jobs: {type: q}\n", FIFO, id="no-properties-on-one-line"),
        pytest.param("  jobs: [\n", FIFO, id="does-not-parse"),
        pytest.param("\n  jobs:\n    type: q\n", FIFO, id="another-line"),
    ],
)
def test_where_the_place_in_yaml_is_not_certain_nothing_is_set(
    resource: str, asked: tuple[tuple[str | int, ...], Literal | None, Literal]
) -> None:
    assert yaml(resource, asked) is None


ONE_LINE = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")))


@given(
    target=ONE_LINE.filter(lambda text: text.partition("[")[0].strip()),
    owner=ONE_LINE,
    reason=ONE_LINE,
)
def test_a_waiver_that_is_written_is_read_as_it_was(target: str, owner: str, reason: str) -> None:
    waiver = Directive(target=target, until="2027-03-01", owner=owner, reason=reason)
    assert parse(f"# {written(waiver)}") == waiver


def test_the_cursor_of_a_snippet_is_in_the_reason_and_other_texts_stay() -> None:
    text = '# preflight: waive r until=2027-03-01 owner="$a}" reason=""\n'
    assert snippet_of(text) == (
        '# preflight: waive r until=2027-03-01 owner="\\$a\\}" reason="$0"\n'
    )


LINES = st.lists(st.sampled_from("abc"), max_size=6)


@given(judged=LINES, now=LINES)
def test_a_line_that_moved_is_the_same_line(judged: list[str], now: list[str]) -> None:
    moved = Moved(judged, now)
    for number, line in enumerate(judged, 1):
        where = moved.line_now(number)
        if where is not None:
            assert now[where - 1] == line
            assert moved.line_judged(where) == number


def test_an_edit_puts_a_text_in_place_of_another() -> None:
    assert Edit(0, 1, 1, 1, "-").applied(["ab", "cd", "e"]) == "a-d\ne"
