"""Where things stand in this repository."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STACK = ROOT / "stack"
PACK = ROOT / "policies"
PREFLIGHT = ROOT / "preflight"
LOOPBACK = ROOT / "loopback"


def profile_of(stack: str) -> Path:
    """The `--policy-pack-config` file that holds a stack's levels, caps and waivers."""
    return PACK / "profiles" / f"{stack}.json"
