"""Task sizes that AWS Fargate accepts.

Source: "Task size" of
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

MEMORY_MIB_BY_CPU: Final[Mapping[int, Sequence[int]]] = MappingProxyType(
    {
        256: (512, 1024, 2048),
        512: range(1024, 4096 + 1, 1024),
        1024: range(2048, 8192 + 1, 1024),
        2048: range(4096, 16384 + 1, 1024),
        4096: range(8192, 30720 + 1, 1024),
        8192: range(16384, 61440 + 1, 4096),
        16384: range(32768, 122880 + 1, 8192),
    }
)
"""CPU units (1024 are one vCPU) to the amounts of memory in MiB that go with them."""


def legal_memory(cpu: int) -> Sequence[int]:
    """Amounts of memory in MiB that go with `cpu` units; empty where the CPU size is not legal."""
    return MEMORY_MIB_BY_CPU.get(cpu, ())
