"""Writes preflight's table of properties that replace a resource.

The AWS provider's SDK does not say which properties do; CloudFormation's schemas do
(`createOnlyProperties`), and cfn-lint ships them. What the two name differently, or the AWS
provider does otherwise, stands in `EXCEPTIONS` of `generated.py`.
"""

import json
import sys
from collections.abc import Sequence

from ops.paths import PREFLIGHT
from pulumi_loopback.errors import exit_with
from tools.replacements.generated import schema_date, table

TABLE = PREFLIGHT / "pulumi_preflight" / "changes" / "replacements.json"


def content() -> str:
    """The table as it should be."""
    page = {
        "source": "createOnlyProperties of CloudFormation's schemas in cfn-lint, and exceptions",
        "dated": schema_date(),
        "types": table(),
    }
    return json.dumps(page, indent=1, sort_keys=True) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Writes the table; with `--check` only compares.

    Returns:
        0, or 1 where `--check` finds it stale.
    """
    fresh = content()
    if "--check" in arguments:
        if TABLE.read_text(encoding="utf-8") == fresh:
            return 0
        sys.stderr.write(f"{TABLE.name} is stale; run `python -m tools.replacements`\n")
        return 1
    TABLE.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
