"""Callbacks that cannot work with a value that preflight filled in: unknown, with a note."""

import re
import textwrap
from pathlib import Path

import pytest

from pulumi_preflight.errors import ProgramError, ProjectError
from pulumi_preflight.project import load_project
from pulumi_preflight.project.overrides import read_overrides
from tests.preflight.running import Ran, RunProgram, WriteProject, run_loaded

# A resource as an SDK's classes are, without the second that the import of pulumi_aws takes.
BOX = """
import asyncio, multiprocessing, os, socket, sqlite3, subprocess, sys, tempfile, threading, time
import concurrent.futures
import pulumi


class Box(pulumi.CustomResource):
    pulumi_type = "acme:index/box:Box"

    def __init__(self, name, label=None, size=None, opts=None):
        inputs = {"label": label, "size": size, "publicIp": None, "parts": None}
        super().__init__(self.pulumi_type, name, inputs, opts)

    @property
    @pulumi.getter(name="publicIp")
    def publicIp(self) -> pulumi.Output[str]:
        return pulumi.get(self, "publicIp")

    @property
    @pulumi.getter
    def parts(self) -> pulumi.Output[dict]:
        return pulumi.get(self, "parts")

    @property
    @pulumi.getter
    def label(self) -> pulumi.Output[str]:
        return pulumi.get(self, "label")


box = Box("box", label="plain")
"""

LATE = "did not end within 0.3 s"
TOUCHED = "would start a process: touch"
# What a callback does to what a note says of it. `!` marks the line that the note names, which
# is the callback's first one where none is marked.
CASES = {
    "raises": ("value['key']  # !", "raised TypeError: string indices must be integers"),
    "exits": ("sys.exit('no such box')  # !", "raised SystemExit: no such box"),
    "is cancelled": ("raise asyncio.CancelledError('late')  # !", "raised CancelledError: late"),
    "is interrupted": ("raise KeyboardInterrupt  # !", "raised KeyboardInterrupt"),
    "stops the run": ("raise pulumi.RunError('no')  # !", "raised RunError: no"),
    "empty iterator": ("next(iter(()))  # !", "raised StopIteration"),
    "library": ("import json; json.loads(value)  # !", "raised JSONDecodeError: "),
    "inner callback": (
        "return pulumi.Output.from_input('a').apply(lambda a: value[a])  # !",
        "raised TypeError: string indices must be integers",
    ),
    "sleeps": ("while True: time.sleep(0.05)  # !", LATE),
    "sleeps long": ("time.sleep(3600)  # !", LATE),
    "computes": ("while True: pass  # !", LATE),
    "swallows its end": (
        """
        while True:
            try: time.sleep(3600)  # !
            except BaseException: pass
        """,
        LATE,
    ),
    "waits for a thread": (
        """
        thread = threading.Thread(target=time.sleep, args=(5,), daemon=True)
        thread.start()
        thread.join()  # !
        """,
        LATE,
    ),
    "runs": ("subprocess.run(['touch', RAN])  # !", TOUCHED),
    "runs a shell": ("os.system(f'touch {RAN}')  # !", TOUCHED),
    "forks": ("os.fork() or os._exit(0)  # !", "would start a process: a copy of itself"),
    "spawns": ("os.posix_spawn('/bin/touch', ['touch', RAN], {})  # !", TOUCHED),
    "multiprocessing": (
        "multiprocessing.get_context('spawn').Process(target=print).start()  # !",
        "would start a process: a program",
    ),
    "runs and swallows it": (
        """
        try: subprocess.run(['touch', RAN])  # !
        except BaseException: pass
        return 'well'
        """,
        TOUCHED,
    ),
    "connects": ("socket.create_connection((value, 22))  # !", "would connect to "),
    "looks up": ("socket.gethostbyname('localhost')  # !", "would connect to localhost"),
    "sends": (
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))  # !",
        "would connect to 127.0.0.1:9",
    ),
    "polls": (
        """
        while True:
            try: return socket.create_connection(('127.0.0.1', 9))  # !
            except BaseException: time.sleep(0.01)
        """,
        "would connect to 127.0.0.1",
    ),
    "writes": ("open(RAN, 'w')  # !", "would write RAN"),
    "writes below": ("os.open(RAN, os.O_CREAT | os.O_WRONLY)  # !", "would write RAN"),
    "makes a folder": ("os.mkdir(RAN)  # !", "would write RAN"),
    "removes": ("os.remove('Pulumi.yaml')  # !", "would write Pulumi.yaml"),
    "renames": ("os.rename('parts', RAN)  # !", "would write parts"),
    "links": ("os.symlink('/', RAN)  # !", "would write RAN"),
    "opens a database": ("sqlite3.connect(RAN)  # !", "would write RAN"),
    "thread": (
        """
        def act(): subprocess.run(['touch', RAN])  # !
        thread = threading.Thread(target=act)
        thread.start()
        thread.join()
        return 'well'
        """,
        TOUCHED,
    ),
    "pool": (
        """
        def act(): subprocess.run(['touch', RAN])  # !
        with concurrent.futures.ThreadPoolExecutor() as pool:
            pool.submit(act).exception()
        return 'well'
        """,
        TOUCHED,
    ),
    "old pool": (
        """
        def act(): subprocess.run(['touch', RAN])  # !
        OLD.submit(act).exception()
        return 'well'
        """,
        TOUCHED,
    ),
    "async raises": (
        """
        async def act():
            await asyncio.sleep(0)
            value['key']  # !
        return act()
        """,
        "raised TypeError: string indices must be integers",
    ),
    "async waits": (
        """
        async def act():
            while True: await asyncio.sleep(0.01)
        return act()
        """,
        LATE,
    ),
    "async blocks": (
        """
        async def act():
            await asyncio.sleep(0)
            time.sleep(30)  # !
        return act()
        """,
        LATE,
    ),
    "async runs": (
        """
        async def act():
            await asyncio.sleep(0)
            await asyncio.create_subprocess_exec('touch', RAN)  # !
        return act()
        """,
        TOUCHED,
    ),
}
# What a callback may do.
WELL = {
    "temporary file": "with tempfile.TemporaryDirectory() as made: open(made + '/a', 'w').close()",
    "reading": "open('Pulumi.yaml').close()",
    "memory": "sqlite3.connect(':memory:').close(); open(os.devnull, 'w').close()",
    "import": "sys.path.insert(0, '.'); import parts.part",
    "thread": "t = threading.Thread(target=print); t.start(); t.join()",
    "resource": "Box('inner', label=value)",
    "its own error": "try: raise KeyError\nexcept KeyError: pass",
}


def callback(name: str, body: str) -> str:
    """A program's lines: a callback, and an export of what it gives."""
    function = f"case_{re.sub('[^a-z]', '_', name)}"
    lines = textwrap.indent(textwrap.dedent(body).strip(), "    ")
    exported = f"pulumi.export({name!r}, box.publicIp.apply({function}))"
    return f"def {function}(value):\n{lines}\n{exported}\n"


PROGRAM = "".join(
    [
        BOX,
        "RAN = 'RAN'\n",
        "OLD = concurrent.futures.ThreadPoolExecutor(1)\nOLD.submit(len, ()).result()\n",
        *(callback(name, body) for name, (body, _) in CASES.items()),
        *(callback(f"well {name}", f"{body}\nreturn 'well'") for name, body in WELL.items()),
    ]
)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("project")
    for name, text in {
        "Pulumi.yaml": "name: shop\nruntime: {name: python, options: {toolchain: pip}}\n",
        "__main__.py": PROGRAM,
        "preflight.yaml": "callbacks: {seconds: 0.3}",
        "parts/__init__.py": "",
        "parts/part.py": "",
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return run_loaded(load_project(folder, stack="dev", environment={}))


def line_of(name: str) -> int:
    """The line that a case marks."""
    case = callback(name, CASES[name][0])
    before = case.partition("# !")[0] if "# !" in case else ""
    return (PROGRAM[: PROGRAM.index(case)] + before).count("\n") + 1


@pytest.mark.parametrize("name", CASES)
def test_a_note_says_what_a_callback_did_and_where(ran: Ran, name: str) -> None:
    texts = [
        note.text
        for note in ran.deployment.notes
        if note.position and note.position.line == line_of(name)
    ]
    assert len(texts) == 1
    assert texts[0].startswith(f"a callback on publicIp of box {CASES[name][1]}")
    assert "outputs: [{resource: box, type: acme:index/box:Box, " in texts[0]
    assert "properties: {publicIp: ...}}]" in texts[0]


@pytest.mark.parametrize("name", CASES)
def test_what_it_gives_is_unknown(ran: Ran, name: str) -> None:
    assert ran.exports[name] == "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


@pytest.mark.parametrize("name", WELL)
def test_a_callback_may(ran: Ran, name: str) -> None:
    assert ran.exports[f"well {name}"] == "well"


def test_nothing_happened_outside_the_program(ran: Ran) -> None:
    assert not list(ran.project.root.rglob("RAN"))
    assert (ran.project.root / "Pulumi.yaml").exists()


def test_no_other_note_is_left(ran: Ran) -> None:
    assert len(ran.notes) == len(CASES)


KNOWN = {
    "given": "box.label.apply(lambda value: value['key'])",
    "own": "pulumi.Output.from_input('a').apply(lambda value: value['key'])",
    "secret": "pulumi.Output.secret('a').apply(lambda value: value['key'])",
    "urn": "box.urn.apply(lambda value: value['key'])",
    "all": "pulumi.Output.all(box.label, 'a').apply(lambda value: value[3])",
    "named": "pulumi.Output.all(a=box.label).apply(lambda value: value['key'])",
    "key": "pulumi.Output.from_input({'a': 1})['key']",
    "json": "pulumi.Output.json_dumps({'a': box.label}).apply(lambda value: value['key'])",
    "input": "Box('other', label=pulumi.Output.from_input('a').apply(lambda value: value['key']))",
}


@pytest.mark.parametrize("name", KNOWN)
def test_an_error_on_a_value_that_the_program_gave_is_the_programs_own(
    run: RunProgram, name: str
) -> None:
    program = f"{BOX}\npulumi.export('a', {KNOWN[name]})\n"
    with pytest.raises(ProgramError) as raised:
        run(program)
    line = program.count("\n")
    assert f"\n  __main__.py:{line}" in str(raised.value)


MADE_OF = {
    "all": "pulumi.Output.all(box.label, box.publicIp).apply(lambda value: value[3])",
    "nested": "pulumi.Output.from_input({'a': [box.publicIp]}).apply(lambda value: value['b'])",
    "json": "pulumi.Output.json_dumps({'a': box.publicIp}).apply(lambda value: value['b'])",
    "secret": "pulumi.Output.secret(box.publicIp).apply(lambda value: value['b'])",
    "concat": "pulumi.Output.concat('a', box.publicIp).apply(lambda value: value['b'])",
    "format": "pulumi.Output.format('{}', box.publicIp).apply(lambda value: value['b'])",
    "twice": "box.publicIp.apply(lambda value: value[:1]).apply(lambda value: value['b'])",
    "given on": "Box('on', label=box.publicIp).label.apply(lambda value: value['b'])",
    "inside": "box.label.apply(lambda value: box.publicIp).apply(lambda value: value['b'])",
    "key": "box.publicIp.apply(lambda value: {})['b']",
    "attribute": "box.publicIp.apply(lambda value: {}).b",
    "pulumi's own": "pulumi.Output.all(box.publicIp, 'a').apply(sorted).apply(dict.fromkeys)['b']",
}


def test_a_value_that_is_made_of_a_filled_in_one_is_no_more_known(run: RunProgram) -> None:
    exports = "\n".join(f"pulumi.export({name!r}, {code})" for name, code in MADE_OF.items())
    ran = run(f"{BOX}\n{exports}\n")
    assert set(ran.exports) == set(MADE_OF)
    first = f"{BOX}\n".count("\n") + 1
    lines = [note.position.line for note in ran.deployment.notes if note.position]
    assert sorted(lines) == list(range(first, first + len(MADE_OF)))


def test_an_unknown_result_stays_secret_and_keeps_its_resources(run: RunProgram) -> None:
    program = f"""{BOX}
secret = pulumi.Output.secret(box.publicIp).apply(lambda value: value['key'])
async def told():
    names = [await each.urn.future() for each in await secret.resources()]
    return [await secret.is_known(), await secret.is_secret(), names]
pulumi.export('told', pulumi.Output.from_input(told()))
"""
    known, is_secret, [urn] = run(program).exports["told"]
    assert (known, is_secret) == (False, True)
    assert urn.endswith("::box")


def test_one_note_names_the_values_of_all_runs_of_a_callback(run: RunProgram) -> None:
    program = f"""{BOX}
for name in 'abcde':
    Box(name).publicIp.apply(lambda value: value['key'])
"""
    [note] = run(program).notes
    assert note.startswith(
        "a callback on publicIp of a and publicIp of b and publicIp of c and 2 more raised"
    )


def test_a_callback_that_took_too_long_once_does_not_run_again(
    write_project: WriteProject,
) -> None:
    program = f"""{BOX}
def poll(value):
    print('polls')
    time.sleep(5)
for name in 'abc':
    Box(name).publicIp.apply(poll)
"""
    folder = write_project(program, files={"preflight.yaml": "callbacks: {seconds: 0.2}"})
    ran = run_loaded(load_project(folder, stack="dev", environment={}))
    assert ran.deployment.printed == "polls\n"


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
    write_project: WriteProject, allow: str, *, runs: bool, writes: bool
) -> None:
    program = f"""{BOX}
box.publicIp.apply(lambda value: subprocess.run(['touch', 'ran'], check=True))
box.publicIp.apply(lambda value: open('written', 'w').close())
"""
    folder = write_project(program, files={"preflight.yaml": f"callbacks: {{allow: {allow}}}"})
    run_loaded(load_project(folder, stack="dev", environment={}))
    assert (folder / "ran").exists() is runs
    assert (folder / "written").exists() is writes


def test_what_runs_in_a_preview_may_start_processes(write_project: WriteProject) -> None:
    # One callback is looked after beforehand.
    program = f"""{BOX}
box.publicIp.apply(len)
subprocess.run(['touch', 'main'])
box.label.apply(lambda value: subprocess.run(['touch', 'given']))
box.urn.apply(lambda value: subprocess.run(['touch', 'urn']))
"""
    folder = write_project(program)
    ran = run_loaded(load_project(folder, stack="dev", environment={}))
    assert all((folder / name).exists() for name in ("main", "given", "urn"))
    assert ran.notes == []


def test_a_slow_callback_on_a_value_of_the_program_may_take_its_time(
    write_project: WriteProject,
) -> None:
    program = f"{BOX}\npulumi.export('a', box.label.apply(lambda v: time.sleep(0.5) or v))\n"
    folder = write_project(program, files={"preflight.yaml": "callbacks: {seconds: 0.1}"})
    ran = run_loaded(load_project(folder, stack="dev", environment={}))
    assert (ran.exports, ran.notes) == ({"a": "plain"}, [])


def test_a_told_value_is_named_as_such_where_a_callback_fails_on_it(run: RunProgram) -> None:
    told = "outputs: [{resource: box, properties: {publicIp: 192.0.2.1}}]"
    ran = run(f"{BOX}\npulumi.export('a', box.publicIp.apply(lambda v: v['b']))\n", preflight=told)
    assert len(ran.notes) == 1


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("seconds: 0", "callbacks.seconds: Input should be greater than 0", id="zero"),
        pytest.param(
            "seconds: ten", "callbacks.seconds: Input should be a valid number", id="text"
        ),
        pytest.param(
            "allow: [shell]",
            "callbacks.allow: is ['shell']; wanted true or a list of process, network, write",
            id="other-action",
        ),
        pytest.param(
            "allow: process",
            "callbacks.allow: is 'process'; wanted true or a list of process, network, write",
            id="no-list",
        ),
        pytest.param("time: 3", "callbacks.time: Extra inputs are not permitted", id="other-key"),
    ],
)
def test_a_wrong_bound_is_one_clear_error(tmp_path: Path, text: str, wanted: str) -> None:
    file = tmp_path / "preflight.yaml"
    file.write_text(f"callbacks: {{{text}}}")
    with pytest.raises(ProjectError) as raised:
        read_overrides(file)
    assert str(raised.value) == f"{file}: {wanted}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(
            "outputs: [{resource: bx, properties: {publicIp: 192.0.2.1}}]",
            "outputs of 'bx'",
            id="other-name",
        ),
        pytest.param(
            "outputs: [{resource: box, type: acme:index:Box, properties: {publicIp: 192.0.2.1}}]",
            "outputs of 'box' of type acme:index:Box",
            id="other-type",
        ),
        pytest.param(
            "invokes: [{function: aws:ec2:getVpc, result: {id: vpc-1}}]",
            "an answer of aws:ec2:getVpc",
            id="other-function",
        ),
        pytest.param(
            "invokes: [{function: 'acme:index:get', arguments: {a: 2}, result: {}}]",
            'an answer of acme:index:get with {"a": 2}',
            id="other-arguments",
        ),
    ],
)
def test_what_preflight_yaml_tells_and_nothing_asks_for_is_noted(
    run: RunProgram, text: str, told: str
) -> None:
    program = f"{BOX}\npulumi.runtime.invoke('acme:index:get', {{'a': 1}})\n"
    known = "{function: 'acme:index:get', arguments: {a: 1}, result: {b: 2}}"
    answered = text[:-1] + f", {known}]" if text.startswith("invokes") else text
    wanted = answered if text.startswith("invokes") else f"{text}\ninvokes: [{known}]"
    assert run(program, preflight=wanted).notes == [
        f"preflight.yaml tells {told}, and nothing in this stack asks for that"
    ]


def test_what_fits_by_a_pattern_is_asked_for(run: RunProgram) -> None:
    told = "outputs: [{resource: 'b?x', properties: {publicIp: 192.0.2.1}}]"
    assert run(BOX, preflight=told).notes == []


TOLD = """
import pulumi_aws as aws
aws.ec2.Instance("box")
aws.ec2.get_vpc(default=True)
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(
            "outputs: [{resource: box, properties: {publicIpp: 192.0.2.1}}]",
            "publicIpp of box, and aws:ec2/instance:Instance has no such output; did you mean "
            "publicIp?",
            id="of-a-resource",
        ),
        pytest.param(
            "outputs: [{resource: box, properties: {id: i-1, zzz: 1, publicIp: 192.0.2.1}}]",
            "zzz of box, and aws:ec2/instance:Instance has no such output",
            id="beside-others",
        ),
        pytest.param(
            "invokes: [{function: 'aws:ec2/getVpc:getVpc', result: {cidrblock: 10.0.0.0/16}}]",
            "cidrblock of aws:ec2/getVpc:getVpc, and its answer has no such property; did you mean "
            "cidrBlock?",
            id="of-an-answer",
        ),
    ],
)
def test_a_property_that_preflight_yaml_tells_in_vain_is_noted(
    run: RunProgram, text: str, told: str
) -> None:
    notes = [note for note in run(TOLD, preflight=text).notes if "preflight.yaml tells" in note]
    assert notes == [f"preflight.yaml tells {told}"]
