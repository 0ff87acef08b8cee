"""The second step: runs preflight, which runs the program, and keeps what it says.

No token is in the environment of this step, and none of the files by which a step speaks to the
runner is in that of the program.
"""

import json
import os
import secrets
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from preflight_action.runner import (
    StepError,
    command,
    event,
    folder,
    given,
    lines,
    set_output,
    switched_on,
)

PACK = "aws-policy-pack"
VERDICTS = {0: "pass", 1: "fail"}
_SPEAKING = (
    "GITHUB_ENV",
    "GITHUB_OUTPUT",
    "GITHUB_PATH",
    "GITHUB_STATE",
    "GITHUB_STEP_SUMMARY",
)
# Whoever has these may ask for tokens.
_ASKING = ("ACTIONS_", "INPUT_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the command left.

    Attributes:
        code: Its exit code.
        markdown: The file of the report for people, empty where there is none.
        sarif: The file of the report for code scanning, likewise.
        error: Why there is no verdict.
    """

    code: int
    markdown: str
    sarif: str
    error: str

    @property
    def verdict(self) -> str:
        """`pass`, `fail`, or `none`."""
        return VERDICTS.get(self.code, "none")


def kept() -> Result:
    """What the step kept for the next one."""
    return Result(**json.loads(_file().read_text("utf-8")))


def _file() -> Path:
    return folder() / "result.json"


def main() -> int:
    """Judges; the verdict fails the job in the last step, once it has been shown."""
    markdown, sarif = folder() / "preflight.md", folder() / "preflight.sarif"
    for file in (markdown, sarif):
        file.unlink(missing_ok=True)
    reports = ("terminal", f"markdown={markdown}", f"sarif={sarif}")
    formats = [word for report in reports for word in ("--format", report)]
    code, error = _run([str(command()), *arguments(), *formats])
    result = Result(
        code=code,
        # Of several projects one may have no verdict, and the others have their reports.
        markdown=str(markdown) if markdown.exists() else "",
        sarif=str(sarif) if sarif.exists() else "",
        error="" if code in VERDICTS else error,
    )
    _file().write_text(json.dumps(asdict(result)), encoding="utf-8")
    set_output("verdict", result.verdict)
    set_output("sarif-file", result.sarif)
    return 0


def arguments() -> list[str]:
    """The arguments that the inputs stand for.

    Raises:
        StepError: An input is wrong.
    """
    project = given("project") or "."
    if project.startswith("-"):
        raise StepError(f"the input project is {project!r}; wanted a folder")
    words = [project]
    names = ("stack", "baseline", "fail-on")
    words += [f"--{name}={given(name)}" for name in names if given(name)]
    words += [f"--policy-pack={_pack(each)}" for each in lines("policy-pack")]
    words += [f"--policy-pack-config={each}" for each in lines("policy-pack-config")]
    if switched_on("recursive"):
        words.append("--recursive")
        if base := event().base:
            words.append(f"--changed-since={base}")
    return words + lines("arguments")


def _pack(name: str) -> str:
    """The folder of a pack; the one that was installed has a name."""
    if name != PACK:
        return name
    asked = subprocess.run(
        [str(command().with_name(PACK)), "path"], capture_output=True, text=True, check=False
    )
    if asked.returncode:
        raise StepError(f"{PACK} path ended with {asked.returncode}: {asked.stderr.strip()}")
    return asked.stdout.strip()


def _run(words: list[str]) -> tuple[int, str]:
    """Runs the command; gives its exit code, and what it says of itself on standard error."""
    variables = {
        name: value
        for name, value in os.environ.items()
        if name not in _SPEAKING and not name.startswith(_ASKING)
    }
    # What the program prints must be no command to the runner.
    mark = secrets.token_hex(16)
    print(f"::stop-commands::{mark}", flush=True)  # noqa: T201 - a runner reads it
    try:
        with subprocess.Popen(words, env=variables, stderr=subprocess.PIPE) as process:
            own: list[str] = []
            for line in process.stderr or ():
                sys.stdout.buffer.write(line)
                sys.stdout.buffer.flush()
                text = line.decode(errors="replace")
                # Lines that follow belong to the same message.
                if own or text.startswith("error: "):
                    own.append(text)
    finally:
        print(f"\n::{mark}::", flush=True)  # noqa: T201 - the same
    return process.returncode, "".join(own)
