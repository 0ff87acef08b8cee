"""The Node packages that tests run on, installed once."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.preflight.builders import PACKS

SOURCE = PACKS / "node"
"""Names the packages, with their versions: Pulumi's SDK, and that of policy packs."""
_INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")


def installed(config: pytest.Config, source: Path = SOURCE) -> Path:
    """The folder `node_modules`; made once for all runs that share pytest's cache.

    Args:
        config: Knows the cache.
        source: The folder of `package.json` and its lock.
    """
    npm = shutil.which("npm")
    if npm is None:
        message = "npm is not on PATH, and programs and packs for Node need it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    assert config.cache is not None
    lock = hashlib.sha256((source / "package-lock.json").read_bytes()).hexdigest()[:16]
    cache = config.cache.mkdir(f"node-pack-{lock}")
    found = cache / "node_modules"
    if found.exists():
        return found
    part = Path(mkdtemp(dir=cache))
    for name in ("package.json", "package-lock.json"):
        shutil.copy(source / name, part)
    subprocess.run([npm, *_INSTALL], cwd=part, check=True, capture_output=True)
    # Another worker may have been faster; its result is as good.
    if not found.exists():
        (part / "node_modules").replace(found)
    shutil.rmtree(part)
    return found
