"""The HTML report in a browser: nothing is asked for, all is reached by keys, all can be read."""

import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from pulumi_preflight.verdict import Verdict
from tests.preflight import node
from tests.preflight.browser import Seen, opened, started, written
from tests.preflight.pages import shop, thousand, write_source
from tests.preflight.samples import verdict
from tests.preflight.test_reports_html import page_of_several

CHECKS = Path(__file__).parent / "html_checks"
MOST_SECONDS = 1.0
# The sum of red, green and blue.
DARK, LIGHT = 150, 600
# The picture and the findings of all tests here are drawn by one browser.
pytestmark = pytest.mark.xdist_group("html-browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture(scope="module")
def checks(pytestconfig: pytest.Config) -> Path:
    """The Node packages that judge a page."""
    return node.installed(pytestconfig, CHECKS)


@pytest.fixture
def seen(browser: Browser, tmp_path: Path) -> Iterator[Seen]:
    """The page of two modules and two findings."""
    write_source(tmp_path, 3)
    seen = opened(browser, replace(shop(), folder=tmp_path), tmp_path)
    yield seen
    seen.page.close()


@pytest.fixture
def page(seen: Seen) -> Page:
    return seen.page


def focused(page: Page) -> str:
    """The text of what has the focus."""
    # The text as written: what is far from the screen has not been laid out yet.
    text: str = page.evaluate("document.activeElement.textContent || document.activeElement.id")
    return " ".join(text.split())


def boxes(page: Page) -> list[str]:
    """The names of the boxes that are shown, in the order in which a reader meets them."""
    return page.locator("#picture .box .label").all_text_contents()


def cards(page: Page) -> list[str]:
    return page.locator("article.finding:visible .rule").all_text_contents()


def sample_with_source(folder: Path) -> Verdict:
    write_source(folder, 3)
    return replace(verdict(), folder=folder)


@pytest.mark.parametrize("make", [shop, verdict, thousand], ids=["modules", "everything", "large"])
def test_the_page_asks_for_nothing_and_complains_of_nothing(
    browser: Browser,
    tmp_path: Path,
    make: Any,  # noqa: ANN401 - makes a verdict
) -> None:
    seen = opened(browser, make(), tmp_path)
    seen.page.locator("#picture .box").first.click()
    seen.page.close()
    assert seen.told == []
    assert [Path(each).name for each in seen.asked] == ["report.html"]


def test_the_browser_runs_no_script_but_the_pages_own(page: Page) -> None:
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "document.title = 'taken'";
            document.body.append(script);
            const image = "<img src=x onerror=\\"document.title='taken'\\">";
            document.body.insertAdjacentHTML("beforeend", image);
        }"""
    )
    page.wait_for_timeout(100)
    assert page.title() == "FAIL: shop, stack dev"


def test_a_slash_leads_to_the_search_and_escape_shows_all_again(page: Page) -> None:
    page.keyboard.press("/")
    assert focused(page) == "search"
    page.keyboard.type("tags")
    assert cards(page) == ["tags-required"]
    assert page.locator("#status").inner_text() == "1 of 2 findings, 1 of 7 resources shown"
    page.keyboard.press("Escape")
    assert cards(page) == ["ecs-count", "tags-required"]
    assert page.locator("#status").inner_text() == ""


def test_arrow_keys_lead_from_the_search_through_the_findings(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    assert "ecs-count" in focused(page)
    page.keyboard.press("j")
    assert "tags-required" in focused(page)
    page.keyboard.press("ArrowDown")
    assert "tags-required" in focused(page)
    page.keyboard.press("Home")
    assert "ecs-count" in focused(page)


def test_tab_meets_all_parts_of_the_page_in_their_order(page: Page) -> None:
    met = []
    for _ in range(40):
        page.keyboard.press("Tab")
        met.append(focused(page))
    text = " | ".join(met)
    order = [
        "To the findings",
        "search",
        "Mandatory 1",
        "ecs-count",
        "web 3 resources",
        "as a list",
    ]
    assert [text.find(each) for each in order] == sorted(text.find(each) for each in order)
    assert all(each in text for each in order)


def test_what_has_the_focus_shows_it(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    for selector in ("#search", "article.finding", "#picture .box[tabindex='0']"):
        page.locator(selector).first.focus()
        width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert width == "3px"


def test_the_picture_is_used_by_keys_alone(page: Page) -> None:
    assert boxes(page) == ["web", "data", "alone"]
    page.locator("#picture .box").first.focus()
    page.keyboard.press("ArrowDown")
    assert focused(page).startswith("data")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    # What is in the module, and dashed what it refers to.
    assert boxes(page) == ["front", "front", "data"]
    page.keyboard.press("Enter")
    assert focused(page) == "front"
    assert "Refers to" in page.locator(".details").inner_text()
    page.keyboard.press("Escape")
    assert "How to read this" in page.locator(".details").inner_text()
    page.keyboard.press("Escape")
    assert boxes(page) == ["web", "data", "alone"]
    assert focused(page).startswith("web")


def test_boxes_are_marked_with_the_findings_inside(page: Page) -> None:
    told = [" ".join(each.split()) for each in page.locator("#picture .box").all_text_contents()]
    assert told == [
        "web 3 resources 1 mandatory",
        "data 3 resources 1 advisory",
        "alone kms Key",
    ]


def test_a_line_leads_from_what_refers_to_what_it_refers_to(page: Page) -> None:
    assert page.locator("#picture .line").count() == 1
    page.locator("#picture .box", has_text="web").click()
    assert page.locator("#picture .line").count() == 2


def test_a_filter_holds_for_the_findings_and_the_picture(page: Page) -> None:
    page.locator(".toggle.mandatory").click()
    assert cards(page) == ["tags-required"]
    assert page.locator("#picture .mark.mandatory:not(.details *)").count() == 0
    page.locator("#by-rule").select_option("ecs-count")
    assert cards(page) == []
    assert page.locator("#none-left").is_visible()
    page.locator("#clear").click()
    assert cards(page) == ["ecs-count", "tags-required"]


def test_the_search_shows_where_in_the_picture_a_resource_is(page: Page) -> None:
    page.locator("#search").fill("dynamodb")
    assert page.locator("#picture .box.match .label").all_inner_texts() == ["data"]
    page.locator(".found button").click()
    assert page.locator("#picture .box.chosen .label").all_inner_texts() == ["orders"]
    assert "aws:dynamodb/table:Table" in page.locator(".details").inner_text()


def test_a_finding_leads_to_its_resource_and_back(page: Page) -> None:
    page.locator("article.finding a", has_text="front").click()
    assert page.locator("#picture .box.chosen .what").inner_text() == "ecs Service"
    page.locator(".details a", has_text="ecs-count").click()
    assert "ecs-count" in focused(page)


@pytest.mark.parametrize("width", [360, 768, 1280], ids=["phone", "tablet", "desk"])
def test_nothing_is_wider_than_the_page(browser: Browser, tmp_path: Path, width: int) -> None:
    seen = opened(browser, sample_with_source(tmp_path), tmp_path, width=width)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    inside = seen.page.evaluate(
        """() => { const stage = document.querySelector(".stage").getBoundingClientRect();
        return [...document.querySelectorAll(".box")].every((box) => {
            const { left, right } = box.getBoundingClientRect();
            return left >= stage.left - 1 && right <= stage.right + 1; }); }"""
    )
    seen.page.close()
    assert inside


def test_the_page_is_light_or_dark_as_its_reader_wants(browser: Browser, tmp_path: Path) -> None:
    def brightness(*, dark: bool) -> int:
        page = opened(browser, shop(), tmp_path, dark=dark).page
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.close()
        return sum(map(int, colour.removeprefix("rgb(").removesuffix(")").split(",")))

    assert brightness(dark=True) < DARK
    assert brightness(dark=False) > LIGHT


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desk"])
def test_axe_finds_nothing_that_keeps_anybody_out(
    browser: Browser,
    tmp_path: Path,
    checks: Path,
    width: int,
    dark: bool,  # noqa: FBT001 - a case
) -> None:
    page = opened(browser, sample_with_source(tmp_path), tmp_path, width=width, dark=dark).page
    page.evaluate((checks / "axe-core/axe.min.js").read_text())
    found = []
    for _ in range(2):
        told = page.evaluate("axe.run()")
        found += [f"{each['id']}: {each['nodes'][0]['html']}" for each in told["violations"]]
        # Then with the picture's details open, and lines lit.
        page.locator("#picture .box").last.click()
    page.close()
    assert found == []


@pytest.mark.parametrize("make", [shop, verdict], ids=["modules", "everything"])
def test_a_validator_finds_nothing_wrong(checks: Path, tmp_path: Path, make: Any) -> None:  # noqa: ANN401 - as above
    validate(written(make()), checks, tmp_path)


def test_a_validator_finds_nothing_wrong_with_several_stacks(checks: Path, tmp_path: Path) -> None:
    validate(page_of_several(), checks, tmp_path)


def test_several_stacks_are_boxes_of_one_picture(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(page_of_several(), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready]")
    assert boxes(page) == ["infra (dev)", "infra (prod)", "web (dev)"]
    page.locator("#picture .box", has_text="infra (prod)").click()
    assert boxes(page) == ["web", "data", "alone"]
    page.locator("#search").fill("dynamodb")
    assert page.locator("#status").inner_text() == "0 of 10 findings, 2 of 19 resources shown"
    page.close()


def validate(text: str, checks: Path, folder: Path) -> None:
    """Has html-validate read a page as the standard has it, and as readers by ear need it."""
    file = folder / "report.html"
    file.write_text(text, encoding="utf-8")
    command = ("html-validate/bin/html-validate.mjs", "--preset", "standard,a11y,document")
    program = shutil.which("node")
    assert program
    run = subprocess.run(
        [program, checks / command[0], *command[1:], "--formatter", "json", file],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    told = json.loads(run.stdout)
    assert [each["message"] for result in told for each in result["messages"]] == []


def test_the_page_of_a_thousand_resources_is_ready_within_a_second(
    browser: Browser, tmp_path: Path
) -> None:
    write_source(tmp_path, 1030)
    seen = opened(browser, replace(thousand(lines=True), folder=tmp_path), tmp_path)
    taken = []
    # The best of five: other tests run on this machine as well.
    for _ in range(5):
        seen.reload()
        taken.append(
            seen.page.evaluate("performance.getEntriesByName('ready')[0].startTime") / 1000
        )
    seen.page.close()
    assert min(taken) < MOST_SECONDS


def test_a_printed_page_shows_the_whole_picture_and_no_tools(page: Page) -> None:
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert not page.locator("#tools").is_visible()
    assert page.evaluate("document.querySelector('.lines').getAttribute('width')") == "680"
    page.set_viewport_size({"width": 700, "height": 700})
    page.evaluate("new Promise((told) => requestAnimationFrame(() => requestAnimationFrame(told)))")
    assert page.evaluate("document.querySelector('.lines').getAttribute('width')") == "680"
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.querySelector('.lines').getAttribute('width')") != "680"


SCRIPTS = resources.files("pulumi_preflight.reports.html")
SIZE = {"box": {"width": 190, "height": 56}, "gap": 18, "slot": 16, "rise": 44}


def placed(page: Page, count: int, edges: list[tuple[int, int]], width: int) -> Any:  # noqa: ANN401 - values of JSON
    script = SCRIPTS.joinpath("layout.js").read_text(encoding="utf-8")
    wanted = json.dumps([count, edges, {"width": width, **SIZE}])
    return page.evaluate(f"(() => {{ {script}; return layout(...{wanted}); }})()")


def edges_of(seed: int) -> tuple[int, list[tuple[int, int]]]:
    """Some boxes with lines that close no circle."""
    chance = random.Random(seed)  # noqa: S311 - examples, not secrets
    count = chance.randint(1, 60)
    order = chance.sample(range(count), count)
    pairs = [sorted(chance.sample(range(count), 2)) for _ in range(count * 2) if count > 1]
    return count, [(order[one], order[other]) for one, other in pairs]


@pytest.mark.parametrize("width", [340, 900])
@pytest.mark.parametrize("seed", range(12))
def test_boxes_do_not_overlap_and_lines_lead_down(page: Page, seed: int, width: int) -> None:
    count, edges = edges_of(seed)
    found = placed(page, count, edges, width)
    corners = [(round(each["x"]), round(each["y"])) for each in found["boxes"]]
    for number, (x, y) in enumerate(corners):
        assert all(
            abs(x - other) >= SIZE["box"]["width"] or abs(y - below) >= SIZE["box"]["height"]  # type: ignore[index]
            for other, below in corners[:number]
        )
        assert -1 <= x <= max(0, width - 190) + 1
        assert y + 56 <= found["height"] + 1
    assert all(corners[one][1] < corners[other][1] for one, other in edges)


@pytest.mark.parametrize("seed", range(6))
def test_a_line_is_left_out_only_where_others_lead_the_same_way(page: Page, seed: int) -> None:
    count, edges = edges_of(seed)
    lines = [(each["from"], each["to"]) for each in placed(page, count, edges, 900)["lines"]]
    assert set(lines) <= set(edges)
    assert reached(count, lines) == reached(count, edges)


def reached(count: int, edges: list[tuple[int, int]]) -> list[set[int]]:
    below: list[set[int]] = [set() for _ in range(count)]
    for _ in range(count):
        for one, other in edges:
            below[one] |= {other, *below[other]}
    return below


def test_lines_that_close_a_circle_are_drawn_too(page: Page) -> None:
    found = placed(page, 3, [(0, 1), (1, 2), (2, 0)], 900)
    assert sorted((each["from"], each["to"]) for each in found["lines"]) == [(0, 1), (1, 2), (2, 0)]


def test_a_view_of_many_alike_can_be_read_and_all_are_reached(page: Page) -> None:
    script = SCRIPTS.joinpath("graph.js").read_text(encoding="utf-8")
    resources = [[f"queue-{number}", 0, -1, 1, -1, 0, []] for number in range(3000)]
    data = json.dumps({"name": "s", "types": ["a:b:C"], "files": [], "resources": resources})
    found = page.evaluate(
        f"""(() => {{ {script};
        const stack = new Stack({data});
        const all = [stack.root];
        for (const box of all) {{ all.push(...box.boxes); }}
        return {{ most: Math.max(...all.map((box) => box.boxes.length)),
            reached: new Set(all.map((box) => box.resource)).size - 1 }}; }})()"""
    )
    assert found == {"most": 36, "reached": 3000}
