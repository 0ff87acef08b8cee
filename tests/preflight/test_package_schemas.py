"""The schemas of packages that a language host gets."""

from pathlib import Path
from typing import Any

import pytest

from pulumi_preflight.outputs.package_schemas import schema_of
from pulumi_preflight.project.template import Template, read_template


@pytest.fixture
def template(tmp_path: Path) -> Template:
    (tmp_path / "Pulumi.yaml").write_text(
        """\
resources:
  orders: {type: "aws:sqs:Queue", properties: {novelty: 1}}
  role: {type: "aws:iam:Role"}
  function: {type: "aws:lambda:Function"}
  network: {type: "awsx:ec2:Vpc"}
  password: {type: "random:RandomPassword"}
  bucket: {type: "gcp:storage:Bucket", properties: {location: a}}
  web: {type: "kubernetes:apps/v1:Deployment"}
  there: {type: "pulumi:providers:aws", properties: {place: b}}
  cluster: {type: "pulumi:providers:kubernetes", properties: {context: c}}
variables:
  vpc: {fn::invoke: {function: "aws:ec2:getVpc"}}
outputs: {a: "${bucket.self.link}", b: "${bucket.urls[0]}"}
"""
    )
    return read_template(tmp_path / "Pulumi.yaml")


def content(package: str, template: Template, version: str = "") -> Any:  # noqa: ANN401 - JSON
    schema = schema_of(package, version, template)
    assert schema is not None
    return schema.content


def test_a_package_with_a_table_has_the_types_that_are_used_with_their_names(
    template: Template,
) -> None:
    aws = content("aws", template)
    assert aws["resources"].keys() == {
        "aws:sqs/queue:Queue",
        "aws:iam/role:Role",
        "aws:lambda/function:Function",
    }
    queue = aws["resources"]["aws:sqs/queue:Queue"]
    assert "novelty" not in queue["inputProperties"]
    assert queue["inputProperties"]["delaySeconds"] == {"type": "integer"}
    assert "arn" not in queue["inputProperties"]
    assert queue["properties"]["arn"] == {"type": "string"}
    assert aws["functions"].keys() == {"aws:ec2/getVpc:getVpc"}


def test_what_a_program_must_give_is_told(template: Template) -> None:
    role = content("aws", template)["resources"]["aws:iam/role:Role"]
    assert role["requiredInputs"] == ["assumeRolePolicy"]


def test_a_document_may_be_an_object_or_its_text(template: Template) -> None:
    role = content("aws", template)["resources"]["aws:iam/role:Role"]
    assert role["inputProperties"]["assumeRolePolicy"] == {"$ref": "pulumi.json#/Any"}


def test_objects_have_names_of_the_place_that_they_stand_at(template: Template) -> None:
    aws = content("aws", template)
    function = aws["resources"]["aws:lambda/function:Function"]
    token = "aws:lambda/function:FunctionVpcConfig"  # noqa: S105 - the name of a type
    assert function["inputProperties"]["vpcConfig"] == {"$ref": f"#/types/{token}"}
    assert "subnetIds" in aws["types"][token]["properties"]


def test_a_provider_of_aws_takes_its_own_settings(template: Template) -> None:
    settings = content("aws", template)["provider"]["inputProperties"]
    assert {"region", "assumeRoles", "defaultTags"} <= settings.keys()
    assert "place" not in settings


def test_any_other_provider_takes_what_it_is_given(template: Template) -> None:
    assert content("kubernetes", template)["provider"]["inputProperties"].keys() == {"context"}


def test_secret_outputs_are_marked(template: Template) -> None:
    types = content("random", template)["resources"]
    password = types["random:index/randomPassword:RandomPassword"]
    assert password["properties"]["result"] == {"type": "string", "secret": True}


def test_components_are_told_from_resources(template: Template) -> None:
    assert content("awsx", template)["resources"]["awsx:ec2:Vpc"]["isComponent"]
    assert not content("aws", template)["resources"]["aws:iam/role:Role"]["isComponent"]


@pytest.mark.parametrize(
    ("version", "is_known"),
    [
        pytest.param("7.1.0", False, id="older"),
        pytest.param("7.999.0", True, id="newer"),
        pytest.param("8.0.0", True, id="newer-major"),
        pytest.param("5.16.2", True, id="older-major"),
        pytest.param("6.0.2", False, id="major-of-another-table"),
        pytest.param("", False, id="any"),
    ],
)
def test_a_version_that_no_table_covers_may_have_more(
    version: str, template: Template, *, is_known: bool
) -> None:
    queue = content("aws", template, version)["resources"]["aws:sqs/queue:Queue"]
    assert ("novelty" in queue["inputProperties"]) is is_known
    assert queue["inputProperties"]["delaySeconds"] == {"type": "integer"}


@pytest.mark.parametrize(
    ("package", "token"),
    [
        pytest.param("gcp", "gcp:storage/bucket:Bucket", id="bridged"),
        pytest.param("kubernetes", "kubernetes:apps/v1:Deployment", id="of-its-own"),
    ],
)
def test_a_package_without_a_table_has_what_is_used(
    package: str, token: str, template: Template
) -> None:
    schema = schema_of(package, "", template)
    assert schema is not None
    assert schema.guessed
    assert schema.content["resources"].keys() == {token}


def test_members_that_are_read_can_be_read(template: Template) -> None:
    bucket = content("gcp", template)["resources"]["gcp:storage/bucket:Bucket"]
    anything = {"$ref": "pulumi.json#/Any"}
    assert bucket["properties"] == {
        "location": anything,
        "self": {"type": "object", "additionalProperties": anything},
        "urls": anything,
    }


def test_without_the_program_a_table_is_told_whole_and_anything_else_is_not() -> None:
    random = schema_of("random", "", None)
    assert random is not None
    assert "random:index/randomPet:RandomPet" in random.content["resources"]
    assert schema_of("gcp", "", None) is None
