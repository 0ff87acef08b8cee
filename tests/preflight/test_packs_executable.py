"""Packs that are executables, started and greeted as the engine does."""

import json
from pathlib import Path
from typing import Any

import pytest

from pulumi_preflight.errors import PackError
from pulumi_preflight.findings import Finding, Reported
from pulumi_preflight.packs import PackChoice, Packs
from tests import executable_pack
from tests.preflight.builders import CONTEXT, resource_request, stack_request

THING = "shop:index:Thing"
SERVES = "server.start()\n"


def judged(
    pack: Path, *, working_directory: Path | None = None, boot_seconds: float = 60
) -> Reported:
    thing = resource_request(THING, "thing", {"size": 1})
    choices = [PackChoice(directory=pack)]
    with Packs(
        choices, CONTEXT, working_directory=working_directory, boot_seconds=boot_seconds
    ) as packs:
        inputs = packs.check(thing)
        thing.properties.CopyFrom(inputs)
        packs.analyze_stack(stack_request(thing))
    return packs.reported


def told(reported: Reported) -> tuple[Finding, Any]:
    """What was said of the resource, and what the pack tells of itself."""
    whole, of_thing = sorted(reported.findings, key=lambda each: each.urn != CONTEXT.root_urn)
    return of_thing, json.loads(whole.message)


def test_an_executable_is_greeted_before_it_is_told_of_the_stack(tmp_path: Path) -> None:
    pack = executable_pack.write(tmp_path / "pack" / "bare")
    _, facts = told(judged(pack, working_directory=tmp_path))
    assert facts == {
        "calls": [
            f"Handshake {pack.parent} {pack.parent}",
            "ConfigureStack organization/shop/dev",
            "GetAnalyzerInfo",
            "Configure",
        ],
        "arguments": 2,
        "cwd": str(tmp_path),
        "variables": [],
    }


def test_an_executable_may_fix_at_any_level(tmp_path: Path) -> None:
    """The SDK for Go runs fixes at every level but `disabled`, and the engine lets it."""
    reported = judged(executable_pack.write(tmp_path / "bare"))
    of_thing, _ = told(reported)
    assert (of_thing.pack, of_thing.message) == ("bare", "seen, fixed: True")
    [fix] = reported.remediations
    assert (fix.rule, fix.applied) == ("told", True)


@pytest.mark.parametrize("left_out", ["Handshake", "ConfigureStack", "Configure", "Remediate"])
def test_calls_that_an_executable_does_not_know_are_let_pass(tmp_path: Path, left_out: str) -> None:
    source = executable_pack.SOURCE.replace(f"def {left_out}(", "def other(")
    pack = executable_pack.write(tmp_path / "bare", source)
    if left_out == "Configure":
        with pytest.raises(PackError, match="refused its own config"):
            judged(pack)
        return
    assert len(judged(pack).findings) == 2


def test_an_executable_may_have_a_project_file_beside_it(tmp_path: Path) -> None:
    pack = executable_pack.write(tmp_path / "bare")
    (tmp_path / "PulumiPolicy.yaml").write_text("runtime: go\nversion: 1.2.3\n")
    assert len(judged(pack).findings) == 2


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param("version: 1.2.3\n", "runtime is missing, and the engine", id="no-runtime"),
        pytest.param("runtime: [", "is not YAML", id="no-yaml"),
    ],
)
def test_a_project_file_beside_an_executable_that_the_engine_refuses_is_refused(
    tmp_path: Path, content: str, complaint: str
) -> None:
    pack = executable_pack.write(tmp_path / "bare")
    (tmp_path / "PulumiPolicy.yaml").write_text(content)
    with pytest.raises(PackError, match=complaint):
        judged(pack)


@pytest.mark.parametrize(
    "port",
    [
        pytest.param("f' {port} \\r'", id="spaces"),
        pytest.param(r"f'\x1b]9;4;3;\x1b\\{port}'", id="the-progress-of-dotnet"),
    ],
)
def test_a_port_is_read_as_the_engine_reads_it(tmp_path: Path, port: str) -> None:
    source = executable_pack.SOURCE.replace("print(port,", f"print({port},")
    assert len(judged(executable_pack.write(tmp_path / "bare", source)).findings) == 2


@pytest.mark.parametrize("line", ["0", "65536", "-1", "8o", "\N{SUPERSCRIPT TWO}"])
def test_what_is_no_port_is_refused(tmp_path: Path, line: str) -> None:
    pack = executable_pack.write(tmp_path / "bare", f"print({line!r}, flush=True)\n")
    with pytest.raises(PackError) as raised:
        judged(pack)
    assert str(raised.value) == (
        f"policy pack {pack} printed {line!r} before it booted; the first line on stdout must be "
        "its port"
    )


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        pytest.param("pass\n", "ended (exit code 0) before it booted", id="serves-nothing"),
        pytest.param(
            "def load():\n    raise ValueError('no rules')\nload()\n",
            "did not boot: ValueError: no rules (bare:3)",
            id="raises",
        ),
        pytest.param(
            executable_pack.SOURCE.replace(
                "    def Handshake(self, request, context):\n",
                "    def Handshake(self, request, context):\n"
                "        context.abort(grpc.StatusCode.FAILED_PRECONDITION, 'no licence')\n",
            ),
            "did not boot: no licence",
            id="refuses-the-greeting",
        ),
    ],
)
def test_an_executable_that_does_not_boot_is_named_with_its_own_error(
    tmp_path: Path, source: str, complaint: str
) -> None:
    pack = executable_pack.write(tmp_path / "bare", source)
    with pytest.raises(PackError) as raised:
        judged(pack)
    assert str(raised.value) == f"policy pack {pack} {complaint}"


def test_an_executable_that_prints_no_port_gets_a_hint_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(PackError) as raised:
        judged(executable_pack.write(tmp_path / "bare", "pass\n"))
    assert raised.value.hint == "an executable pack must print its port and serve there"


def test_a_file_that_cannot_be_executed_is_refused_with_a_way_on(tmp_path: Path) -> None:
    pack = executable_pack.write(tmp_path / "bare")
    pack.chmod(0o644)
    with pytest.raises(PackError) as raised:
        judged(pack)
    assert str(raised.value) == f"policy pack {pack} is a file that cannot be executed"
    assert raised.value.hint == (
        "--policy-pack takes the folder that holds PulumiPolicy.yaml, or an executable: chmod +x"
    )


def test_a_file_that_is_no_program_is_refused(tmp_path: Path) -> None:
    pack = tmp_path / "bare"
    pack.write_bytes(b"\x00\x01")
    pack.chmod(0o755)
    with pytest.raises(PackError, match=f"policy pack {pack} did not start: .*Exec format error"):
        judged(pack)


def test_the_project_file_itself_is_no_pack(tmp_path: Path) -> None:
    file = tmp_path / "PulumiPolicy.yaml"
    file.write_text("runtime: python\n")
    with pytest.raises(PackError) as raised:
        judged(file)
    assert str(raised.value) == f"--policy-pack names the file {file}"
    assert raised.value.hint == f"name the folder that holds it: {tmp_path}"


def test_a_rule_of_an_executable_that_raises_is_named(tmp_path: Path) -> None:
    source = executable_pack.SOURCE.replace(
        "        response = protocol.AnalyzeResponse()\n        if request.type",
        "        raise ValueError('no such thing')\n        if request.type",
    )
    pack = executable_pack.write(tmp_path / "bare", source)
    with pytest.raises(PackError) as raised:
        judged(pack)
    assert "rule 'told' of policy pack 'bare' raised for 'thing'" in str(raised.value)
    assert "no such thing" in str(raised.value)
