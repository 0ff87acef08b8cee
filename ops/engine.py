"""The real Pulumi engine, where its command line is installed."""

import os
import shutil
import subprocess
import sys

from ops.paths import PACK, ROOT, STACK, profile_of

LOCAL_BACKEND = ROOT / ".pulumi"
HOW_TO_INSTALL = "https://www.pulumi.com/docs/iac/download-install/"


def preview(stack: str) -> int:
    """Runs the engine's own preview with the pack enforced, or says in one line how to get it.

    Returns:
        0 if the preview passed or no command line is installed, 1 if it did not pass, 2 if the
        local stack cannot be made.
    """
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        sys.stderr.write(
            "The engine's preview was left out: `pulumi` is not on PATH. To compare with the "
            f"deployed state as well, install it from {HOW_TO_INSTALL}\n"
        )
        return 0
    environment = _environment(stack)
    if stack == "local":
        select = [pulumi, "stack", "select", "--create", "--stack", stack, "--non-interactive"]
        made = subprocess.run(
            select, cwd=STACK, env=environment, check=False, capture_output=True, text=True
        )
        if made.returncode:
            sys.stderr.write(f"error: the local stack cannot be made: {made.stderr.strip()}\n")
            return 2
    profile = str(profile_of(stack))
    enforced = ["--policy-pack", str(PACK), "--policy-pack-config", profile]
    command = [pulumi, "preview", "--stack", stack, *enforced]
    return 1 if subprocess.run(command, cwd=STACK, env=environment, check=False).returncode else 0


def _environment(stack: str) -> dict[str, str]:
    """The user's own backend and passphrase; for the local stack, a folder of the project."""
    environment = dict(os.environ, PULUMI_SKIP_UPDATE_CHECK="1")
    if stack == "local" and "PULUMI_BACKEND_URL" not in environment:
        LOCAL_BACKEND.mkdir(exist_ok=True)
        environment["PULUMI_BACKEND_URL"] = LOCAL_BACKEND.as_uri()
        # The one that the salt in Pulumi.local.yaml was made with.
        environment["PULUMI_CONFIG_PASSPHRASE"] = "local"  # noqa: S105 - no secret
    return environment
