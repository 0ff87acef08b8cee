"""What the engine refuses, preflight refuses, and both say why."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ops.paths import PACK, profile_of
from pulumi_preflight.provider import rehearsal_provider
from tests.engine.conformance import Bench, Case

REFUSED = Path(__file__).parent / "refused"


@pytest.mark.parametrize(
    ("program", "status", "told"),
    [
        pytest.param(
            "duplicate_urn",
            1,
            (
                "Duplicate resource URN",
                "with one parent, at __main__.py:5 and __main__.py:6",
            ),
            id="two resources of one name",
        ),
        pytest.param(
            "plain_function",
            1,
            (
                "line 10, in <module>",
                '"line": 10',
            ),
            id="a plain function of a new resource",
        ),
        pytest.param("missing_asset", 2, ("gone.txt", "the asset 'gone.txt'"), id="a missing file"),
        pytest.param(
            "missing_config",
            2,
            ("missing-config:size", "missing-config:size"),
            id="a missing setting",
        ),
        pytest.param(
            "raises",
            2,
            ("the list of queues is empty", "the list of queues is empty"),
            id="a mistake",
        ),
        pytest.param(
            "no_default_provider",
            2,
            ("Default provider for 'aws' disabled", "the default provider of aws is disabled"),
            id="a forbidden provider",
        ),
        pytest.param(
            "failing_hook", 2, ("jobs must not be", "jobs must not be"), id="a hook that refuses"
        ),
        pytest.param(
            "wrong_types",
            2,
            ("index.ts(3,7): error TS2322", "index.ts(3,7): error TS2322"),
            id="a mistake of types",
        ),
        pytest.param(
            "no_such_property",
            2,
            (
                "Property delay does not exist on 'aws:sqs/queue:Queue'",
                "Pulumi.yaml:8: Property delay does not exist on 'aws:sqs/queue:Queue'",
            ),
            id="a property that there is not",
        ),
    ],
)
def test_both_refuse(
    program: str,
    status: int,
    told: tuple[str, str],
    tmp_path: Path,
    bench_of: Callable[[Case], Bench],
) -> None:
    by_engine, by_preflight = told
    project = REFUSED / program
    case = Case(name=program, project=project, stack="dev", pack=PACK, profile=profile_of("dev"))
    bench = bench_of(case)
    judged = bench.preflight("--format", "json")
    assert judged.status == status
    assert by_preflight in judged.output + judged.errors
    made = bench.engine("stack", "init", "--no-select", "--stack", "dev")
    assert made.status == 0, made.errors
    with rehearsal_provider(tmp_path / "store") as port:
        previewed = bench.preview("preview", {"PULUMI_DEBUG_PROVIDERS": f"aws:{port}"})
    assert previewed.status != 0
    assert by_engine in previewed.output + previewed.errors
