"""The verdict as a comment on a pull request."""

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import example, given
from hypothesis import strategies as st

from pulumi_preflight.costs import Cost, CostLine, Unpriced
from pulumi_preflight.findings import Reported
from pulumi_preflight.model import Note
from pulumi_preflight.printing import escaped
from pulumi_preflight.reports import markdown
from pulumi_preflight.reports.markdown_text import cell, code, prose
from pulumi_preflight.verdict import Verdict
from tests.preflight.builders import QUEUE, urn
from tests.preflight.samples import (
    EXCEPTED,
    TOO_MANY,
    TOTAL,
    UNSEEN,
    UNTAGGED,
    WAIVED,
    deployment,
    verdict,
)


def as_markdown(found: Verdict) -> str:
    stream = io.StringIO()
    markdown.write(found, stream)
    return stream.getvalue()


class Reader(HTMLParser):
    """What a reader sees of a page of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.comments: list[str] = []
        self.text = ""
        self.outside_code = ""
        self._in_code = 0

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
        self._in_code += tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self._in_code -= tag == "code"

    def handle_data(self, data: str) -> None:
        self.text += data
        # The border between code and text, across which nobody looks for a mention.
        self.outside_code += "\0" if self._in_code else data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def read(document: str) -> Reader:
    """Reads Markdown by the library that GitHub reads it with."""
    html = cmarkgfm.github_flavored_markdown_to_html(document, Options.CMARK_OPT_UNSAFE)
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def test_the_comment_has_the_verdict_and_what_blocks_above_what_is_folded() -> None:
    assert as_markdown(verdict()) == (
        "<!-- pulumi-preflight shop/dev -->\n"
        "### preflight: `shop` stack `dev`\n"
        "\n"
        "**FAIL: 2 mandatory findings, 1 advisory, 1 waived, 2 not evaluated**\n"
        "\n"
        "<details open><summary><b>Mandatory: 2 findings</b></summary>\n"
        "\n"
        "- **`cost-total`**: `Pulumi.yaml:1`<br>the services ask for 50 tasks\n"
        "- **[`cost-ecs-desired-count`](<https://docs.aws.amazon.com/AmazonECS/latest/"
        "developerguide/service-quotas.html>)** (high): `web` at `__main__.py:20`<br>"
        "`desiredCount` is 50; wanted at most 10 (`max` of cost-ecs-desired-count in "
        "`policies/profiles/dev.json`).<br>Fix: Lower it, or raise the cap.\n"
        "\n"
        "</details>\n"
        "\n"
        "<details><summary><b>Advisory: 1 finding</b></summary>\n"
        "\n"
        "- **`tags-required`**: `jobs` at `__main__.py:7`<br>no tags<br>Fix: Add tags.\n"
        "\n"
        "</details>\n"
        "\n"
        "<details><summary><b>Not evaluated: 2</b></summary>\n"
        "\n"
        "- **`sqs-redrive-target`**: `jobs` at `__main__.py:7`, `dead` at `__main__.py:8`<br>"
        "`redrivePolicy` is not known yet\n"
        "\n"
        "</details>\n"
        "\n"
        "<details><summary><b>Waived: 1</b></summary>\n"
        "\n"
        "- **`sqs-encryption`** (medium): `dead` at `__main__.py:8`<br>not encrypted; wanted "
        "SSE-SQS.<br>Waived until `2027-01-01`: holds public data only (platform)\n"
        "\n"
        "</details>\n"
        "\n"
        "<details><summary><b>Notes: 1</b></summary>\n"
        "\n"
        "- Note: two zones were assumed\n"
        "\n"
        "</details>\n"
    )


@pytest.fixture(autouse=True)
def _unpriced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves the cost out, where a test gives none."""
    monkeypatch.setattr("pulumi_preflight.costs.names_in", lambda *_: ())


def priced(cost: Cost) -> Verdict:
    found = verdict(Reported())
    found._costs.append(cost)  # noqa: SLF001 - as if it had been asked for
    return found


def line(name: str, worst: str, item: str = "use") -> CostLine:
    amount = Decimal(worst)
    return CostLine(urn=urn(QUEUE, name), item=item, currency="USD", base=amount / 2, worst=amount)


def test_the_cost_is_a_table_of_the_dearest_lines() -> None:
    cost = Cost(
        lines=(line("a", "0.004"), line("b|c", "2500", "task | vCPU"), line("free", "0")),
        unpriced=(Unpriced(urn=urn(QUEUE, "d"), reason="has no price for db.t9"),),
        basis=("us-east-1, on demand",),
    )
    written = as_markdown(priced(cost))
    assert (
        "<details><summary><b>Cost a month: 1,250.00 USD, at worst 2,500.00 USD</b></summary>\n"
        "\n"
        "| resource | item | as declared | at worst |\n"
        "|---|---|--:|--:|\n"
        "| `b\\|c` | `task \\| vCPU` | 1,250.00 USD | 2,500.00 USD |\n"
        "| `a` | `use` | less than 0.01 USD | less than 0.01 USD |\n"
        "\n"
        "- Basis: `us-east-1`, on demand\n"
        "- Billed by use, which is not counted: 1 resource\n"
        "- Not priced, so the totals are too low: 1 resource\n"
        "  - `d` has no price for `db.t9`\n"
    ) in written
    assert read(written).tags.count("td") == 8


def test_of_many_lines_the_rest_is_counted() -> None:
    cost = Cost(lines=tuple(line(f"q{n}", "1") for n in range(13)), unpriced=(), basis=())
    assert "\n\n3 more lines\n\n" in as_markdown(priced(cost))


def test_a_stack_without_a_cost_and_without_findings_has_a_verdict_alone() -> None:
    assert as_markdown(replace(verdict(Reported()), notes=())) == (
        "<!-- pulumi-preflight shop/dev -->\n"
        "### preflight: `shop` stack `dev`\n\n"
        "**PASS: 0 mandatory findings, 0 advisory, 0 waived, 0 not evaluated**\n"
    )


def test_what_is_said_of_several_resources_is_said_once() -> None:
    findings = tuple(replace(UNTAGGED, urn=urn(QUEUE, f"q{number:02}")) for number in range(12))
    written = as_markdown(verdict(Reported(findings=findings)))
    assert written.count("no tags") == 1
    assert "`q09` at `Pulumi.yaml:1` and 2 more<br>" in written


def test_each_excuse_is_told() -> None:
    written = as_markdown(verdict(Reported(waived=(WAIVED, EXCEPTED))))
    assert "Waived until `2027-01-01`: holds public data only (platform)\n" in written
    assert "Waived without an end: exception `EXC-9`: public; exception `EXC-10`: to be" in written


@pytest.mark.parametrize(
    ("project", "stack", "marker"),
    [
        pytest.param("shop", "dev", "<!-- pulumi-preflight shop/dev -->", id="plain"),
        pytest.param("a--b", "c.d_e", "<!-- pulumi-preflight a-%2Db/c.d_e -->", id="hyphens"),
        pytest.param("a>b", "c d/e", "<!-- pulumi-preflight a%3Eb/c%20d%2Fe -->", id="odd"),
    ],
)
def test_the_first_line_is_a_comment_for_the_program_that_looks_for_it(
    project: str, stack: str, marker: str
) -> None:
    found = replace(verdict(), project=project, stack=stack)
    written = as_markdown(found)
    assert written.splitlines()[0] == marker == markdown.marker(found)
    assert len(read(written).comments) == 1


def many(number: int, **changes: Any) -> tuple[Any, ...]:  # noqa: ANN401 - fields of a finding
    texts = (f"{word} " * 60 for word in map(str, range(number)))
    return tuple(replace(UNTAGGED, problem=text, **changes) for text in texts)


@pytest.mark.parametrize("sign", ["a", "\N{SNOWMAN}", "\N{PARTY POPPER}"], ids=["a", "bmp", "more"])
def test_a_comment_is_never_longer_than_github_takes_and_says_what_is_left_out(sign: str) -> None:
    findings = (*many(400, level=TOTAL.level, fix=sign * 50), *many(400), TOO_MANY)
    unseen = tuple(replace(UNSEEN, urn=urn(QUEUE, f"q{n}"), problem=str(n)) for n in range(400))
    written = as_markdown(verdict(Reported(findings=findings, not_evaluated=unseen)))
    assert 60_000 < len(written.encode("utf-16-le")) // 2 <= 65_000
    shown = written.count("Fix: Add tags.") + written.count(f"Fix: `{sign * 50}`")
    shown += written.count("Fix: Lower it")
    left_out = [int(number) for number in re.findall(r"- (\d+) more left out: the", written)]
    assert shown + sum(left_out[:2]) == 801
    assert "<b>Mandatory: 401 findings</b>" in written
    assert written.count("<details") == written.count("</details>")


def test_a_text_without_an_end_is_cut() -> None:
    written = as_markdown(verdict(Reported(findings=(replace(UNTAGGED, problem="z " * 3_000),))))
    assert "(5,000 more characters)" in written.replace("`", "")
    assert len(written) < 3_000


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("wanted at most 10.", "wanted at most 10.", id="words"),
        pytest.param("`a` of `b.c`; wanted", "`a` of `b.c`; wanted", id="marked"),
        pytest.param("ask @octocat, now", "ask `@octocat`, now", id="a-mention"),
        pytest.param("see #12 and GH-12", "see `#12` and `GH-12`", id="issues"),
        pytest.param("like :tada: this", "like `:tada`: this", id="emoji"),
        pytest.param("at https://evil.example!", "at `https://evil.example`!", id="an-address"),
        pytest.param("<img src=x>", "`<img` `src=x>`", id="html"),
        pytest.param("[a](b) *c* __d__", "`[a](b)` `*c*` `__d__`", id="markup"),
        pytest.param("raise E('no').", "raise `E('no')`.", id="a-call"),
        pytest.param("in deadbeef now", "in `deadbeef` now", id="a-commit"),
        pytest.param("a ``b` c", "a `` `b `` c", id="backticks"),
        pytest.param("='x'`y`", "`='x`'`y`", id="code-beside-code"),
        pytest.param("two\n\nlines", "two lines", id="lines"),
        pytest.param("~~a~~ $b$ &amp;", "`~~a~~` `$b$` `&amp`;", id="signs"),
        pytest.param("\x1b[2J", "`\\x1b[2J`", id="controls"),
        pytest.param("", "", id="empty"),
    ],
)
def test_words_stand_as_they_are_and_all_else_is_code(text: str, written: str) -> None:
    assert prose(text) == written


def shown(text: str) -> str:
    """What is to be read of a text: its words, without the marks of code."""
    return " ".join(escaped(text).replace("`", "").split())


TEXTS = st.text(st.characters() | st.sampled_from("`*_[]()<>!@#&:/|~$-\\ \n"))


@given(text=TEXTS)
@example(text="`a")
@example(text="a`")
@example(text="``")
@example(text="`` `")
@example(text="1. a")
@example(text="a`b`@c")
@example(text="www.a.example")
@example(text="a@b.example")
def test_no_text_makes_markdown(text: str) -> None:
    reader = read(f"x {prose(text)} x")
    assert set(reader.tags) <= {"p", "code"}
    assert " ".join(reader.text.replace("`", "").split()) == " ".join(f"x {shown(text)} x".split())
    assert not re.search(r"[@#&*_<>\[\]`~$|\\/]", reader.outside_code)
    assert not re.search(r":\w+:", reader.outside_code)


@given(text=TEXTS)
def test_any_text_is_one_piece_of_code(text: str) -> None:
    reader = read(f"x {code(text)} x")
    seen = " ".join(escaped(text).split())
    assert reader.tags == ["p", "code"] if seen else ["p"]
    assert reader.text.strip() == " ".join(f"x {seen} x".split()) or not seen


@given(text=TEXTS)
def test_any_text_is_one_cell(text: str) -> None:
    reader = read(f"| a | b |\n|---|---|\n| {cell(text)} | c |\n")
    assert reader.tags.count("td") == 2
    seen = " ".join(escaped(text).split())
    assert " ".join(reader.text.split()) == " ".join(f"a b {seen} c".split())


@given(text=TEXTS.filter(str.strip))
def test_no_text_of_a_finding_changes_the_comment_around_it(text: str) -> None:
    finding = replace(
        UNTAGGED, rule=text, urn=urn(QUEUE, text), problem=text, fix=text, url=text, wanted=text
    )
    plain = replace(UNTAGGED, rule="r", urn=urn(QUEUE, "n"), problem="p", fix="f")
    excused = replace(WAIVED, reason=text, owner=text, urn=urn(QUEUE, text))
    run = deployment(notes=(Note(text=text),))
    reader = read(as_markdown(verdict(Reported(findings=(finding,), waived=(excused,)), run)))
    like = read(
        as_markdown(
            verdict(Reported(findings=(plain,), waived=(WAIVED,)), deployment(notes=run.notes[:0]))
        )
    )
    kept = {"details", "summary", "ul", "h3", "b"}
    assert [tag for tag in reader.tags if tag in kept] == [tag for tag in like.tags if tag in kept]
    assert reader.links == []
    assert len(reader.comments) == 1
    assert "@" not in reader.outside_code


@pytest.mark.parametrize(
    ("url", "links"),
    [
        pytest.param("https://example.com/a?b=1&c=(2)", True, id="a-page"),
        pytest.param("javascript:alert(1)", False, id="no-page"),
        pytest.param("https://example.com/>)[x](y", False, id="markup"),
    ],
)
def test_only_a_pages_address_is_a_link(url: str, *, links: bool) -> None:
    written = as_markdown(verdict(Reported(findings=(replace(UNTAGGED, url=url),))))
    assert read(written).links == ([url] if links else [])
