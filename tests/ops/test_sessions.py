"""What holds for every session, whatever it does."""

import re
from pathlib import Path

import pytest

from ops.paths import ROOT

SESSIONS = sorted(
    set(re.findall(r'"-m", "((?:ops|tools)\.[\w.]+)"', (ROOT / "noxfile.py").read_text()))
)


@pytest.mark.parametrize("module", SESSIONS)
def test_every_session_ends_in_the_same_way(module: str) -> None:
    path = ROOT / module.replace(".", "/")
    file = path / "__main__.py" if path.is_dir() else path.with_suffix(".py")
    assert "\n    exit_with(" in file.read_text()


@pytest.mark.parametrize(
    "module",
    [
        pytest.param(module, id=module.relative_to(ROOT).as_posix())
        for room in ("loopback", "ops", "tools")
        for module in sorted((ROOT / room).rglob("*.py"))
        if module.name not in ("guard.py", "bench.py", "bench_apps.py")
    ],
)
def test_a_session_makes_temporary_files_in_a_folder_that_goes_with_it(module: Path) -> None:
    assert "tempfile" not in module.read_text("utf-8")
