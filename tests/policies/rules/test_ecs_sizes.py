"""The sizes that Fargate offers."""

import pytest

from aws_policy_pack.rules.ecs.fargate import MEMORY_BY_CPU

BOUNDS = {
    256: (512, 2048),
    512: (1024, 4096),
    1024: (2048, 8192),
    2048: (4096, 16384),
    4096: (8192, 30720),
    8192: (16384, 61440),
    16384: (32768, 122880),
    32768: (61440, 249856),
}


def test_fargate_offers_eight_numbers_of_cpu_units() -> None:
    assert list(MEMORY_BY_CPU) == list(BOUNDS)


@pytest.mark.parametrize(("cpu", "least", "most"), [(c, *bounds) for c, bounds in BOUNDS.items()])
def test_the_least_and_the_most_memory_of_each(cpu: int, least: int, most: int) -> None:
    assert least in MEMORY_BY_CPU[cpu]
    assert most in MEMORY_BY_CPU[cpu]
    assert least / 2 not in MEMORY_BY_CPU[cpu]
    assert most * 2 not in MEMORY_BY_CPU[cpu]


@pytest.mark.parametrize(
    ("cpu", "memory", "offered"),
    [
        (256, 1024, True),
        (256, 1536, False),
        (512, 2048, True),
        (512, 2560, False),
        (4096, 9216, True),
        (4096, 9217, False),
        (8192, 20480, True),
        (8192, 18432, False),
        (16384, 40960, True),
        (16384, 36864, False),
        (32768, 122880, True),
        (32768, 65536, False),
    ],
)
def test_memory_comes_in_steps(cpu: int, memory: float, *, offered: bool) -> None:
    assert (memory in MEMORY_BY_CPU[cpu]) is offered


@pytest.mark.parametrize(
    ("cpu", "text"),
    [
        (256, "512, 1024, 2048 MiB"),
        (512, "1024 to 4096 MiB in steps of 1024"),
        (1024, "2048 to 8192 MiB in steps of 1024"),
        (2048, "4096 to 16384 MiB in steps of 1024"),
        (4096, "8192 to 30720 MiB in steps of 1024"),
        (8192, "16384 to 61440 MiB in steps of 4096"),
        (16384, "32768 to 122880 MiB in steps of 8192"),
        (32768, "61440, 122880, 249856 MiB"),
    ],
)
def test_the_memory_that_goes_with_each_is_told(cpu: int, text: str) -> None:
    assert str(MEMORY_BY_CPU[cpu]) == text
