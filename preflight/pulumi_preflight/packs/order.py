"""Says where the result of packs' fixes depends on the packs' order, which the engine varies.

The engine's order of packs varies from run to run; preflight takes the command line's. So
preflight asks for fixes in the opposite order as well, and a note says where the inputs differ.
Source: pulumi/pulumi, pkg/engine/update.go (loadPolicyPlugins starts the packs side by side) and
pkg/resource/deploy/step_generator.go (the order in which they were loaded counts).
"""

from collections.abc import Sequence

from google.protobuf.struct_pb2 import Struct

from pulumi_preflight.findings import Remediation
from pulumi_preflight.fixes import changed_paths


def order_notes(
    name: str, ends: tuple[Struct, Struct], fixes: Sequence[Remediation]
) -> tuple[str, ...]:
    """Names each property that two orders leave different, with the rules that fix it.

    Args:
        name: The resource's logical name.
        ends: The final inputs of both orders.
        fixes: The changes in both orders.
    """
    return tuple(
        f"{name}: what {path} ends at depends on the order of the packs, which the engine varies "
        f"from run to run: {_rules(path, fixes)} fix it; leave it to one of them"
        for path in changed_paths(*ends)
    )


def _rules(path: str, fixes: Sequence[Remediation]) -> str:
    rules = {
        f"{fix.rule} of {fix.pack}"
        for fix in fixes
        if any(_touches(path, each) for each in changed_paths(fix.before, fix.after))
    }
    return " and ".join(sorted(rules))


def _touches(path: str, changed: str) -> bool:
    """Whether a change is at the path, below it or above it."""
    return any(
        long == short or long.startswith((f"{short}.", f"{short}["))
        for long, short in ((path, changed), (changed, path))
    )
