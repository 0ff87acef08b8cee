"""Builds the engine from Go modules, for where a module proxy is all that is in reach.

The command line comes from `engine/go.mod`. Pulumi's Python language host is no module that a
proxy has, so the project has its own (`engine/language_host`); the script that it starts programs
with comes out of the SDK's module. All three go into one folder, as the engine wants them.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from ops.engine.pinned import BIN, SOURCES, STAMP, launcher, pinned_version, write_stamp

COMMAND = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
SDK = "github.com/pulumi/pulumi/sdk/v3"
_VERSION_VARIABLE = f"{SDK}/go/common/version.Version"
_SHIM = Path("python", "cmd", "pulumi-language-python-exec")
_TOLD_EVERY = 250


class BuildError(Exception):
    """The engine cannot be built here; the text says what is missing."""


def build() -> None:
    """Fills `engine/bin`; about six minutes on two cores the first time, seconds after that.

    Raises:
        BuildError: Go is missing, or a module cannot be fetched or compiled.
    """
    if shutil.which("go") is None:
        raise BuildError("Go is not installed (https://go.dev/dl/)")
    STAMP.unlink(missing_ok=True)
    BIN.mkdir(exist_ok=True)
    _compile()
    shim = Path(_go("list", "-m", "-f", "{{.Dir}}", SDK)) / _SHIM
    _put(shim.name, shim.read_text(encoding="utf-8"))
    _put("pulumi-language-python", launcher())
    write_stamp("built")


def _compile() -> None:
    packages = len(_go("list", "-deps", COMMAND).splitlines())
    flags = f"-s -w -X {_VERSION_VARIABLE}=v{pinned_version()}"
    target = ["-trimpath", "-ldflags", flags, "-o", str(BIN / "pulumi"), COMMAND]
    complaints: list[str] = []
    with subprocess.Popen(
        ["go", "build", "-v", *target],  # noqa: S607 - Go is the user's own, on PATH
        cwd=SOURCES,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        compiled = 0
        for line in process.stderr or ():
            # `-v` names each package as it is compiled; all else that go prints is trouble.
            if " " in line.strip():
                complaints.append(line)
                continue
            compiled += 1
            if compiled % _TOLD_EVERY == 0:
                sys.stderr.write(f"  compiled {compiled} of at most {packages} packages\n")
    if process.returncode:
        raise BuildError(f"go build failed: {''.join(complaints[-5:]).strip()}")


def _go(*arguments: str) -> str:
    command = ["go", *arguments]
    told = subprocess.run(command, cwd=SOURCES, capture_output=True, text=True, check=False)
    if told.returncode:
        raise BuildError(f"go {arguments[0]} failed: {told.stderr.strip()}")
    return told.stdout.strip()


def _put(name: str, text: str) -> None:
    file = BIN / name
    file.unlink(missing_ok=True)
    file.write_text(text, encoding="utf-8")
    file.chmod(0o755)
