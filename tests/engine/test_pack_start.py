"""Preflight and the engine start a pack alike: in the same folder, with the same facts."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pulumi_loopback.engine import Engine
from tests.engine.conftest import alone
from tests.engine.own_home import STREAMED, own_variables

RUNTIME = "runtime: {name: python, options: {toolchain: pip, virtualenv: %s}}\n"
PROGRAM = """\
import pulumi

pulumi.export("region", pulumi.Config().require("region"))
"""
# The program's folder has other limits: a pack that started there would read them.
LIMITS = {"program": 1, "pack": 7}
SECRET = "of-the-stack"  # noqa: S105 - the pack tells only whether it knows the text
PACK = f"""\
import json, os
import pulumi
from pulumi_policy import EnforcementLevel, PolicyPack, StackValidationPolicy

with open("limits.json") as file:
    limits = json.load(file)
config = pulumi.Config("shop")
started = {{
    "folder": os.path.basename(os.getcwd()),
    "limits": limits,
    "project": pulumi.get_project(),
    "stack": pulumi.get_stack(),
    "organization": pulumi.get_organization(),
    "dry run": pulumi.runtime.is_dry_run(),
    "region": config.get("region"),
    "secret": config.get("password") == {SECRET!r},
    # Beside a base alone, preflight tells what becomes of the resources.
    "changes": os.environ.get("PULUMI_PREFLIGHT_CHANGES"),
}}

def tell(args, report):
    report(json.dumps(started, sort_keys=True))

tells = [StackValidationPolicy("tells", "It tells.", tell, EnforcementLevel.ADVISORY)]
if pulumi.get_stack() == "dev":
    tells.append(StackValidationPolicy("only-dev", "In dev.", tell, EnforcementLevel.ADVISORY))
PolicyPack("started", tells)
"""
TOLD = {
    "folder": "pack",
    "limits": LIMITS["pack"],
    "project": "shop",
    "stack": "dev",
    "organization": "organization",
    "dry run": True,
    "region": "eu-north-1",
    "secret": True,
    "changes": None,
}
Told = Mapping[str, Mapping[str, Any]]


def write(root: Path) -> None:
    for name, program in (("program", PROGRAM), ("pack", PACK)):
        folder = root / name
        folder.mkdir()
        (folder / "__main__.py").write_text(program)
        (folder / "limits.json").write_text(json.dumps(LIMITS[name]))
        (folder / "venv").symlink_to(sys.prefix)
    (root / "program" / "Pulumi.yaml").write_text("name: shop\n" + RUNTIME % "venv")
    (root / "pack" / "PulumiPolicy.yaml").write_text(RUNTIME % "venv")
    (root / "backend").mkdir()


def told_in(events: str) -> Told:
    """Each rule's message, from the engine's events."""
    found = [json.loads(line).get("policyEvent") for line in events.splitlines()]
    return {each["policyName"]: message_of(each["message"]) for each in found if each}


def message_of(text: str) -> Mapping[str, Any]:
    told: Mapping[str, Any] = json.loads(text[text.index("{") :])
    return told


def run_all(engine: Engine, root: Path) -> Mapping[str, Told]:
    """Runs the program under preflight and the engine; gives the pack's messages in each run."""
    write(root)
    variables = own_variables(engine, root) | STREAMED

    def run(*command: str | Path) -> str:
        ended = subprocess.run(
            command,
            cwd=root / "program",
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def pulumi(*arguments: str) -> str:
        return run(engine.pulumi, *arguments, "--stack", "dev", "--non-interactive")

    packs = ("--policy-pack", str(root / "pack"))
    pulumi("stack", "init")
    pulumi("config", "set", "region", "eu-north-1")
    pulumi("config", "set", "--secret", "password", SECRET)
    told = {
        "preview": told_in(pulumi("preview", "--json", *packs)),
        "up": told_in(pulumi("up", "--yes", "--skip-preview", "--json", *packs)),
    }
    preflight = Path(sys.executable).with_name("preflight")
    verdict = json.loads(run(preflight, ".", "--stack", "dev", "--format", "json", *packs))
    told["preflight"] = {each["rule"]: message_of(each["message"]) for each in verdict["findings"]}
    return told


@pytest.fixture(scope="module")
def told(engine: Engine, shared: Path) -> Mapping[str, Told]:
    folder = shared / "pack_start"
    kept = folder / "told.json"
    with alone(folder):
        if not kept.exists():
            kept.write_text(json.dumps(run_all(engine, folder)))
    read: Mapping[str, Told] = json.loads(kept.read_text())
    return read


@pytest.mark.parametrize("run", ["preflight", "preview", "up"])
def test_a_pack_stands_in_its_folder_and_knows_the_stack(
    told: Mapping[str, Told], run: str
) -> None:
    assert told[run]["tells"] == TOLD | {"dry run": run != "up"}


@pytest.mark.parametrize("run", ["preflight", "preview", "up"])
def test_a_pack_may_choose_its_rules_by_the_stack(told: Mapping[str, Told], run: str) -> None:
    assert set(told[run]) == {"tells", "only-dev"}
