"""What goes together with `--watch`, and what it needs."""

import subprocess
import sys
from pathlib import Path

import pytest

from pulumi_preflight.cli import NO_VERDICT, main
from tests.preflight.builders import GOOD, write_project

FOR_ONE_RUN = " is for one run, and --watch judges a project at each save"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["--recursive"], f"--recursive{FOR_ONE_RUN}", id="recursive"),
        pytest.param(["--state", "a.json"], f"--state{FOR_ONE_RUN}", id="state"),
        pytest.param(["--base", "main"], f"--base{FOR_ONE_RUN}", id="base"),
        pytest.param(["--save-state", "a.json"], f"--save-state{FOR_ONE_RUN}", id="save-state"),
        pytest.param(
            ["--write-baseline", "a.yaml"], f"--write-baseline{FOR_ONE_RUN}", id="write-baseline"
        ),
        pytest.param(
            ["--baseline", "a.yaml", "--prune-baseline"],
            f"--prune-baseline{FOR_ONE_RUN}",
            id="prune-baseline",
        ),
        pytest.param(
            ["--format", "json"],
            "the report json would go to stdout, where --watch tells what is new; give it a file: "
            "--format json=FILE",
            id="report-on-stdout",
        ),
    ],
)
def test_what_is_for_one_run_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert main([".", "--watch", *arguments]) == NO_VERDICT
    assert capsys.readouterr().err.startswith(f"error: {told}\n")


def test_the_hook_judges_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hook", "--watch", "a.py"]) == NO_VERDICT
    assert capsys.readouterr().err.startswith("error: --watch says by itself what is judged")


def test_without_its_package_one_error_says_how_to_install_it(tmp_path: Path) -> None:
    write_project(tmp_path, GOOD)
    code = (
        "import sys\n"
        "sys.modules['watchfiles'] = None\n"
        "from pulumi_preflight.cli import main\n"
        "sys.exit(main(['--stack', 'dev', '--watch']))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        "error: --watch needs the package watchfiles\nhint: pip install 'pulumi-preflight[watch]'\n"
    )
