"""Task sizes: the pairs of CPU and memory that Fargate has."""

import pytest

from components.fargate import MEMORY_MIB_BY_CPU, legal_memory


@pytest.mark.parametrize(
    ("cpu", "least", "most", "sizes"),
    [
        pytest.param(256, 512, 2048, 3, id="quarter vCPU"),
        pytest.param(512, 1024, 4096, 4, id="half vCPU"),
        pytest.param(1024, 2048, 8192, 7, id="1 vCPU"),
        pytest.param(2048, 4096, 16384, 13, id="2 vCPU"),
        pytest.param(4096, 8192, 30720, 23, id="4 vCPU"),
        pytest.param(8192, 16384, 61440, 12, id="8 vCPU"),
        pytest.param(16384, 32768, 122880, 12, id="16 vCPU"),
    ],
)
def test_each_cpu_size_has_its_amounts_of_memory(
    cpu: int, least: int, most: int, sizes: int
) -> None:
    memory = legal_memory(cpu)
    assert (min(memory), max(memory), len(memory)) == (least, most, sizes)


def test_no_other_cpu_size_is_legal() -> None:
    legal = [cpu for cpu in range(20_000) if legal_memory(cpu)]
    assert legal == list(MEMORY_MIB_BY_CPU)
