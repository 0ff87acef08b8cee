"""A browser, and pages of reports in it."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from pulumi_preflight.reports import html
from pulumi_preflight.verdict import Verdict
from tools import browser


@contextmanager
def started() -> Iterator[Browser]:
    """Starts it; where there is none, the test fails in CI, and is left out elsewhere."""
    path = browser.find()
    if path is None:
        message = "Chromium is not on PATH, and the HTML report is looked at in it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with browser.started(path) as running:
        yield running


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A page that is open.

    Attributes:
        page: The page.
        told: What the page wrote to the console, and errors that nothing caught.
        asked: The addresses that the page asked for, its own the first.
    """

    page: Page
    told: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def reload(self) -> None:
        """Opens the page again, as at first."""
        self.page.goto(self.page.url.partition("#")[0])
        self.page.wait_for_selector("html[data-ready]")


def opened(
    running: Browser, verdict: Verdict, folder: Path, *, width: int = 1280, dark: bool = False
) -> Seen:
    """Writes a verdict's page into a folder and opens it."""
    file = folder / "report.html"
    file.write_text(written(verdict), encoding="utf-8")
    page = running.new_page(
        viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
    )
    seen = Seen(page=page)
    page.on("console", lambda message: seen.told.append(message.text))
    page.on("pageerror", lambda error: seen.told.append(str(error)))
    page.on("request", lambda request: seen.asked.append(request.url))
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready]")
    return seen


def written(verdict: Verdict) -> str:
    """A verdict's page."""
    stream = io.StringIO()
    html.write(verdict, stream)
    return stream.getvalue()
