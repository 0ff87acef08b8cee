"""Runs a program that was compiled, after it was built where it is still a source.

Started by path with what is to run as JSON, and the number of an inherited socket. The program's
variables are those of Pulumi's language host for Go (pulumi/pulumi,
sdk/go/pulumi-language-go/main.go, constructEnv).
"""

import sys

# Python put this file's folder first; nothing is imported from there.
sys.path.pop(0)

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from pulumi_preflight.program.inside_host.channel import Channel

# The SDK ends so when preflight's service `Engine` has heard of the error.
_TOLD_ALREADY = 32


def main() -> int:
    """Builds the program where it has to be, runs it, and reports the end."""
    what, number = sys.argv[1:]
    channel = Channel(int(number))
    settings = channel.settings("a compiled program tells no types and no places")
    with tempfile.TemporaryDirectory() as folder:
        channel.send(_ran(json.loads(what), settings["sdk"], Path(folder)))
    return 0


def _ran(what: dict[str, Any], sdk: dict[str, Any], folder: Path) -> dict[str, object]:
    binary = what["binary"]
    if binary is None:
        binary = str(folder / "program")
        command = [what["go"], "build", "-o", binary, "."]
        built = subprocess.run(command, capture_output=True, text=True, check=False)
        if built.returncode:
            return {"ended": "raised", "errors": [_mistake(built.stderr)], "functions": []}
    code = subprocess.run([binary], env=_variables(sdk), check=False).returncode
    if code in (0, _TOLD_ALREADY):
        return {"ended": "well"}
    return {"ended": "exit", "code": str(code), "frames": [], "functions": []}


def _mistake(said: str) -> dict[str, object]:
    text = f"the program cannot be built:\n{said.rstrip()}"
    nowhere: dict[str, object] = {"frames": [], "file": None, "line": None}
    return {"type": "Error", "text": text, "deliberate": True, **nowhere}


def _variables(sdk: dict[str, Any]) -> dict[str, str]:
    return os.environ | {
        "PULUMI_DRY_RUN": "true" if sdk["dry_run"] else "false",
        "PULUMI_ENGINE": sdk["engine"],
        "PULUMI_MONITOR": sdk["monitor"],
        "PULUMI_ORGANIZATION": sdk["organization"],
        "PULUMI_PARALLEL": str(sdk["parallel"]),
        "PULUMI_PROJECT": sdk["project"],
        "PULUMI_ROOT_DIRECTORY": sdk["root_directory"],
        "PULUMI_STACK": sdk["stack"],
    }


if __name__ == "__main__":
    sys.exit(main())
