"""The language hosts that tests run on, built once."""

import os
import shutil
from pathlib import Path

import pytest

from pulumi_preflight.runtimes import hosts


def built(name: str) -> Path:
    """A host; built where nobody did that yet."""
    if found := hosts.find(name):
        return found
    if shutil.which("go") is None:
        message = f"go is not on PATH, and the language host for {name} is built with it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return hosts.build(name, print)
