"""The sizes that Fargate offers."""

import pytest

from aws_policy_pack.rules.ecs.sizes import MEMORY_BY_CPU, memory_choices, shown_memory


@pytest.mark.parametrize(
    ("cpu", "least", "most", "amounts"),
    [
        (256, 512, 2048, 3),
        (512, 1024, 4096, 4),
        (1024, 2048, 8192, 7),
        (2048, 4096, 16384, 13),
        (4096, 8192, 30720, 23),
        (8192, 16384, 61440, 12),
        (16384, 32768, 122880, 12),
    ],
)
def test_the_memory_that_goes_with_each_cpu(cpu: int, least: int, most: int, amounts: int) -> None:
    choices = memory_choices(cpu)
    assert choices is not None
    assert (min(choices), max(choices), len(choices)) == (least, most, amounts)


def test_no_other_cpu_has_memory() -> None:
    assert len(MEMORY_BY_CPU) == 7
    assert memory_choices(128) is None
    assert memory_choices(None) is None


@pytest.mark.parametrize(
    ("cpu", "text"),
    [
        (256, "512, 1024, 2048 MiB"),
        (512, "1024 to 4096 MiB in steps of 1024"),
        (8192, "16384 to 61440 MiB in steps of 4096"),
    ],
)
def test_choices_are_listed(cpu: int, text: str) -> None:
    assert shown_memory(MEMORY_BY_CPU[cpu]) == text
