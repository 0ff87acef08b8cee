"""Callbacks of programs for Node that cannot work with a value that preflight filled in."""

import json
import os
import textwrap
from pathlib import Path

import pytest

from pulumi_preflight.errors import ProgramError
from pulumi_preflight.project import load_project
from pulumi_preflight.stack_context import name_of
from tests.preflight.running import Ran, run_loaded

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
BOX = """\
const pulumi = require("@pulumi/pulumi");
const childProcess = require("child_process");
const dgram = require("dgram");
const dns = require("dns");
const fs = require("fs");
const http = require("http");
const net = require("net");
const os = require("os");
const path = require("path");
const { Worker } = require("worker_threads");
const { execSync: held } = require("child_process");

class Box extends pulumi.CustomResource {
  constructor(name, args = {}, opts = {}) {
    super("aws:sqs/queue:Queue", name, { arn: undefined, ...args }, opts);
  }
}
const box = new Box("box", { name: "plain" });
"""
LATE = "did not end within 0.3 s"
TOUCHED = "would start a process: touch"
# What a callback does to what a note says of it. `!` marks the line that the note names, which
# is the one of `apply` where none is marked.
CASES = {
    "raises": ("value.no.key;  // !", "raised TypeError: Cannot read properties of undefined"),
    "raises a text": ("throw 'no box';", "raised no box"),
    "exits": ("process.exit(3);  // !", "raised process.exit(3)"),
    "library": ("JSON.parse(value);  // !", "raised SyntaxError: "),
    "inner callback": (
        "return pulumi.output('a').apply((a) => value.no[a]);  // !",
        "raised TypeError: Cannot read properties of undefined",
    ),
    "computes": ("for (;;) {}", LATE),
    "swallows its end": ("for (;;) { try { for (;;) {} } catch {} }", LATE),
    "waits": ("return new Promise(() => {});", LATE),
    "blocks": ("Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60000);", LATE),
    "runs": ("childProcess.execFileSync('touch', [RAN]);  // !", TOUCHED),
    "runs a shell": ("childProcess.execSync(`touch ${RAN}`);  // !", TOUCHED),
    "runs what it holds": ("held(`touch ${RAN}`);  // !", TOUCHED),
    "runs and waits": ("childProcess.spawnSync('/bin/touch', [RAN]);  // !", TOUCHED),
    "spawns": ("childProcess.spawn('touch', [RAN]);  // !", TOUCHED),
    "spawns a shell": ("childProcess.exec(`touch ${RAN}`);  // !", TOUCHED),
    "forks": ("childProcess.fork(RAN);  // !", "would start a process: node"),
    "worker": ("new Worker('', { eval: true });  // !", "would start a process: a worker"),
    "runs and swallows it": (
        "try { childProcess.execSync(`touch ${RAN}`); /* ! */ } catch {}\nreturn 'well';",
        TOUCHED,
    ),
    "promise of a process": (
        "return require('util').promisify(childProcess.execFile)('touch', [RAN]);  // !",
        TOUCHED,
    ),
    "connects": ("net.connect(9, '127.0.0.1');  // !", "would connect to 127.0.0.1:9"),
    "connects to a socket": ("net.connect('/var/run/no');  // !", "would connect to /var/run/no"),
    "asks by HTTP": ("http.get('http://127.0.0.1:9/');  // !", "would connect to 127.0.0.1:9"),
    "fetches": ("return fetch('http://127.0.0.1:81/');  // !", "would connect to 127.0.0.1:81"),
    "looks up": ("dns.lookup('localhost', () => {});  // !", "would connect to localhost"),
    "resolves": ("return dns.promises.resolve4('localhost');  // !", "would connect to localhost"),
    "sends": (
        "dgram.createSocket('udp4').send('x', 9, '127.0.0.1');  // !",
        "would connect to a datagram's receiver",
    ),
    "writes": ("fs.writeFileSync(RAN, 'x');  // !", "would write RAN"),
    "writes later": ("return fs.promises.writeFile(RAN, 'x');  // !", "would write RAN"),
    "writes with a callback": ("fs.writeFile(RAN, 'x', () => {});  // !", "would write RAN"),
    "appends": ("fs.appendFileSync(RAN, 'x');  // !", "would write RAN"),
    "opens": ("fs.openSync(RAN, 'w');  // !", "would write RAN"),
    "opens below": (
        "fs.openSync(RAN, fs.constants.O_CREAT | fs.constants.O_WRONLY);  // !",
        "would write RAN",
    ),
    "streams": ("fs.createWriteStream(RAN);", "would write RAN"),
    "makes a folder": ("fs.mkdirSync(RAN, { recursive: true });  // !", "would write RAN"),
    "writes by a link": (
        """const link = path.join(fs.mkdtempSync(os.tmpdir() + '/a'), 'b');
fs.symlinkSync(path.resolve(RAN), link);
fs.writeFileSync(link, 'x');  // !""",
        "would write /",
    ),
    "links a file": (
        "fs.linkSync('Pulumi.yaml', path.join(fs.mkdtempSync(os.tmpdir() + '/a'), 'b'));  // !",
        "would write Pulumi.yaml",
    ),
    "listens": ("net.createServer().listen(0);  // !", "would connect to a port that it opens"),
    "removes": ("fs.rmSync('Pulumi.yaml');  // !", "would write Pulumi.yaml"),
    "renames": ("fs.renameSync('part.js', RAN);  // !", "would write part.js"),
    "links": ("fs.symlinkSync('/', RAN);  // !", "would write RAN"),
    "writes by a module": (
        "return import('node:fs').then((module) => module.writeFileSync(RAN, 'x'));  // !",
        "would write RAN",
    ),
    "async raises": (
        "return (async () => { await null; value.no.key; /* ! */ })();",
        "raised TypeError: Cannot read properties of undefined",
    ),
    "async runs": (
        "return (async () => { await null; held(`touch ${RAN}`); /* ! */ })();",
        TOUCHED,
    ),
    "timer": (
        """return new Promise((done) => setTimeout(() => {
  try { held(`touch ${RAN}`); /* ! */ } catch {}
  done('well');
}, 1));""",
        TOUCHED,
    ),
}
# What a callback may do.
WELL = {
    "temporary file": "fs.writeFileSync(path.join(fs.mkdtempSync(os.tmpdir() + '/a'), 'b'), 'c');",
    "reading": "fs.readFileSync('Pulumi.yaml');",
    "null": "fs.writeFileSync('/dev/null', 'x');",
    "module": "require('./part.js');",
    "resource": "new Box('inner', { name: value });",
    "its own error": "try { value.no.key; } catch {}",
    "print": "console.log(value.length);",
}


def callback(name: str, body: str) -> str:
    """A program's lines: a callback, and an export of what it gives."""
    return (
        f"exports[{json.dumps(name)}] = box.arn.apply((value) => {{\n"
        f"{textwrap.indent(body, '  ')}\n}});\n"
    )


PROGRAM = "".join(
    [
        BOX,
        "const RAN = 'RAN';\n",
        *(callback(name, body) for name, (body, _) in CASES.items()),
        *(callback(f"well {name}", f"{body}\nreturn 'well';") for name, body in WELL.items()),
    ]
)


def run_in(folder: Path, node_modules: Path, program: str, preflight: str = "") -> Ran:
    for name, text in {
        "Pulumi.yaml": "name: shop\nruntime: nodejs\nconfig: {aws:region: {value: eu-west-1}}\n",
        "package.json": "{}",
        "index.js": program,
        "part.js": "",
        "preflight.yaml": preflight,
    }.items():
        (folder / name).write_text(text)
    (folder / "node_modules").symlink_to(node_modules)
    return run_loaded(load_project(folder, stack="dev", environment=os.environ))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, node_modules: Path) -> Ran:
    folder = tmp_path_factory.mktemp("project")
    return run_in(folder, node_modules, PROGRAM, "callbacks: {seconds: 0.3}")


def line_of(name: str) -> int:
    """The line that a case marks."""
    case = callback(name, CASES[name][0])
    before = case.partition("!")[0] if "!" in case else ""
    return (PROGRAM[: PROGRAM.index(case)] + before).count("\n") + 1


@pytest.mark.parametrize("name", CASES)
def test_a_note_says_what_a_callback_did_and_where(ran: Ran, name: str) -> None:
    texts = [
        note.text
        for note in ran.deployment.notes
        if note.position and note.position.line == line_of(name)
    ]
    assert len(texts) == 1
    assert texts[0].startswith(f"a callback on arn of box {CASES[name][1]}")
    assert "properties: {arn: ...}}]" in texts[0]


@pytest.mark.parametrize("name", CASES)
def test_what_it_gives_is_unknown(ran: Ran, name: str) -> None:
    assert ran.exports[name] == UNKNOWN


@pytest.mark.parametrize("name", WELL)
def test_a_callback_may(ran: Ran, name: str) -> None:
    assert ran.exports[f"well {name}"] == "well"


def test_nothing_happened_outside_the_program(ran: Ran) -> None:
    assert not list(ran.project.root.glob("RAN"))
    assert (ran.project.root / "Pulumi.yaml").exists()


def test_no_other_note_is_left(ran: Ran) -> None:
    assert len(ran.notes) == len(CASES)


def exported(folder: Path, node_modules: Path, code: str, preflight: str = "") -> Ran:
    return run_in(folder, node_modules, f"{BOX}exports.a = {code};\n", preflight)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("box.name.apply((value) => value.no.key)", id="given"),
        pytest.param("pulumi.output('a').apply((value) => value.no.key)", id="own"),
        pytest.param("pulumi.secret('a').apply((value) => value.no.key)", id="secret"),
        pytest.param("box.urn.apply((value) => value.no.key)", id="urn"),
        pytest.param("pulumi.all([box.name, 'a']).apply(([, , c]) => c.key)", id="all"),
    ],
)
def test_an_error_on_a_value_that_the_program_gave_is_the_programs_own(
    code: str, tmp_path: Path, node_modules: Path
) -> None:
    with pytest.raises(ProgramError, match=r"raised TypeError: .*\n  index\.js:19"):
        exported(tmp_path, node_modules, code)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("pulumi.all([box.name, box.arn]).apply((v) => v[3].a)", id="all"),
        pytest.param("pulumi.output({ a: [box.arn] }).apply((v) => v.b.c)", id="nested"),
        pytest.param("pulumi.jsonStringify({ a: box.arn }).apply((v) => v.b.c)", id="json"),
        pytest.param("pulumi.secret(box.arn).apply((v) => v.b.c)", id="secret"),
        pytest.param("pulumi.interpolate`${box.arn}`.apply((v) => v.b.c)", id="interpolate"),
        pytest.param("pulumi.concat('a', box.arn).apply((v) => v.b.c)", id="concat"),
        pytest.param("box.arn.apply((v) => v[0]).apply((v) => v.b.c)", id="twice"),
        pytest.param("new Box('on', { name: box.arn }).name.apply((v) => v.b.c)", id="given-on"),
        pytest.param("box.name.apply(() => box.arn).apply((v) => v.b.c)", id="inside"),
        pytest.param("box.arn.length.apply((v) => v.b.c)", id="lifted"),
        pytest.param("box.arn.apply(async (v) => v).apply((v) => v.b.c)", id="promise"),
    ],
)
def test_a_value_that_is_made_of_a_filled_in_one_is_no_more_known(
    code: str, tmp_path: Path, node_modules: Path
) -> None:
    ran = exported(tmp_path, node_modules, code)
    assert ran.exports == {"a": UNKNOWN}
    assert len(ran.notes) == 1


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("box.arn.apply((v) => v.no)", id="callback"),
        pytest.param("box.arn.no", id="lifted"),
        pytest.param("box.arn.no.more", id="lifted-twice"),
    ],
)
def test_a_part_that_a_made_up_value_lacks_is_unknown(
    code: str, tmp_path: Path, node_modules: Path
) -> None:
    ran = exported(tmp_path, node_modules, code)
    assert (ran.exports, ran.notes) == ({"a": UNKNOWN}, [])


def test_a_part_that_a_given_value_lacks_is_absent(tmp_path: Path, node_modules: Path) -> None:
    assert exported(tmp_path, node_modules, "box.name.no").exports == {}


def test_an_unknown_result_stays_secret(tmp_path: Path, node_modules: Path) -> None:
    code = "pulumi.isSecret(pulumi.secret(box.arn).apply((v) => v.b.c))"
    assert exported(tmp_path, node_modules, code).exports == {"a": True}


def test_a_copy_of_the_sdk_in_a_librarys_own_folder_is_looked_after(
    tmp_path: Path, node_modules: Path
) -> None:
    library = tmp_path / "library"
    copy = library / "node_modules" / "@pulumi" / "pulumi"
    copy.mkdir(parents=True)
    for each in (node_modules / "@pulumi" / "pulumi").iterdir():
        (copy / each.name).symlink_to(each)
    (library / "index.js").write_text(BOX + "module.exports = Box;\n")
    code = "new (require('./library'))('own').arn.apply((v) => held('touch RAN'))"
    ran = exported(tmp_path, node_modules, code)
    assert len(ran.notes) == 1
    assert not (tmp_path / "RAN").exists()


@pytest.mark.parametrize(
    "left",
    [
        pytest.param("setTimeout(() => held('touch RAN'), 20)", id="process"),
        pytest.param("fetch('http://127.0.0.1:81/')", id="fetch"),
        pytest.param("setTimeout(() => v.no.key, 20)", id="timer"),
        pytest.param("(async () => { await null; JSON.parse(v); })()", id="async"),
        pytest.param("Promise.reject(new Error('late'))", id="promise"),
    ],
)
def test_what_a_callback_leaves_running_is_stopped_without_an_error(
    tmp_path: Path, node_modules: Path, left: str
) -> None:
    late = f"box.arn.apply((v) => {{ {left}; return 'b'; }})"
    ran = exported(tmp_path, node_modules, late)
    # The first step of `fetch` is the callback's own.
    given = UNKNOWN if left.startswith("fetch") else "b"
    assert (ran.exports, len(ran.notes)) == ({"a": given}, 1)
    assert not (tmp_path / "RAN").exists()


def test_a_callback_that_took_too_long_once_does_not_run_again(
    tmp_path: Path, node_modules: Path
) -> None:
    program = f"""{BOX}
const poll = () => {{ console.log("polls"); for (;;) {{}} }};
for (const name of "abc") {{
  new Box(name).arn.apply(poll);
}}
"""
    ran = run_in(tmp_path, node_modules, program, "callbacks: {seconds: 0.2}")
    assert ran.deployment.printed == "polls\n"


def test_callbacks_may_be_given_any_time(tmp_path: Path, node_modules: Path) -> None:
    code = "box.arn.apply(async (v) => { await null; return 'b'; })"
    ran = exported(tmp_path, node_modules, code, "callbacks: {seconds: 1.0e+12}")
    assert (ran.exports, ran.notes) == ({"a": "b"}, [])


@pytest.mark.parametrize(
    ("allow", "runs", "writes"),
    [
        pytest.param("true", True, True, id="all"),
        pytest.param("[process]", True, False, id="processes"),
        pytest.param("[write, network]", False, True, id="files"),
        pytest.param("false", False, False, id="nothing"),
    ],
)
def test_preflight_yaml_allows(
    tmp_path: Path, node_modules: Path, allow: str, *, runs: bool, writes: bool
) -> None:
    program = f"""{BOX}
box.arn.apply(() => {{ held("touch ran"); }});
box.arn.apply(() => fs.writeFileSync("written", "x"));
"""
    run_in(tmp_path, node_modules, program, f"callbacks: {{allow: {allow}}}")
    assert (tmp_path / "ran").exists() is runs
    assert (tmp_path / "written").exists() is writes


def test_what_runs_in_a_preview_may_start_processes(tmp_path: Path, node_modules: Path) -> None:
    program = f"""{BOX}
box.arn.apply((value) => value.length);
held("touch main");
box.name.apply(() => {{ held("touch given"); }});
box.urn.apply(() => {{ held("touch urn"); }});
"""
    ran = run_in(tmp_path, node_modules, program)
    assert all((tmp_path / name).exists() for name in ("main", "given", "urn"))
    assert ran.notes == []


def test_what_code_makes_of_a_made_up_value_is_told(tmp_path: Path, node_modules: Path) -> None:
    program = f"""{BOX}
const hash = (text) => require("crypto").createHash("md5").update(text).digest("hex");
new Box("made", {{ name: box.arn.apply(hash) }});
"""
    ran = run_in(tmp_path, node_modules, program)
    made_up = ran.deployment.inventions.origins_of(ran.resource("made").urn)
    assert "arn" in [each.property for each in made_up if name_of(each.urn) == "box"]
