"""The image of the command: small, safe, and of the same verdict as the command itself."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ops.paths import ROOT
from tests.image.containers import Buildah, Docker, engine

FILE = ROOT / "Dockerfile"
SCRIPTS = Path(sys.executable).parent


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile, which stand on one line each."""
    lines = FILE.read_text().splitlines()
    pairs = [line.partition(" ") for line in lines if line and not line.startswith("#")]
    return [(name, value) for name, _, value in pairs]


def test_the_dockerfile_passes_hadolint() -> None:
    found = subprocess.run(
        [SCRIPTS / "hadolint", FILE], capture_output=True, text=True, check=False
    )
    assert found.stdout == ""


def test_the_image_is_built_in_one_stage_and_runs_in_another_as_nobody_special() -> None:
    bases = [value.split()[0] for name, value in instructions() if name == "FROM"]
    assert len(bases) == 2
    assert len(set(bases)) == 1
    last = max(index for index, (name, _) in enumerate(instructions()) if name == "FROM")
    image = dict(instructions()[last:])
    assert image["USER"] == "10001"
    assert json.loads(image["ENTRYPOINT"]) == ["preflight"]


def test_base_images_and_tools_are_those_of_the_applications() -> None:
    def used(file: Path) -> set[str]:
        return set(re.findall(r"^FROM (\S+)|--from=(\S+/\S+)", file.read_text(), re.MULTILINE))

    assert used(FILE) == used(ROOT / "apps" / "auto_scaler" / "Dockerfile")


def test_what_is_copied_is_there_and_not_ignored() -> None:
    kept = (ROOT / ".dockerignore").read_text().splitlines()
    copied = [
        source
        for name, value in instructions()
        if name == "COPY" and "--from" not in value
        for source in value.split()[:-1]
    ]
    assert copied
    for source in copied:
        assert (ROOT / source).exists()
        assert f"!{source}" in kept or f"!{source.partition('/')[0]}" in kept


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Docker | Buildah:
    """What runs the image, which it has built."""
    found = engine(tmp_path_factory.mktemp("image"))
    found.build(ROOT)
    return found


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples, whose project files name an environment two folders above: the image's own."""
    folder = tmp_path_factory.mktemp("work")
    ignored = shutil.ignore_patterns("node_modules", "__pycache__")
    shutil.copytree(ROOT / "examples", folder / "examples", ignore=ignored)
    (folder / ".venv").symlink_to("/opt/venv")
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


PACK = "$(aws-policy-pack path)"


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        pytest.param(
            "examples/broken --stack local "
            f"--policy-pack {PACK} --policy-pack-config examples/broken/policies/profile.json",
            1,
            "FAIL: 7 mandatory findings, 0 advisory, 0 waived, 0 not evaluated",
            id="broken",
        ),
        pytest.param(
            "examples/orders --stack dev --policy-pack examples/orders/policies "
            "--policy-pack-config examples/orders/policies/profile.json",
            0,
            "PASS: 0 mandatory findings, 5 advisory, 0 waived, 0 not evaluated",
            id="orders",
        ),
        pytest.param("examples", 2, "", id="no-project"),
    ],
)
def test_the_image_has_the_verdict_of_the_command(
    arguments: str, code: int, line: str, built: Docker | Buildah, work: Path
) -> None:
    ended = built.run(["sh", "-c", f"cd /work && preflight {arguments}"], work)
    assert ended.returncode == code, ended.stdout + ended.stderr
    assert "".join(ended.stdout.splitlines()[-1:]) == line


@pytest.mark.nightly
def test_the_image_runs_as_its_own_user_and_has_no_tools_to_build(
    built: Docker | Buildah, work: Path
) -> None:
    asked = built.run(["sh", "-c", "id -u; command -v uv gcc; true"], work)
    assert asked.stdout == "10001\n"
