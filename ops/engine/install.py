"""`nox -s engine`: finds an engine, installs one, or builds one, and says which and why.

The session also builds the language hosts that preflight brings as sources.
"""

import shutil
import subprocess
import sys
import time
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO

from ops.engine.locate import (
    BIN,
    SOURCES,
    STAMP,
    find,
    look,
    pinned_version,
    put_program,
    renew_launchers,
    write_stamp,
)
from pulumi_loopback.engine.locate import Engine
from pulumi_loopback.errors import exit_with
from pulumi_preflight.progress import is_live, shown, waiting
from pulumi_preflight.runtimes import hosts

COMMAND = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
SDK = "github.com/pulumi/pulumi/sdk/v3"
_VERSION_VARIABLE = f"{SDK}/go/common/version.Version"
_SHIM = Path("python", "cmd", "pulumi-language-python-exec")
# The line is looked at each second.
_TOLD_EVERY_SECONDS = 4


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
    put_program(shim.name, shim.read_text(encoding="utf-8"))
    renew_launchers()
    write_stamp("built")


def _compile() -> None:
    with waiting(lambda: "waits for go, which fetches the modules"):
        packages = len(_go("list", "-deps", COMMAND).splitlines())
    flags = f"-s -w -X {_VERSION_VARIABLE}=v{pinned_version()}"
    target = ["-trimpath", "-ldflags", flags, "-o", str(BIN / "pulumi"), COMMAND]
    with subprocess.Popen(
        ["go", "build", "-v", *target],  # noqa: S607 - Go is the user's own, on PATH
        cwd=SOURCES,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        complaints = _follow(process.stderr, packages) if process.stderr else []
    if process.returncode:
        raise BuildError(f"go build failed: {''.join(complaints[-5:]).strip()}")


def _follow(printed: IO[str], packages: int) -> list[str]:
    """Tells the build's progress at least every 5 seconds; gives lines that name no package."""
    lines: SimpleQueue[str | None] = SimpleQueue()

    def read() -> None:
        for line in printed:
            lines.put(line)
        lines.put(None)

    Thread(target=read, daemon=True).start()
    complaints: list[str] = []
    compiled, links = 0, False
    begun = told = time.monotonic()
    live = is_live(sys.stderr)
    with shown(lambda: _progress(compiled, packages, links=links)):
        while True:
            try:
                line = lines.get(timeout=1)
            except Empty:
                line = ""
            if line is None:
                return complaints
            name = line.strip()
            if " " in name:
                complaints.append(line)
            elif name:
                # `-v` names each package when its compilation begins, the command itself last.
                compiled += 1
                links = name == COMMAND
            now = time.monotonic()
            if not live and (name == COMMAND or now - told >= _TOLD_EVERY_SECONDS):
                told = now
                _tell(f"{_progress(compiled, packages, links=links)} ({now - begun:.0f} s)")


def _progress(compiled: int, packages: int, *, links: bool) -> str:
    if links:
        return f"all {packages} packages are there, {compiled} compiled now; linking them"
    if compiled:
        return f"{compiled} of at most {packages} packages are compiled"
    return f"looking for what of {packages} packages has to be compiled, or linking them"


def _tell(text: str) -> None:
    sys.stderr.write(f"  {text}\n")
    sys.stderr.flush()


def _go(*arguments: str) -> str:
    command = ["go", *arguments]
    told = subprocess.run(command, cwd=SOURCES, capture_output=True, text=True, check=False)
    if told.returncode:
        raise BuildError(f"go {arguments[0]} failed: {told.stderr.strip()}")
    return told.stdout.strip()


def main() -> int:
    """Makes sure that there is an engine.

    Returns:
        0 if there is one now, 2 if it can neither be installed nor built.
    """
    for found in look():
        if isinstance(found, Engine):
            return _told(found)
        _say(f"{found.reason}.")
    # What an installer finds there it takes for whole, a launcher for another folder included.
    shutil.rmtree(BIN, ignore_errors=True)
    if not (_installed() or _built()):
        return 2
    made = find()
    if made is None:
        raise RuntimeError(f"{BIN} was filled, and yet there is no engine in it")
    return _told(made)


def session() -> int:
    """Makes sure that there is an engine, and that there are language hosts where Go is.

    Returns:
        What `main` gives: the sessions can do without the hosts.
    """
    status = main()
    for name in hosts.HOSTS:
        try:
            program = hosts.find(name) or _built_host(name)
        except hosts.HostError as error:
            sys.stderr.write(f"Programs in {name} cannot be judged: {error}\n")
        else:
            sys.stdout.write(f"Language host for {name}: {program}\n")
    return status


def _built_host(name: str) -> Path:
    with waiting(lambda: f"waits for go, which builds the language host for {name}") as aside:

        def told(text: str) -> None:
            with aside():
                sys.stderr.write(text)

        return hosts.build(name, told)


def _installed() -> bool:
    # Slow to load, and needed only here.
    from pulumi.automation import PulumiCommand  # noqa: PLC0415
    from semver import VersionInfo  # noqa: PLC0415

    version = pinned_version()
    _say(f"Installing Pulumi {version} from get.pulumi.com into {BIN} ...")
    try:
        with waiting(lambda: f"waits for get.pulumi.com, which gives Pulumi {version}"):
            PulumiCommand.install(root=str(SOURCES), version=VersionInfo.parse(version))
    except Exception as error:  # noqa: BLE001 - the installer raises whatever its downloads raise
        _say(f"That cannot be installed here: {error}.")
        return False
    write_stamp("installed")
    return True


def _built() -> bool:
    _say(f"Building Pulumi {pinned_version()} from Go modules; the first time takes minutes ...")
    try:
        build()
    except BuildError as error:
        sys.stderr.write(
            f"error: no engine can be installed or built: {error}\n"
            "hint: https://www.pulumi.com/docs/iac/download-install/\n"
        )
        return False
    return True


def _told(engine: Engine) -> int:
    sys.stdout.write(f"Pulumi {engine.version} ({engine.origin}): {engine.pulumi}\n")
    return 0


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    exit_with(session)
