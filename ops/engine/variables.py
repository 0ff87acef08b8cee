"""What the engine is started with: its backend, its passphrase, and itself on PATH."""

import os
from collections.abc import Mapping

from ops.engine.locate import Engine
from ops.paths import ROOT

LOCAL = "local"
# The engine makes a folder `.pulumi` in there; git ignores it.
LOCAL_BACKEND = ROOT
# The one that the salt in Pulumi.local.yaml was made with.
LOCAL_PASSPHRASE = "local"  # noqa: S105 - no secret


def environment(
    stack: str, engine: Engine, *, outer: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The variables that the engine runs with on a stack.

    The backend is the user's own where PULUMI_BACKEND_URL names one, or for any stack but `local`;
    otherwise it is a folder of this project.

    Args:
        stack: The stack's name.
        engine: The engine; its folder comes first on PATH, so that it finds its language hosts.
        outer: The user's own variables; those of this process where not given.
    """
    own = dict(os.environ if outer is None else outer)
    path = os.pathsep.join([str(engine.pulumi.parent), own.get("PATH", os.defpath)])
    variables = {**own, "PATH": path, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    if stack != LOCAL:
        return variables
    if "PULUMI_BACKEND_URL" not in own:
        variables["PULUMI_BACKEND_URL"] = LOCAL_BACKEND.as_uri()
        # A passphrase in the user's shell belongs to another stack.
        variables.pop("PULUMI_CONFIG_PASSPHRASE_FILE", None)
        variables["PULUMI_CONFIG_PASSPHRASE"] = LOCAL_PASSPHRASE
    elif "PULUMI_CONFIG_PASSPHRASE_FILE" not in own:
        variables.setdefault("PULUMI_CONFIG_PASSPHRASE", LOCAL_PASSPHRASE)
    return variables
