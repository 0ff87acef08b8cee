"""Pictures of the HTML report for the docs: of the reference stack, and of 1,000 resources."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from playwright.sync_api import Browser, Page

from ops.offline import enforced_on
from ops.paths import PACK, ROOT, STACK
from pulumi_loopback.guard import temporary_folder
from pulumi_preflight import PackChoice, Verdict, run
from pulumi_preflight.printing import write_whole
from pulumi_preflight.reports import writer

PICTURES = ROOT / "docs" / "pictures"
LARGE = Path(__file__).parent / "shop"
"""A program of about 1,000 resources."""
BROKEN = ROOT / "examples" / "broken"
MOST_BYTES = 200_000
_QUALITY = 82
_WIDTH, _HEIGHT = 1280, 900
_SECONDS = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of a report.

    Attributes:
        name: The file's name, without its kind.
        judge: Gives the verdict.
        show: Brings the page to what the picture shows.
        width: The page's width.
        height: Its height.
        dark: Whether the reader wants it dark.
    """

    name: str
    judge: Callable[[], Verdict]
    show: Callable[[Page], None] = lambda _: None
    width: int = _WIDTH
    height: int = _HEIGHT
    dark: bool = False


@cache
def large() -> Verdict:
    """The verdict of 1,000 resources, under the whole pack as it is without a profile."""
    packs = [PackChoice(directory=PACK)]
    return run(LARGE, stack="dev", packs=packs, timeout_seconds=_SECONDS)


@cache
def reference() -> Verdict:
    """The verdict of the reference stack."""
    return _enforced(STACK)


@cache
def broken() -> Verdict:
    """The verdict of the example with mistakes."""
    return _enforced(BROKEN)


def _enforced(project: Path) -> Verdict:
    enforced = enforced_on(project, "local")
    packs = [PackChoice(directory=enforced.pack, config=enforced.config)]
    return run(project, stack="local", packs=packs, timeout_seconds=_SECONDS)


def _to(section: str) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        page.evaluate(f"document.getElementById('{section}').scrollIntoView()")

    return show


def _module(name: str) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        page.locator("#picture .box", has_text=name).first.click()
        page.mouse.move(0, 0)
        _to("stack")(page)

    return show


ALL = (
    Picture(name="findings", judge=large),
    Picture(name="cost", judge=reference, show=_to("cost"), height=760),
    Picture(name="modules", judge=large, show=_to("stack"), height=1370, dark=True),
    Picture(name="module", judge=reference, show=_module("taskiq"), height=760),
    Picture(name="phone", judge=broken, width=390, height=844, dark=True),
)


@contextmanager
def page_of(verdict: Verdict, browser: Browser, picture: Picture) -> Iterator[Page]:
    """A verdict's page, open and ready."""
    with temporary_folder("pictures-") as folder:
        file = Path(folder) / "report.html"
        write_whole(file, lambda stream: writer("html")(verdict, stream))
        page = browser.new_page(
            viewport={"width": picture.width, "height": picture.height},
            color_scheme="dark" if picture.dark else "light",
            reduced_motion="reduce",
        )
        page.goto(file.as_uri())
        page.wait_for_selector("html[data-ready]")
        yield page
        page.close()


def taken(picture: Picture, browser: Browser) -> bytes:
    """A picture as WebP."""
    with page_of(picture.judge(), browser, picture) as page:
        picture.show(page)
        # What comes near is drawn in the next frames.
        page.wait_for_timeout(300)
        session = page.context.new_cdp_session(page)
        wanted = {"format": "webp", "quality": _QUALITY}
        return base64.b64decode(session.send("Page.captureScreenshot", wanted)["data"])
