"""What users of GitLab copy: of the form that GitLab takes, and commands that run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops.paths import ROOT
from tests.preflight.builders import BAD, GOOD, PACKS, write_project

FILE = ROOT / "ci" / "gitlab.yml"
SCRIPTS = Path(sys.executable).parent


def job() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(FILE.read_text())[".preflight"]
    return content


def complaints(file: Path) -> str:
    """What GitLab's schema has against a file."""
    schema = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")
    command = [str(SCRIPTS / "check-jsonschema"), *schema, str(file)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return ended.stdout if ended.returncode else ""


@pytest.mark.parametrize(
    ("when", "complaint"),
    [pytest.param("always", "", id="as-it-is"), pytest.param("ever", "'ever'", id="mistaken")],
)
def test_the_template_fits_gitlabs_schema(when: str, complaint: str, tmp_path: Path) -> None:
    file = tmp_path / "gitlab.yml"
    # The schema looks into no job whose name begins with a dot.
    shown = FILE.read_text().replace("\n.preflight:", "\npreflight:")
    file.write_text(shown.replace("when: always", f"when: {when}"))
    found = complaints(file)
    assert complaint in found
    assert bool(found) == bool(complaint)


def test_a_job_that_extends_the_template_fits_the_schema(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "adopt.md").read_text()
    (shown,) = [part for part in page.split("```yaml\n")[1:] if part.startswith("preflight:\n")]
    file = tmp_path / "gitlab.yml"
    file.write_text(f"include: /ci/gitlab.yml\n{shown.partition('```')[0]}")
    assert complaints(file) == ""


@pytest.mark.parametrize(
    ("program", "code"), [pytest.param(GOOD, 0, id="pass"), pytest.param(BAD, 1, id="fail")]
)
def test_the_script_leaves_the_reports_that_the_job_uploads(
    program: str, code: int, tmp_path: Path
) -> None:
    write_project(tmp_path / "my shop", program)
    # Where `before_script` installs the command.
    (tmp_path / ".preflight").mkdir()
    (tmp_path / ".preflight" / "bin").symlink_to(SCRIPTS)
    shell = shutil.which("bash")
    assert shell is not None
    variables = {
        **job()["variables"],
        "CI_PROJECT_DIR": str(tmp_path),
        "PREFLIGHT_PROJECT": "my shop",
        "PREFLIGHT_ARGUMENTS": f"--stack dev --policy-pack {PACKS / 'demo'}",
    }
    ended = subprocess.run(
        [shell, "-e", "-c", "\n".join(job()["script"])],
        cwd=tmp_path,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == code, ended.stderr
    artifacts = job()["artifacts"]
    reports = sorted(artifacts["reports"].values())
    assert sorted(artifacts["paths"]) == reports
    assert all((tmp_path / report).stat().st_size for report in reports)
    assert artifacts["when"] == "always"


def test_the_command_is_installed_where_the_script_looks_for_it() -> None:
    installing, running = "\n".join(job()["before_script"]), "\n".join(job()["script"])
    assert 'venv "$CI_PROJECT_DIR/.preflight"' in installing
    assert '"$CI_PROJECT_DIR/.preflight/bin/preflight"' in running
    for package in ("pulumi-preflight", "aws-policy-pack"):
        assert f'"{package}$PREFLIGHT_VERSION"' in installing
