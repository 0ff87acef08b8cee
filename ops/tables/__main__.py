"""Writes the table of what the provider fills in and leaves empty, `facts.json.gz`.

The SDK's classes and the hand table are read each time. What the real provider's plan knows is
read where `--plans SCHEMA DEFAULTS` names two files, gzipped JSON, and is kept in `plans.json.gz`:

- SCHEMA has `resources`: Terraform's type to its attributes (`a`) and nested blocks (`b`).
- DEFAULTS has `types`: Terraform's type to its planned values (`defaults`), and `provider`.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ops.errors import exit_with
from ops.paths import PREFLIGHT
from ops.tables.facts import facts
from ops.tables.imports import forms, services
from ops.tables.known import known
from ops.tables.planned import planned
from ops.tables.sdk import classes

PLANS = Path(__file__).parent / "plans.json.gz"
TABLE = PREFLIGHT / "pulumi_preflight" / "outputs" / "facts.json.gz"


def main(arguments: Sequence[str]) -> int:
    """Writes the table; with `--check` only compares.

    Returns:
        0, or 1 where `--check` finds it stale.
    """
    parser = argparse.ArgumentParser(prog="python -m ops.tables", description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--plans", nargs=2, type=Path, metavar=("SCHEMA", "DEFAULTS"))
    options = parser.parse_args(arguments)
    before = _read(TABLE) if TABLE.exists() else {}
    types = classes("pulumi_aws")
    if options.plans:
        schema, defaults = map(_read, options.plans)
        found_plans = planned(schema["resources"], defaults["types"], types)
        _write(PLANS, {"provider": defaults["provider"], "types": found_plans})
    plans = _read(PLANS)
    found = forms("pulumi_aws", types)
    page = {
        "sdk": f"pulumi_aws {version('pulumi_aws')}",
        "provider": plans["provider"],
        "types": facts(types, known(types), plans["types"], found),
        "services": services(found),
    }
    # Lists and tuples, integers and floats are one in JSON.
    page = json.loads(json.dumps(page))
    if page == {name: value for name, value in before.items() if name != "dated"}:
        return 0
    if options.check:
        sys.stderr.write(f"{TABLE.name} is stale; run `python -m ops.tables`\n")
        return 1
    _write(TABLE, {"dated": datetime.now(UTC).date().isoformat()} | page)
    return 0


def _write(path: Path, page: Mapping[str, Any]) -> None:
    text = json.dumps(page, sort_keys=True, separators=(",", ":"))
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def _read(path: Path) -> Mapping[str, Any]:
    page: Mapping[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return page


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
