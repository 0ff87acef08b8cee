"""What reports for other tools say of a finding."""

from dataclasses import replace
from typing import Any

import pytest

from pulumi_preflight.model import SourcePosition
from pulumi_preflight.reports.entries import fingerprint_of, subject_of, told
from tests.preflight.builders import QUEUE, SERVICE, urn
from tests.preflight.samples import STACK, TOO_MANY, UNTAGGED


@pytest.mark.parametrize(
    ("about", "name"),
    [
        pytest.param(urn(SERVICE, "web"), "web", id="a-resource"),
        pytest.param(STACK.urn, "", id="the-stack"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_the_subject_is_the_resources_name(about: str, name: str) -> None:
    assert subject_of(replace(UNTAGGED, urn=about)) == name


def test_a_finding_keeps_its_fingerprint_wherever_it_stands_and_whatever_it_says() -> None:
    here, there = SourcePosition(file="a.py", line=1), SourcePosition(file="b.py", line=2)
    moved = replace(
        UNTAGGED, places=(there,), problem="other", level=TOO_MANY.level, severity="high"
    )
    assert fingerprint_of(moved) == fingerprint_of(replace(UNTAGGED, places=(here,)))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"rule": "tagged"}, id="rule"),
        pytest.param({"pack": "other"}, id="pack"),
        pytest.param({"urn": urn(QUEUE, "dead")}, id="resource"),
        pytest.param({"part": "#2"}, id="part"),
    ],
)
def test_no_other_finding_has_its_fingerprint(
    other: dict[str, Any],
) -> None:
    changed = replace(UNTAGGED, **other)
    assert fingerprint_of(changed) != fingerprint_of(UNTAGGED)


@pytest.mark.parametrize(
    ("fix", "text"),
    [
        pytest.param("Add tags.", "no tags Fix: Add tags.", id="with-a-fix"),
        pytest.param(None, "no tags", id="without"),
    ],
)
def test_the_text_says_what_is_wrong_and_what_to_do(fix: str | None, text: str) -> None:
    assert told(replace(UNTAGGED, fix=fix)) == text
