"""What a change changes: preflight beside a state says what the engine's preview says."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops.paths import PACK, profile_of
from pulumi_loopback.engine import Engine
from pulumi_preflight.provider import rehearsal_provider
from pulumi_preflight.stack_context import (
    is_default_provider,
    is_provider_type,
    name_of,
    type_of,
)
from tests.engine.cases import REFERENCE, each_case
from tests.engine.conformance import Bench, Case, Observed, Tools

CHANGING = Case(
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
        file: The file that holds the text.
        expected: What becomes of the resources, by logical name; the others stay.
    """

    text: str = ""
    becomes: str = ""
    file: str = "__main__.py"
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


REFERENCE_EDITS = {
    "nothing": Edit(),
    "queue-name-replaces-queue-and-policy": Edit(
        file="components/sqs_fifo.py", text="-dead-letter')", becomes="-dead')"
    ),
    "timeouts-update": Edit(
        file="components/sqs_fifo.py",
        text="receive_wait_time_seconds=20",
        becomes="receive_wait_time_seconds=10",
    ),
    "database-name-replaces-cluster": Edit(
        file="components/rds_postgres.py",
        text="database_name=settings.database_name,\n        port",
        becomes='database_name="other",\n        port',
    ),
    "subnet-group-name-replaces": Edit(
        file="components/rds_postgres.py",
        text='naming.physical("database"),\n        description="Private',
        becomes='naming.physical("data"),\n        description="Private',
    ),
    "parameters-update": Edit(
        file="components/rds_postgres.py",
        text='aws.rds.ClusterParameterGroupParameterArgs(name="rds.force_ssl", value="1")',
        becomes='aws.rds.ClusterParameterGroupParameterArgs(name="rds.force_ssl", value="0")',
    ),
    "cluster-name-replaces-what-runs-on-it": Edit(
        file="modules/foundation.py",
        text='naming.physical("cluster")',
        becomes='naming.physical("tasks")',
    ),
    "group-description-replaces-and-rules-follow": Edit(
        file="modules/foundation.py", text='"database", "Database"', becomes='"database", "Data"'
    ),
    "balancer-scheme-replaces": Edit(
        file="components/load_balancer.py",
        text="internal=internal",
        becomes="internal=not internal",
    ),
    "image-encryption-replaces-repositories": Edit(
        file="components/ecr.py",
        text='encryption_type="KMS", kms_key=key_arn',
        becomes='encryption_type="AES256"',
    ),
    "container-command-replaces-task-definition": Edit(
        file="modules/taskiq.py", text='"--max-fails"', becomes='"--most-fails"'
    ),
    "ignored-count-stays": Edit(
        file="modules/taskiq.py",
        text="desired_count=worker.desired_count,\n                scaled",
        becomes="desired_count=worker.desired_count + 1,\n                scaled",
    ),
    "addresses-replace-subnets": Edit(
        file="components/network.py",
        text='("public", blocks[:ZONES])',
        becomes='("public", blocks[:ZONES][::-1])',
    ),
    "tag-updates": Edit(
        file="components/network.py",
        text='tags={"Name": naming.physical("vpc")}',
        becomes='tags={"Name": naming.physical("net")}',
    ),
    "flow-logs-replaced": Edit(
        file="components/network.py", text='traffic_type="ALL"', becomes='traffic_type="REJECT"'
    ),
    "module-renamed-deletes-and-creates": Edit(
        text='AutoScaler(\n    "auto-scaler"', becomes='AutoScaler(\n    "scaler"'
    ),
}
# Random edits are made of these; no two touch the same text.
PARTS = (
    Edit(text="timeout_seconds=30", becomes="timeout_seconds={n}"),
    Edit(text='name="dead-dev"', becomes='name="dead-{n}"'),
    Edit(text='Queue("plain")', becomes='Queue("plain", delay_seconds={n})'),
    Edit(text="delay_seconds=1", becomes="delay_seconds={n}"),
    Edit(text='"Owner": "a"', becomes='"Owner": "{n}"'),
    Edit(text='"Team": "a"', becomes='"Team": "{n}"'),
    Edit(text="max_message_size=2048", becomes="max_message_size=10{n}0"),
    Edit(text='aws.sqs.Queue("last")'),
    Edit(text='Queue("kept"', becomes='Queue("kept-{n}"'),
    Edit(text='Group("group")', becomes='Group("group-{n}")'),
    Edit(text='"maxReceiveCount": 3', becomes='"maxReceiveCount": {n}'),
    Edit(text='"hunter2"', becomes='"hunter{n}"'),
    Edit(text='"one"', becomes='"{n}"'),
    Edit(text='key="a.txt"', becomes='key="a{n}.txt"'),
    Edit(text='bucket="assets"', becomes='bucket="assets-{n}"'),
    Edit(text='type="SecureString"', becomes='type="String"'),
    Edit(text="policy=NOTHING", becomes='policy="{{}}"'),
    Edit(text="deleted_with=plain", becomes="replace_with=[plain]"),
)


class Deployed:
    """A program that the engine has deployed, with a state to compare with."""

    def __init__(self, bench: Bench, variables: Mapping[str, str]) -> None:
        """Takes the program's folder, and the variables with which the engine runs it."""
        self._bench = bench
        self._variables = variables

    @contextmanager
    def edited(self, edits: Iterable[Edit]) -> Iterator[None]:
        """The program with some changes, while it is entered."""
        before: dict[Path, str] = {}
        try:
            for edit in edits:
                file = self._bench.project / edit.file
                text = file.read_text(encoding="utf-8")
                before.setdefault(file, text)
                assert edit.text in text
                file.write_text(text.replace(edit.text, edit.becomes, 1), encoding="utf-8")
            yield
        finally:
            for file, text in before.items():
                file.write_text(text, encoding="utf-8")

    def previewed(self) -> dict[str, str]:
        """What the engine would do, by URN."""
        preview = ("preview", "--json", "--stack", self._bench.case.stack)
        ended = self._bench.engine(*preview, variables=self._variables)
        assert ended.status == 0, ended.output + ended.errors
        return {
            step["urn"]: _OPERATIONS[step["op"]]
            for step in json.loads(ended.output)["steps"]
            if step["op"] != "same" and not _is_default_provider(step["urn"])
        }

    def judged(self) -> dict[str, str]:
        """What preflight says that it would do."""
        state = self._bench.folder / "state.json"
        ended = self._bench.preflight("--base-state", state, "--format", "json")
        assert ended.status in (0, 1), ended.errors
        return {
            each["urn"]: each["operation"]
            for each in json.loads(ended.output)["changes"]["resources"]
            if each["operation"] != "same"
        }


@contextmanager
def deployment(
    case: Case, folder: Path, engine: Engine, tools: Tools, **more: str
) -> Iterator[Deployed]:
    """Deploys a program with the real engine on the rehearsal provider."""
    bench = Bench(case, folder, engine, tools)
    with rehearsal_provider(folder / "store") as port:
        variables = {"PULUMI_DEBUG_PROVIDERS": f"aws:{port}", **more}
        made = bench.engine("stack", "init", "--no-select", "--stack", case.stack)
        assert made.status == 0, made.errors
        up = ("up", "--yes", "--skip-preview", "--stack", case.stack)
        ended = bench.engine(*up, variables=variables)
        assert ended.status == 0, ended.output + ended.errors
        exported = bench.engine("stack", "export", "--show-secrets", "--stack", case.stack)
        (folder / "state.json").write_text(exported.output, encoding="utf-8")
        yield Deployed(bench, variables)


@pytest.fixture(scope="module")
def changing(
    tmp_path_factory: pytest.TempPathFactory, engine: Engine, tools: Tools
) -> Iterator[Deployed]:
    with deployment(CHANGING, tmp_path_factory.mktemp("changes"), engine, tools) as deployed:
        yield deployed


@pytest.fixture(scope="module")
def reference(
    tmp_path_factory: pytest.TempPathFactory, engine: Engine, tools: Tools
) -> Iterator[Deployed]:
    (case,) = (each for each in REFERENCE if each.name == "stack-dev")
    with deployment(case, tmp_path_factory.mktemp("reference"), engine, tools) as deployed:
        yield deployed


# All of these need the one deployment.
@pytest.mark.xdist_group("changes")
@pytest.mark.parametrize("edit", [pytest.param(edit, id=name) for name, edit in EDITS.items()])
def test_preflight_beside_a_state_says_what_the_engine_would_do(
    changing: Deployed, edit: Edit
) -> None:
    with changing.edited([edit]):
        by_engine, by_preflight = changing.previewed(), changing.judged()
    assert by_preflight == by_engine
    assert {name_of(urn): operation for urn, operation in by_engine.items()} == edit.expected


@pytest.mark.nightly
@pytest.mark.xdist_group("changes")
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    parts=st.lists(
        st.sampled_from(PARTS), min_size=1, max_size=4, unique_by=lambda each: each.text
    ),
    number=st.integers(min_value=2, max_value=9),
)
def test_random_edits_are_judged_as_the_engine_would(
    changing: Deployed, parts: list[Edit], number: int
) -> None:
    edits = [replace(each, becomes=each.becomes.format(n=number)) for each in parts]
    with changing.edited(edits):
        assert changing.judged() == changing.previewed()


@pytest.mark.nightly
@pytest.mark.xdist_group("changes of the reference stack")
@pytest.mark.parametrize("name", REFERENCE_EDITS)
def test_the_reference_stack_beside_its_state_is_judged_as_by_the_engine(
    reference: Deployed, name: str
) -> None:
    with reference.edited([REFERENCE_EDITS[name]]):
        by_engine, by_preflight = reference.previewed(), reference.judged()
    assert by_preflight == by_engine
    assert bool(by_engine) == (name not in {"nothing", "ignored-count-stays"})


def _is_default_provider(urn: str) -> bool:
    return is_provider_type(type_of(urn)) and is_default_provider(name_of(urn))


# The state is that of a deployment without the pack, whose fixes change inputs.
@each_case("remediation")
def test_a_program_beside_its_own_state_changes_nothing(
    case: Case, observe: Callable[[Case], Observed]
) -> None:
    changes = observe(case).beside_deployed["changes"]
    assert [
        (each["operation"], each["urn"], each["properties"]) for each in changes["resources"]
    ] == []
