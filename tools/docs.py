"""`nox -s docs`: writes the generated pages, or checks that none is stale."""

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from aws_policy_pack.docs import rules_page
from aws_policy_pack.registry import RULES
from ops.paths import PACK, PREFLIGHT, ROOT
from pulumi_loopback.errors import exit_with
from tools.printed import with_fresh_output
from tools.versions import versions_page

RULES_PAGE = ROOT / "docs" / "rules.md"
PAGES: Mapping[Path, Callable[[], str]] = {
    RULES_PAGE: lambda: rules_page(RULES),
    ROOT / "docs" / "versions.md": versions_page,
    **{
        page: partial(with_fresh_output, page)
        for page in (
            ROOT / "README.md",
            ROOT / "docs" / "unknowns.md",
            PREFLIGHT / "README.md",
            PACK / "README.md",
        )
    },
}


def main(arguments: Sequence[str]) -> int:
    """Writes every page; with `--check` only compares.

    Returns:
        0, or 1 where `--check` finds a stale page.
    """
    pages = {path: make() for path, make in PAGES.items()}
    stale = {path: page for path, page in pages.items() if not _is_fresh(path, page)}
    if "--check" in arguments:
        for path in stale:
            sys.stderr.write(f"{path.relative_to(ROOT)} is stale; run `nox -s docs`\n")
        return 1 if stale else 0
    for path, page in stale.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(page, encoding="utf-8")
        sys.stdout.write(f"wrote {path.relative_to(ROOT)}\n")
    return 0


def _is_fresh(path: Path, page: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == page


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
