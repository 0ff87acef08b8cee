"""The programs of the conformance tests: no verdict on them hangs on a made-up value."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ops.paths import PACK, ROOT
from pulumi_preflight.cli import main
from pulumi_preflight.outputs.subject import Subject
from tests.preflight.builders import write_pack

PROGRAMS = ROOT / "tests/engine/programs"
IN_CI = ("default_tags", "resource_references")
# Reports each property of each resource that is there, and each that is not.
CURIOUS = """
import json

from pulumi_policy import EnforcementLevel, PolicyPack, StackValidationPolicy

NAMES = json.loads({names!r})


def forbids(args, report):
    for each in args.resources:
        for name in sorted(each.props):
            report(name, each.urn)


def demands(args, report):
    for each in args.resources:
        for name in sorted(set(NAMES.get(each.urn, ())) - set(each.props)):
            report(name, each.urn)


PolicyPack("curious", enforcement_level=EnforcementLevel.MANDATORY, policies=[
    StackValidationPolicy("forbids", "Nothing may be there.", forbids),
    StackValidationPolicy("demands", "All must be there.", demands),
])
"""


each_program = pytest.mark.parametrize(
    "program",
    [
        pytest.param(path, id=path.name, marks=[] if path.name in IN_CI else pytest.mark.nightly)
        for path in sorted(PROGRAMS.iterdir())
        if (path / "Pulumi.yaml").exists()
    ],
)


def judged(program: Path, pack: Path, folder: Path) -> dict[str, Any]:
    output = folder / "verdict.json"
    output.unlink(missing_ok=True)
    options = ("--stack", "dev", "--policy-pack", str(pack), "--save-state", folder / "state.json")
    status = main([str(program), *map(str, options), "--format", "json", "--output", str(output)])
    assert status in (0, 1)
    document: dict[str, Any] = json.loads(output.read_text())
    return document


def found(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {(each["rule"], each["urn"]) for each in document["findings"]}


def salted(salt: str) -> Callable[[Subject, str, int], str]:
    def digits(subject: Subject, path: str, count: int) -> str:
        return hashlib.sha256(f"{salt}{subject.seed}#{path}".encode()).hexdigest()[:count]

    return digits


@each_program
def test_what_stands_is_the_same_with_other_digits(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = found(judged(program, PACK, tmp_path))
    for salt in ("one", "two"):
        monkeypatch.setattr(Subject, "digits", salted(salt))
        assert found(judged(program, PACK, tmp_path)) == first


@each_program
def test_a_property_that_was_left_empty_is_neither_missed_nor_found(
    program: Path, tmp_path: Path
) -> None:
    pack = tmp_path / "pack"
    judged(program, write_pack(pack, CURIOUS.format(names="{}")), tmp_path)
    state = json.loads((tmp_path / "state.json").read_text())["deployment"]["resources"]
    left = {
        each["urn"]: sorted(set(each.get("madeUp", ())) - set(each.get("outputs", ())))
        for each in state
        if not each.get("external")
    }
    names = {urn: ["givenByNobody", *empty] for urn, empty in left.items()}
    document = judged(program, write_pack(pack, CURIOUS.format(names=json.dumps(names))), tmp_path)
    stands = {(each["urn"], each["message"]) for each in document["findings"]}
    assert {urn for urn, message in stands if message == "givenByNobody"} == names.keys()
    assert not stands & {(urn, name) for urn, empty in left.items() for name in empty}
