"""The values that a program gets from its stack's file: the same by engine and preflight.

One run of the engine serves all tests: the program writes down the configuration that it gets.
"""

import json
import os
import shutil
from pathlib import Path

import pytest

from pulumi_loopback.engine import Engine
from pulumi_preflight.project import load_project
from tests.engine.conftest import alone
from tests.engine.own_home import run_engine

PROGRAM = """
import os
from pathlib import Path
Path("told.json").write_text(os.environ["PULUMI_CONFIG"])
"""
PROJECT = """
name: shop
runtime: {name: python, options: {toolchain: pip}}
config:
  own-text: "017"
  own-number: 3
  own-boolean: true
  own-list: [1, "2", 1.5, {a: true}]
  own-fraction: {default: 0.0000001}
  own-great: {default: 18446744073709551615}
  own-date: {default: 2026-01-02}
  own-dates: {default: {at: 2026-01-02T03:04:05.5+02:00}}
  own.path.number: "12"
  own.path.octal: "012"
  own.path.signed: "+12"
  own.path.great: "18446744073709551615"
  own.path.greater: "18446744073709551616"
  own.path.yes: "true"
  own.path.list[2]: x
  aws:region: us-east-1
"""
SCALARS = """
yes
no
on
~
null
""
''
true
True
tRUE
1
-1
+1
007
08
-08
0o17
0O17
0o8
0b11
-0b11
0B11
0x1f
0XFF
0x_f
-0x1f
1_000
1__0
_1
1_
1e3
1E3
1e-7
0.00001
0.000001
0.0000001
-0.0
1.0
1.10
.5
5.
.5e1
1.5e300
1e20
1e21
1e999
123456.75
1234567.75
9223372036854775807
9223372036854775808
18446744073709551615
18446744073709551616
-9223372036854775808
-9223372036854775809
0x7fffffffffffffff
0x10000000000000000
1:30
1:30:45
2026-01-02
2026-1-2
2026-13-02
2026-02-29
2028-02-29
2026-01-02T03:04:05Z
2026-01-02t3:4:5z
2026-01-02T03:04:05
2026-01-02 03:04:05
2026-01-02 03:04:05.120000
2026-01-02T03:04:05.123456789123Z
2026-01-02T03:04:05+00:00
2026-01-02T03:04:05+02:00
2026-01-02T03:04:05-05:30
2026-01-02T25:04:05Z
2001-12-14 21:59:43.10 -5
!foo bar
!foo 3
!!str 3
!!int "3"
!!float 3
!!float "1e3"
!!bool "true"
!!null ""
!!binary aGk=
! 3
"3"
'true'
a<b>&c
"\\u00e9\\u2028\\u00fc"
"\\x01\\t\\b\\f\\x7f"
=
.
"""
STRUCTURES = """
{}
[]
[~, ~]
{a: ~, b: [1, {c: 2}]}
{1: a}
{true: a, 1: b, x: c}
{~: a}
{1.5: a, 1e20: b, 1234567.5: c, 0.00001: d}
{0x1f: a}
{2026-01-02: a}
{b: 1, a: 2, B: 3, é: 4}
{n: 18446744073709551615, m: 9223372036854775807, k: -9223372036854775808}
{f: 1.0, g: 1e3, h: 1e-7, i: 1e21}
!foo {a: !bar b}
!!set {x, y}
!!omap [a: 1]
{<<: {a: 1, b: 2}, b: 3}
{<<: [{a: 1}, {a: 2, c: 3}]}
[[[[1]]]]
{secure: 3}
{a: 2026-01-02T03:04:05Z}
"""


@pytest.fixture(scope="module")
def told(shared: Path, engine: Engine) -> tuple[Path, dict[str, str]]:
    """The project, and the configuration that the engine's program got."""
    folder = shared / "config-values"
    with alone(folder):
        project = folder / "project"
        if not (project / "told.json").exists():
            shutil.rmtree(project, ignore_errors=True)
            _write(project)
            _preview(project, folder, engine)
    content: dict[str, str] = json.loads((project / "told.json").read_text(encoding="utf-8"))
    return project, content


def test_preflight_gives_each_value_as_the_engine_does(
    told: tuple[Path, dict[str, str]],
) -> None:
    project, wanted = told
    given = load_project(project, stack="dev", environment=os.environ).config
    found = {key: value.text for key, value in given.items()}
    differ = {key: (found.get(key), wanted.get(key)) for key in {*found, *wanted}}
    assert {key: pair for key, pair in differ.items() if pair[0] != pair[1]} == {}


def test_every_value_reached_the_engine(told: tuple[Path, dict[str, str]]) -> None:
    _, wanted = told
    assert {f"shop:v{number:03}" for number in range(len(_values()))} <= wanted.keys()


def _values() -> list[str]:
    return [line for line in (SCALARS + STRUCTURES).splitlines() if line]


def _write(project: Path) -> None:
    project.mkdir(parents=True)
    lines = [f"  shop:v{number:03}: {text}" for number, text in enumerate(_values())]
    (project / "Pulumi.yaml").write_text(PROJECT, encoding="utf-8")
    (project / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    stack_file = "\n".join(["config:", *lines, "---", "another: document", ""])
    (project / "Pulumi.dev.yaml").write_text(stack_file, encoding="utf-8")


def _preview(project: Path, folder: Path, engine: Engine) -> None:
    for arguments in (("stack", "init"), ("preview",)):
        ran = run_engine(engine, project, folder, *arguments)
        assert ran.returncode == 0, ran.stdout + ran.stderr
