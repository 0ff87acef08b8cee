"""Plain functions that are fed by new resources, and errors on answers that were made up."""

import re

import pytest

from pulumi_preflight.errors import ProgramError
from pulumi_preflight.findings import Level, Reported
from pulumi_preflight.project import load_project
from pulumi_preflight.redaction import Redactor
from pulumi_preflight.verdict import judge
from tests.preflight.builders import CONTEXT
from tests.preflight.running import RunProgram, WriteProject, run_loaded
from tests.preflight.test_unknowns import BOX

VPC = "aws:ec2/getVpc:getVpc"
CALL = f"pulumi.runtime.invoke({VPC!r}, "
LINE = BOX.count("\n") + 1


# What the functions are fed with, a line each, and the property that the engine does not know.
FED = {
    "{'id': box.id}": "id",
    "{'id': box.publicIp}": "publicIp",
    "{'id': pulumi.Output.concat('a', box.publicIp)}": "publicIp",
    "{'tags': {'a': {'b': box.publicIp}}}": "publicIp",
    "{'filters': [{'name': box.publicIp}]}": "publicIp",
    # The SDK overlooks a plain item, so the engine goes on.
    "{'filters': [{'values': [box.publicIp]}]}": None,
    "{'id': box.label}": None,
    "{'id': box.urn}": None,
    "{'id': 'vpc-1'}": None,
    "{'id': Box('b', opts=pulumi.ResourceOptions(id='i')).id}": None,
}
WAITING = (
    f"box.id.apply(lambda i: {CALL}{{'id': i}}).value['id'])",
    f"box.id.apply(lambda i: {CALL}{{'id': box.id}}).value['id'])",
    f"pulumi.runtime.invoke_output({VPC!r}, {{'id': box.id}})",
)


def test_a_plain_function_of_a_new_resource_is_found(run: RunProgram) -> None:
    lines = [*(f"{CALL}{arguments})" for arguments in FED), *WAITING]
    calls = run(BOX + "\n".join(lines)).deployment.early_calls
    assert {call.function for call in calls} == {VPC}
    found = {call.position.line: call.property for call in calls if call.position}
    assert [found.pop(LINE + number, None) for number in range(len(FED))] == list(FED.values())
    assert not found


def test_the_finding_says_where_and_what_to_do(run: RunProgram) -> None:
    deployment = run(f"{BOX}{CALL}{{'id': box.id}})\n").deployment
    verdict = judge(deployment, Reported(), CONTEXT, redact=Redactor(()), seconds=0)
    [finding] = verdict.findings
    assert (finding.rule, finding.level) == ("invoke-of-new-resource", Level.MANDATORY)
    assert (finding.file, finding.line) == ("__main__.py", LINE)
    assert finding.message.startswith("box: `id` is an argument of get_vpc, and box does not exist")
    assert finding.fix == "Call get_vpc_output, or take the value from box itself."


CALLER = "aws:index/getCallerIdentity:getCallerIdentity"
MADE_UP = "preflight made up the answer of getVpc, which __main__.py:{} asks for; "
WAY = f"preflight.yaml can give the real one:\n  invokes: [{{function: {VPC}, result: {{...}}}}]"
DOUBT = "if the error comes of it, "


@pytest.mark.parametrize(
    ("lines", "hint"),
    [
        pytest.param([f"{CALL}{{}}).value['none']"], MADE_UP.format(2) + WAY, id="same-line"),
        pytest.param(
            [f"vpc = {CALL}{{}}).value", "vpc['none']"], MADE_UP.format(2) + WAY, id="variable"
        ),
        pytest.param(
            [f"vpc = {CALL}{{}}).value", "def f(given):", "    return given['none']", "f(vpc)"],
            MADE_UP.format(2) + WAY,
            id="argument",
        ),
        pytest.param(
            [f"name = {CALL}{{}}).value['id']", "{}[name]"], MADE_UP.format(2) + WAY, id="text"
        ),
        pytest.param(
            [f"names = [{CALL}{{}}).value['id']]", "names.index('a')"],
            MADE_UP.format(2) + WAY,
            id="list-of-texts",
        ),
        pytest.param(
            [f"found = {CALL}{{}}).value['state']", "told = found", "{}[told]"],
            MADE_UP.format(2) + WAY,
            id="a-word-of-the-answer",
        ),
        pytest.param(
            [f"found = {CALL}{{}}).value['state']", "told = 'available'", "{}[told]"],
            MADE_UP.format(2) + DOUBT + WAY,
            id="the-same-word-by-chance",
        ),
        pytest.param(
            [f"size = len({CALL}{{}}).value['id'])", "{}[size]"],
            MADE_UP.format(2) + DOUBT + WAY,
            id="derived",
        ),
        pytest.param([f"{CALL}{{}})", "unknown_name"], None, id="own-mistake"),
        pytest.param([f"{CALL}{{}})", "open('none')"], None, id="no-such-file"),
        pytest.param([f"{CALL}{{}})", "(lambda: 0)(a=1)"], None, id="no-such-argument"),
        pytest.param([f"{CALL}{{}})", "pulumi.Config().require('a')"], None, id="no-such-config"),
        pytest.param(
            [f"{CALL}{{}})", "class E(Exception): __module__ = 'botocore.a'", "raise E()"],
            None,
            id="another-machine",
        ),
        pytest.param(
            [f"name = {CALL}{{}}).value['id']", "open(name)"],
            MADE_UP.format(2) + WAY,
            id="file-of-that-name",
        ),
        pytest.param([CALL.replace(VPC, CALLER) + "{})", "{}['none']"], None, id="account"),
        pytest.param(["{}['none']"], None, id="no-answer"),
    ],
)
def test_an_error_on_a_made_up_answer_names_it(
    run: RunProgram, lines: list[str], hint: str | None
) -> None:
    with pytest.raises(ProgramError) as raised:
        run("\n".join(["import pulumi", *lines]))
    assert raised.value.hint == hint


def test_an_error_on_an_answer_that_the_user_gave_names_none(run: RunProgram) -> None:
    known = f"invokes: [{{function: {VPC}, result: {{id: vpc-1, none: b}}}}]"
    program = f"import pulumi\n{CALL}{{}}).value['none']['c']"
    with pytest.raises(ProgramError) as raised:
        run(program, preflight=known)
    assert "the program raised TypeError" in str(raised.value)


def test_to_look_for_an_answer_loads_no_module(write_project: WriteProject) -> None:
    program = f"""
import importlib.util, pulumi
{CALL}{{}})
spec = importlib.util.find_spec("parts")
spec.loader = importlib.util.LazyLoader(spec.loader)
parts = importlib.util.module_from_spec(spec)
spec.loader.exec_module(parts)
{{}}[id(parts)]
"""
    folder = write_project(program, files={"parts.py": "import os\nos.mkdir('loaded')\n"})
    with pytest.raises(ProgramError, match="the program raised KeyError"):
        run_loaded(load_project(folder, stack="dev", environment={}))
    assert not (folder / "loaded").exists()


def test_a_missing_key_of_a_made_up_answer_is_unknown(run: RunProgram) -> None:
    codes = (
        "vpc.apply(lambda v: v['none'])",
        "vpc['none']",
        "vpc['none']['deeper'].apply(len)",
        "pulumi.Output.all(vpc, 'a').apply(lambda v: v[0]['none'])",
    )
    program = f"import pulumi\nvpc = pulumi.runtime.invoke_output({VPC!r}, {{}})\n"
    exports = "".join(f"pulumi.export({code!r}, {code})\n" for code in codes)
    ran = run(program + exports)
    assert ran.exports == dict.fromkeys(codes, "04da6b54-80e4-46f7-96ec-b56ff0331ba9")
    notes = {note.position.line: note.text for note in ran.deployment.notes if note.position}
    assert sorted(notes) == [3, 4, 5, 6]
    for text in notes.values():
        assert text.startswith("a callback on the answer of getVpc raised KeyError: 'none'")
        assert f"invokes: [{{function: {VPC}, result: {{...}}}}]" in text


def test_a_callback_that_reads_a_plain_answer_is_unknown_too(run: RunProgram) -> None:
    ran = run(
        f"import pulumi\nvpc = {CALL}{{}}).value\n"
        "pulumi.export('a', pulumi.Output.from_input(1).apply(lambda _: vpc['none']))\n"
    )
    assert ran.exports == {"a": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}


def test_an_error_in_a_library_names_its_innermost_lines(run: RunProgram) -> None:
    program = """
import asyncio, pulumi
connecting = asyncio.open_connection("127.0.0.1", 9)
pulumi.export("a", pulumi.Output.from_input(connecting))
"""
    with pytest.raises(ProgramError, match="the program raised ConnectionRefusedError") as raised:
        run(program)
    lines = str(raised.value).splitlines()[1:]
    assert 1 <= len(lines) <= 3
    assert all(line.startswith("  asyncio/") for line in lines)


def test_an_error_in_a_library_names_its_line_below_the_programs_own(run: RunProgram) -> None:
    program = "import json, pulumi\n\ndef read():\n    return json.loads('{')\n\nread()\n"
    with pytest.raises(ProgramError, match="the program raised ") as raised:
        run(program)
    *own, library = str(raised.value).splitlines()[1:]
    assert own == [
        "  __main__.py:6 in <module>: read()",
        "  __main__.py:4 in read: return json.loads('{')",
    ]
    assert re.fullmatch(r"  json/decoder\.py:\d+ in raw_decode: .+", library)


@pytest.mark.parametrize(
    ("function", "names"),
    [
        pytest.param("aws:index/getAvailabilityZones:getAvailabilityZones", True, id="zones"),
        pytest.param("aws:ec2/getSubnets:getSubnets", True, id="subnets"),
        pytest.param(VPC, False, id="one-network"),
    ],
)
def test_a_note_says_where_the_number_of_resources_may_hang_on_an_answer(
    run: RunProgram, function: str, *, names: bool
) -> None:
    [note] = run(
        f"import pulumi\npulumi.runtime.invoke({function!r}, {{}})",
        config="{aws:region: eu-west-1}",
    ).notes
    assert ("; the number of resources may hang on it; preflight.yaml" in note) is names


@pytest.mark.parametrize(
    ("line", "is_named"),
    [
        pytest.param("{}['none']", True, id="may-come-of-it"),
        pytest.param("open('none')", False, id="a-file"),
    ],
)
def test_an_error_beside_an_unknown_stack_says_how_to_give_its_outputs(
    run: RunProgram, line: str, *, is_named: bool
) -> None:
    program = f"""
import pulumi
network = pulumi.StackReference("a/network/dev")
pulumi.runtime.sync_await._sync_await(network.get_output_details("id"))
{line}
"""
    with pytest.raises(ProgramError) as raised:
        run(program)
    hint = (
        "the outputs of other stacks are not known offline; if the error comes of it, "
        "preflight.yaml can give them:\n  stackReferences:\n    a/network/dev: {...}"
    )
    assert raised.value.hint == (hint if is_named else None)
