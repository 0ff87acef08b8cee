"""A pack in JavaScript, booted as a process."""

import shutil
from pathlib import Path

import pytest
from pulumi.runtime.proto.analyzer_pb2 import AnalyzeRequest

from pulumi_preflight.changes.comparing import Operation
from pulumi_preflight.errors import PackError
from pulumi_preflight.findings import Level, Reported
from pulumi_preflight.outputs.memory import Inventions
from pulumi_preflight.packs import PackChoice, Packs
from pulumi_preflight.packs.changes_file import Becoming, ToldChanges
from tests.preflight.builders import CONTEXT, PACKS, QUEUE, resource_request, stack_request

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


@pytest.fixture
def pack(node_modules: Path, tmp_path: Path) -> Path:
    """The Node pack with its dependencies installed."""
    folder = tmp_path / "node"
    shutil.copytree(PACKS / "node", folder)
    (folder / "node_modules").symlink_to(node_modules)
    return folder


def judged(pack: Path, *resources: AnalyzeRequest) -> Reported:
    with Packs([PackChoice(directory=pack)], CONTEXT) as packs:
        for resource in resources:
            packs.check(resource)
        packs.analyze_stack(stack_request(*resources))
    return packs.reported


def test_a_node_pack_reports_like_one_in_python(pack: Path) -> None:
    reported = judged(
        pack,
        resource_request(QUEUE, "jobs", {"redrivePolicy": UNKNOWN}),
        resource_request(QUEUE, "mail", {"fifoQueue": True}),
    )
    found = {(each.rule, each.level, each.message, each.fix) for each in reported.findings}
    assert found == {
        (
            "queue-is-fifo",
            Level.MANDATORY,
            "jobs: fifoQueue is not set; wanted true.",
            "Set it.",
        ),
        ("stack-is-small", Level.ADVISORY, "2 resources; wanted at most 1", None),
    }
    assert [(entry.rule, entry.property) for entry in reported.not_evaluated] == [
        ("redrive-policy-is-read", "redrivePolicy")
    ]


def test_a_rule_in_node_that_raises_is_named_with_its_line(pack: Path) -> None:
    with pytest.raises(PackError) as raised:
        judged(pack, resource_request(QUEUE, "bad", {"fifoQueue": True, "redrivePolicy": "x"}))
    assert str(raised.value) == (
        "rule 'raises-for-bad' of policy pack 'node-demo' raised for 'bad' "
        "(aws:sqs/queue:Queue): Error: no such queue (index.js:40)"
    )


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        pytest.param(
            'console.log("loading");\n',
            "printed 'loading' before it booted; the first line on stdout must be its port",
            id="prints-before-its-port",
        ),
        pytest.param(
            "const rules = ;\n",
            "did not boot: SyntaxError: Unexpected token ';' (index.js:1)",
            id="syntax-error",
        ),
        pytest.param(
            "function load() {\n  throw new TypeError('no rules');\n}\nload();\n",
            "did not boot: TypeError: no rules (index.js:2)",
            id="raises",
        ),
    ],
)
def test_a_node_pack_that_does_not_boot_is_named_with_its_own_error(
    pack: Path, tmp_path: Path, source: str, complaint: str
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(pack, broken, symlinks=True)
    (broken / "index.js").write_text(source)
    with pytest.raises(PackError) as raised:
        judged(broken, resource_request(QUEUE, "jobs", {}))
    assert str(raised.value) == f"policy pack {broken} {complaint}"


def test_a_pack_that_does_not_compile_is_told_with_the_compilers_lines(
    pack: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(pack, broken, symlinks=True)
    (broken / "index.js").unlink()
    (broken / "index.ts").write_text('const most: number = "three";\nmost.foo();\n')
    (broken / "package.json").write_text('{"main": "index.ts"}')
    (broken / "tsconfig.json").write_text('{"files": ["index.ts"]}')
    with pytest.raises(PackError) as raised:
        judged(broken, resource_request(QUEUE, "jobs", {}))
    assert str(raised.value) == (
        f"policy pack {broken} did not boot: TSError: \u2a2f Unable to compile TypeScript:\n"
        "  index.ts(1,7): error TS2322: Type '\"three\"' is not assignable to type 'number'.\n"
        "  index.ts(2,6): error TS2339: Property 'foo' does not exist on type 'number'."
    )


def test_a_node_pack_says_what_to_install_where_node_is_missing(
    pack: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PackError, match="needs node, which is not on PATH"):
        judged(pack)


def test_a_node_pack_is_told_what_becomes_of_a_resource(pack: Path, tmp_path: Path) -> None:
    seeing = tmp_path / "seeing"
    shutil.copytree(pack, seeing, symlinks=True)
    (seeing / "index.js").write_text("""\
const { readFileSync } = require("fs");
const { PolicyPack } = require("@pulumi/policy");

new PolicyPack("seeing", {
    policies: [
        {
            name: "seen",
            description: "Says what it is told.",
            enforcementLevel: "advisory",
            validateResource: (args, report) => {
                const { operation, before } = JSON.parse(
                    readFileSync(process.env.PULUMI_PREFLIGHT_CHANGES, "utf8"),
                )[args.urn];
                report(`${operation} ${before.delaySeconds} ${args.props.delaySeconds}`);
            },
        },
    ],
});
""")
    jobs = resource_request(QUEUE, "jobs", {"delaySeconds": 2})
    update = Becoming(operation=Operation.UPDATE, before={"delaySeconds": 1})
    with Packs([PackChoice(directory=seeing)], CONTEXT, beside_base=True) as packs:
        packs.check(jobs)
        packs.analyze_stack(
            stack_request(jobs), None, ToldChanges({jobs.urn: update}, Inventions())
        )
    assert [each.message for each in packs.reported.findings] == ["update 1 2"]
