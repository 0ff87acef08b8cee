"""Answers of data sources."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_preflight.errors import ProgramError
from pulumi_preflight.outputs.policy_document import policy_document
from tests.preflight.running import Ran, RunProgram

CALLS = """
import json
import pulumi_aws as aws
image = aws.ec2.get_ami(most_recent=True, owners=["amazon"])
caller = aws.get_caller_identity()
region = aws.get_region()
zones = aws.get_availability_zones(state="available")
vpc = aws.ec2.get_vpc(default=True)
subnets = aws.ec2.get_subnets(filters=[{"name": "vpc-id", "values": [vpc.id]}])
subnet = aws.ec2.get_subnet(id=subnets.ids[0])
user = aws.s3.get_canonical_user_id()
zone = aws.route53.get_zone(name="example.com")
policy = aws.cloudfront.get_cache_policy(name="Managed-CachingOptimized")
secret = aws.secretsmanager.get_secret_version(secret_id="token")
partition = aws.get_partition()
parameter = aws.ssm.get_parameter(name="/aws/service/ami-amazon-linux-latest/al2023")
cluster = aws.ecs.get_cluster(cluster_name="shop")
token = aws.ecr.get_authorization_token()
logs = [aws.elb.get_service_account(), aws.elb.get_service_account(region="us-east-1")]
trails, billing = aws.cloudtrail.get_service_account(), aws.get_billing_service_account()
print(json.dumps({
    "image": image.id, "architecture": image.architecture, "account": caller.account_id,
    "region": region.region, "zones": zones.names, "zoneIds": zones.zone_ids, "vpc": vpc.id,
    "default": vpc.default, "cidr": vpc.cidr_block, "subnets": subnets.ids, "subnet": subnet.id,
    "subnetZone": subnet.availability_zone, "user": user.id, "zone": zone.zone_id,
    "zoneName": zone.name, "policy": policy.id, "secret": secret.secret_string,
    "partition": [partition.partition, partition.dns_suffix], "parameter": parameter.value,
    "cluster": cluster.arn, "status": cluster.status, "token": token.authorization_token,
    "logs": [each.arn for each in logs], "services": [trails.id, billing.id],
}))
"""


@pytest.fixture
def calls(run: RunProgram) -> Ran:
    return run(CALLS, config="{aws:region: eu-west-1}")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        pytest.param("architecture", "x86_64", id="image"),
        pytest.param("account", "123456789012", id="caller"),
        pytest.param("region", "eu-west-1", id="region"),
        pytest.param("zones", ["eu-west-1a", "eu-west-1b", "eu-west-1c"], id="zones"),
        pytest.param("zoneIds", ["euw1-az1", "euw1-az2", "euw1-az3"], id="zone-ids"),
        pytest.param("default", True, id="default-vpc"),
        pytest.param("cidr", "172.31.0.0/16", id="vpc-cidr"),
        pytest.param("zoneName", "example.com", id="hosted-zone"),
        pytest.param("partition", ["aws", "amazonaws.com"], id="partition"),
        pytest.param("parameter", "ami-0123456789abcdef0", id="image-parameter"),
        pytest.param(
            "logs",
            ["arn:aws:iam::156460612806:root", "arn:aws:iam::127311923021:root"],
            id="accounts-of-log-delivery",
        ),
        pytest.param("services", ["859597730677", "386209384616"], id="accounts-of-services"),
        pytest.param("token", "QVdTOnByZWZsaWdodA==", id="docker-credentials-decode"),
    ],
)
def test_a_function_is_answered(calls: Ran, name: str, wanted: object) -> None:
    assert calls.printed[name] == wanted


def test_what_is_asked_for_comes_back(calls: Ran) -> None:
    assert calls.printed["subnet"] == calls.printed["subnets"][0]


def test_there_are_as_many_subnets_as_zones(calls: Ran) -> None:
    assert len(set(calls.printed["subnets"])) == 3


def test_a_function_that_preflight_does_not_know_is_filled_from_its_result_class(
    calls: Ran,
) -> None:
    assert calls.printed["cluster"] == "arn:aws:ecs:eu-west-1:123456789012:cluster/cluster"
    assert calls.printed["status"] == "ACTIVE"


def test_each_function_leaves_one_note_of_what_was_assumed(calls: Ran) -> None:
    assert (
        sum(
            note.startswith("getAvailabilityZones was answered: three zones")
            for note in calls.notes
        )
        == 1
    )
    assert (
        sum(note.startswith("getCluster was answered with made-up values") for note in calls.notes)
        == 1
    )


def test_what_follows_from_the_arguments_leaves_no_note(calls: Ran) -> None:
    assert not [
        note for note in calls.notes if note.startswith(("getRegion", "getPartition", "getService"))
    ]


def test_a_call_may_be_the_first_to_need_a_provider(run: RunProgram) -> None:
    ran = run("import pulumi_aws as aws\naws.get_partition()", config="{aws:region: eu-west-1}")
    assert {each.type for each in ran.deployment.resources} == {
        "pulumi:pulumi:Stack",
        "pulumi:providers:aws",
    }


OVERRIDDEN = """
import json
import pulumi_aws as aws
print(json.dumps([aws.ec2.get_vpc(default=True).cidr_block, aws.ec2.get_vpc(id="vpc-1").cidr_block,
                  aws.get_availability_zones().names]))
"""


def test_the_user_may_know_answers_better(run: RunProgram) -> None:
    known = """
invokes:
  - function: aws:ec2/getVpc:getVpc
    arguments: {id: vpc-1}
    result: {cidrBlock: 10.1.0.0/16}
  - function: aws:index/getAvailabilityZones:getAvailabilityZones
    result: {names: [eu-west-1a, eu-west-1b]}
"""
    ran = run(OVERRIDDEN, config="{aws:region: eu-west-1}", preflight=known)
    assert ran.deployment.printed.strip() == json.dumps(
        ["172.31.0.0/16", "10.1.0.0/16", ["eu-west-1a", "eu-west-1b"]]
    )


def test_an_answer_that_the_user_gave_leaves_no_note(run: RunProgram) -> None:
    known = "invokes: [{function: demo:index:getThing, result: {size: 3}}]"
    program = "import pulumi\nprint(pulumi.runtime.invoke('demo:index:getThing', {}).value['size'])"
    ran = run(program, preflight=known)
    assert (ran.deployment.printed, ran.notes) == ("3.0\n", [])


def test_a_function_of_an_unknown_sdk_says_how_to_answer_it(run: RunProgram) -> None:
    program = "import pulumi\npulumi.runtime.invoke('demo:index:getThing', {})"
    with pytest.raises(
        ProgramError, match="the function demo:index:getThing has no known"
    ) as raised:
        run(program)
    assert "preflight.yaml: invokes: [{function: demo:index:getThing" in str(raised.value.hint)


def test_a_secret_argument_makes_a_secret_answer(run: RunProgram) -> None:
    program = """
import pulumi, pulumi_aws as aws
zone = aws.route53.get_zone_output(name=pulumi.Output.secret("example.com"))
pulumi.export("name", zone.name)
"""
    exported = run(program, config="{aws:region: eu-west-1}").exports["name"]
    assert exported["value"] == "example.com"


STATEMENT = {
    "sid": "Read",
    "actions": ["s3:GetObject"],
    "resources": ["arn:aws:s3:::b/*", "arn:aws:s3:::a/*"],
    "principals": [{"type": "AWS", "identifiers": ["*"]}],
    "conditions": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}],
}


def document(arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    return json.loads(policy_document(arguments)["json"])


def test_a_policy_document_is_computed_as_the_provider_does() -> None:
    assert document({"statements": [STATEMENT]}) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Read",
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "Resource": ["arn:aws:s3:::b/*", "arn:aws:s3:::a/*"],
                "Principal": {"AWS": "*"},
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }


def test_anyone_is_a_star_of_its_own() -> None:
    [statement] = document({"statements": [{"principals": [{"type": "*", "identifiers": ["*"]}]}]})[
        "Statement"
    ]
    assert statement["Principal"] == "*"


def test_source_documents_come_first_and_overriding_ones_replace_by_sid() -> None:
    source = json.dumps({"Statement": [{"Sid": "Read", "Effect": "Deny"}, {"Sid": "Other"}]})
    override = json.dumps({"Statement": {"Sid": "Other", "Effect": "Allow"}})
    merged = document(
        {
            "statements": [STATEMENT],
            "sourcePolicyDocuments": [source],
            "overridePolicyDocuments": [override],
        }
    )
    assert [(each["Sid"], each["Effect"]) for each in merged["Statement"]] == [
        ("Read", "Allow"),
        ("Other", "Allow"),
    ]


def test_a_source_document_that_is_no_json_is_said() -> None:
    with pytest.raises(ProgramError, match="a source document is no JSON"):
        policy_document({"sourcePolicyDocuments": ["{"]})


@given(
    st.lists(
        st.fixed_dictionaries(
            {"actions": st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=3)},
            optional={"effect": st.sampled_from(["Allow", "Deny"]), "sid": st.text(max_size=3)},
        ),
        max_size=4,
    )
)
def test_every_statement_is_in_the_document(statements: list[dict[str, Any]]) -> None:
    answer = policy_document({"statements": statements})
    written = json.loads(answer["json"])
    assert json.loads(answer["minifiedJson"]) == written
    named = [each["sid"] for each in statements if each.get("sid")]
    assert len(written["Statement"]) == len(statements) - len(named) + len(set(named))
