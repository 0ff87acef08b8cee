"""Sizes of Fargate tasks: which memory goes with which number of CPU units.

Source, read 2026-11-23:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Steps:
    """Amounts of memory in MiB: multiples of a step, from the least to the most."""

    least: int
    most: int
    step: int

    def __contains__(self, mib: float) -> bool:
        return self.least <= mib <= self.most and not mib % self.step

    def __str__(self) -> str:
        return f"{self.least} to {self.most} MiB in steps of {self.step}"


@dataclass(frozen=True, slots=True)
class Choices:
    """A few amounts of memory in MiB."""

    amounts: tuple[int, ...]

    def __contains__(self, mib: float) -> bool:
        return mib in self.amounts

    def __str__(self) -> str:
        return f"{', '.join(map(str, self.amounts))} MiB"


MEMORY_BY_CPU: Final[Mapping[float, Choices | Steps]] = {
    256: Choices((512, 1024, 2048)),
    512: Steps(1024, 4096, 1024),
    1024: Steps(2048, 8192, 1024),
    2048: Steps(4096, 16384, 1024),
    4096: Steps(8192, 30720, 1024),
    8192: Steps(16384, 61440, 4096),
    16384: Steps(32768, 122880, 8192),
}
"""The legal amounts of memory for each legal number of CPU units."""

WINDOWS_MEMORY_BY_CPU: Final[Mapping[float, Choices | Steps]] = {
    cpu: MEMORY_BY_CPU[cpu] for cpu in (1024, 2048, 4096)
}
"""The same for Windows containers, which have fewer numbers of CPU units to choose from."""
