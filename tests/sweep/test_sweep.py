"""Every filled-in value of every type and function of the AWS SDK is held to a source."""

from collections.abc import Sequence

import pytest

from ops.tables.sdk import listed
from tests.sweep.sweep import SDK, Value, counts, known_counts, modules, swept

# CI looks at the modules that most programs use, and the night at all of them.
USUAL = ("dynamodb", "ecr", "ecs", "lambda_", "lb", "rds", "s3", "sns", "sqs")


def check(module: str, values: Sequence[Value]) -> None:
    assert [each for each in values if each.problem] == []
    found, known = counts(list(values)), known_counts()[module]
    assert found.open <= known.open, "more values than before are held to no source"
    assert found.refused <= known.refused, sorted(each for each in values if each.refused)


@pytest.mark.parametrize("module", USUAL)
def test_the_values_of_a_usual_module_are_held_to_sources(module: str) -> None:
    check(module, swept(module))


@pytest.mark.nightly
@pytest.mark.parametrize("module", modules())
def test_the_values_of_a_module_are_held_to_sources(module: str) -> None:
    check(module, swept(module))


def test_all_types_are_swept() -> None:
    assert set(known_counts()) == set(modules())
    assert len(listed(SDK)) == 1748
