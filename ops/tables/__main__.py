"""Writes the tables that preflight ships: `facts.json.gz` and the schemas of packages.

`python -m ops.tables facts aws-7` writes two of them, and without names all. The schemas are made
from SDKs that uv installs for that; `VERSIONS` in `ops/tables/schemas.py` has their versions.

For the facts, the SDK's classes and the hand table are read each time. What the real provider's
plan knows is read where `--plans SCHEMA DEFAULTS` names two files, gzipped JSON, and is kept in
`plans.json.gz`:

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
from ops.tables import schemas
from ops.tables.facts import facts
from ops.tables.imports import forms, services
from ops.tables.known import known
from ops.tables.planned import planned
from ops.tables.sdk import classes

PLANS = Path(__file__).parent / "plans.json.gz"
TABLE = PREFLIGHT / "pulumi_preflight" / "outputs" / "facts.json.gz"
_FACTS = "facts"
_TABLES = (_FACTS, *schemas.VERSIONS)


def main(arguments: Sequence[str]) -> int:
    """Writes tables; with `--check` only compares.

    Returns:
        0, or 1 where `--check` finds one stale.
    """
    parser = argparse.ArgumentParser(prog="python -m ops.tables", description=__doc__)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"of {', '.join(_TABLES)}")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--plans", nargs=2, type=Path, metavar=("SCHEMA", "DEFAULTS"))
    options = parser.parse_args(arguments)
    names = options.tables or _TABLES
    if strange := sorted({*names} - {*_TABLES}):
        parser.error(f"there is no table {strange[0]}; there are {', '.join(_TABLES)}")
    stale = [name for name in names if not _is_fresh(name, options)]
    for name in stale:
        sys.stderr.write(f"{name} is stale; run `python -m ops.tables {name}`\n")
    return 1 if stale else 0


def _is_fresh(name: str, options: argparse.Namespace) -> bool:
    """Whether a table is as it should be; without `--check` it is written where it is not."""
    today = datetime.now(UTC).date().isoformat()
    if name == _FACTS:
        kept = _read(TABLE) if TABLE.exists() else {}
        page = _facts(options.plans)
        is_fresh = page == {key: value for key, value in kept.items() if key != "dated"}
        if not is_fresh and not options.check:
            _write(TABLE, {"dated": today, **page})
    else:
        files = schemas.made(name)
        is_fresh = files == schemas.kept(name)
        if not is_fresh and not options.check:
            schemas.write(name, files, dated=today)
    return is_fresh or not options.check


def _facts(plans: Sequence[Path] | None) -> Mapping[str, Any]:
    types = classes("pulumi_aws")
    if plans:
        schema, defaults = map(_read, plans)
        found_plans = planned(schema["resources"], defaults["types"], types)
        _write(PLANS, {"provider": defaults["provider"], "types": found_plans})
    kept = _read(PLANS)
    found = forms("pulumi_aws", types)
    page = {
        "sdk": f"pulumi_aws {version('pulumi_aws')}",
        "provider": kept["provider"],
        "types": facts(types, known(types), kept["types"], found),
        "services": services(found),
    }
    # Lists and tuples, integers and floats are one in JSON.
    told: Mapping[str, Any] = json.loads(json.dumps(page))
    return told


def _write(path: Path, page: Mapping[str, Any]) -> None:
    text = json.dumps(page, sort_keys=True, separators=(",", ":"))
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def _read(path: Path) -> Mapping[str, Any]:
    page: Mapping[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return page


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
