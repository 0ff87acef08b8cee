"""`nox -s preview`: the offline verdict, then the engine's preview where the CLI is installed."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ops import engine
from ops.paths import PACK, STACK, profile_of
from pulumi_preflight.cli import main as preflight


def main(arguments: Sequence[str]) -> int:
    """Judges a project; every option that is not named here goes to preflight.

    Returns:
        0 without a mandatory finding, 1 with one, 2 without a verdict.
    """
    parser = argparse.ArgumentParser(prog="nox -s preview --", description=__doc__)
    parser.add_argument("--stack", default="local", help="the stack to judge (default: local)")
    parser.add_argument(
        "--project", type=Path, default=STACK, help="the Pulumi project (default: stack/)"
    )
    parser.add_argument("--offline", action="store_true", help="leave the engine's preview out")
    options, rest = parser.parse_known_args(arguments)

    pack = [] if "--policy-pack" in rest else _pack(options.project, options.stack)
    status = preflight([str(options.project), "--stack", options.stack, *pack, *rest])
    if status == 0 and not options.offline and options.project.resolve() == STACK:
        return engine.preview(options.stack)
    return status


def _pack(project: Path, stack: str) -> list[str]:
    """The project's own pack and profile where its folder `policies` has them, else ours."""
    own = project / "policies"
    pack = own if (own / "PulumiPolicy.yaml").exists() else PACK
    profile = own / "profile.json"
    if not profile.exists():
        profile = profile_of(stack)
    return ["--policy-pack", str(pack), "--policy-pack-config", str(profile)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
