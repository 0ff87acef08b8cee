"""What the engine is started with: its backend, its passphrase, and itself on PATH."""

import os
from collections.abc import Mapping
from pathlib import Path

from pulumi_loopback.engine.locate import Engine

# The one that the salt in Pulumi.local.yaml was made with.
LOCAL_PASSPHRASE = "local"  # noqa: S105 - no secret


def environment(
    engine: Engine,
    *,
    backend: Path | None,
    alone: bool = False,
    keeps_passphrase: bool = False,
    outer: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The variables that the engine runs with on a stack.

    Args:
        engine: The engine; its folder comes first on PATH, so that it finds its language hosts.
        backend: The folder that keeps the state where PULUMI_BACKEND_URL names no other backend;
            the engine makes a folder `.pulumi` in there. `None` for the user's own backend.
        alone: Whether the state is in that folder, whatever PULUMI_BACKEND_URL names: that may be
            the state of what there is at AWS.
        keeps_passphrase: Whether a passphrase in the user's shell is for this stack's settings.
        outer: The user's own variables; those of this process where not given.
    """
    own = dict(os.environ if outer is None else outer)
    path = os.pathsep.join([str(engine.pulumi.parent), own.get("PATH", os.defpath)])
    variables = {**own, "PATH": path, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    if backend is None:
        return variables
    if alone or "PULUMI_BACKEND_URL" not in own:
        variables["PULUMI_BACKEND_URL"] = backend.as_uri()
        if not keeps_passphrase:
            # A passphrase in the user's shell belongs to another stack.
            variables.pop("PULUMI_CONFIG_PASSPHRASE_FILE", None)
            variables["PULUMI_CONFIG_PASSPHRASE"] = LOCAL_PASSPHRASE
    if "PULUMI_CONFIG_PASSPHRASE_FILE" not in own:
        variables.setdefault("PULUMI_CONFIG_PASSPHRASE", LOCAL_PASSPHRASE)
    return variables
