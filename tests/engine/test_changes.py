"""What a change changes: preflight beside a state says what the engine's preview says."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ops.paths import PACK, profile_of
from pulumi_loopback.engine import Engine
from pulumi_preflight.provider import rehearsal_provider
from pulumi_preflight.stack_context import (
    is_default_provider,
    is_provider_type,
    name_of,
    type_of,
)
from tests.engine.cases import each_case
from tests.engine.conformance import Bench, Case, Observed, Tools

CASE = Case(
    name="changing",
    project=Path(__file__).parent / "changing",
    stack="dev",
    pack=PACK,
    profile=profile_of("dev"),
)
_OPERATIONS = {
    "create": "create",
    "update": "update",
    "replace": "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
    "discard-replaced": "replace",
    "delete": "delete",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change of the program.

    Attributes:
        text: What is changed, a text of the program.
        becomes: What stands in its place.
        expected: What becomes of the resources, by logical name; the others stay.
    """

    text: str = ""
    becomes: str = ""
    expected: Mapping[str, str] = field(default_factory=dict)


EDITS = {
    "nothing": Edit(),
    "timeout-updates": Edit(
        text="timeout_seconds=30", becomes="timeout_seconds=31", expected={"dead": "update"}
    ),
    "name-replaces-and-what-follows-updates": Edit(
        text='name="dead-dev"',
        becomes='name="dead-2"',
        expected={"dead": "replace", "orders": "update"},
    ),
    "replaced-queue-replaces-what-hangs-on-it": Edit(
        text='Queue("plain")',
        becomes='Queue("plain", fifo_queue=True)',
        expected={"plain": "replace", "plain-policy": "replace", "following": "replace"},
    ),
    "ignored-property-stays": Edit(text="delay_seconds=1", becomes="delay_seconds=2"),
    "ignored-tag-stays": Edit(text='"Owner": "a"', becomes='"Owner": "b"'),
    "tag-beside-an-ignored-one-updates": Edit(
        text='"Team": "a"', becomes='"Team": "b"', expected={"ignoring": "update"}
    ),
    "replace-on-changes-replaces": Edit(
        text="max_message_size=2048",
        becomes="max_message_size=4096",
        expected={"forced": "replace"},
    ),
    "removal-deletes": Edit(text='aws.sqs.Queue("last")', expected={"last": "delete"}),
    "another-name-deletes-and-creates": Edit(
        text='Queue("last")',
        becomes='Queue("last-2")',
        expected={"last": "delete", "last-2": "create"},
    ),
    "alias-renames": Edit(
        text='Queue("last")',
        becomes='Queue("last-2", opts=ResourceOptions(aliases=[Alias(name="last")]))',
    ),
    # The engine finds the queue, whose name begins with its parent's; that of its policy does not.
    "alias-of-a-parent-renames-children-of-its-name": Edit(
        text='Group("group")',
        becomes='Group("team", ResourceOptions(aliases=[Alias(name="group")]))',
        expected={"team-policy": "create", "group-policy": "delete"},
    ),
    "alias-moves-into-a-component": Edit(
        text='Queue("last")',
        becomes='Queue("last", opts=ResourceOptions('
        "parent=group, aliases=[Alias(parent=ROOT_STACK_RESOURCE)]))",
    ),
    "secret-updates": Edit(text='"hunter2"', becomes='"hunter3"', expected={"secret": "update"}),
    "asset-updates": Edit(text='"one"', becomes='"two"', expected={"object": "update"}),
    "component-goes-with-its-children": Edit(
        text='Group("group")',
        becomes="None",
        expected=dict.fromkeys(("group", "group-queue", "group-policy"), "delete"),
    ),
}


@pytest.fixture(scope="module")
def deployed(
    tmp_path_factory: pytest.TempPathFactory, engine: Engine, tools: Tools
) -> Iterator[tuple[Bench, Mapping[str, str]]]:
    """The program's folder with its state, and the variables with which the engine runs it."""
    folder = tmp_path_factory.mktemp("changes")
    bench = Bench(CASE, folder, engine, tools)
    with rehearsal_provider(folder / "store") as port:
        variables = {"PULUMI_DEBUG_PROVIDERS": f"aws:{port}"}
        made = bench.engine("stack", "init", "--no-select", "--stack", CASE.stack)
        assert made.status == 0, made.errors
        up = ("up", "--yes", "--skip-preview", "--stack", CASE.stack)
        ended = bench.engine(*up, variables=variables)
        assert ended.status == 0, ended.output + ended.errors
        exported = bench.engine("stack", "export", "--show-secrets", "--stack", CASE.stack)
        (folder / "state.json").write_text(exported.output, encoding="utf-8")
        yield bench, variables


# All of these need the one deployment.
@pytest.mark.xdist_group("changes")
@pytest.mark.parametrize("edit", [pytest.param(edit, id=name) for name, edit in EDITS.items()])
def test_preflight_beside_a_state_says_what_the_engine_would_do(
    deployed: tuple[Bench, Mapping[str, str]], edit: Edit
) -> None:
    bench, variables = deployed
    program = bench.project / "__main__.py"
    text = program.read_text(encoding="utf-8")
    assert edit.text in text
    try:
        program.write_text(text.replace(edit.text, edit.becomes, 1), encoding="utf-8")
        by_engine = _previewed(bench, variables)
        by_preflight = _judged(bench)
    finally:
        program.write_text(text, encoding="utf-8")
    assert by_preflight == by_engine
    assert {name_of(urn): operation for urn, operation in by_engine.items()} == edit.expected


def _previewed(bench: Bench, variables: Mapping[str, str]) -> dict[str, str]:
    """What the engine would do, by URN."""
    preview = ("preview", "--json", "--stack", CASE.stack)
    ended = bench.engine(*preview, variables=variables)
    assert ended.status == 0, ended.output + ended.errors
    return {
        step["urn"]: _OPERATIONS[step["op"]]
        for step in json.loads(ended.output)["steps"]
        if step["op"] != "same" and not _is_default_provider(step["urn"])
    }


def _judged(bench: Bench) -> dict[str, str]:
    """What preflight says that it would do."""
    state = bench.folder / "state.json"
    ended = bench.preflight("--base-state", state, "--format", "json")
    assert ended.status in (0, 1), ended.errors
    changes = json.loads(ended.output)["changes"]
    return {
        each["urn"]: each["operation"]
        for each in changes["resources"]
        if each["operation"] != "same"
    }


def _is_default_provider(urn: str) -> bool:
    return is_provider_type(type_of(urn)) and is_default_provider(name_of(urn))


# Preflight packs no folder, so its hash of one is not the engine's.
@each_case("assets")
def test_a_program_beside_its_own_state_changes_nothing(
    case: Case, observe: Callable[[Case], Observed]
) -> None:
    changes = observe(case).beside_deployed["changes"]
    assert [
        (each["operation"], each["urn"], each["properties"]) for each in changes["resources"]
    ] == []
