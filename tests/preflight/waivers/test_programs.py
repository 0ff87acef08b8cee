"""Waivers in real programs, under real packs, in each language."""

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

from pulumi_preflight import Verdict, run
from tests.preflight.builders import PACKS, PROGRAM, write_pack, write_project

SAYS = 'until=2027-03-01 owner=shop reason="order does not matter"'
TODAY = dt.date(2027, 1, 1)


@pytest.fixture(autouse=True)
def _on_a_day_on_which_all_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pulumi_preflight.clock.current_day", lambda: TODAY)


def judged(folder: Path | str, *packs: Path) -> Verdict:
    settings = {"aws:region": "eu-west-1", "shop:name": "orders"}
    return run(folder, stack="dev", packs=packs or [PACKS / "demo"], config=settings)


def in_code(verdict: Verdict) -> dict[str, tuple[str, int]]:
    """The resources of which a waiver in the code excuses something, with its place."""
    return {
        each.urn.rpartition("::")[2]: (each.in_code.file, each.in_code.line)
        for each in verdict.waived
        if each.in_code
    }


def complaints(verdict: Verdict) -> list[str]:
    return [each.id for each in verdict.findings if each.pack == "preflight"]


COMPONENT = f"""
class Pair(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("shop:index:Pair", name)
        Queue(
            f"{{name}}-one",
            opts=pulumi.ResourceOptions(parent=self),  # preflight: waive queue-is-fifo {SAYS}
        )
        Queue(f"{{name}}-two", opts=pulumi.ResourceOptions(parent=self))
"""


def test_waivers_of_a_program_in_python_count_at_its_statements(tmp_path: Path) -> None:
    program = PROGRAM.replace(
        "def __init__(self, name, **inputs):", "def __init__(self, name, opts=None, **inputs):"
    )
    program = program.replace(", name, inputs)", ", name, {'redrivePolicy': '', **inputs}, opts)")
    write_project(
        tmp_path,
        f"""import infra
{program}{COMPONENT}
for name in ("a", "b"):
    Queue(name)  # preflight: waive queue-is-fifo[fifoQueue] {SAYS}
# preflight: waive queue-is-fifo {SAYS}
Pair("pair")
Queue("late", description='''
# preflight: waive queue-is-fifo {SAYS}
''')
""",
    )
    (tmp_path / "infra.py").write_text(
        f"{program}\n# preflight: waive queue-is-fifo {SAYS}\nQueue('other')\n"
    )
    verdict = judged(tmp_path)
    waived = in_code(verdict)
    assert sorted(waived) == ["a", "b", "other", "pair-one"]
    assert waived["a"] == waived["b"]
    assert waived["other"][0] == "infra.py"
    fifo = [each.urn.rpartition("::")[2] for each in verdict.of_rule("queue-is-fifo")]
    assert sorted(fifo) == ["late", "pair-two"]
    # The component itself is created at the waiver above it, and the rule finds nothing there.
    assert complaints(verdict) == ["waiver-unused[queue-is-fifo]"]


def test_a_waiver_in_a_library_counts_for_nothing(tmp_path: Path) -> None:
    shared = tmp_path / "lib" / "site-packages"
    shared.mkdir(parents=True)
    (shared / "queues.py").write_text(
        f"{PROGRAM}def make():\n    # preflight: waive queue-is-fifo {SAYS}\n"
        "    Queue('made', redrivePolicy='')\n"
    )
    program = "import sys\nsys.path.insert(0, 'lib/site-packages')\nimport queues\n"
    write_project(tmp_path, f"{program}queues.make()\n")
    verdict = judged(tmp_path)
    assert [each.line for each in verdict.of_rule("queue-is-fifo")] == [4]
    assert in_code(verdict) == {}
    write_project(tmp_path, f"{program}queues.make()  # preflight: waive queue-is-fifo {SAYS}\n")
    assert in_code(judged(tmp_path)) == {"made": ("__main__.py", 4)}


def test_a_waiver_counts_for_rules_of_the_whole_stack_that_name_a_resource(tmp_path: Path) -> None:
    write_project(
        tmp_path,
        f"{PROGRAM}\nQueue('jobs', redrivePolicy='')  # preflight: waive stack-is-known {SAYS}\n",
    )
    assert in_code(judged(tmp_path)) == {"jobs": ("__main__.py", 15)}


TYPESCRIPT = f"""\
import * as pulumi from "@pulumi/pulumi";

class Queue extends pulumi.CustomResource {{
  constructor(name: string, args: {{ text?: string }}) {{
    super("aws:sqs/queue:Queue", name, {{ redrivePolicy: "", ...args }});
  }}
}}
// preflight: waive queue-is-fifo {SAYS}
export const a = new Queue("a", {{}});
export const b = new Queue("b", {{
  text: `
// preflight: waive queue-is-fifo {SAYS}
`,
}});
for (const name of ["c", "d"]) {{
  new Queue(name, {{
    text: "https://example.com", // preflight: waive queue-is-fifo {SAYS}
  }});
}}
"""


def test_waivers_of_a_program_in_typescript_count_at_its_statements(
    tmp_path: Path, node_modules: Path
) -> None:
    (tmp_path / "Pulumi.yaml").write_text(json.dumps({"name": "shop", "runtime": "nodejs"}))
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "node_modules").symlink_to(node_modules)
    (tmp_path / "index.ts").write_text(TYPESCRIPT)
    verdict = judged(tmp_path)
    assert in_code(verdict) == {
        "a": ("index.ts", 8),
        "c": ("index.ts", 17),
        "d": ("index.ts", 17),
    }
    assert [each.line for each in verdict.of_rule("queue-is-fifo")] == [10]
    assert complaints(verdict) == []


YAML = f"""\
name: shop
runtime: yaml
resources:
  # preflight: waive queue-is-fifo {SAYS}
  a:
    type: aws:sqs:Queue
    properties: {{redrivePolicy: ""}}
  b:
    type: aws:sqs:Queue
    properties:
      # preflight: waive queue-is-fifo[fifoQueue] {SAYS}
      redrivePolicy: ""
  c:
    type: aws:sqs:Queue
    properties:
      redrivePolicy: ""
      policy: |
        # preflight: waive queue-is-fifo {SAYS}
"""


def test_waivers_of_a_program_in_yaml_count_at_its_resources(
    tmp_path: Path, yaml_host: Path
) -> None:
    assert yaml_host.is_file()
    (tmp_path / "Pulumi.yaml").write_text(YAML)
    verdict = judged(tmp_path)
    assert in_code(verdict) == {"a": ("Pulumi.yaml", 4), "b": ("Pulumi.yaml", 11)}
    assert [each.line for each in verdict.of_rule("queue-is-fifo")] == [13]
    assert complaints(verdict) == []


NO_QUEUE = """\
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy


def no_queue(args, report):
    if args.resource_type == "aws:sqs/queue:Queue":
        report("a queue")


PolicyPack("strict", [ResourceValidationPolicy("no-queue", "None.", no_queue)],
           EnforcementLevel.MANDATORY)
"""


@pytest.mark.nightly
def test_waivers_of_a_program_in_go_count_at_its_statements(tmp_path: Path) -> None:
    infra = tmp_path / "infra"
    shutil.copytree(Path(__file__).parents[1] / "programs_go", infra)
    content = {"name": "shop", "runtime": "go", "main": "infra"}
    (tmp_path / "Pulumi.yaml").write_text(json.dumps(content))
    program = (infra / "main.go").read_text()
    lines = program.splitlines()
    [at] = [number for number, line in enumerate(lines) if "made, err :=" in line]
    waiver = f"\t\t// preflight: waive no-queue {SAYS}"
    (infra / "main.go").write_text("\n".join([*lines[:at], waiver, *lines[at:]]))
    verdict = judged(tmp_path, write_pack(tmp_path / "pack", NO_QUEUE))
    assert in_code(verdict) == {"orders": ("infra/main.go", at + 1)}
    assert verdict.passed
