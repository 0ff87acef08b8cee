"""The versions of packages that are tested and promised, and wheels for Pythons to come."""

import argparse
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ops.paths import ROOT
from pulumi_loopback.dev.processes import uv
from pulumi_loopback.errors import exit_with
from pulumi_preflight.outputs.schemas import shipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One environment that a program and its pack are judged in.

    Attributes:
        name: The environment's name on the page.
        products: The ones of `policies` and `preflight` that are installed in it. The others come
            from the project's own environment.
        lowest: Whether every requirement of the products is installed in its lowest version.
        pins: The versions of Pulumi's packages in it.
        besides: Requirements that an old package does not declare.
    """

    name: str
    pins: Mapping[str, str]
    products: tuple[str, ...] = ("policies", "preflight")
    lowest: bool = False
    besides: tuple[str, ...] = field(default=())

    @property
    def requirements(self) -> tuple[str, ...]:
        """The packages that are installed besides the products."""
        return (*(f"{name}=={version}" for name, version in self.pins.items()), *self.besides)


# Old packages of AWS import `pkg_resources`, which setuptools has only before version 81.
_PKG_RESOURCES = ("setuptools>=61,<81",)

ENVIRONMENTS = (
    Environment(
        name="all in one, lowest",
        pins={"pulumi": "3.269.0", "pulumi-policy": "1.21.0", "pulumi-aws": "6.0.2"},
        lowest=True,
        besides=_PKG_RESOURCES,
    ),
    Environment(
        name="all in one, newest AWS 6",
        pins={"pulumi": "3.272.0", "pulumi-policy": "1.21.0", "pulumi-aws": "6.83.4"},
    ),
    Environment(
        name="all in one, oldest AWS 7",
        pins={"pulumi": "3.272.0", "pulumi-policy": "1.21.0", "pulumi-aws": "7.0.0"},
    ),
    Environment(
        name="all in one, newest",
        pins={"pulumi": "3.272.0", "pulumi-policy": "1.21.0", "pulumi-aws": "7.51.1"},
    ),
    Environment(
        name="program and pack, lowest",
        pins={"pulumi": "3.225.0", "pulumi-policy": "1.21.0", "pulumi-aws": "6.0.2"},
        products=("policies",),
        lowest=True,
        besides=_PKG_RESOURCES,
    ),
    Environment(
        name="program, oldest",
        pins={"pulumi": "3.52.0", "pulumi-aws": "6.0.2"},
        products=(),
        besides=_PKG_RESOURCES,
    ),
)
PACKAGES = ("pulumi", "pulumi-policy", "pulumi-aws")
_HERE = {"policies": "the pack", "preflight": "preflight"}
_PAGE = """\
# Versions

`nox -s nightly` makes each of these environments and judges one program with the pack in it. \
The findings must be the same in all of them. \
Where preflight is in it, the rules' own tests for SQS run in it too.

{table}

- In the first environment every requirement of preflight and the pack has the lowest version \
that its `pyproject.toml` allows. So the bounds are true: preflight needs `pulumi` 3.269, whose \
protocol it serves, and the pack `pulumi` 3.225 and `pulumi-policy` 1.21.
- Preflight, pack and program may each have an environment of their own. A program on an older SDK \
than preflight's is judged, too; an SDK that sends no stack trace leaves findings without a line.
- AWS packages before 7 may import `pkg_resources`: their environment needs `setuptools` before 81.
- The engine that is built is the one in `engine/go.mod`. Each push tests preflight against it, \
with the newest packages of the table.

## Schemas
Where a program's process has no SDK of a package, preflight takes what the package's types hold \
from a schema that it ships. The nearest major version serves, and a note says which one.

{schemas}
"""


def versions_page() -> str:
    """The page of docs/ with the tested versions."""
    head = ("environment", *(f"`{name}`" for name in PACKAGES), "with it")
    rows = [
        (
            each.name,
            *(each.pins.get(name, "-") for name in PACKAGES),
            ", ".join(_HERE[product] for product in each.products) or "-",
        )
        for each in ENVIRONMENTS
    ]
    schemas = [(f"`{each.package}`", each.version, each.dated) for each in shipped()]
    return _PAGE.format(
        table=_table(head, rows), schemas=_table(("package", "version", "made on"), schemas)
    )


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


PYTHONS = ("3.14", "3.15")
PLATFORMS = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "aarch64-apple-darwin")


def main(given: Sequence[str]) -> int:
    """Prints a line for each Python and platform, with uv's reason where a wheel is missing.

    Returns:
        0 where nothing has to be compiled, 1 where something has.

    Raises:
        CommandError: There is no uv to ask with.
    """
    parser = argparse.ArgumentParser(prog="nox -s wheels --", description=__doc__)
    parser.add_argument("--python", action="append", metavar="VERSION", help="default: 3.14, 3.15")
    missing = 0
    for python in parser.parse_args(given).python or PYTHONS:
        for platform in PLATFORMS:
            trouble = without_wheels(python, platform)
            missing += bool(trouble)
            sys.stdout.write(f"{python} {platform}: {trouble or 'all have wheels'}\n")
            sys.stdout.flush()
    return 1 if missing else 0


def without_wheels(python: str, platform: str) -> str:
    """The reason why the requirements cannot be installed without a compiler; empty if they can.

    uv resolves as `pip download --only-binary=:all: --python-version` does, and loads no wheel.
    """
    target = ("--python-version", python, "--python-platform", platform)
    command = [uv(), "pip", "compile", "--quiet", "--only-binary", ":all:", *target]
    asked = subprocess.run(
        [*command, "--all-extras", "pyproject.toml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return " ".join(asked.stderr.split()) if asked.returncode else ""


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
