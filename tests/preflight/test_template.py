"""What is read of a program in YAML: lines, what it gives, what it reads."""

from pathlib import Path

import pytest

from pulumi_preflight.project.template import Template, is_short_of, read_template

PROGRAM = """\
variables:
  zones:
    fn::invoke:
      function: aws:getAvailabilityZones
      arguments: {state: available}
  first: ${web.status.hosts}
  other: {fn::aws:ec2:getVpc: {default: true}}
resources:
  web:
    type: kubernetes:apps/v1:Deployment
    properties:
      spec: {ip: "${zones.names[0]}", host: "${first[0].name}"}
  old:
    type: aws:sqs:Queue
    name: archive
    get: {id: a, state: {region: b}}
outputs:
  a: ${web["metadata"].name}
"""


ZONES = "aws:index/getAvailabilityZones:getAvailabilityZones"


@pytest.fixture
def template(tmp_path: Path) -> Template:
    (tmp_path / "Pulumi.yaml").write_text(PROGRAM)
    return read_template(tmp_path / "Pulumi.yaml")


def test_resources_have_names_types_lines_and_what_is_given(template: Template) -> None:
    assert [(each.name, each.token, each.line) for each in template.resources] == [
        ("web", "kubernetes:apps/v1:Deployment", 9),
        ("archive", "aws:sqs:Queue", 13),
    ]
    assert [each.given for each in template.resources] == [{"spec"}, {"region"}]


def test_what_is_read_is_a_tree_and_variables_stand_for_what_they_name(template: Template) -> None:
    web = template.resources[0]
    assert web.read == {"metadata": {"name": {}}, "status": {"hosts": {"[]": {"name": {}}}}}


def test_what_a_property_comes_from_is_followed_through_variables(template: Template) -> None:
    (spec,) = template.resources[0].sources.values()
    assert [(each.token, each.name, each.property) for each in spec] == [
        ("aws:getAvailabilityZones", "", ""),
        ("kubernetes:apps/v1:Deployment", "web", "status"),
    ]


def test_variables_that_are_made_of_each_other_in_many_ways_take_no_time(tmp_path: Path) -> None:
    variables = "".join(f"  v{n}: ['${{v{n + 1}}}', '${{v{n + 1}}}']\n" for n in range(64))
    (tmp_path / "Pulumi.yaml").write_text(
        f"variables:\n{variables}  v64: a\n"
        "resources:\n  q: {type: 'aws:sqs:Queue', properties: {name: '${v0}'}}\n"
    )
    assert read_template(tmp_path / "Pulumi.yaml").resources[0].sources == {}


def test_calls_are_found_in_both_spellings(template: Template) -> None:
    calls = {each.token: each for each in template.calls}
    assert calls.keys() == {"aws:getAvailabilityZones", "aws:ec2:getVpc"}
    assert calls["aws:getAvailabilityZones"].read == {"names": {"[]": {}}}
    assert calls["aws:getAvailabilityZones"].given == {"state": "available"}


@pytest.mark.parametrize(
    ("token", "arguments", "line"),
    [
        pytest.param(
            ZONES,
            {"state": "available"},
            3,
            id="the-very-call",
        ),
        pytest.param(
            ZONES,
            {"state": "other"},
            None,
            id="another-value",
        ),
        pytest.param("aws:ec2/getVpc:getVpc", {"default": True}, 7, id="value-of-another-kind"),
        pytest.param("aws:ec2/getVpc:getVpc", {"id": "a"}, None, id="another-argument"),
    ],
)
def test_a_call_has_the_line_of_what_declares_it(
    token: str, arguments: dict[str, object], line: int | None, template: Template
) -> None:
    assert template.line_of_call(token, arguments) == line


def test_two_calls_that_are_alike_have_no_line(tmp_path: Path) -> None:
    call = "{fn::invoke: {function: 'aws:getRegion'}}"
    (tmp_path / "Pulumi.yaml").write_text(f"variables:\n  a: {call}\n  b: {call}\n")
    template = read_template(tmp_path / "Pulumi.yaml")
    assert template.line_of_call("aws:index/getRegion:getRegion", {}) is None


@pytest.mark.parametrize(
    ("written", "token", "stands"),
    [
        pytest.param("aws:sqs:Queue", "aws:sqs/queue:Queue", True, id="folder"),
        pytest.param("random:RandomPet", "random:index/randomPet:RandomPet", True, id="index"),
        pytest.param("eks:Cluster", "eks:index:Cluster", True, id="index-without-folder"),
        pytest.param("aws:sqs/queue:Queue", "aws:sqs/queue:Queue", True, id="full"),
        pytest.param("aws:sns:Queue", "aws:sqs/queue:Queue", False, id="other-module"),
        pytest.param("aws:Queue", "aws:sqs/queue:Queue", False, id="no-module"),
        pytest.param("awsx:sqs:Queue", "aws:sqs/queue:Queue", False, id="other-package"),
    ],
)
def test_a_short_token_stands_for_a_full_one(written: str, token: str, *, stands: bool) -> None:
    assert is_short_of(written, token) is stands


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("[a]", id="list"),
        pytest.param("resources: [a]", id="resources-in-a-list"),
        pytest.param("resources: {a: b}", id="resource-of-text"),
        pytest.param("outputs: {a: '${}', b: '${'}", id="half-an-expression"),
        pytest.param("a: [", id="not-yaml"),
        pytest.param("a: &a [*a]", id="contains-itself"),
    ],
)
def test_what_the_host_refuses_is_left_to_the_host(text: str, tmp_path: Path) -> None:
    (tmp_path / "Main.yaml").write_text(text)
    template = read_template(tmp_path / "Main.yaml")
    assert all(not each.token for each in template.resources)
    assert template.calls == ()
