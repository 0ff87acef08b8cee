"""Preflight refuses what the engine refuses: the same projects and programs run under both."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from pulumi_loopback.engine import Engine
from pulumi_preflight.errors import PreflightError
from pulumi_preflight.project import load_project
from tests.engine.own_home import run_engine
from tests.preflight.running import run_loaded

HEAD = "name: shop\nruntime: {name: python, options: {toolchain: pip}}\n"
PROGRAM = """
import pulumi

class Group(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("shop:index:Group", name, None, opts)
        self.register_outputs({})
"""
# The checkpoint of an empty stack; the engine would need a second to make each one.
EMPTY = '{"version": 3, "checkpoint": {"stack": "organization/shop/dev"}}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A case that both refuse: additions to files and program, and the engine's words."""

    reason: str
    project: str = ""
    stack: str = ""
    program: str = ""


CASES = {
    "secret-in-plain-text": Refused(
        project="config: {x: {type: string, secret: true}}",
        stack="config: {x: plain}",
        reason="must be encrypted as it's secret",
    ),
    "secret-with-a-plain-default": Refused(
        project="config: {x: {type: string, secret: true, default: plain}}",
        reason="must be encrypted as it's secret",
    ),
    "type": Refused(
        project="config: {x: {type: number}}", stack="config: {x: 1}", reason="value must be one of"
    ),
    "value-and-default": Refused(
        project="config: {x: {value: a, default: b}}", reason="cannot have both"
    ),
    "type-in-another-namespace": Refused(
        project="config: {'aws:region': {type: string, value: a}}",
        reason="should not define a type",
    ),
    "object-without-value": Refused(
        project="config: {'pulumi:autonaming': {mode: verbatim}}",
        reason="additionalProperties 'mode' not allowed",
    ),
    "mode": Refused(
        stack="config: {'pulumi:autonaming': {mode: never}}", reason="invalid naming mode"
    ),
    "key-that-is-a-number": Refused(stack="config: {1: a}", reason="could not parse 1"),
    "no-number": Refused(stack="config: {x: .nan}", reason="unsupported value: NaN"),
    "outputs-twice": Refused(
        program="group = Group('a')\ngroup.register_outputs({'again': 1})",
        reason="whose registration isn't pending",
    ),
    "type-of-two-parts": Refused(
        program="pulumi.CustomResource('test:Thing', 'a', {})", reason="not a valid type token"
    ),
    "alias": Refused(
        program="Group('a', pulumi.ResourceOptions(aliases=['not-a-urn']))",
        reason="invalid alias URN",
    ),
    "exported-asset": Refused(
        program="pulumi.export('file', pulumi.FileAsset('nowhere.txt'))",
        reason="failed to open asset file",
    ),
    "address-of-another-scheme": Refused(
        program="pulumi.export('x', pulumi.RemoteAsset('ftp://example.com/x'))",
        reason="unsupported URI scheme",
    ),
}


@pytest.mark.parametrize("refused", [pytest.param(each, id=name) for name, each in CASES.items()])
def test_both_refuse(tmp_path: Path, engine: Engine, refused: Refused) -> None:
    folder, home = tmp_path / "project", tmp_path / "engine"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(f"{HEAD}{refused.project}\n", encoding="utf-8")
    (folder / "Pulumi.dev.yaml").write_text(refused.stack, encoding="utf-8")
    (folder / "__main__.py").write_text(PROGRAM + refused.program, encoding="utf-8")
    checkpoint = home / "backend" / ".pulumi" / "stacks" / "shop" / "dev.json"
    checkpoint.parent.mkdir(parents=True)
    checkpoint.write_text(EMPTY, encoding="utf-8")
    (checkpoint.parents[1] / ".." / "meta.yaml").write_text("version: 1\n", encoding="utf-8")

    ran = run_engine(engine, folder, home, "preview")
    assert ran.returncode != 0, ran.stdout
    assert refused.reason in ran.stdout + ran.stderr

    with pytest.raises(PreflightError):
        run_loaded(load_project(folder, stack="dev", environment={}))
