"""One stack in TypeScript and in YAML, with mistakes that happen: both have the same findings."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ops.paths import PACK, ROOT
from pulumi_preflight import Verdict, run
from tests.preflight import node

EXAMPLES = ROOT / "examples"
MANDATORY = {
    "ecs-fargate-size": "worker-task",
    "network-ingress-open": "database-access",
    "rds-not-public": "database",
    "sqs-dead-letter-queue-same-type": "orders-jobs",
}
Judge = Callable[[str], Verdict]


@pytest.fixture(scope="module")
def judged(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config, yaml_host: Path
) -> Judge:
    """Judges a copy of an example, once."""
    assert yaml_host.exists()
    packages = node.installed(pytestconfig, EXAMPLES / "typescript")
    known: dict[str, Verdict] = {}

    def judge(name: str) -> Verdict:
        if name not in known:
            folder = tmp_path_factory.mktemp("example") / name
            shutil.copytree(EXAMPLES / name, folder, ignore=shutil.ignore_patterns("node_modules"))
            if name == "typescript":
                (folder / "node_modules").symlink_to(packages)
            known[name] = run(folder, stack="dev", packs=[PACK])
        return known[name]

    return judge


@pytest.mark.parametrize("language", ["typescript", "yaml"])
def test_each_planted_mistake_is_found(language: str, judged: Judge) -> None:
    mandatory = [each for each in judged(language).findings if each.level == "mandatory"]
    assert {each.rule: each.urn.rpartition("::")[2] for each in mandatory} == MANDATORY


@pytest.mark.parametrize("language", ["typescript", "yaml"])
def test_every_rule_is_evaluated_that_needs_no_prices(language: str, judged: Judge) -> None:
    rules = {each.rule for each in judged(language).not_evaluated}
    assert rules <= {"cost-monthly-budget"}


def test_both_languages_have_the_same_findings(judged: Judge) -> None:
    def found(language: str) -> list[tuple[str, str, str]]:
        findings = judged(language).findings
        return sorted((each.id, each.level, each.urn.rpartition("::")[2]) for each in findings)

    assert found("typescript") == found("yaml")


@pytest.mark.parametrize("language", ["typescript", "yaml"])
def test_each_finding_is_at_the_line_that_makes_its_resource(language: str, judged: Judge) -> None:
    for finding in judged(language).findings:
        place = finding.places[0]
        lines = (EXAMPLES / language / place.file).read_text().splitlines()
        name = finding.urn.rpartition("::")[2]
        # A component writes the end of the name, on the line after the class.
        own = name.removeprefix("orders")
        assert own in "".join(lines[place.line - 1 :][:2]), finding
