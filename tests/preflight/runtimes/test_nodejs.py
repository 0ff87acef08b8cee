"""Programs in JavaScript and TypeScript, on the real SDK for Node."""

import json
import os
from pathlib import Path
from typing import Any, Protocol

import pytest
from pulumi.runtime.proto.source_pb2 import SourcePosition as SentPosition
from pulumi.runtime.proto.source_pb2 import StackTrace

from pulumi_preflight import ProgramError, ProjectError, Verdict, run
from pulumi_preflight.model import Positions, SourcePosition
from pulumi_preflight.resource import Unknown
from pulumi_preflight.stack_context import STACK_TYPE
from tests.preflight.running import TIMEOUT_SECONDS

QUEUE = "aws:sqs/queue:Queue"
# The SDK of AWS is large, so that the programs declare its resources themselves.
JAVASCRIPT = """\
const pulumi = require("@pulumi/pulumi");
class Queue extends pulumi.CustomResource {
  constructor(name, args, opts) {
    super("aws:sqs/queue:Queue", name, { arn: undefined, ...args }, opts);
  }
}
"""
TYPESCRIPT = """\
import * as pulumi from "@pulumi/pulumi";

class Queue extends pulumi.CustomResource {
  constructor(name: string, args: { fifoQueue?: boolean }, opts?: pulumi.CustomResourceOptions) {
    super("aws:sqs/queue:Queue", name, args, opts);
  }
}
"""


class Judge(Protocol):
    """Writes a program and judges it."""

    def __call__(
        self,
        program: str,
        file: str = "index.js",
        *,
        project: dict[str, Any] | None = None,
        config: dict[str, str] | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> Verdict: ...


@pytest.fixture
def judge(tmp_path: Path, node_modules: Path) -> Judge:
    def judged(
        program: str,
        file: str = "index.js",
        *,
        project: dict[str, Any] | None = None,
        config: dict[str, str] | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> Verdict:
        content = {"name": "shop", "runtime": "nodejs", **(project or {})}
        (tmp_path / "Pulumi.yaml").write_text(json.dumps(content))
        (tmp_path / "package.json").write_text("{}")
        (tmp_path / "node_modules").symlink_to(node_modules)
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(program)
        settings = {"aws:region": "eu-west-1", **(config or {})}
        return run(tmp_path, stack="dev", config=settings, timeout_seconds=timeout)

    return judged


def line_of(verdict: Verdict, name: str) -> tuple[str, int]:
    position = verdict.resource(QUEUE, name).position
    assert position is not None
    return position.file, position.line


@pytest.mark.parametrize(
    ("code", "said"),
    [
        pytest.param('JSON.parse("{")', "SyntaxError: ", id="a-text"),
        pytest.param('new RegExp("(")', "SyntaxError: Invalid regular expression", id="a-pattern"),
    ],
)
def test_an_error_in_a_text_has_the_programs_line(judge: Judge, code: str, said: str) -> None:
    with pytest.raises(ProgramError) as raised:
        judge(f"const a = 1;\n{code};\n")
    first, *lines = str(raised.value).splitlines()
    assert first.startswith(f"the program raised {said}")
    assert lines == [f"  index.js:2: {code};"]


def test_an_error_in_a_library_names_the_librarys_line_as_well(judge: Judge) -> None:
    with pytest.raises(ProgramError) as raised:
        judge('const semver = require("semver");\nnew semver.SemVer("none");\n')
    _, own, library = str(raised.value).splitlines()
    assert own == '  index.js:2: new semver.SemVer("none");'
    assert library.startswith("  semver/classes/semver.js:")


# What the engine's own export has of these, of engine 3.276.0 and SDK 3.248.0.
GIVEN_OUT = """\
class Group extends pulumi.ComponentResource {
  constructor(name) {
    super("shop:index:Group", name, {});
    this.size = 1;
    this.none = undefined;
    this.nothing = null;
  }
}
exports.queue = new Queue("jobs", { name: "jobs", policy: undefined, tags: { a: "b" } });
exports.things = [{ inner: new Queue("more", { name: "more" }), none: undefined, nothing: null }];
exports.group = new Group("group");
"""


def test_the_saved_state_leaves_out_what_nobody_sets_in_an_exported_resource(judge: Judge) -> None:
    resources = judge(JAVASCRIPT + GIVEN_OUT).export()["deployment"]["resources"]
    [outputs] = [each["outputs"] for each in resources if each["type"] == STACK_TYPE]
    assert sorted(outputs["queue"]) == ["arn", "id", "name", "tags", "urn"]
    [thing] = outputs["things"]
    assert thing["nothing"] is None
    assert sorted(thing) == ["inner", "nothing"]
    assert sorted(thing["inner"]) == ["arn", "id", "name", "urn"]
    assert {**outputs["group"], "urn": ""} == {"nothing": None, "size": 1, "urn": ""}


def test_a_program_in_javascript_is_judged_at_its_lines(judge: Judge) -> None:
    verdict = judge(f'{JAVASCRIPT}new Queue("orders", {{ fifoQueue: true }});\n')
    assert verdict.resource(QUEUE, "orders").inputs == {"fifoQueue": True}
    assert line_of(verdict, "orders") == ("index.js", 7)


def test_a_program_in_typescript_is_judged_at_its_lines(judge: Judge) -> None:
    program = f"{TYPESCRIPT}interface Unused {{\n  a: number;\n}}\n" + 'new Queue("orders", {});\n'
    assert line_of(judge(program, "index.ts"), "orders") == ("index.ts", 11)


def test_a_program_of_ecmascript_modules_is_judged_at_its_lines(
    tmp_path: Path, node_modules: Path
) -> None:
    program = """\
import * as pulumi from "@pulumi/pulumi";
import { readFileSync, writeFileSync } from "node:fs";

class Queue extends pulumi.CustomResource {
  constructor(name, args) {
    super("aws:sqs/queue:Queue", name, { arn: undefined, ...args });
  }
}
const queue = new Queue(readFileSync("name.txt", "utf-8"), {});
queue.arn.apply((arn) => writeFileSync("written.txt", arn));
"""
    for name, text in {
        "Pulumi.yaml": "name: shop\nruntime: nodejs\nconfig: {aws:region: {value: eu-west-1}}\n",
        "package.json": '{"type": "module"}',
        "index.js": program,
        "name.txt": "orders",
    }.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "node_modules").symlink_to(node_modules)
    verdict = run(tmp_path, stack="dev")
    assert line_of(verdict, "orders") == ("index.js", 9)
    assert [note.position.line for note in verdict.notes if note.position] == [10]
    assert not (tmp_path / "written.txt").exists()


@pytest.mark.parametrize(
    "uri",
    [
        pytest.param("file://{0}/index.ts", id="plain"),
        pytest.param("file://{0}/file:{0}/index.ts", id="of-a-map-of-sources"),
    ],
)
def test_a_place_is_read_as_the_sdk_sends_it(tmp_path: Path, uri: str) -> None:
    (tmp_path / "index.ts").touch()
    sent = SentPosition(uri=uri.format(tmp_path), line=3)
    place = Positions(tmp_path).of_request(sent, StackTrace())
    assert place == SourcePosition(file="index.ts", line=3)


def test_a_resource_of_a_component_has_the_components_own_line(judge: Judge) -> None:
    component = """\
class Jobs extends pulumi.ComponentResource {
  constructor(name) {
    super("shop:index:Jobs", name, {});
    new Queue(`${name}-queue`, {}, { parent: this });
  }
}
new Jobs("jobs");
"""
    verdict = judge(JAVASCRIPT + component)
    assert line_of(verdict, "jobs-queue") == ("index.js", 10)
    assert verdict.resource(QUEUE, "jobs-queue").urn.endswith(
        "shop:index:Jobs$" + QUEUE + "::jobs-queue"
    )


def test_the_configuration_reaches_the_program(judge: Judge) -> None:
    program = f'{JAVASCRIPT}new Queue(new pulumi.Config().require("name"), {{}});\n'
    verdict = judge(program, config={"shop:name": "orders"})
    assert verdict.resource(QUEUE, "orders").name == "orders"


def test_outputs_of_the_stack_are_what_the_program_exports(judge: Judge) -> None:
    verdict = judge(f"{JAVASCRIPT}exports.size = pulumi.output(3).apply((n) => n + 1);\n")
    assert verdict.outputs == {"size": 4}


AMI = 'const ask = () => pulumi.runtime.invoke("aws:ec2/getAmi:getAmi", { owners: ["amazon"] });\n'


@pytest.mark.parametrize(
    "code",
    [
        pytest.param('invoke("acme:index/getBox:getBox", {}).then((box) => box.id)', id="plain"),
        pytest.param('invokeSingle("acme:index/getBox:getBox", {})', id="plain-single"),
        pytest.param('invokeOutput("acme:index/getBox:getBox", {}).id', id="output"),
        pytest.param('invokeSingleOutput("acme:index/getBox:getBox", {})', id="output-single"),
    ],
)
def test_an_answer_that_nobody_knows_is_unknown_and_noted_at_its_line(
    judge: Judge, code: str
) -> None:
    verdict = judge(f'{JAVASCRIPT}new Queue("orders", {{ name: pulumi.runtime.{code} }});\n')
    assert verdict.resource(QUEUE, "orders").inputs["name"] is Unknown.UNKNOWN
    places = [note.position for note in verdict.notes if "getBox" in note.text]
    assert [(place.file, place.line) for place in places if place] == [("index.js", 7)]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        pytest.param(
            "ask().then((ami) => ami.no.key);", "if the error comes of it, ", id="may-come-of-it"
        ),
        pytest.param(
            'pulumi.runtime.invoke("aws:ec2/getAmi:getAmi", {}).then((ami) => ami.no.key);',
            "preflight.yaml can give",
            id="at-its-line",
        ),
    ],
)
def test_an_error_names_the_made_up_answer_that_it_may_come_of(
    judge: Judge, code: str, told: str
) -> None:
    with pytest.raises(ProgramError, match="raised TypeError") as raised:
        judge(f"{JAVASCRIPT}{AMI}{code}\n")
    assert raised.value.hint is not None
    assert raised.value.hint.startswith("preflight made up the answer of getAmi, which index.js:")
    assert f"; {told}" in raised.value.hint


def test_a_mistake_of_the_programs_own_names_no_answer(judge: Judge) -> None:
    with pytest.raises(ProgramError, match="raised ReferenceError") as raised:
        judge(f"{JAVASCRIPT}{AMI}ask().then(() => nobody);\n")
    assert raised.value.hint is None


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("for (;;) {}", id="computes"),
        pytest.param("setInterval(() => {}, 1000);", id="waits"),
    ],
)
def test_a_program_that_does_not_end_is_one_error(judge: Judge, code: str) -> None:
    with pytest.raises(ProgramError, match=r"^the program did not end within 3 s$"):
        judge(f"{JAVASCRIPT}{code}\n", timeout=3)


def test_a_program_in_a_folder_of_its_own_runs_there(judge: Judge) -> None:
    program = f'{JAVASCRIPT}new Queue(require("path").basename(process.cwd()), {{}});\n'
    verdict = judge(program, "infra/index.js", project={"main": "infra"})
    assert line_of(verdict, "infra") == ("infra/index.js", 7)


def test_a_file_that_main_names_is_the_program(judge: Judge) -> None:
    program = f'{JAVASCRIPT}new Queue("orders", {{}});\n'
    verdict = judge(program, "infra/app.js", project={"main": "infra/app.js"})
    assert line_of(verdict, "orders")[0] == "infra/app.js"


def test_arguments_for_node_are_handed_on(judge: Judge) -> None:
    program = f'{JAVASCRIPT}new Queue(process.execArgv.join(""), {{}});\n'
    options = {"nodeargs": "--stack-trace-limit=77"}
    verdict = judge(program, project={"runtime": {"name": "nodejs", "options": options}})
    assert verdict.of_type(QUEUE)[0].name == "--stack-trace-limit=77"


def test_an_error_names_the_programs_own_frames(judge: Judge) -> None:
    program = f"{JAVASCRIPT}function price() {{\n  return undefined.amount;\n}}\nprice();\n"
    with pytest.raises(ProgramError) as raised:
        judge(program)
    assert str(raised.value) == (
        "the program raised TypeError: Cannot read properties of undefined (reading 'amount')\n"
        "  index.js:10: price();\n"
        "  index.js:8 in price: return undefined.amount;"
    )


def test_an_error_for_the_user_is_its_text_alone(judge: Judge) -> None:
    with pytest.raises(ProgramError, match=r"^Missing required configuration variable 'shop:a'"):
        judge(f'{JAVASCRIPT}new pulumi.Config().require("a");\n')


def test_a_rejected_promise_that_nobody_awaits_is_an_error(judge: Judge) -> None:
    with pytest.raises(ProgramError, match=r"the program raised Error: no answer\n  index\.js:7"):
        judge(f'{JAVASCRIPT}Promise.reject(new Error("no answer"));\n')


def test_an_error_of_types_is_all_that_the_compiler_says(judge: Judge) -> None:
    program = f'{TYPESCRIPT}new Queue("orders", {{ fifoQueue: "yes" }});\nnew Queue(3, {{}});\n'
    with pytest.raises(ProgramError) as raised:
        judge(program, "index.ts")
    told = str(raised.value)
    assert "index.ts(8,23): error TS2322" in told
    assert "index.ts(9,11): error TS2345" in told


@pytest.mark.parametrize(
    ("thrown", "told"),
    [
        pytest.param("'no queue'", "string: no queue", id="text"),
        pytest.param("{ code: 3 }", r"object: \{ code: 3 \}", id="object"),
        pytest.param("Object.create(null)", r"object: \[Object: null prototype\]", id="no-class"),
        pytest.param(
            "{ message: 'index.ts(3,7): error TS2322: no' }", r"^index\.ts\(3,7\)", id="compiler"
        ),
    ],
)
def test_whatever_is_thrown_is_told(judge: Judge, thrown: str, told: str) -> None:
    with pytest.raises(ProgramError, match=told):
        judge(f"throw {thrown};\n")


def test_a_program_that_ends_before_its_resources_are_made_is_an_error(judge: Judge) -> None:
    with pytest.raises(ProgramError, match="the program exited with 1") as raised:
        judge(f'{JAVASCRIPT}new Queue("orders", {{}});\nprocess.exit(0);\n')
    assert raised.value.hint is not None
    assert "promises were still active" in raised.value.hint


def test_a_program_that_ends_itself_is_told_with_its_code(judge: Judge) -> None:
    with pytest.raises(ProgramError, match="the program exited with 3"):
        judge(f"{JAVASCRIPT}process.exit(3);\n")


def test_a_program_that_does_not_end_is_told(tmp_path: Path, node_modules: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: nodejs\n")
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "node_modules").symlink_to(node_modules)
    (tmp_path / "index.js").write_text("setInterval(() => {}, 1000);\n")
    with pytest.raises(ProgramError, match="the program did not end within 5 s"):
        run(tmp_path, stack="dev", timeout_seconds=5)


def test_a_program_without_its_packages_says_how_to_install_them(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: nodejs\n")
    (tmp_path / "pnpm-lock.yaml").touch()
    with pytest.raises(ProjectError, match=r"there is no @pulumi/pulumi in ") as raised:
        run(tmp_path, stack="dev")
    assert raised.value.hint == f"install the program's packages: `pnpm install` in {tmp_path}"


def test_a_node_that_is_too_old_for_the_sdk_is_named_with_both_versions(tmp_path: Path) -> None:
    sdk = installed_sdk(tmp_path, '{"version": "9.0.0", "engines": {"node": ">=99"}}')
    with pytest.raises(
        ProgramError, match=r"^@pulumi/pulumi 9\.0\.0 needs Node 99 or later, and /\S+ is v\d+"
    ):
        run(sdk, stack="dev")


def test_an_sdk_that_lacks_a_file_is_one_error(tmp_path: Path) -> None:
    sdk = installed_sdk(tmp_path, '{"version": "9.0.0"}')
    with pytest.raises(ProgramError, match=r"^Cannot find module '@pulumi/pulumi/cmd/run'$"):
        run(sdk, stack="dev")


def installed_sdk(folder: Path, package: str) -> Path:
    """A project whose SDK has no more than this to say of itself."""
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: nodejs\n")
    sdk = folder / "node_modules" / "@pulumi" / "pulumi"
    sdk.mkdir(parents=True)
    (sdk / "package.json").write_text(package)
    return folder


def test_a_machine_without_node_is_one_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: nodejs\n")
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    with pytest.raises(ProjectError, match="there is no `node` on PATH"):
        run(tmp_path, stack="dev")


def test_a_main_that_is_not_there_is_one_error(judge: Judge) -> None:
    with pytest.raises(ProjectError, match=r"main is 'app', but there is no "):
        judge("", project={"main": "app"})


@pytest.mark.parametrize(
    ("option", "told"),
    [
        pytest.param("typescript: 'yes'", "typescript is 'yes'; wanted true or false", id="flag"),
        pytest.param("nodeargs: [a]", r"nodeargs is \['a'\]; wanted a text", id="text"),
        pytest.param(
            "packagemanager: npx",
            "packagemanager is 'npx'; wanted auto or npm or yarn or pnpm or bun",
            id="choice",
        ),
    ],
)
def test_an_option_that_the_engine_refuses_is_one_error(
    option: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / "Pulumi.yaml").write_text(
        f"name: shop\nruntime: {{name: nodejs, options: {{{option}}}}}\n"
    )
    with pytest.raises(ProjectError, match=rf"Pulumi\.yaml: runtime\.options\.{told}"):
        run(tmp_path, stack="dev")
