"""How much Hypothesis tries, a little on every run, a lot at night; and which tests go first.

`nox -s nightly` tries each rule on 1,500 generated resources or graphs. The last lines that it
prints say how many there were in all.
"""

import os
import signal
from collections import Counter

import pytest
from _pytest.nodeid import coerce_node_id
from hypothesis import HealthCheck, settings

from ops.engine import find

settings.register_profile(
    "ci", deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("nightly", settings.get_profile("ci"), max_examples=1500)
settings.load_profile("ci")

# Tests send these signals to what they start, which inherits whether they are ignored: `nohup`
# ignores one, and a shell's `&` the other.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)

# Tests that take seconds or a minute each. They go first, since one that begins last keeps a single
# process busy while the others have nothing left to do.
LONG = ("tests/engine/", "tests/apps/")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores, since the tests of the applications mostly wait."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts the long tests first; otherwise the order stays as it was shuffled.

    Tests of one `xdist_group` run in one process: xdist 3.8 writes the group behind the test's id,
    where pytest 9.2 no longer looks for it.
    """
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
    if not getattr(config.option, "loadgroup", False):
        return
    for item in items:
        mark = item.get_closest_marker("xdist_group")
        if mark and not item.nodeid.endswith(suffix := f"@{mark.args[0]}"):
            item._id = coerce_node_id(f"{item.nodeid}{suffix}")  # noqa: SLF001 - see above


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Adds up what tests recorded as generated, over all processes; says what was left out."""
    made: Counter[str] = Counter()
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        if report.when == "call":
            made.update(
                {
                    name: int(count)
                    for name, count in report.user_properties
                    if name.startswith("generated ")
                }
            )
    for name, count in sorted(made.items()):
        terminalreporter.write_line(f"{name}: {count:,}")
    if find() is None:
        terminalreporter.write_line(
            "tests/engine was left out, since there is no Pulumi engine; `nox -s engine` gets one"
        )
