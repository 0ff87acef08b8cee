"""The completion of the command, in the real shells, on a terminal, by the Tab key."""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_preflight.cli import NO_VERDICT, PASSED, main

SOON = 30

# What a shell is told before its first line: the completion as a user loads it, and then a command
# that shows its own arguments in the place of the real one.
SHOWN = "preflight() { printf '<%s>' \"$@\"; printf '<end>\\n'; }\n"
LOADED = 'eval "$(preflight --print-completion {shell})"\n'
SHELLS = {
    "bash": (["--noprofile", "--norc", "-i"], ""),
    "zsh": (["-f", "-i"], "autoload -Uz compinit && compinit -u -D\n"),
}


def installed(shell: str) -> str:
    found = shutil.which(shell)
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"there is no {shell}")
    return found


class Typed:
    """A shell on a terminal, and somebody who types."""

    def __init__(self, shell: str, folder: Path) -> None:
        options, first = SHELLS[shell]
        self._terminal, inner = pty.openpty()
        scripts = Path(sys.executable).parent
        self.process = subprocess.Popen(
            [installed(shell), *options],
            stdin=inner,
            stdout=inner,
            stderr=inner,
            cwd=folder,
            env={
                "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
                "HOME": str(folder),
                "TERM": "dumb",
                "PS1": "$ ",
                "INPUTRC": "/dev/null",
            },
            start_new_session=True,
        )
        os.close(inner)
        self._type(first + LOADED.format(shell=shell) + SHOWN + "printf 're%s\\n' ady\n")
        self._until("ready")

    def arguments(self, line: str) -> list[str]:
        """What the command gets once the line, with its Tab keys, is entered."""
        self._type(line)
        # A shell that still completes takes the end of the line for a part of it.
        time.sleep(0.3)
        self._type("\n")
        # What is echoed of the line has no brackets.
        given = re.findall(r"<([^<>]*)>", self._until("<end>"))[:-1]
        # Zsh takes the slash of a completed folder away where the line ends.
        return [each.rstrip("/") for each in given]

    def _type(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def _until(self, wanted: str) -> str:
        seen, until = "", time.monotonic() + SOON
        while wanted not in seen:
            left = until - time.monotonic()
            assert left > 0, seen
            if select.select([self._terminal], [], [], left)[0]:
                seen += os.read(self._terminal, 4096).decode(errors="replace")
        return seen

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._terminal)


@pytest.fixture(params=SHELLS)
def typed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Typed]:
    for folder, stacks in {"shop stack": ("dev", "prod"), "store": ("test",)}.items():
        (tmp_path / folder).mkdir()
        for name in ("Pulumi", *(f"Pulumi.{stack}" for stack in stacks)):
            (tmp_path / folder / f"{name}.yaml").touch()
    (tmp_path / "caps.json").touch()
    shell = Typed(request.param, tmp_path)
    yield shell
    shell.close()


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        pytest.param("preflight --keep-\t", ["--keep-unknowns"], id="option"),
        pytest.param("preflight --format ter\t", ["--format", "terminal"], id="format"),
        pytest.param(
            "preflight --print-completion z\t", ["--print-completion", "zsh"], id="choice"
        ),
        pytest.param("preflight sto\t", ["store"], id="project"),
        pytest.param("preflight ins\t", ["install"], id="subcommand"),
        pytest.param(
            "preflight --policy-pack-config ca\t", ["--policy-pack-config", "caps.json"], id="file"
        ),
        pytest.param("preflight store --stack t\t", ["store", "--stack", "test"], id="stack"),
        pytest.param(
            "preflight 'shop stack' --stack p\t",
            ["shop stack", "--stack", "prod"],
            id="stack-of-folder-with-space",
        ),
        pytest.param("preflight --state ca\t", ["--state", "caps.json"], id="state"),
        pytest.param("preflight --timeout ca\t", ["--timeout", "ca"], id="no-file-for-a-number"),
    ],
)
def test_the_tab_key_completes(line: str, arguments: list[str], typed: Typed) -> None:
    assert typed.arguments(line) == arguments


def test_no_other_shell_is_promised(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--print-completion", "fish"]) == NO_VERDICT
    error = capsys.readouterr().err
    assert "invalid choice: 'fish'" in error
    assert "bash" in error


@pytest.mark.parametrize("shell", SHELLS)
def test_the_completion_is_printed_whole_and_alone(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--print-completion", shell]) == PASSED
    captured = capsys.readouterr()
    assert captured.out.endswith("\n")
    assert "--print-completion" in captured.out
    assert captured.err == ""
