"""Comments and statements of programs in JavaScript, TypeScript and Go."""

import re
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pulumi_preflight.waivers import braces
from pulumi_preflight.waivers.source import Source, UnreadableError

TYPESCRIPT = """\
// w: above
const queue = new Queue("a", { // w: first
  // w: inside
  url: "https://example.com/a//b",
  pattern: /["'`] \\/\\/ no comment/,
  text: `// no comment ${names.map((n) => `${n} // no`) /* block */} // no`,
  single: 'it\\'s // no comment',
}); // w: last
// next
const other =
  // w: in the middle
  new Queue("b", {}); // w: b
/* preflight
// no line comment
*/
for (const name of names) { // loop
  new Queue(name, { // w: in loop
  }); // w: loop end
}
names.forEach((n) => { const q = new Queue(n, { a: 1 }); // w: one line
  new Topic(n); // not the queue's
});
const half = total / 2; const third = total / 3; new Queue("c"); // w: behind division
export = () => new Queue("d", {
  x: f(() => {
    return 1; // w: deep
  }),
}); // w: d ends
"""
GO = """\
func main() {
\tpulumi.Run(func(ctx *pulumi.Context) error {
\t\t// w: above
\t\tqueue, err := sqs.NewQueue(ctx, "orders", &sqs.QueueArgs{ // w: first
\t\t\tName: pulumi.String(`raw " // no comment
// no comment \\`),
\t\t\tMark: '"', // w: rune
\t\t}) // w: last
\t\tif err != nil { // not the queue's
\t\t\treturn err
\t\t}
\t\t_ = queue
"""


def comments_of(text: str, line: int) -> list[str]:
    read = braces.read_go if text is GO else braces.read_javascript
    source = read(text.encode())
    span = source.lines_of(line)
    return [comment.text for comment in source.comments if comment.line in span]


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        pytest.param(
            TYPESCRIPT,
            2,
            ["// w: above", "// w: first", "// w: inside", "/* block */", "// w: last"],
            id="call-over-lines",
        ),
        pytest.param(
            TYPESCRIPT, 12, ["// next", "// w: in the middle", "// w: b"], id="behind-an-equals"
        ),
        pytest.param(TYPESCRIPT, 17, ["// w: in loop", "// w: loop end"], id="in-a-loop"),
        pytest.param(TYPESCRIPT, 20, ["// w: one line"], id="in-a-callback-on-one-line"),
        pytest.param(TYPESCRIPT, 23, ["// w: behind division"], id="third-on-a-line"),
        pytest.param(TYPESCRIPT, 24, ["// w: deep", "// w: d ends"], id="block-inside"),
        pytest.param(TYPESCRIPT, 99, [], id="behind-the-end"),
        pytest.param(GO, 4, ["// w: above", "// w: first", "// w: rune", "// w: last"], id="go"),
    ],
)
def test_a_comment_is_at_its_statement_or_directly_above(
    text: str, line: int, expected: list[str]
) -> None:
    assert comments_of(text, line) == expected


def test_a_comment_inside_a_string_is_none() -> None:
    for text, read in ((TYPESCRIPT, braces.read_javascript), (GO, braces.read_go)):
        comments = [comment.text for comment in read(text.encode()).comments]
        assert not [each for each in comments if re.match(r"// ?no( |$)|.*no comment", each)]
        assert len([each for each in comments if each.startswith("// w:")]) == text.count("// w:")


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("const a = 1 / 2; // c", id="division"),
        pytest.param("const a = (1) / 2 / 3; // c", id="division-behind-a-bracket"),
        pytest.param("const a = b[0] / 2; f('/'); // c", id="division-behind-an-index"),
        pytest.param("return /[/'\"]/.test(a); // c", id="pattern-behind-a-word"),
        pytest.param("f(/`/, /'/); // c", id="patterns-as-arguments"),
        pytest.param("const a = `${`${'`'}`}`; // c", id="templates-in-templates"),
        pytest.param("const a = `${f({a: {}})}`; // c", id="braces-in-a-template"),
        pytest.param(r"const a = `\`${1}\${`; // c", id="escapes-in-a-template"),
        pytest.param("const a = 'it is' + \"'\"; // c", id="quotes-in-quotes"),
        pytest.param("const a = <p>don't</p>; \n// c", id="text-of-tsx"),
        pytest.param("a = 'open\n// c", id="string-that-does-not-end"),
    ],
)
def test_the_one_comment_is_found(code: str) -> None:
    source = braces.read_javascript(code.encode())
    assert [comment.text for comment in source.comments] == ["// c"]


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("const a = `\n// no\n`;", id="template"),
        pytest.param("const a = `${b}\n// no\n`;", id="template-behind-code"),
        pytest.param("const a = 'x\\\n// no';", id="string-over-lines"),
        pytest.param("const a = /[/]/ + '// no';", id="pattern-with-a-class"),
    ],
)
def test_what_looks_like_a_comment_in_a_string_is_none(code: str) -> None:
    assert braces.read_javascript(code.encode()).comments == ()


@pytest.mark.parametrize(
    ("code", "read", "told"),
    [
        pytest.param(
            "a\nb = `x // no",
            braces.read_javascript,
            "a text in backticks in line 2",
            id="template",
        ),
        pytest.param(
            "a = `x ${b} // no\n",
            braces.read_javascript,
            "a text in backticks in line 1",
            id="rest",
        ),
        pytest.param("a := `x // no", braces.read_go, "a text in backticks in line 1", id="go"),
        pytest.param("a /* no", braces.read_go, r"a comment of `/\*` in line 1", id="comment"),
    ],
)
def test_what_does_not_end_is_told_since_comments_below_it_would_be_lost(
    code: str, read: Callable[[bytes], Source], told: str
) -> None:
    with pytest.raises(UnreadableError, match=f"^{told} does not end$"):
        read(code.encode())


def test_what_is_no_text_is_told() -> None:
    with pytest.raises(UnreadableError, match="utf-8"):
        braces.read_javascript(b"// \xff")


PIECES = st.sampled_from(
    ["'", '"', "`", "${", "}", "{", "(", ")", "/", "\\", "//", "/*", "*/", "\n", "a", " ", ";", "="]
)


@given(st.lists(PIECES, max_size=40), st.booleans())
def test_any_text_is_read_whole_and_its_lines_stay_lines(pieces: list[str], go: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    text = "".join(pieces)
    read = braces.read_go if go else braces.read_javascript
    try:
        source = read(text.encode())
    except UnreadableError:
        assume("`" not in text and "/*" not in text)
        raise
    count = text.count("\n") + 1
    for comment in source.comments:
        assert text.split("\n")[comment.line - 1].find(comment.text.split("\n")[0]) >= 0
    for line in range(1, count + 1):
        first, last = source.statement(line)
        assert 1 <= first <= line <= last <= count
