"""`nox -s engine`: finds an engine, installs one, or builds one, and says which and why."""

import shutil
import sys

from ops.engine.build import BuildError, build
from ops.engine.locate import BIN, SOURCES, find, look, pinned_version, write_stamp
from pulumi_loopback.engine.locate import Engine
from pulumi_loopback.errors import exit_with


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


def _installed() -> bool:
    # Slow to load, and needed only here.
    from pulumi.automation import PulumiCommand  # noqa: PLC0415
    from semver import VersionInfo  # noqa: PLC0415

    version = pinned_version()
    _say(f"Installing Pulumi {version} from get.pulumi.com into {BIN} ...")
    try:
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
    exit_with(main)
