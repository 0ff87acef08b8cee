"""Pieces of real reports for the page about them."""

import io
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from ops.paths import PACK, ROOT
from pulumi_preflight import PackChoice, Verdict, reports, run

PROGRAM: Final = ROOT / "examples/broken"
SAMPLE: Final = re.compile(
    r"(?P<head><!-- sample of: (?P<format>\w+) -->\n```\w+\n)(?:(?!```$).*\n)*"
    r"(?P<tail>```\n<!-- end -->)",
    re.MULTILINE,
)


def with_fresh_samples(page: Path) -> str:
    """A page as it should be: every block holds a piece of the report that is written now."""
    return SAMPLE.sub(
        lambda block: f"{block['head']}{sample_of(block['format'])}{block['tail']}",
        page.read_text(encoding="utf-8"),
    )


def sample_of(report_format: str) -> str:
    """A piece of a report that shows what its entries are like."""
    return PIECES[report_format](written(report_format))


def written(report_format: str) -> str:
    """The whole report."""
    stream = io.StringIO()
    reports.write(_verdict(), report_format, stream)
    return stream.getvalue()


@cache
def _verdict() -> Verdict:
    pack = PackChoice(directory=PACK, config=PROGRAM / "policies/profile.json")
    return run(PROGRAM, stack="local", packs=[pack])


def _first_result(log: str) -> str:
    return _json(json.loads(log)["runs"][0]["results"][0])


def _first_entry(listed: str) -> str:
    return _json(json.loads(listed)[0])


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _first_failure(document: str) -> str:
    """The first test that failed, moved to the margin."""
    [case] = re.findall(r"^ *<testcase [^>]*>\n *<failure.*?</testcase>\n", document, _ALL)[:1]
    return re.sub(r"^ {4}", "", case, flags=re.MULTILINE)


_ALL: Final = re.DOTALL | re.MULTILINE


def _first_finding(comment: str) -> str:
    """The comment down to its second finding."""
    second = comment.index("\n- ", comment.index("\n- ") + 1)
    return f"{comment[:second]}\n...\n"


def _lines(number: int) -> Callable[[str], str]:
    def first(text: str) -> str:
        return "".join(text.splitlines(keepends=True)[:number])

    return first


PIECES: Final[Mapping[str, Callable[[str], str]]] = {
    "sarif": _first_result,
    "junit": _first_failure,
    "markdown": _first_finding,
    "gitlab": _first_entry,
    "github": _lines(1),
    "csv": _lines(2),
}
