"""The HTML report: what the page says, and that nothing in it acts or is asked for elsewhere."""

import base64
import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_preflight.costs import Cost, CostLine, Unpriced
from pulumi_preflight.findings import About, Finding, Level, Ran, Reported
from pulumi_preflight.model import Note, SourcePosition
from pulumi_preflight.reports import html
from pulumi_preflight.verdict import Verdict
from pulumi_preflight.verdicts import LeftOut, StackResult, Verdicts
from tests.preflight.browser import written
from tests.preflight.builders import QUEUE, SERVICE, urn
from tests.preflight.pages import shop, thousand, write_source
from tests.preflight.samples import (
    EXCEPTED,
    ORDERS,
    REPORTED,
    TOO_MANY,
    UNSEEN,
    UNTAGGED,
    WAIVED,
    deployment,
    finding,
    verdict,
)

MOST_BYTES = 2_000_000


INLINE = ("a", "b", "code", "mark", "small", "span")


class Read(HTMLParser):
    """Reads a page: its elements, and the text of each kind of part."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Mapping[str, str | None]]] = []
        self.text = ""
        self._raw = ""
        self.scripts: list[tuple[Mapping[str, str | None], str]] = []
        self.style = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in INLINE:
            self.text += " "
        self.elements.append((tag, dict(attrs)))
        self._raw = tag if tag in ("script", "style") else ""
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser's name
        self._raw = ""

    def handle_data(self, data: str) -> None:
        if self._raw == "script":
            attributes, text = self.scripts[-1]
            self.scripts[-1] = attributes, text + data
        elif self._raw == "style":
            self.style += data
        else:
            self.text += data

    def of(self, name: str) -> list[Mapping[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag == name]

    def cards(self) -> list[str]:
        return [str(each["data-rule"]) for each in self.of("article")]


def page_of(*findings: Finding, **parts: tuple[Finding, ...]) -> Read:
    return Read(written(verdict(Reported(findings=findings, **parts))))  # type: ignore[arg-type]


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_page_is_the_same_however_long_the_run_took() -> None:
    told = verdict()
    assert written(told) == written(replace(told, seconds=99.0))


def test_the_pages_policy_allows_its_own_script_and_style_alone() -> None:
    page = Read(written(verdict()))
    [policy] = [
        str(each["content"])
        for each in page.of("meta")
        if each.get("http-equiv") == "Content-Security-Policy"
    ]
    [code] = [text for attributes, text in page.scripts if "type" not in attributes]
    assert policy == (
        f"default-src 'none'; script-src {digest(code)}; style-src {digest(page.style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_page_holds_all_that_it_shows() -> None:
    page = Read(written(verdict()))
    assert not [each for _, each in page.elements if "src" in each or "style" in each]
    assert [each["href"] for each in page.of("link")] == ["data:,"]
    assert "@import" not in page.style
    assert set(re.findall(r"url\((.*?)\)", page.style)) == {'"#arrow"', '"#arrow-lit"'}


def test_the_page_begins_with_the_verdict() -> None:
    text = flat(Read(written(verdict())).text)
    assert (
        "shop stack dev FAIL 2 mandatory findings, 1 advisory, 1 waived, 2 not evaluated; "
        "5 resources"
    ) in text


HOSTILE = st.text(min_size=1) | st.sampled_from(
    [
        "</script><script>alert(1)</script>",
        '" onmouseover="alert(1)',
        "<img src=x onerror=alert(1)>",
        "<!--<script>",
        "]]>",
        "&lt;b&gt;",
        "\u202egnp.exe",
        "\x00\x1b[31m\ud800",
        "javascript:alert(1)",
        "`",
    ]
)


def hostile(text: str) -> Verdict:
    """The sample, with a text wherever a program or a pack may put one."""
    changed = replace(
        TOO_MANY, problem=text, wanted=text, fix=text, url=text, part=text, severity="high"
    )
    about = About(display_name=text, description=text, url=text)
    reported = replace(
        REPORTED,
        findings=(
            changed,
            replace(UNTAGGED, rule=text, pack=text),
            finding("named", urn(QUEUE, f"a{text}")),
            finding("placed", urn(QUEUE, "jobs"), places=(SourcePosition(file=text, line=1),)),
        ),
        waived=(replace(WAIVED, reason=text, owner=text),),
        not_evaluated=(replace(UNSEEN, problem=text),),
        rules=(Ran(rule="told", pack="demo", level=Level.ADVISORY, idle=text, about=about),),
    )
    named = replace(ORDERS, name=text, type=f"a:b:{text}")
    run = deployment(
        resources=(*(each for each in deployment().resources if each != ORDERS), named),
        notes=(Note(text=text),),
    )
    return replace(verdict(reported, run), project=text, stack=text)


@given(HOSTILE)
def test_no_text_of_a_program_or_a_pack_becomes_markup(text: str) -> None:
    def shape(page: Read) -> list[tuple[str, frozenset[str]]]:
        # An accent makes code of a text, and an odd rule or file stands elsewhere in its list.
        told = [(tag, frozenset(each)) for tag, each in page.elements if tag not in ("code", "h3")]
        return sorted(told, key=str)

    plain = "`" if text.count("`") else "plain"
    assert shape(Read(written(hostile(text)))) == shape(Read(written(hostile(plain))))


@given(HOSTILE)
def test_no_text_steers_a_terminal_or_turns_the_direction_of_writing(text: str) -> None:
    page = written(hostile(text))
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", page
    )


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        pytest.param("https://example.com/rule", True, id="https"),
        pytest.param("http://example.com/rule", True, id="http"),
        pytest.param("javascript:alert(1)", False, id="script"),
        pytest.param("data:text/html,x", False, id="data"),
        pytest.param("rules.md", False, id="relative"),
    ],
)
def test_only_pages_of_the_web_are_linked(url: str, is_link: bool) -> None:  # noqa: FBT001 - a case
    page = page_of(replace(TOO_MANY, url=url))
    links = [str(each.get("href")) for each in page.of("a")]
    assert (url in links) is is_link


def test_a_card_says_what_is_wrong_what_is_wanted_and_what_to_do() -> None:
    text = flat(page_of(TOO_MANY).text)
    assert (
        "Mandatory cost-ecs-desired-count high line 20 · docs web desiredCount is 50; wanted at "
        "most 10 (max of cost-ecs-desired-count in policies/profiles/dev.json). Fix: Lower it, or "
        "raise the cap."
    ) in text


def test_what_a_rule_says_of_several_resources_at_a_line_is_one_card() -> None:
    place = (SourcePosition(file="__main__.py", line=7),)
    found = [
        finding("alike", urn(QUEUE, name), problem="wrong", is_prose=False, places=place)
        for name in ("one", "two")
    ]
    page = page_of(*found)
    assert page.cards() == ["alike"]
    assert [each["data-count"] for each in page.of("article")] == ["2"]
    assert "one two wrong" in flat(page.text)


def test_a_rule_that_says_different_things_at_a_line_says_each_with_its_resource() -> None:
    place = (SourcePosition(file="__main__.py", line=7),)
    found = [
        finding("alike", urn(QUEUE, name), problem=f"{name}s", is_prose=False, places=place)
        for name in ("one", "two")
    ]
    page = page_of(*found)
    assert page.cards() == ["alike"]
    assert "one ones two twos" in flat(page.text)


def test_the_worst_findings_of_a_file_come_first_and_files_with_worse_ones_before_others() -> None:
    def at(rule: str, file: str, level: Level, severity: str | None = None) -> Finding:
        places = (SourcePosition(file=file, line=1),)
        return finding(rule, urn(QUEUE, "jobs"), level=level, severity=severity, places=places)

    page = page_of(
        at("a", "a.py", Level.ADVISORY),
        at("b", "b.py", Level.ADVISORY, "low"),
        at("c", "b.py", Level.ADVISORY, "high"),
        at("d", "b.py", Level.MANDATORY),
    )
    assert page.cards() == ["d", "c", "b", "a"]


@pytest.mark.parametrize(
    ("waived", "told"),
    [
        pytest.param(
            WAIVED, "Accepted until 2027-01-01: holds public data only (platform)", id="by-the-pack"
        ),
        pytest.param(
            EXCEPTED,
            "Accepted without an end: exception EXC-9: public; exception EXC-10: to be replaced",
            id="by-exceptions",
        ),
    ],
)
def test_a_waived_finding_tells_why_and_until_when(waived: Finding, told: str) -> None:
    assert told in flat(page_of(waived=(waived,)).text)


def test_what_was_not_evaluated_has_a_card_of_its_own_kind() -> None:
    page = page_of(not_evaluated=(UNSEEN,))
    assert [each["data-kind"] for each in page.of("article")] == ["not-evaluated"]


def test_each_card_has_an_address_that_other_findings_do_not_change() -> None:
    [alone] = [each["id"] for each in page_of(UNTAGGED).of("article")]
    both = {each["data-rule"]: each["id"] for each in page_of(TOO_MANY, UNTAGGED).of("article")}
    assert both["tags-required"] == alone
    assert len(set(both.values())) == 2


def test_a_line_of_the_program_is_shown_and_marked(tmp_path: Path) -> None:
    write_source(tmp_path, 3)
    told = replace(verdict(Reported(findings=(TOO_MANY,))), folder=tmp_path)
    page = Read(written(told))
    [shown] = [each for each in page.of("ol") if each.get("class") == "code"]
    assert shown["start"] == "18"
    assert len(page.of("mark")) == 1


def test_a_page_without_the_programs_files_shows_no_lines() -> None:
    assert not page_of(TOO_MANY).of("ol")


def test_nothing_found_is_said() -> None:
    ran = Ran(rule="checked", pack="demo", level=Level.ADVISORY)
    page = Read(written(verdict(Reported(rules=(ran,)))))
    assert "Nothing was found. 1 rule passed." in page.text


def priced(*lines: CostLine, unpriced: tuple[Unpriced, ...] = ()) -> Verdict:
    told = verdict(Reported())
    told._costs.append(Cost(lines=lines, unpriced=unpriced, basis=("prices of May",)))  # noqa: SLF001 - as a package would
    return told


def bill(about: str, item: str, base: str, worst: str, currency: str = "USD") -> CostLine:
    return CostLine(
        urn=about, item=item, currency=currency, base=Decimal(base), worst=Decimal(worst)
    )


def test_costs_are_told_by_module_and_by_resource_the_dearest_first() -> None:
    page = Read(
        written(
            priced(
                bill(urn(QUEUE, "jobs"), "requests", "1", "1"),
                bill(urn(SERVICE, "web"), "task vCPU", "4", "30"),
                bill(urn(SERVICE, "web"), "task memory", "5", "9"),
                unpriced=(Unpriced(urn=urn(QUEUE, "dead"), reason="has no price"),),
            )
        )
    )
    text = flat(page.text)
    assert "prices of May 10.00 USD a month as declared, 40.00 at worst" in text
    assert (
        "By module Name Declared At worst Share (no module) 1 resource 9.00 39.00 98% "
        "orders 1 resource 1.00 1.00 2%"
    ) in text
    assert "web task vCPU, task memory 9.00 39.00 98% jobs requests 1.00 1.00 2%" in text
    assert "Not priced, so the totals are too low: 1 resource dead has no price" in text


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        pytest.param("0.005", "0.01", id="half-a-cent"),
        pytest.param("68.805", "68.81", id="as-the-terminal-has-it"),
        pytest.param("1234.5", "1,234.50", id="thousands"),
    ],
)
def test_an_amount_is_rounded_to_the_cent_as_in_other_reports(amount: str, shown: str) -> None:
    text = flat(Read(written(priced(bill(urn(SERVICE, "web"), "task", amount, amount)))).text)
    assert f"{shown} USD a month as declared, {shown} at worst" in text


def test_a_bar_is_as_long_as_the_share_and_shows_what_is_declared_within() -> None:
    page = Read(written(priced(bill(urn(SERVICE, "web"), "task", "10", "40"))))
    assert [(each["class"], each["width"]) for each in page.of("rect")] == [
        ("worst", "100.0"),
        ("base", "25.0"),
    ]


def test_each_currency_has_a_total_of_its_own() -> None:
    text = flat(
        Read(
            written(
                priced(
                    bill(urn(SERVICE, "web"), "task", "1", "1"),
                    bill(urn(QUEUE, "jobs"), "queue", "2", "2", "EUR"),
                )
            )
        ).text
    )
    assert "2.00 EUR a month as declared" in text
    assert "1.00 USD a month as declared" in text


def test_what_is_billed_by_use_alone_is_no_row() -> None:
    page = Read(written(priced(bill(urn(QUEUE, "jobs"), "requests", "0", "0"))))
    assert "1 resource bills by use, which is not counted." in page.text
    assert not page.of("rect")


def test_a_stack_that_nobody_prices_has_no_section_of_costs() -> None:
    told = verdict(Reported())
    told._costs.append(None)  # noqa: SLF001 - no package prices it
    assert "cost" not in {each.get("id") for each in Read(written(told)).of("section")}


def test_fixes_are_shown_as_differences() -> None:
    page = Read(written(verdict()))
    assert len(page.of("del")) == 3
    assert len(page.of("ins")) == 3
    assert "desiredCount: 2" in page.text


def test_every_rule_is_told_with_its_result() -> None:
    about = About(description="Queues poll long", url="https://example.com/polling")
    ran = Ran(rule="sqs-long-polling", pack="demo", level=Level.ADVISORY, about=about)
    page = Read(written(verdict(Reported(rules=(ran,)))))
    text = flat(page.text)
    assert "1 rule: 1 passed" in text
    assert "sqs-long-polling advisory passed Queues poll long documentation" in text


def test_no_secret_is_on_the_page(tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text("password = 'hunter2'\n" * 30)
    page = written(replace(verdict(), folder=tmp_path))
    assert "hunter2" not in page


@pytest.mark.parametrize("lines", [False, True], ids=["one-line", "a-line-each"])
def test_the_page_of_a_thousand_resources_stays_small(lines: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a case
    write_source(tmp_path, 1030)
    page = written(replace(thousand(lines=lines), folder=tmp_path))
    assert len(page.encode()) < MOST_BYTES


def test_the_list_of_resources_is_there_without_scripts() -> None:
    page = Read(written(shop()))
    rows = [each["id"] for each in page.of("tr") if str(each.get("id", "")).startswith("r-")]
    assert rows == [f"r-{number}" for number in range(7)]


def several() -> Verdicts:
    """Two stacks of one folder, one of another, one without a verdict, and one left out."""
    first, second = shop(), replace(shop(), stack="prod")
    results = (
        StackResult(folder="infra", project="shop", stack="dev", verdict=first),
        StackResult(folder="infra", project="shop", stack="prod", verdict=second),
        StackResult(folder="web", project="web", stack="dev", verdict=verdict()),
        StackResult(
            folder="odd", project=None, stack=None, verdict=None, error="no <file>", hint="make it"
        ),
    )
    left_out = (LeftOut(folder="old", reason="no change since main"),)
    return Verdicts(results=results, left_out=left_out, seconds=3.0)


def page_of_several() -> str:
    stream = io.StringIO()
    html.write_several(several(), stream)
    return stream.getvalue()


def test_several_stacks_are_one_page_that_begins_with_what_became_of_each() -> None:
    text = flat(Read(page_of_several()).text)
    counts = "0 waived, 0 not evaluated"
    assert (
        f"4 stacks infra (dev) FAIL 1 mandatory finding, 1 advisory, {counts} "
        f"infra (prod) FAIL 1 mandatory finding, 1 advisory, {counts} "
        "web (dev) FAIL 2 mandatory findings, 1 advisory, 1 waived, 2 not evaluated "
        "odd NO VERDICT no <file> (make it) old was not judged: no change since main"
    ) in text


def test_each_part_of_several_stacks_has_an_address_of_its_own() -> None:
    page = Read(page_of_several())
    ids = [each["id"] for _, each in page.elements if "id" in each]
    assert len(ids) == len(set(ids))
    links = {str(each["href"]).removeprefix("#") for each in page.of("a")}
    assert {link for link in links if link.startswith(("r-", "rule-"))} <= set(ids)


def test_files_of_several_stacks_are_told_with_their_folder() -> None:
    page = Read(page_of_several())
    assert {each["data-file"] for each in page.of("article")} == {
        "infra/__main__.py",
        "web/__main__.py",
        "",
    }
    assert "infra/__main__.py, infra (dev)" in flat(page.text)
