"""What a provider adds to the blocks that a program gives."""

import hashlib
import json
from typing import Any

import pytest

from pulumi_preflight.cli import main
from pulumi_preflight.outputs.facts import facts_of, lists_blocks_of
from pulumi_preflight.outputs.inventions import Blocks, Completion, completed, with_value
from pulumi_preflight.outputs.shapes import Kind, PropertyShape
from pulumi_preflight.wire import UNKNOWN, Properties, PropertyValue, mark_of, secret
from tests.preflight.builders import write_pack
from tests.preflight.filling import fill
from tests.preflight.running import WriteProject

EKS = "aws:eks/cluster:Cluster"
DOMAIN = "aws:apigatewayv2/domainName:DomainName"
TABLE = "aws:dynamodb/table:Table"
VPC_CONFIG: Properties = {"subnetIds": ["subnet-1", "subnet-2"]}


def paths_of(token: str, inputs: Properties) -> dict[tuple[str | int, ...], bool]:
    return {each.path: each.is_sure for each in fill(token, inputs).completions}


@pytest.mark.parametrize(
    ("token", "inputs", "path"),
    [
        pytest.param(EKS, {"vpcConfig": VPC_CONFIG}, ("vpcConfig", "vpcId"), id="a-record"),
        pytest.param(
            DOMAIN,
            {"domainNameConfiguration": {"endpointType": "REGIONAL"}},
            ("domainNameConfiguration", "targetDomainName"),
            id="a-record-of-another-type",
        ),
        pytest.param(
            TABLE,
            {"replicas": [{"regionName": "a"}, {"regionName": "b"}]},
            ("replicas", 1, "arn"),
            id="each-record-of-a-list",
        ),
    ],
)
def test_a_given_block_gets_the_members_that_the_provider_always_sets(
    token: str, inputs: Properties, path: tuple[str | int, ...]
) -> None:
    assert paths_of(token, inputs)[path] is True
    value: Any = fill(token, inputs).outputs
    for step in path:
        value = value[step]
    assert isinstance(value, str)


def test_a_member_that_the_provider_may_leave_empty_is_shown_to_the_program_alone() -> None:
    filled = fill(TABLE, {"serverSideEncryption": {"enabled": True}})
    assert filled.outputs["serverSideEncryption"] == {"enabled": True}
    shown = filled.for_program["serverSideEncryption"]
    assert isinstance(shown, dict)
    assert shown.keys() == {"enabled", "kmsKeyArn"}


def test_what_the_program_gives_in_a_block_stays() -> None:
    vpc_config: Properties = {**VPC_CONFIG, "vpcId": "vpc-1"}
    assert ("vpcConfig", "vpcId") not in paths_of(EKS, {"vpcConfig": vpc_config})


def test_a_block_that_nobody_gave_gets_no_members() -> None:
    assert not paths_of(EKS, {"name": "c"})


def test_an_unknown_block_stays_unknown() -> None:
    assert fill(EKS, {"vpcConfig": UNKNOWN}).outputs["vpcConfig"] == UNKNOWN


def test_the_members_are_unknown_where_outputs_stay_unknown() -> None:
    filled = fill(EKS, {"vpcConfig": VPC_CONFIG}, keep_unknowns=True)
    vpc_config = filled.outputs["vpcConfig"]
    assert isinstance(vpc_config, dict)
    assert vpc_config["vpcId"] == UNKNOWN
    assert not filled.completions


def test_what_was_left_empty_is_unknown_to_the_program() -> None:
    filled = fill("aws:ec2/instance:Instance")
    assert "cpuOptions" not in filled.outputs
    assert filled.for_program["cpuOptions"] == UNKNOWN


@pytest.mark.parametrize(
    ("value", "path", "expected"),
    [
        pytest.param({"a": 1.0}, ("b",), {"a": 1.0, "b": "new"}, id="added"),
        pytest.param([{}, {}], (1, "b"), [{}, {"b": "new"}], id="in-one-of-a-list"),
        pytest.param([{}], (1, "b"), [{}], id="not-in-a-shorter-list"),
        pytest.param("text", ("b",), "text", id="not-in-a-text"),
        pytest.param(UNKNOWN, ("b",), UNKNOWN, id="not-in-an-unknown"),
    ],
)
def test_a_value_is_set_inside(
    value: PropertyValue, path: tuple[str | int, ...], expected: PropertyValue
) -> None:
    assert with_value(value, path, "new") == expected


def test_what_is_added_inside_a_secret_is_secret() -> None:
    value = with_value(secret({"a": 1.0}), ("b",), "new")
    assert value == secret({"a": 1.0, "b": "new"})
    assert mark_of(value) is not None


def test_the_given_outputs_stay_as_they_are() -> None:
    outputs: Properties = {"block": {"a": 1.0}}
    completed(outputs, [Completion(path=("block", "b"), value="new", is_sure=True)])
    assert outputs == {"block": {"a": 1.0}}


def test_an_object_of_kubernetes_gets_a_name() -> None:
    text = Kind(name="string")
    members = [
        PropertyShape(name=each, kind=text, optional=True, settable=True)
        for each in ("name", "labels")
    ]
    metadata = PropertyShape(
        name="metadata", kind=Kind(name="object", reference="Meta"), optional=True, settable=True
    )
    blocks = Blocks(
        facts_of("kubernetes:core/v1:Namespace"),
        {"Meta": tuple(members)}.get,
        lambda path, _: f"made of {path}",
    )
    added = blocks.completions({"metadata": {"labels": {}}}, (metadata,))
    assert list(added) == [
        Completion(path=("metadata", "name"), value="made of metadata.name", is_sure=True)
    ]


@pytest.mark.parametrize(
    ("given", "left_out"),
    [
        pytest.param({"links": [{"name": "a"}]}, [("links", 0, "host")], id="a-list"),
        pytest.param({"links": []}, [], id="no-block"),
        pytest.param({"links": [{"name": "a", "host": "b"}]}, [], id="all-given"),
    ],
)
def test_a_member_of_a_package_that_nobody_has_listed_is_unknown_to_the_program(
    given: Properties, left_out: list[tuple[str | int, ...]]
) -> None:
    members = [
        PropertyShape(name=each, kind=Kind(name="string"), optional=True, settable=True)
        for each in ("name", "host")
    ]
    link = Kind(name="object", reference="Link")
    links = PropertyShape(
        name="links", kind=Kind(name="list", item=link), optional=True, settable=True
    )
    blocks = Blocks(
        facts_of("gcp:compute/instance:Instance"),
        {"Link": tuple(members)}.get,
        lambda path, _: f"made of {path}",
        are_open=not lists_blocks_of("gcp:compute/instance:Instance"),
    )
    assert list(blocks.completions(given, (links,))) == [
        Completion(path=path, value=UNKNOWN, is_sure=False) for path in left_out
    ]


PROGRAM = """
import hashlib

import pulumi
import pulumi_aws as aws

subnets = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
cluster = aws.eks.Cluster("eks", role_arn="arn:aws:iam::123456789012:role/r",
                          vpc_config={"subnet_ids": subnets})
aws.ec2.SecurityGroupRule("from-cluster", type="ingress", from_port=5432, to_port=5432,
                          protocol="tcp", security_group_id="sg-0123456789abcdef0",
                          source_security_group_id=cluster.vpc_config.cluster_security_group_id)


class Network(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("corp:net:Network", name)
        endpoint = aws.ec2.VpcEndpoint(
            name, vpc_id="vpc-0123456789abcdef0", vpc_endpoint_type="Interface",
            service_name="com.amazonaws.us-west-2.ecr.api",
            opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs({"ids": endpoint.network_interface_ids, "zones": ["a", "b"]})


Network("net")


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:7]


aws.sqs.Queue("hashed", name=cluster.vpc_config.vpc_id.apply(digest))
aws.sqs.Queue("plain", name=pulumi.Output.from_input("plain").apply(digest))
"""
PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, StackValidationPolicy


def source(props):
    return "none" if not props.get("sourceSecurityGroupId") else ""


def parity(props):
    return "even" if props["vpcConfig"]["vpcId"][-1] in "02468ace" else "odd"


def ids(props):
    return "few" if len(props["ids"]) < 9 else ""


def zones(props):
    return "few" if len(props["zones"]) < 9 else ""


def start(props):
    return "a digit" if props["name"][0].isdigit() else "a letter"


def rule(check, type):
    def validate(args, report):
        for each in args.resources:
            if each.resource_type == type and (problem := check(each.props)):
                report(problem, each.urn)

    return StackValidationPolicy(check.__name__, "Of all.", validate)


PolicyPack("foreign", enforcement_level=EnforcementLevel.MANDATORY, policies=[
    rule(source, "aws:ec2/securityGroupRule:SecurityGroupRule"),
    rule(parity, "aws:eks/cluster:Cluster"),
    rule(ids, "corp:net:Network"),
    rule(zones, "corp:net:Network"),
    rule(start, "aws:sqs/queue:Queue"),
])
"""


def test_no_verdict_hangs_on_what_was_added_or_made_of_it(write_project: WriteProject) -> None:
    project = write_project(PROGRAM, project={"config": {"aws:region": "us-west-2"}})
    pack = write_pack(project / "pack", PACK)
    output = project / "verdict.json"
    options = ("--stack", "dev", "--policy-pack", str(pack), "--format", "json")
    assert main([str(project), *options, "--output", str(output)]) == 1
    document = json.loads(output.read_text())
    kind = "a digit" if hashlib.sha256(b"plain").hexdigest()[0].isdigit() else "a letter"
    assert {
        (each["rule"], each["urn"].split("::")[-1], each["message"])
        for each in document["findings"]
    } == {
        ("zones", "net", "few"),
        ("start", "plain", kind),
    }
    not_evaluated = {each["rule"] for each in document["notEvaluated"]}
    assert not_evaluated == {"parity", "ids", "start"}
