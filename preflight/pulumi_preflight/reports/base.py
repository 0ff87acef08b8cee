"""What later runs are compared with by `--base-verdict`; `base.schema.json` describes it."""

import json
from collections.abc import Iterable
from typing import TextIO

from pulumi_preflight.bases.saved import document
from pulumi_preflight.printing import escaped_json
from pulumi_preflight.verdict import Verdict
from pulumi_preflight.verdicts import Verdicts


def write(verdict: Verdict, stream: TextIO) -> None:
    """Writes findings, cost and inputs of one run; two runs of one program give the same bytes."""
    _write([verdict], stream)


def write_several(verdicts: Verdicts, stream: TextIO) -> None:
    """Writes the same of each stack that has a verdict."""
    _write([verdict for _, verdict in verdicts], stream)


def _write(verdicts: Iterable[Verdict], stream: TextIO) -> None:
    text = json.dumps(document(verdicts), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    stream.write(f"{escaped_json(text)}\n")
