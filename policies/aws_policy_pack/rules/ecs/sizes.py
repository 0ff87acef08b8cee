"""Sizes of Fargate tasks: which memory goes with which number of CPU units."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aws_policy_pack.lists import load


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


def _amounts(memory: list[int] | dict[str, int]) -> Choices | Steps:
    return Choices(tuple(memory)) if isinstance(memory, list) else Steps(**memory)


_SIZES: Final = load("fargate_sizes").entries

MEMORY_BY_CPU: Final[Mapping[float, Choices | Steps]] = {
    size["cpu"]: _amounts(size["memory"]) for size in _SIZES
}
"""The legal amounts of memory for each legal number of CPU units."""

WINDOWS_MEMORY_BY_CPU: Final[Mapping[float, Choices | Steps]] = {
    size["cpu"]: MEMORY_BY_CPU[size["cpu"]] for size in _SIZES if size["windows"]
}
"""The same for Windows containers, which have fewer numbers of CPU units to choose from."""
