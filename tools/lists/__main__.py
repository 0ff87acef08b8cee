"""Compares each list with newer data that a package registry serves, and says what is new.

python -m tools.lists            # fetches the newest packages into a temporary folder
python -m tools.lists --check    # says which list is older than 180 days; fetches nothing
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from ops.paths import ROOT
from pulumi_loopback.errors import exit_with
from pulumi_loopback.guard import temporary_folder
from tools.lists.newer import MOST_DAYS, PACK, SOURCES, compared, dated, fetch


def main(arguments: Sequence[str]) -> int:
    """Prints a line for each list; 0, whatever the lists are like."""
    parser = argparse.ArgumentParser(prog="python -m tools.lists", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say which list is old")
    if parser.parse_args(arguments).check:
        tell_ages()
    else:
        tell_news()
    return 0


def tell_ages() -> None:
    """Says which data files of the pack nobody has compared for long."""
    today = datetime.now(tz=UTC).date()
    files = dated()
    for file in files:
        if file.is_old(today):
            say(f"old: {file.path.relative_to(ROOT)} is of {file.day or 'no day'}")
    old = sum(file.is_old(today) for file in files)
    say(f"{len(files)} lists, {old} older than {MOST_DAYS} days; `nox -s lists` compares them")


def tell_news() -> None:
    """Compares each list that a package has newer data for."""
    with temporary_folder("lists-") as folder:
        versions = fetch(folder)
        for path in sorted((PACK / "lists").glob("*.json")):
            package, _ = SOURCES.get(path.stem, ("", None))
            if package not in versions:
                why = f"{package} needs npm" if package else "no package has it; see its source"
                say(f"{path.stem}: not compared: {why}")
                continue
            found = compared(path.stem, folder)
            is_same = "" if found.new or found.gone else ", nothing new"
            say(f"{path.stem}: {package} {versions[package]}{is_same}")
            for word, texts in (("new", found.new), ("gone", found.gone)):
                for text in texts:
                    say(f"  {word}: {text}")


def say(line: str) -> None:
    """Prints a line."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
