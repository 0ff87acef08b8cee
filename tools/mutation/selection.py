"""Which modules are measured, and by which tests.

Measured is what judges: the rules, the estimate, and the modules that both read resources with.
What only carries a verdict is left out: the protocol of analyzers, the command line, the docs and
the scaffold. Their faults are the matter of tests that start preflight or the engine, and such a
test takes seconds for each change.
"""

from collections.abc import Sequence
from pathlib import Path

from ops.paths import PACK, ROOT

PACKAGE = PACK / "aws_policy_pack"
TESTS = ROOT / "tests" / "policies"
READ_BY_RULES = (
    "accounts",
    "config",
    "container_definitions",
    "evaluation",
    "given",
    "patterns",
    "policy_documents",
    "properties",
    "property_paths",
    "resource",
    "secret_texts",
    "task_sizes",
    "waivers",
    "wording",
)
PYTEST_OPTIONS = (
    "-x",
    "-q",
    "--no-header",
    "--tb=no",
    "--override-ini=addopts=--import-mode=importlib",
    "--override-ini=filterwarnings=",  # the SDK is loaded before pytest could rewrite it
    *("--hypothesis-profile=ci", "--hypothesis-seed=0"),
    *("-p", "no:randomly", "-p", "no:xdist", "-p", "no:cacheprovider"),
)


def modules(patterns: Sequence[str]) -> list[Path]:
    """The modules whose tests are measured, or those of them that a pattern names."""
    found = [
        *(PACKAGE / f"{name}.py" for name in READ_BY_RULES),
        *sorted((PACKAGE / "rules").rglob("*.py")),
        *sorted((PACKAGE / "cost").rglob("*.py")),
    ]
    return [path for path in found if not patterns or any(part in label(path) for part in patterns)]


def label(module: Path) -> str:
    """How a module is called in what is printed and in the list of survivors."""
    return str(module.relative_to(PACKAGE))


def tests_of(module: Path) -> list[str]:
    """The tests that speak of a module; first those that are called like it."""
    match module.relative_to(PACKAGE).parts:
        case ("rules", "waivers.py"):
            found = [TESTS / "test_waivers.py"]
        case ("rules", area, *_):
            own = set((TESTS / "rules").glob(f"test_{area.removesuffix('.py')}*.py"))
            found = sorted(own | _importers(module))
        case ("cost", *_):
            found = sorted((TESTS / "cost").rglob("test_*.py"))
        case ("config.py",):
            found = [TESTS / "test_config.py", TESTS / "test_profiles.py"]
        case ("waivers.py",):
            found = [TESTS / "test_evaluation.py", TESTS / "test_waivers.py"]
        case ("properties.py",):
            found = [TESTS / "test_resource.py"]
        case _:
            found = [TESTS / f"test_{module.stem}.py"]
    return [str(path) for path in sorted(found, key=lambda path: module.stem not in path.stem)]


def _importers(module: Path) -> set[Path]:
    """The tests of other areas that import a module of rules."""
    dotted = ".".join(module.relative_to(PACK).with_suffix("").parts)
    line = f"\nfrom {dotted} import "
    return {
        path
        for path in (TESTS / "rules").glob("test_*.py")
        if line in path.read_text(encoding="utf-8")
    }
