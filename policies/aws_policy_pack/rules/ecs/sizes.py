"""Sizes of Fargate tasks: which memory goes with which number of CPU units.

Source, read 2026-11-23:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

Memory: TypeAlias = range | tuple[int, ...]
"""Amounts of memory in MiB, from the least to the most."""

MEMORY_BY_CPU: Final[Mapping[int, Memory]] = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
    8192: range(16384, 61440 + 1, 4096),
    16384: range(32768, 122880 + 1, 8192),
}
"""The legal amounts of memory for each legal number of CPU units."""


def memory_choices(cpu_units: float | None) -> Memory | None:
    """The amounts of memory that go with a number of CPU units; `None` if Fargate has no such."""
    return next((memory for cpu, memory in MEMORY_BY_CPU.items() if cpu == cpu_units), None)


def shown_memory(choices: Memory) -> str:
    """Amounts of memory as a finding lists them."""
    if isinstance(choices, range):
        return f"{choices[0]} to {choices[-1]} MiB in steps of {choices.step}"
    return f"{', '.join(map(str, choices))} MiB"
