"""The real Pulumi engine, where its command line is installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from ops.paths import PACK, ROOT, STACK, profile_of

LOCAL_BACKEND = ROOT / ".pulumi"
HOW_TO_INSTALL = "https://www.pulumi.com/docs/iac/download-install/"


def preview(stack: str) -> int:
    """Runs the engine's own preview with the pack enforced, or says in one line how to get it.

    Returns:
        0 if the preview passed or no command line is installed, else 1.
    """
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        sys.stderr.write(
            "The engine's preview was left out: `pulumi` is not on PATH. To compare with the "
            f"deployed state as well, install it from {HOW_TO_INSTALL}\n"
        )
        return 0
    environment = _environment(stack)
    select = [pulumi, "stack", "select", "--create", "--stack", stack]
    if stack == "local":
        subprocess.run(select, cwd=STACK, env=environment, check=True, stdout=subprocess.DEVNULL)
    command = [pulumi, "preview", "--stack", stack, *_pack(stack)]
    return 1 if subprocess.run(command, cwd=STACK, env=environment, check=False).returncode else 0


def _pack(stack: str) -> list[str]:
    profile: Path = profile_of(stack)
    return ["--policy-pack", str(PACK), "--policy-pack-config", str(profile)]


def _environment(stack: str) -> dict[str, str]:
    """The user's own backend and passphrase; for the local stack, a folder of the project."""
    environment = dict(os.environ, PULUMI_SKIP_UPDATE_CHECK="1")
    if stack == "local" and "PULUMI_BACKEND_URL" not in environment:
        LOCAL_BACKEND.mkdir(exist_ok=True)
        environment["PULUMI_BACKEND_URL"] = LOCAL_BACKEND.as_uri()
        environment.setdefault("PULUMI_CONFIG_PASSPHRASE", "")
    return environment
