"""`pulumi:autonaming`: the setting, the engine's proposal, and the name that a provider takes."""

import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pulumi_preflight.errors import ProgramError, ProjectError
from pulumi_preflight.outputs.names import (
    Proposal,
    UnnamedError,
    proposal_for,
    with_proposed_name,
)
from pulumi_preflight.outputs.shapes import Kind, PropertyShape
from pulumi_preflight.project import load_project
from pulumi_preflight.project.autonaming import KEY, Autonaming, Naming, read_autonaming
from pulumi_preflight.project.config_values import ConfigValue
from tests.preflight.running import RunProgram, WriteProject

URN = "urn:pulumi:dev::shop::aws:sqs/queue:Queue::orders"
QUEUES = """
import pulumi
import pulumi_aws as aws
red, blue = aws.sqs.Queue("red"), aws.sqs.Queue("blue")
given = aws.sqs.Queue("given", name="mine")
fifo = aws.sqs.Queue("fifo", fifo_queue=True)
bucket = aws.s3.Bucket("Bucket")
"""
MORE = {
    "shop:tier": "gold",
    "shop:net": '{"zones":["a",2]}',
    "other:tier": "silver",
}


def read(setting: object, **more: str) -> Autonaming:
    texts = {**MORE, **more, KEY: setting if isinstance(setting, str) else json.dumps(setting)}
    config = {key: ConfigValue(text=text, secret=False) for key, text in texts.items()}
    return read_autonaming(
        config, project="shop", stack="dev", organization="acme", source="Pulumi.dev.yaml"
    )


@pytest.mark.parametrize(
    ("setting", "wanted"),
    [
        pytest.param({}, Naming(), id="nothing"),
        pytest.param({"mode": "default"}, Naming(), id="default"),
        pytest.param({"mode": "verbatim"}, Naming(mode="verbatim"), id="verbatim"),
        pytest.param({"mode": "disabled"}, Naming(mode="disabled"), id="disabled"),
        pytest.param(
            {"pattern": "${organization}-${project}-${stack}-${name}", "enforce": True},
            Naming(mode="pattern", pattern="acme-shop-dev-${name}", enforce=True),
            id="what-the-stack-says",
        ),
        pytest.param(
            {"pattern": "${config.tier}-${config.net.zones[1]}-${hex(4)}"},
            Naming(mode="pattern", pattern="gold-2-${hex(4)}"),
            id="what-the-configuration-says",
        ),
        pytest.param(
            {"mode": "disabled", "providers": {"aws": {"mode": "verbatim"}}},
            Naming(mode="verbatim"),
            id="a-provider-wins",
        ),
        pytest.param(
            {
                "providers": {
                    "aws": {
                        "mode": "verbatim",
                        "resources": {"aws:sqs/queue:Queue": {"pattern": "x"}},
                    }
                }
            },
            Naming(mode="pattern", pattern="x"),
            id="a-type-wins",
        ),
        pytest.param(
            {
                "mode": "disabled",
                "providers": {"aws": {"resources": {"aws:sns/topic:Topic": {"mode": "verbatim"}}}},
            },
            Naming(mode="disabled"),
            id="another-type",
        ),
    ],
)
def test_the_setting_says_how_a_type_is_named(setting: object, wanted: Naming) -> None:
    assert read(setting).of("aws:sqs/queue:Queue") == wanted


@pytest.mark.parametrize(
    ("setting", "wanted"),
    [
        pytest.param("verbatim", "is 'verbatim'; wanted keys and values", id="text"),
        pytest.param({"mod": "verbatim"}, "has the key 'mod'", id="misspelt"),
        pytest.param({"mode": "always"}, "mode is 'always'; wanted default", id="mode"),
        pytest.param({"mode": "verbatim", "pattern": "x"}, "has mode beside pattern", id="both"),
        pytest.param({"enforce": True}, "has enforce without a pattern", id="enforce-alone"),
        pytest.param({"pattern": "x", "enforce": "yes"}, "enforce is 'yes'", id="enforce-as-text"),
        pytest.param({"pattern": 3}, "pattern is 3; wanted text", id="pattern"),
        pytest.param({"pattern": "${config.none}"}, "names ${config.none}", id="no-such-value"),
        pytest.param({"pattern": "${hex(99999999999)}"}, "asks for 99999999999", id="too-many"),
        pytest.param({"providers": ["aws"]}, "providers is ['aws']", id="providers"),
        pytest.param(
            {"providers": {"aws": {"resources": {"a:b:C": {}}}}},
            "pulumi:autonaming.providers.aws.resources.a:b:C has neither mode nor pattern",
            id="type-without-a-way",
        ),
        pytest.param(
            {"providers": {"aws": {"providers": {}}}}, "has the key 'providers'", id="nested"
        ),
    ],
)
def test_what_the_engine_refuses_is_one_clear_error(setting: object, wanted: str) -> None:
    with pytest.raises(ProjectError, match=re.escape(wanted)) as raised:
        read(setting)
    assert str(raised.value).startswith("Pulumi.dev.yaml: pulumi:autonaming")


@pytest.mark.parametrize(
    ("pattern", "form"),
    [
        ("${name}-${hex(6)}", r"orders-[0-9a-f]{6}"),
        ("${alphanum(9)}", r"[a-z0-9]{9}"),
        ("${string(5)}_${num(4)}", r"[a-z]{5}_[0-9]{4}"),
        ("${uuid}", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("x${hex(0)}", "x"),
        ("${nothing}", r"\$\{nothing\}"),
    ],
)
def test_a_pattern_makes_a_name_of_its_form(pattern: str, form: str) -> None:
    proposal = proposal_for(URN, Naming(mode="pattern", pattern=pattern))
    assert proposal is not None
    assert re.fullmatch(form, proposal.name)


@given(st.text(max_size=20), st.integers(0, 70))
def test_names_are_the_same_in_every_run_and_differ_by_urn(text: str, count: int) -> None:
    naming = Naming(mode="pattern", pattern=f"{text}${{alphanum({count})}}")
    first, again = proposal_for(URN, naming), proposal_for(URN, naming)
    other = proposal_for(f"{URN}-2", naming)
    assert first == again
    assert first is not None
    assert other is not None
    if count > 20:
        assert first.name != other.name


@pytest.mark.parametrize(
    ("naming", "wanted"),
    [
        pytest.param(Naming(), None, id="default"),
        pytest.param(
            Naming(mode="verbatim"),
            Proposal(name="orders", enforced=True, fixed=True),
            id="verbatim",
        ),
        pytest.param(
            Naming(mode="pattern", pattern="a-${name}"),
            Proposal(name="a-orders", enforced=False, fixed=True),
            id="pattern",
        ),
    ],
)
def test_the_engine_proposes(naming: Naming, wanted: Proposal | None) -> None:
    assert proposal_for(URN, naming) == wanted


def text(name: str) -> PropertyShape:
    return PropertyShape(name=name, kind=Kind(name="string"), optional=True, settable=True)


@pytest.mark.parametrize(
    ("type_", "shape", "inputs", "proposal", "wanted"),
    [
        pytest.param("aws:sqs/queue:Queue", "name", {}, "A-b", {"name": "A-b"}, id="name"),
        pytest.param(
            "aws:s3/bucket:Bucket", "bucket", {}, "A-b", {"bucket": "a-b"}, id="lower-case"
        ),
        pytest.param(
            "aws:sqs/queue:Queue", "name", {"name": "x"}, "a", {"name": "x"}, id="given-name"
        ),
        pytest.param(
            "aws:iam/role:Role", "name", {"namePrefix": "x"}, "a", {"namePrefix": "x"}, id="prefix"
        ),
        pytest.param("aws:ec2/vpc:Vpc", "cidrBlock", {}, "a", {}, id="type-without-a-name"),
        pytest.param(
            "aws:sqs/queue:Queue",
            "name",
            {"fifoQueue": True},
            "a",
            {"fifoQueue": True, "name": "a.fifo"},
            id="fifo",
        ),
    ],
)
def test_a_provider_takes_what_is_proposed(
    type_: str, shape: str, inputs: dict[str, Any], proposal: str, wanted: dict[str, Any]
) -> None:
    proposed = Proposal(name=proposal, enforced=False, fixed=True)
    assert with_proposed_name(type_, "x", inputs, (text(shape),), proposed) == wanted


def test_what_is_enforced_is_taken_as_it_is() -> None:
    proposal = Proposal(name="A", enforced=True, fixed=True)
    taken = with_proposed_name(
        "aws:sqs/queue:Queue", "x", {"fifoQueue": True}, (text("name"),), proposal
    )
    assert taken["name"] == "A"


def test_without_automatic_names_a_name_must_be_given() -> None:
    proposal = Proposal(name="", enforced=False, fixed=True)
    with pytest.raises(UnnamedError, match="resource 'x' has no name, and automatic naming is"):
        with_proposed_name("aws:sqs/queue:Queue", "x", {}, (text("name"),), proposal)


def test_packs_and_states_see_the_names(run: RunProgram) -> None:
    config = yaml.safe_dump({KEY: {"value": {"pattern": "${stack}-jobs"}}})
    ran = run(QUEUES, config=config)
    names = {"red": "dev-jobs", "blue": "dev-jobs", "given": "mine", "fifo": "dev-jobs.fifo"}
    assert {name: ran.inputs(name)["name"] for name in names} == names
    assert {name: ran.outputs(name)["name"] for name in names} == names
    assert ran.inputs("Bucket")["bucket"] == "dev-jobs"
    # Two resources of one name cannot be there at once.
    assert ran.resource("red").options.deleteBeforeReplace
    assert ran.resource("red").options.deleteBeforeReplaceDefined


def test_a_random_pattern_lets_the_new_one_be_made_first(run: RunProgram) -> None:
    config = yaml.safe_dump({KEY: {"value": {"providers": {"aws": {"pattern": "${hex(8)}"}}}}})
    ran = run(QUEUES, config=config)
    assert ran.inputs("red")["name"] != ran.inputs("blue")["name"]
    assert not ran.resource("red").options.deleteBeforeReplaceDefined


def test_a_resource_that_gets_no_name_ends_the_run_with_its_line(run: RunProgram) -> None:
    config = yaml.safe_dump({KEY: {"value": {"mode": "disabled"}}})
    program = 'import pulumi_aws as aws\naws.sqs.Queue("red")\n'
    with pytest.raises(ProgramError, match=r"__main__\.py:2: resource 'red' has no name"):
        run(program, config=config)


def test_the_stack_file_may_hold_the_setting(write_project: WriteProject) -> None:
    files = {"Pulumi.dev.yaml": "config: {'pulumi:autonaming': {mode: verbatim}}"}
    project = load_project(write_project("", files=files), stack="dev", environment={})
    assert project.autonaming.default == Naming(mode="verbatim")


def test_an_alias_of_a_key_gets_its_beginning_from_the_provider() -> None:
    shape = (PropertyShape(name="name", kind=Kind(name="string"), optional=False, settable=True),)
    proposal = Proposal(name="dev-main", enforced=False, fixed=False)
    named = with_proposed_name("aws:kms/alias:Alias", "main", {}, shape, proposal)
    assert named == {"name": "alias/dev-main"}
