"""Physical names stay within what AWS allows for the longest settings."""

import pytest

from components.conventions import Naming

LONGEST = Naming(project="dagster-taskiq", environment="e" * 12)


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        pytest.param(f"{LONGEST.physical('q' * 32 + '-dead-letter')}.fifo", 80, id="queue"),
        pytest.param(LONGEST.physical("demo"), 32, id="target group"),
        pytest.param(LONGEST.physical("lb"), 32, id="load balancer"),
        pytest.param(LONGEST.physical("taskiq-demo-worker-execution"), 64, id="role"),
        pytest.param(LONGEST.physical("database-final"), 63, id="database snapshot"),
        pytest.param(f"{LONGEST.physical('storage')}-", 37, id="bucket prefix"),
    ],
)
def test_the_longest_name_fits(name: str, limit: int) -> None:
    assert len(name) <= limit


def test_names_say_project_part_and_environment() -> None:
    naming = Naming(project="shop", environment="dev")
    assert naming.physical("web") == "shop-web-dev"
    assert naming.log_group("web") == "/shop/dev/web"
    assert naming.domain() == "shop-dev.internal"
