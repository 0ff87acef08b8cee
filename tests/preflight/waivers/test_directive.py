"""What a comment says, and why one that is meant to be a waiver is not one."""

import datetime as dt
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pulumi_preflight.waivers.directive import EXAMPLE, Directive, MistakeError, parse

FULL = 'until=2027-03-01 owner=shop reason="moves to eu"'
READ = {"until": "2027-03-01", "owner": "shop", "reason": "moves to eu"}


@pytest.mark.parametrize(
    ("comment", "target"),
    [
        pytest.param(f"# preflight: waive sqs-fifo {FULL}", "sqs-fifo", id="rule"),
        pytest.param(f"// preflight: waive sqs-fifo {FULL}", "sqs-fifo", id="slashes"),
        pytest.param(f"#preflight:waive   sqs-fifo\t{FULL}  ", "sqs-fifo", id="spaces"),
        pytest.param(f"## preflight: waive sqs-fifo {FULL}", "sqs-fifo", id="two-marks"),
        pytest.param(f"# preflight: waive a[sqs:*] {FULL}", "a[sqs:*]", id="part"),
        pytest.param(f"# preflight: waive a[x#2] {FULL}", "a[x#2]", id="number"),
        pytest.param(f"# preflight: waive a[b[0].c d] {FULL}", "a[b[0].c d]", id="nested"),
        pytest.param(rf'# preflight: waive "a[b] \"c\"]" {FULL}', 'a[b] "c"]', id="quoted"),
        pytest.param(f"# preflight: waive a {FULL}  # noqa: E501", "a", id="another-tool-behind"),
        pytest.param(f"// preflight: waive a {FULL} // eslint-disable-line", "a", id="eslint"),
        pytest.param(f"# type: ignore # preflight: waive a {FULL}", "a", id="another-tool-before"),
    ],
)
def test_a_waiver_says_what_until_when_by_whom_and_why(comment: str, target: str) -> None:
    assert parse(comment) == Directive(target=target, **READ)


def test_the_keys_may_stand_in_any_order_and_a_value_needs_no_quotes() -> None:
    comment = '# preflight: waive a reason=legacy owner="team a" until="2027-03-01"'
    assert parse(comment) == Directive(
        target="a", until="2027-03-01", owner="team a", reason="legacy"
    )


@pytest.mark.parametrize(
    "comment",
    [
        "# a queue",
        "# preflight finds this",
        "# see preflight: it finds this",
        "# preflight: this is judged",
        "# waive a",
        "//",
        "# preflight:",
    ],
)
def test_another_comment_is_not_a_waiver(comment: str) -> None:
    assert parse(comment) is None


@pytest.mark.parametrize(
    ("comment", "missing"),
    [
        pytest.param("# preflight: waive a", ("until", "owner", "reason"), id="all"),
        pytest.param("# preflight: waive a until=2027-03-01", ("owner", "reason"), id="two"),
        pytest.param('# preflight: waive a until="" owner=b reason=c', ("until",), id="empty"),
        pytest.param(
            '# preflight: waive a until=2027-03-01 owner=" " reason=c', ("owner",), id="blank"
        ),
    ],
)
def test_what_is_missing_is_known(comment: str, missing: tuple[str, ...]) -> None:
    read = parse(comment)
    assert read is not None
    assert read.missing == missing


@pytest.mark.parametrize(
    ("comment", "message", "target"),
    [
        pytest.param("# preflight: waive", "it names no rule", "", id="no-rule"),
        pytest.param("# preflight: waive [a]", "it names no rule", "", id="part-alone"),
        pytest.param(
            "# preflight: wiave a",
            "`wiave` is not a word of preflight's, which is `waive`",
            "",
            id="typing-error",
        ),
        pytest.param(
            "# preflight: ignore a",
            "`ignore` is not a word of preflight's, which is `waive`",
            "",
            id="word-of-another-tool",
        ),
        pytest.param(
            "# preflight: waive a[b until=2027-03-01",
            "the brackets behind `a` do not balance",
            "a",
            id="open-bracket",
        ),
        pytest.param(
            "# preflight: waive a until=1.3.2027",
            "`until` is '1.3.2027', which is not a day as YYYY-MM-DD",
            "a",
            id="no-day",
        ),
        pytest.param(
            "# preflight: waive a until=20270301",
            "`until` is '20270301', which is not a day as YYYY-MM-DD",
            "a",
            id="day-without-lines",
        ),
        pytest.param(
            "# preflight: waive a till=2027-03-01",
            "`till` is not a key; known are `until`, `owner`, `reason`",
            "a",
            id="unknown-key",
        ),
        pytest.param(
            "# preflight: waive a owner=b owner=c", "`owner` is given twice", "a", id="key-twice"
        ),
        pytest.param(
            "# preflight: waive a reason=to be replaced",
            "'be' is not KEY=VALUE; a text with spaces needs quotes",
            "a",
            id="no-quotes",
        ),
        pytest.param(
            '# preflight: waive a reason="to be',
            "the quotes of `reason` do not end, or end too early",
            "a",
            id="open-quotes",
        ),
        pytest.param(
            '# preflight: waive a reason="x"y',
            "the quotes of `reason` do not end, or end too early",
            "a",
            id="text-behind-quotes",
        ),
        pytest.param(
            "/* preflight: waive a */",
            "a waiver stands behind `//`, and this one is a comment of `/*`",
            "",
            id="block",
        ),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(comment: str, message: str, target: str) -> None:
    with pytest.raises(MistakeError) as raised:
        parse(comment)
    assert (str(raised.value), raised.value.target) == (message, target)


def test_a_rule_alone_names_all_its_parts_and_an_id_names_one() -> None:
    rule, one = Directive(target="a"), Directive(target="a[x]")
    assert [rule.names("a", each) for each in ("a", "a[x]", "a[y]")] == [True, True, True]
    assert [one.names("a", each) for each in ("a", "a[x]", "a[y]")] == [False, True, False]
    assert not rule.names("ab", "ab[x]")


def test_the_example_of_every_complaint_can_be_read() -> None:
    read = parse(f"# preflight: {EXAMPLE}")
    assert read is not None
    assert read.missing == ()


TEXTS = st.text(st.characters(exclude_characters="\n\r"), max_size=20)


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@given(
    rule=st.from_regex(r"[a-z][a-z-]{0,20}", fullmatch=True),
    part=TEXTS,
    until=st.dates(min_value=dt.date(1000, 1, 1)),
    owner=TEXTS,
    reason=TEXTS,
)
@example(rule="a", part="#", until=dt.date(2027, 3, 1), owner=" # ", reason=json.dumps('"'))
def test_whatever_stands_in_quotes_is_read_as_it_was_written(
    rule: str, part: str, until: dt.date, owner: str, reason: str
) -> None:
    target = f"{rule}[{part}]"
    comment = (
        f"# preflight: waive {quoted(target)} until={until} owner={quoted(owner)} "
        f"reason={quoted(reason)} # preflight: waive other"
    )
    assert parse(comment) == Directive(target=target, until=str(until), owner=owner, reason=reason)


@given(st.text(max_size=60))
def test_no_text_behind_a_mark_fails_in_another_way(text: str) -> None:
    for mark in ("# preflight: waive ", "// preflight: ", "# "):
        told = "a mistake"
        try:
            read = parse(mark + text)
        except MistakeError as error:
            told = str(error)
        else:
            told = read.rule if read else "another comment"
        assert told
