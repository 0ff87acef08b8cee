"""Whole runs: nothing fails or passes because of a value that preflight made up."""

import json
from pathlib import Path
from typing import Any

import pytest

from pulumi_preflight.cli import main
from tests.preflight.builders import write_pack
from tests.preflight.running import WriteProject

NETWORK = """
import pulumi


class Vpc(pulumi.CustomResource):
    def __init__(self, name, **inputs):
        super().__init__("aws:ec2/vpc:Vpc", name, {"state": None, **inputs})


class Subnet(pulumi.CustomResource):
    def __init__(self, name, **inputs):
        super().__init__("aws:ec2/subnet:Subnet", name, inputs)


vpc = Vpc("vpc", cidrBlock="10.0.0.0/16")
Subnet("inner", vpcId=vpc.id, label=vpc.id.apply(lambda id: f"net {id[-9:]}"), zone="b")
"""
PACK = """
from pulumi_policy import (
    EnforcementLevel, PolicyPack, ResourceValidationPolicy, StackValidationPolicy,
)

SUBNET = "aws:ec2/subnet:Subnet"


def is_even(text):
    return text[-1] in "02468ace"


def is_wrong(props):
    return {test}


def one(args, report):
    if args.resource_type == SUBNET and (wrong := is_wrong(args.props)):
        report("no" if wrong is True else wrong)


def whole(args, report):
    for each in args.resources:
        if each.resource_type == SUBNET and (wrong := is_wrong(each.props)):
            report("no" if wrong is True else wrong, each.urn)


PolicyPack("foreign", enforcement_level=EnforcementLevel.MANDATORY, policies=[
    ResourceValidationPolicy("one", "Of one.", one),
    StackValidationPolicy("whole", "Of all.", whole),
])
"""


def judged(project: Path, test: str, *options: str) -> dict[str, Any]:
    output = project / "verdict.json"
    pack = write_pack(project / "pack", PACK.format(test=test))
    arguments = [str(project), "--stack", "dev", "--policy-pack", str(pack), *options]
    assert main([*arguments, "--format", "json", "--output", str(output)]) in (0, 1)
    document: dict[str, Any] = json.loads(output.read_text())
    return document


@pytest.fixture
def network(write_project: WriteProject) -> Path:
    """A project in which a subnet lies in a network of the same stack."""
    return write_project(NETWORK)


# The other digit of an even one is odd, and the other way around.
@pytest.mark.parametrize(
    "test",
    [
        pytest.param("is_even(props['vpcId'])", id="its-digits"),
        pytest.param("not is_even(props['vpcId'])", id="or-the-other-ones"),
        pytest.param("is_even(props['label'])", id="what-the-program-made-of-them"),
    ],
)
def test_a_result_that_hangs_on_a_made_up_value_is_not_evaluated(network: Path, test: str) -> None:
    document = judged(network, test)
    assert (document["verdict"], document["findings"]) == ("pass", [])
    left = [(each["rule"], each["property"]) for each in document["notEvaluated"]]
    assert sorted(left) == [("one", "id"), ("whole", "id")]


@pytest.mark.parametrize(
    "test",
    [
        pytest.param("props['vpcId'].startswith('vpc-')", id="the-form-of-a-made-up-value"),
        pytest.param("props['zone'] == 'b'", id="a-given-value"),
    ],
)
def test_any_other_result_stands(network: Path, test: str) -> None:
    document = judged(network, test)
    assert sorted(each["rule"] for each in document["findings"]) == ["one", "whole"]
    assert document["notEvaluated"] == []


def test_no_message_shows_digits_that_preflight_made_up(network: Path) -> None:
    document = judged(network, "f\"{props['vpcId']} {props['label']}\"")
    told = {each["message"] for each in document["findings"]}
    assert told == {"<id of vpc> net <id of vpc>"}


def test_json_and_state_say_what_is_made_up(network: Path) -> None:
    state = network / "state.json"
    document = judged(network, "False", "--save-state", str(state))
    [subnet] = [each for each in document["resources"] if each["name"] == "inner"]
    # What the program made of the network's id, beside what the type computes.
    assert {"label", "vpcId", "arn"} < set(subnet["madeUp"])
    assert not {"zone", "tags"} & set(subnet["madeUp"])
    resources = json.loads(state.read_text())["deployment"]["resources"]
    [saved] = [each for each in resources if each["urn"] == subnet["urn"]]
    assert saved["madeUp"] == subnet["madeUp"]


def test_where_outputs_stay_unknown_nothing_is_made_up(network: Path) -> None:
    document = judged(network, "False", "--keep-unknowns")
    assert len(document["resources"]) > 2
    assert {tuple(each["madeUp"]) for each in document["resources"]} == {()}


def test_a_rule_that_raises_with_any_other_value_is_not_evaluated(network: Path) -> None:
    state = network / "state.json"
    judged(network, "False", "--save-state", str(state))
    resources = json.loads(state.read_text())["deployment"]["resources"]
    [first] = [each["id"] for each in resources if each["type"] == "aws:ec2/vpc:Vpc"]
    document = judged(network, f"1 / (props['vpcId'] == {first!r}) < 0")
    assert document["findings"] == []
    left = {each["rule"]: each["message"] for each in document["notEvaluated"]}
    assert sorted(left) == ["one", "whole"]
    assert "ZeroDivisionError" in left["one"]


FIXING_PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

SUBNET = "aws:ec2/subnet:Subnet"


def is_even(text):
    return text[-1] in "02468ace"


def validate(args, report):
    if args.resource_type == SUBNET and args.props["zone"] != "a":
        report("zone")


def remediate(args):
    props = args.props
    if args.resource_type == SUBNET and ({test}):
        return {{**props, "zone": "a"}}


PolicyPack("fixing", enforcement_level=EnforcementLevel.REMEDIATE, policies=[
    ResourceValidationPolicy("zone", "Zones.", validate, remediate=remediate),
])
"""


def fixed(network: Path, test: str) -> dict[str, Any]:
    output = network / "verdict.json"
    pack = write_pack(network / "pack", FIXING_PACK.format(test=test))
    arguments = [str(network), "--stack", "dev", "--policy-pack", str(pack)]
    assert main([*arguments, "--format", "json", "--output", str(output)]) in (0, 1)
    document: dict[str, Any] = json.loads(output.read_text())
    return document


@pytest.mark.parametrize("test", ["is_even(props['vpcId'])", "not is_even(props['vpcId'])"])
def test_what_a_fix_decides_that_hangs_on_a_made_up_value_is_not_evaluated(
    network: Path, test: str
) -> None:
    document = fixed(network, test)
    assert (document["verdict"], document["findings"]) == ("pass", [])
    assert [each["rule"] for each in document["notEvaluated"]] == ["zone"]


def test_a_fix_that_raises_with_any_other_value_stops_nothing(network: Path) -> None:
    state = network / "state.json"
    judged(network, "False", "--save-state", str(state))
    resources = json.loads(state.read_text())["deployment"]["resources"]
    [first] = [each["id"] for each in resources if each["type"] == "aws:ec2/vpc:Vpc"]
    document = fixed(network, f"1 / (props['vpcId'] == {first!r})")
    assert [each["changes"] for each in document["fixes"]] == [
        [{"path": "zone", "before": "b", "after": "a"}]
    ]


def test_a_fix_that_is_the_same_with_any_value_is_applied(network: Path) -> None:
    document = fixed(network, "props['vpcId'].startswith('vpc-')")
    [fix] = document["fixes"]
    assert fix["changes"] == [{"path": "zone", "before": "b", "after": "a"}]
    assert (document["findings"], document["notEvaluated"]) == ([], [])


GROUP = """
import pulumi


class Group(pulumi.CustomResource):
    def __init__(self, name, **inputs):
        super().__init__("aws:autoscaling/group:Group", name, inputs)


Group("workers", minSize=1, maxSize=3)
"""
CAPACITY_PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, StackValidationPolicy


def capacity(args, report):
    for each in args.resources:
        if each.resource_type == "aws:autoscaling/group:Group" and {test}:
            report("no", each.urn)


def size(args, report):
    for each in args.resources:
        if each.resource_type == "aws:autoscaling/group:Group" and each.props["maxSize"] > 2:
            report("large", each.urn)


PolicyPack("foreign", enforcement_level=EnforcementLevel.MANDATORY, policies=[
    StackValidationPolicy("capacity", "Of capacity.", capacity),
    StackValidationPolicy("size", "Of size.", size),
])
"""


def test_a_rule_that_raises_on_a_property_that_was_left_empty_is_not_evaluated(
    write_project: WriteProject,
) -> None:
    project = write_project(GROUP)
    output = project / "verdict.json"
    test = "each.props['desiredCapacity'] < 1"
    pack = write_pack(project / "pack", CAPACITY_PACK.format(test=test))
    arguments = [str(project), "--stack", "dev", "--policy-pack", str(pack)]
    assert main([*arguments, "--format", "json", "--output", str(output)]) == 1
    document = json.loads(output.read_text())
    assert [each["rule"] for each in document["findings"]] == ["size"]
    [left] = document["notEvaluated"]
    assert (left["rule"], left["property"]) == ("capacity", "desiredCapacity")
    assert "KeyError" in left["message"]


def test_a_rule_that_raises_in_any_case_stops_the_run(network: Path) -> None:
    pack = write_pack(network / "pack", PACK.format(test="props['nothingOfTheKind']"))
    assert main([str(network), "--stack", "dev", "--policy-pack", str(pack)]) == 2


ANSWERED = """
import json

import pulumi


class Policy(pulumi.CustomResource):
    def __init__(self, name, policy):
        super().__init__("aws:iam/policy:Policy", name, {"policy": policy})


class Rule(pulumi.CustomResource):
    def __init__(self, name, port):
        super().__init__("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", name,
                         {"fromPort": port, "ipProtocol": "tcp", "securityGroupId": "sg-1"})


class Database(pulumi.CustomResource):
    def __init__(self, name, multi_az):
        super().__init__("aws:rds/instance:Instance", name, {"multiAz": multi_az})


class Cluster(pulumi.CustomResource):
    def __init__(self, name, subnets):
        super().__init__("aws:rds/subnetGroup:SubnetGroup", name, {"subnetIds": subnets})


def ask(member, **arguments):
    module, name = member.split("/")
    return pulumi.runtime.invoke_output(f"aws:{module}/{name}:{name}", arguments)


managed = ask("iam/getPolicy", arn="arn:aws:iam::aws:policy/ReadOnlyAccess")["policy"]
Policy("copied", managed)
Policy("merged", managed.apply(lambda text: json.dumps({**json.loads(text), "Version": "x"})))
Policy("written", json.dumps({"Statement": []}))
Rule("database", ask("rds/getCluster", clusterIdentifier="shop")["port"])
Rule("warehouse", ask("redshift/getCluster", clusterIdentifier="shop")["port"])
Rule("web", 443)
Database("copy", ask("rds/getInstance", dbInstanceIdentifier="shop")["multiAz"])
Database("own", False)
Cluster("split", ask("ec2/getSubnets")["ids"])
"""
READING_PACK = """
import json

from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy


def empty(args, report):
    if "policy" in args.props and not json.loads(args.props["policy"])["Statement"]:
        report("no")


def full(args, report):
    if "policy" in args.props and json.loads(args.props["policy"])["Statement"]:
        report("no")


def odd(args, report):
    if "fromPort" in args.props and args.props["fromPort"] % 2:
        report("no")


def remote(args, report):
    if args.props.get("fromPort") == 22:
        report("no")


def single(args, report):
    if args.props.get("multiAz") is False:
        report("no")


def narrow(args, report):
    if "subnetIds" in args.props and len(args.props["subnetIds"]) < 2:
        report("no")


RULES = (empty, full, odd, remote, single, narrow)
PolicyPack("foreign", enforcement_level=EnforcementLevel.MANDATORY, policies=[
    ResourceValidationPolicy(each.__name__, "Of one.", each) for each in RULES
])
"""


def test_no_rule_finds_or_passes_what_an_answer_holds(write_project: WriteProject) -> None:
    project = write_project(ANSWERED)
    output = project / "verdict.json"
    pack = write_pack(project / "pack", READING_PACK)
    arguments = [str(project), "--stack", "dev", "--policy-pack", str(pack)]
    assert main([*arguments, "--format", "json", "--output", str(output)]) == 1
    document = json.loads(output.read_text())
    named = {
        kind: {(each["rule"], each["urn"].rpartition("::")[2]) for each in document[kind]}
        for kind in ("findings", "notEvaluated")
    }
    assert named["findings"] == {("empty", "written"), ("odd", "web"), ("single", "own")}
    assert named["notEvaluated"] == {
        *((rule, name) for rule in ("empty", "full") for name in ("copied", "merged")),
        *((rule, name) for rule in ("odd", "remote") for name in ("database", "warehouse")),
        ("single", "copy"),
        ("narrow", "split"),
    }


CACHES = """
import pulumi


class Group(pulumi.CustomResource):
    def __init__(self, name, **inputs):
        super().__init__("aws:elasticache/replicationGroup:ReplicationGroup", name,
                         {"description": "Of the shop.", **inputs})


Group("left")
Group("given", numNodeGroups=1, networkType="ipv6", atRestEncryptionEnabled=False,
      securityGroupIds=["sg-1"], transitEncryptionMode="required")
"""
COMPARING_PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, StackValidationPolicy


def of_each(is_wrong):
    def check(args, report):
        for each in args.resources:
            if "replicationGroup" in each.resource_type and is_wrong(each.props):
                report("no", each.urn)
    return check


PolicyPack("foreign", enforcement_level=EnforcementLevel.MANDATORY, policies=[
    StackValidationPolicy(name, "Of all.", of_each(is_wrong)) for name, is_wrong in {
        "number": lambda props: props.get("numNodeGroups", 0) < 20,
        "word": lambda props: props.get("networkType") != "dual_stack",
        "truth": lambda props: not props.get("atRestEncryptionEnabled"),
        "length": lambda props: len(props.get("securityGroupIds") or []) < 3,
        "presence": lambda props: "transitEncryptionMode" not in props,
        "shop": lambda props: "shop" in props["description"],
    }.items()
])
"""


def test_a_rule_of_the_stack_keeps_what_it_finds_in_what_was_given(
    write_project: WriteProject,
) -> None:
    project = write_project(CACHES)
    output = project / "verdict.json"
    pack = write_pack(project / "pack", COMPARING_PACK)
    arguments = [str(project), "--stack", "dev", "--policy-pack", str(pack)]
    assert main([*arguments, "--format", "json", "--output", str(output)]) == 1
    document = json.loads(output.read_text())
    compared = ("number", "word", "truth", "length")
    stands = {(each["rule"], each["urn"].rpartition("::")[2]) for each in document["findings"]}
    assert stands == {
        *((rule, "given") for rule in compared),
        ("shop", "given"),
        ("shop", "left"),
    }
    left = {each["rule"] for each in document["notEvaluated"]}
    assert left == {*compared, "presence"}


TRUST = """
import json
import pulumi

account = pulumi.Config().require("account")
principal = {"AWS": f"arn:aws:iam::{account}:root"}
pulumi.CustomResource("aws:ec2/subnet:Subnet", "one", {
    "policy": json.dumps({"Statement": [{"Effect": "Allow", "Principal": principal}]}),
    "zone": "b",
})
"""
ENCRYPTED = {"Pulumi.dev.yaml": "config: {shop:account: {secure: AAABAK}}"}


@pytest.mark.parametrize(
    ("test", "found", "left"),
    [
        pytest.param("'::[secret]:' in props['policy']", [], ["one", "whole"], id="its-text"),
        pytest.param("'740817408174' in props['policy']", [], ["one", "whole"], id="or-another"),
        pytest.param("'AWS' in props['policy']", ["one", "whole"], [], id="what-stands-beside-it"),
        pytest.param("props['zone'] == 'b'", ["one", "whole"], [], id="another-value"),
    ],
)
def test_a_result_that_hangs_on_an_encrypted_value_is_not_evaluated(
    write_project: WriteProject, test: str, found: list[str], left: list[str]
) -> None:
    document = judged(write_project(TRUST, files=ENCRYPTED), test)
    assert sorted(each["rule"] for each in document["findings"]) == found
    assert sorted(each["rule"] for each in document["notEvaluated"]) == left


def test_what_hangs_on_an_encrypted_value_says_so(write_project: WriteProject) -> None:
    test = "'::[secret]:' in props['policy'] and 'wrong'"
    document = judged(write_project(TRUST, files=ENCRYPTED), test)
    told = {each["message"].partition(";")[0] for each in document["notEvaluated"]}
    assert told == {"a value of the configuration is not decrypted"}


TARGETS = """
import pulumi_aws as aws

queue = aws.sqs.Queue("queue")
for name in ("one", "two"):
    aws.cloudwatch.EventTarget(name, rule="nightly", arn=queue.arn)
"""
RULES = """
import pulumi_aws as aws

forward = {"type": "forward", "target_group_arn": "arn:aws:elasticloadbalancing:tg"}
listener = aws.lb.Listener("web", load_balancer_arn="arn:aws:elasticloadbalancing:lb",
    default_actions=[forward])
for name in ("one", "two"):
    aws.lb.ListenerRule(name, listener_arn=listener.arn, actions=[forward],
        conditions=[{"path_pattern": {"values": [f"/{name}"]}}])
"""
UNIQUE = """
from pulumi_policy import EnforcementLevel, PolicyPack, StackValidationPolicy

def unique(args, report):
    names = [
        each.props[name] for each in args.resources
        for name in ("targetId", "priority") if name in each.props
    ]
    if len(names) != 2 or len(set(names)) < 2:
        report("no")

PolicyPack("foreign", enforcement_level=EnforcementLevel.MANDATORY, policies=[
    StackValidationPolicy("unique", "Of all.", unique),
])
"""


@pytest.mark.parametrize(
    ("program", "left"),
    [
        pytest.param(TARGETS, [], id="name"),
        # A number may be any, and no rule but the project's own pack knows that AWS chooses it.
        pytest.param(RULES, ["unique"], id="number"),
    ],
)
def test_what_the_provider_makes_unique_is_so_whatever_it_is(
    write_project: WriteProject, program: str, left: list[str]
) -> None:
    project = write_project(program)
    pack, output = write_pack(project / "pack", UNIQUE), project / "verdict.json"
    arguments = [str(project), "--stack", "dev", "--policy-pack", str(pack)]
    assert main([*arguments, "--format", "json", "--output", str(output)]) == 0
    assert [each["rule"] for each in json.loads(output.read_text())["notEvaluated"]] == left


LOGGED = """
import pulumi_aws as aws

group = aws.cloudwatch.LogGroup("logs")
queue = aws.sqs.Queue("jobs")
aws.lambda_.Function("worker", role="arn:aws:iam::1:role/x", runtime="python3.13", handler="h",
    logging_config={"log_format": "Text", "log_group": group.name},
    dead_letter_config={"target_arn": queue.arn})
"""
DECLARED = """
from pulumi_policy import EnforcementLevel, PolicyPack, StackValidationPolicy

def declared(args, report):
    by_type = {each.resource_type: each.props for each in args.resources}
    worker = by_type["aws:lambda/function:Function"]
    if worker["loggingConfig"]["logGroup"] != by_type["aws:cloudwatch/logGroup:LogGroup"]["name"]:
        report("group")
    if worker["deadLetterConfig"]["targetArn"] != by_type["aws:sqs/queue:Queue"]["arn"]:
        report("queue")

PolicyPack("foreign", enforcement_level=EnforcementLevel.MANDATORY, policies=[
    StackValidationPolicy("declared", "Of all.", declared),
])
"""


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({}, id="of-an-account-that-nobody-told"),
        pytest.param({"preflight.yaml": 'account: "111122223333"\n'}, id="of-a-known-account"),
    ],
)
def test_a_name_that_the_provider_makes_is_the_same_wherever_it_is_handed_on(
    write_project: WriteProject, files: dict[str, str]
) -> None:
    project = write_project(LOGGED, files=files)
    pack, output = write_pack(project / "pack", DECLARED), project / "verdict.json"
    arguments = [str(project), "--stack", "dev", "--policy-pack", str(pack)]
    assert main([*arguments, "--format", "json", "--output", str(output)]) == 0
    assert json.loads(output.read_text())["notEvaluated"] == []
