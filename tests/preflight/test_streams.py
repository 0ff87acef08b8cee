"""The command on streams that are full, closed or in an old encoding."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.preflight.builders import PROGRAM, write_project

COMMAND = f"{Path(sys.executable).with_name('preflight')} . --stack dev"
NO_STDOUT = "hint: --output FILE writes the report to a file\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A project that logs, with names that ASCII cannot write."""
    program = f"{PROGRAM}\nQueue('größe')\npulumi.log.warn('größe')\n"
    return write_project(tmp_path_factory.mktemp("project"), program)


def run(project: str, redirected: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs the command through a shell, which closes and redirects streams."""
    return subprocess.run(
        ["/bin/sh", "-c", f"{COMMAND} {redirected}"],
        cwd=project,
        env={"PATH": "/usr/bin:/bin", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's full device")
@pytest.mark.parametrize(
    ("redirected", "code", "told"),
    [
        pytest.param(
            ">/dev/full",
            2,
            "error: the report cannot be written to stdout: No space left on device\n",
            id="full-stdout",
        ),
        pytest.param("--format json >/dev/full", 2, "No space left on device\n", id="full-json"),
        pytest.param(">&-", 2, "error: stdout is closed\n", id="closed-stdout"),
        pytest.param(
            "--output /dev/full",
            2,
            "error: /dev/full cannot be written: No space left on device\n",
            id="full-file",
        ),
        pytest.param("2>/dev/full", 0, "", id="full-stderr"),
        pytest.param("2>&-", 0, "", id="closed-stderr"),
        pytest.param("<&-", 0, "", id="closed-stdin"),
        pytest.param("<&- >&- 2>&-", 2, "", id="all-closed"),
        pytest.param("--save-state /dev/null", 0, "", id="state-to-a-device"),
    ],
)
def test_a_stream_that_takes_nothing_is_one_error_at_most(
    project: str, redirected: str, code: int, told: str
) -> None:
    ended = run(project, redirected)
    assert ended.returncode == code
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "Exception" not in ended.stderr
    assert ended.stderr.count("error: ") == (1 if told else 0)


@pytest.mark.parametrize("form", ["terminal", "json"])
def test_what_the_encoding_has_no_sign_for_is_written_as_its_number(
    project: str, form: str
) -> None:
    ended = run(project, f"--format {form}", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert ended.returncode == 0
    assert "warning: gr\\xf6\\xdfe\n" in ended.stderr
    assert ended.stdout.isascii()
