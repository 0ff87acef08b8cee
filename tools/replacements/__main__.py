"""Writes preflight's table of what replaces a resource: `replacements.json.gz`.

The answers of Terraform's AWS provider are in `answers.json.gz` beside this; `--ask FILE` gets them
from the provider's binary, for all types that are not in there yet, or for those that are named:

    python -m tools.replacements --ask .../terraform-provider-aws_v5.100.0_x5 aws_dynamodb_table

All types take an hour on two cores; what is answered is kept, so the command may be ended and
started anew. It ends with what the provider does not plan without an account; `--left` says that in
short. What is newer than that provider is taken from CloudFormation's schemas
(`createOnlyProperties`), which cfn-lint ships.
"""

import argparse
import gzip
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from textwrap import wrap
from time import monotonic
from typing import Any

from ops.paths import PREFLIGHT
from pulumi_loopback.errors import CommandError, exit_with
from pulumi_preflight.outputs.schemas import Schema, nearest
from tools.replacements import answers
from tools.replacements.cloudformation import schema_date
from tools.replacements.table import Made, made

TABLE = PREFLIGHT / "pulumi_preflight" / "changes" / "replacements.json.gz"
# The version of pulumi-aws that is bridged from the provider that is asked, and the newest one.
_MAJORS = ("6", "7")
_SAVED_SECONDS = 20.0
_WIDTH = 100
_BINARY = re.compile(r"terraform-provider-aws_v([0-9.]+)")


def main(arguments: Sequence[str]) -> int:
    """Writes the table; with `--check` and `--left` it stays, with `--ask` the provider is asked.

    Returns:
        0, or 1 where `--check` finds it stale.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.replacements", description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--left", action="store_true")
    parser.add_argument("--ask", type=Path, metavar="FILE")
    parser.add_argument("types", nargs="*", metavar="TYPE", help="Terraform's, to ask anew")
    options = parser.parse_args(arguments)
    if options.ask:
        _ask(options.ask, options.types)
    told = answers.read()
    fresh, found = content(told)
    if options.check:
        if TABLE.exists() and gzip.decompress(TABLE.read_bytes()).decode() == fresh:
            return 0
        sys.stderr.write(f"{TABLE.name} is stale; run `python -m tools.replacements`\n")
        return 1
    if options.left:
        sys.stdout.writelines(f"{line}\n" for line in _in_short(told))
        return 0
    TABLE.write_bytes(gzip.compress(fresh.encode(), mtime=0))
    sys.stdout.writelines(f"{line}\n" for line in _left(told["types"], found))
    return 0


def content(told: Mapping[str, Any]) -> tuple[str, Made]:
    """The table as it should be, and what is left to say of how it was made."""
    found = made(told["types"], _schemas())
    page = {
        "sources": [
            f"{told['provider']}, asked {told['asked']}",
            f"CloudFormation's schemas of {schema_date()} in cfn-lint {version('cfn-lint')}",
        ],
        "types": found.types,
    }
    return json.dumps(page, sort_keys=True, separators=(",", ":")), found


def _schemas() -> Sequence[Schema]:
    found = [nearest("aws", major) for major in _MAJORS]
    return [each for each in found if each is not None]


def _ask(binary: Path, types: Sequence[str]) -> None:
    number = _BINARY.match(binary.name)
    if number is None:
        raise CommandError(f"--ask: {binary.name} is not named terraform-provider-aws_v<version>")
    provider = f"hashicorp/aws {number[1]}"
    kept: Mapping[str, Any] = (
        answers.read() if answers.ANSWERS.exists() else {"provider": provider, "types": {}}
    )
    if kept["provider"] != provider:
        raise CommandError(
            f"--ask: the answers kept are those of {kept['provider']}; remove "
            f"{answers.ANSWERS.name} to ask {provider} of all types"
        )
    found: dict[str, Any] = dict(kept["types"])
    saved = monotonic()

    def save(known: Mapping[str, Any]) -> None:
        nonlocal saved
        found.update(known)
        if monotonic() - saved > _SAVED_SECONDS:
            answers.write(provider, found)
            sys.stderr.write(f"{len(found)} types are answered\n")
            saved = monotonic()

    try:
        answers.ask(binary, types, kept["types"], save)
    finally:
        answers.write(provider, found)


def _in_short(told: Mapping[str, Any]) -> Iterator[str]:
    """What was asked of the provider, and what has no answer."""
    asked = {name: entry for name, entry in told["types"].items() if "changes" in entry}
    yield f"{told['provider']}, asked {told['asked']}: {len(asked)} of {len(told['types'])} types"
    unasked = sorted(told["types"].keys() - asked.keys())
    deep = sorted(name for name, entry in asked.items() if entry.get("unasked"))
    untold = {name: len(entry["untold"]) for name, entry in asked.items() if entry["untold"]}
    paths = sum(len(entry["changes"]) + entry["kept"] for entry in asked.values())
    yield f"{paths} paths are told, {sum(untold.values())} of {len(untold)} types are not"
    for title, names in (
        ("not asked", unasked),
        ("asked for the outer blocks alone", deep),
        ("some paths not told", sorted(untold)),
    ):
        words = f"{title}: {', '.join(names) or 'none'}"
        yield from wrap(words, width=_WIDTH, subsequent_indent="  ")


def _left(types: Mapping[str, Any], found: Made) -> Iterator[str]:
    """What could not be asked or named, one line each."""
    for name in found.unmatched:
        yield f"{name}: pulumi-aws has no such type"
    for name, entry in sorted(types.items()):
        if "changes" not in entry:
            yield f"{name}: not asked yet; `--ask` asks it"
        for path, words in entry.get("untold", {}).items():
            yield f"{name}.{path}: not told: {words}"
        if unasked := entry.get("unasked"):
            yield f"{name}: {unasked} paths lie too deep to be asked"
        for path in found.unnamed.get(name, ()):
            yield f"{name}.{path}: pulumi-aws has no such property"


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
