"""The stack export."""

import json
from typing import Any

import pytest

from pulumi_preflight.findings import Reported
from pulumi_preflight.redaction import Redactor
from pulumi_preflight.resource import stack_export
from pulumi_preflight.verdict import secrets_of
from tests.preflight.running import Ran, RunProgram

PROGRAM = """
import pulumi
class Thing(pulumi.CustomResource):
    def __init__(self, name, props=None, opts=None):
        super().__init__("demo:index:Thing", name, props or {}, opts)
class Group(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("shop:index:Group", name, {})
group = Group("group")
first = Thing("first", {"size": 1, "password": pulumi.Output.secret({"a": 1})},
              pulumi.ResourceOptions(parent=group, protect=True, retain_on_delete=True,
                                     custom_timeouts=pulumi.CustomTimeouts(create="10m")))
Thing("second", {"of": first.id}, pulumi.ResourceOptions(deleted_with=first, ignore_changes=["of"]))
Thing("read", {}, pulumi.ResourceOptions(id="thing-1"))
pulumi.StackReference("organization/other/dev")
pulumi.export("size", 3)
"""


@pytest.fixture
def ran(run: RunProgram) -> Ran:
    return run(PROGRAM)


@pytest.fixture
def states(ran: Ran) -> dict[str, dict[str, Any]]:
    exported = stack_export(ran.deployment, redact=Redactor(()), show_secrets=True)
    # It must survive being a file.
    resources = json.loads(json.dumps(exported))["deployment"]["resources"]
    return {_short(each["urn"]): each for each in resources}


def _short(urn: str) -> str:
    """The name, with the package in front of a provider's."""
    name = urn.rpartition("::")[2]
    package = urn.partition("pulumi:providers:")[2].partition("::")[0]
    return f"{package}/{name}" if package else name


def test_all_resources_are_in_the_export(ran: Ran, states: dict[str, Any]) -> None:
    assert set(states) == {_short(each.urn) for each in ran.deployment.resources}


def test_a_resource_comes_after_all_that_it_needs(states: dict[str, dict[str, Any]]) -> None:
    seen: set[str] = set()
    for state in states.values():
        needed = {state.get("parent"), state.get("provider", "").rpartition("::")[0]}
        assert (needed | set(state.get("dependencies", []))) - {None, ""} <= seen
        seen.add(state["urn"])


def test_secrets_that_are_to_be_shown_are_in_the_form_that_the_engine_reads(
    states: dict[str, Any],
) -> None:
    assert states["first"]["inputs"]["password"] == {
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        "plaintext": '{"a":1}',
    }


@pytest.mark.parametrize(
    ("properties", "settings", "shown"),
    [
        pytest.param('{"tags": {"stage": "testing"}}', "", "testing", id="own-tags"),
        pytest.param("{}", '{"tags": {"stage": "testing"}}', "testing", id="default-tags"),
        pytest.param(
            '{"tags": pulumi.Output.secret({"stage": "testing"})}', "", "[secret]", id="secret-tags"
        ),
        pytest.param(
            '{"tagsAll": {"stage": "testing"}}', "", "[secret]", id="declared-by-the-program"
        ),
    ],
)
def test_a_secret_output_hides_no_word_that_another_input_says_in_the_open(
    run: RunProgram, properties: str, settings: str, shown: str
) -> None:
    program = f"""
import pulumi
class Provider(pulumi.ProviderResource):
    pass
class Queue(pulumi.CustomResource):
    pass
opts = pulumi.ResourceOptions(additional_secret_outputs=["tagsAll"])
if {settings!r}:
    opts.provider = Provider("aws", "main", {{"region": "eu-west-1", "defaultTags": {settings!r}}})
Queue("aws:sqs/queue:Queue", "jobs", {properties}, opts)
"""
    redact = Redactor(secrets_of(run(program).deployment, Reported()))
    assert redact("of testing") == f"of {shown}"


def test_secrets_are_not_in_the_export_unless_they_are_asked_for(run: RunProgram) -> None:
    program = """
import pulumi
class Thing(pulumi.CustomResource):
    def __init__(self, name, props, opts=None):
        super().__init__("demo:index:Thing", name, props, opts)
secret = pulumi.Output.secret
first = Thing("of-hunter2hunter2", {"password": secret("hunter2hunter2"), "pin": secret(4711),
    "url": "https://hunter2hunter2@host", "nested": [{"hunter2hunter2": secret({"a": [1]})}]})
Thing("second", {"of": first.id}, pulumi.ResourceOptions(parent=first, depends_on=[first],
                                                         deleted_with=first))
pulumi.export("copy", "hunter2hunter2")
"""
    deployment = run(program).deployment
    redact = Redactor(secrets_of(deployment, Reported()))
    export = stack_export(deployment, redact=redact)
    text = json.dumps(export)
    assert not [secret for secret in ("hunter2", "4711") if secret in text]
    first, second = export["deployment"]["resources"][-2:]
    hidden = {
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        "plaintext": '"[secret]"',
    }
    assert first["urn"] == "urn:pulumi:dev::shop::demo:index:Thing::of-[secret]"
    assert first["inputs"] == {
        "password": hidden,
        "pin": hidden,
        "url": "https://[secret]@host",
        "nested": [{"[secret]": hidden}],
    }
    named = (second["parent"], second["dependencies"], second["deletedWith"])
    assert named == (first["urn"], [first["urn"]], first["urn"])
    shown = stack_export(deployment, redact=redact, show_secrets=True)
    assert "hunter2" in json.dumps(shown)
    assert "hunter2" not in shown["deployment"]["resources"][-2]["urn"]


def test_options_are_in_the_export(states: dict[str, dict[str, Any]]) -> None:
    first, second = states["first"], states["second"]
    assert (first["protect"], first["retainOnDelete"]) == (True, True)
    assert first["customTimeouts"] == {"create": 600}
    assert (second["deletedWith"], second["ignoreChanges"]) == (first["urn"], ["of"])


def test_a_resource_that_was_read_is_external(states: dict[str, dict[str, Any]]) -> None:
    assert (states["read"]["external"], states["read"]["id"]) == (True, "thing-1")


def test_positions_are_relative_to_the_project(states: dict[str, dict[str, Any]]) -> None:
    assert states["group"]["sourcePosition"] == "project:///__main__.py#9"


def test_a_state_holds_no_unknown_values(states: dict[str, dict[str, Any]]) -> None:
    assert "outputs" not in states["organization/other/dev"]["outputs"]
    assert "04da6b54-80e4-46f7-96ec-b56ff0331ba9" not in json.dumps(states)


def test_a_resource_that_is_given_out_has_null_where_its_provider_gives_nothing(
    run: RunProgram,
) -> None:
    program = """
import pulumi
class Thing(pulumi.CustomResource):
    def __init__(self, name):
        super().__init__("demo:index:Thing", name, {"size": 1, "color": None})
pulumi.export("things", [Thing("first")])
"""
    ran = run(program)
    export = stack_export(ran.deployment, redact=Redactor(()))
    stack = export["deployment"]["resources"][0]
    [thing] = stack["outputs"]["things"]
    assert thing == {
        "urn": "urn:pulumi:dev::shop::demo:index:Thing::first",
        "id": thing["id"],
        "size": 1,
        "color": None,
    }
