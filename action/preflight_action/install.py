"""The first step: preflight and the pack in an environment of their own, and the base's history."""

import base64
import os
import re
import subprocess
import sys

from preflight_action.runner import StepError, event, folder, given, switched_on, variable

PACKAGES = ("aws-policy-pack", "pulumi-preflight")
_VERSION = re.compile(r"[0-9][0-9A-Za-z.+!-]*")
# How many commits are fetched for the common ancestor; the last number means all of them.
_DEPTHS = (1, 50, 1000, 2**31 - 1)


def main() -> int:
    """Installs, and fetches what a pull request is compared with."""
    # Nothing is installed where the event must not run the program.
    base = event().base
    environment = folder() / "venv"
    _run([sys.executable, "-m", "venv", "--clear", str(environment)], "an environment is made")
    python = str(environment / "bin" / "python")
    _run([python, "-m", "pip", "install", "--quiet", *wanted()], "preflight is installed")
    if base is not None and switched_on("recursive"):
        fetch(base)
    return 0


def wanted() -> list[str]:
    """What pip is to install: packages of one version, or the action's own checkout.

    Raises:
        StepError: The version is none.
    """
    version = given("version")
    if not version:
        return [variable("GITHUB_ACTION_PATH")]
    if not _VERSION.fullmatch(version):
        raise StepError(f"the input version is {version!r}; wanted a version such as 1.2.3")
    return [f"{package}=={version}" for package in PACKAGES]


def fetch(base: str) -> None:
    """Fetches history until this commit and the base have a common ancestor.

    Raises:
        StepError: They have none.
    """
    for depth in _DEPTHS:
        if _have_ancestor(base):
            return
        _git("fetch", "--quiet", "--no-tags", f"--depth={depth}", "origin", base, _head())
    if not _have_ancestor(base):
        raise StepError(f"HEAD and the base {base} of the pull request have no common ancestor")


def _have_ancestor(base: str) -> bool:
    command = ["git", "merge-base", base, "HEAD"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _head() -> str:
    command = ["git", "rev-parse", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _git(*arguments: str) -> None:
    # A checkout that keeps no credentials cannot fetch from a private repository by itself. The
    # token stands in no argument, which other processes see.
    key = f"http.{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/.extraheader"
    credentials = base64.b64encode(f"x-access-token:{given('token')}".encode()).decode()
    settings = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": key,
        "GIT_CONFIG_VALUE_0": f"AUTHORIZATION: basic {credentials}",
        "GIT_TERMINAL_PROMPT": "0",
    }
    _run(["git", *arguments], "the base is fetched", settings if given("token") else {})


def _run(command: list[str], what: str, variables: dict[str, str] | None = None) -> None:
    ended = subprocess.run(command, env={**os.environ, **(variables or {})}, check=False)
    if ended.returncode:
        raise StepError(f"while {what}, {command[0]} ended with {ended.returncode}; see above")
