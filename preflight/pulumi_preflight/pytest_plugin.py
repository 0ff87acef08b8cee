"""The fixture `preflight`: unit tests of a Pulumi program, without mocks.

def test_jobs_are_kept_for_a_day(preflight):
    verdict = preflight("stack", stack="dev")
    queue = verdict.resource("aws:sqs/queue:Queue", "jobs")
    assert queue.inputs["messageRetentionSeconds"] == 86_400
    assert verdict.of_rule("sqs-long-polling") == ()
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import pytest

# A test session that never asks for the fixture pays nothing for it.
if TYPE_CHECKING:
    from pulumi_preflight import PackChoice, Verdict
    from pulumi_preflight.api import Program


class Preflight(Protocol):
    """Judges a program; see `pulumi_preflight.run`."""

    def __call__(
        self,
        program: "Program",
        *,
        stack: str = "test",
        packs: "Sequence[str | PackChoice] | None" = None,
        config: Mapping[str, str] | None = None,
        keep_unknowns: bool = False,
    ) -> "Verdict":
        """Gives the verdict; the same arguments give the same one, without another run."""


@pytest.fixture(scope="session")
def preflight() -> Preflight:
    """Judges a program, each once in a test session."""
    from pulumi_preflight import run  # noqa: PLC0415 - see the top

    kept: dict[object, Verdict] = {}

    def judged(
        program: "Program",
        *,
        stack: str = "test",
        packs: "Sequence[str | PackChoice] | None" = None,
        config: Mapping[str, str] | None = None,
        keep_unknowns: bool = False,
    ) -> "Verdict":
        given = tuple(sorted((config or {}).items()))
        key = (program, stack, None if packs is None else tuple(packs), given, keep_unknowns)
        if key not in kept:
            kept[key] = run(
                program, stack=stack, packs=packs, config=config, keep_unknowns=keep_unknowns
            )
        return kept[key]

    return judged
