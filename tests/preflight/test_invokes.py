"""Answers of data sources."""

import json

import pytest

from pulumi_preflight.errors import ProgramError
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
    "cluster": cluster.arn, "status": cluster.status, "user": token.user_name,
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
        pytest.param("zoneIds", ["euw1-az3", "euw1-az1", "euw1-az2"], id="zone-ids"),
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
        pytest.param("user", "AWS", id="user-of-docker"),
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
            note.startswith("getAvailabilityZones was answered: all zones that eu-west-1 has")
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


FED = """
import json
import pulumi_aws as aws
told = aws.ssm.get_parameter(name="/shop/policy").value
TEXT = {text}
document = aws.iam.get_policy_document(source_policy_documents=[TEXT])
bucket = aws.s3.Bucket("bucket")
aws.s3.BucketPolicy("policy", bucket=bucket.bucket, policy=document.json)
print(json.dumps(json.loads(document.json)["Version"]))
"""
EU = "{aws:region: eu-west-1}"


def test_a_call_that_cannot_work_with_a_made_up_text_gives_any_form_with_one_note(
    run: RunProgram,
) -> None:
    ran = run(FED.format(text="told"), config=EU)
    assert ran.printed == "2012-10-17"
    [note] = [note for note in ran.deployment.notes if note.text.startswith("getPolicyDocument")]
    assert note.text == (
        "getPolicyDocument was given value of the answer of getParameter, "
        "which preflight made up and the provider would refuse, so the result may have any form; "
        "preflight.yaml can give the real value: "
        "invokes: [{function: aws:ssm/getParameter:getParameter, result: {...}}]"
    )
    assert note.position is not None
    assert (note.position.file, note.position.line) == ("__main__.py", 6)


@pytest.mark.parametrize(
    ("told", "given"),
    [
        pytest.param("aws.get_availability_zones().names[0]", "names", id="a-zone"),
        pytest.param('aws.ec2.get_instance(instance_id="i-1").instance_state', "", id="a-state"),
    ],
)
def test_a_text_that_an_answer_has_by_chance_is_not_told_as_the_answers(
    run: RunProgram, told: str, given: str
) -> None:
    program = FED.replace('aws.ssm.get_parameter(name="/shop/policy").value', told)
    same = run(f"import pulumi_aws as aws\nprint(repr({told}))", config=EU).deployment.printed
    ran = run(program.format(text=same.strip()), config=EU)
    [note] = [note for note in ran.notes if note.startswith("getPolicyDocument")]
    assert note.startswith(
        f"getPolicyDocument was given {same.strip()}, which the provider would refuse; where that "
        f"is {given}"
    )
    assert "which preflight made up, the result may have any form; " in note


@pytest.mark.parametrize(
    "call",
    [
        pytest.param('get_policy_document(source_policy_documents=["{"])', id="plain"),
        pytest.param('get_policy_document_output(source_policy_documents=["{"])', id="output"),
    ],
)
def test_a_text_of_the_program_that_the_provider_refuses_is_an_error_at_its_line(
    run: RunProgram, call: str
) -> None:
    program = f"import pulumi_aws as aws\n\ndocument = aws.iam.{call}\n"
    with pytest.raises(ProgramError) as raised:
        run(program, config=EU)
    said = str(raised.value)
    assert "sourcePolicyDocuments[0] is not a policy document (Expecting property name" in said
    assert "'{'; give one as JSON" in said
    assert "__main__.py:3" in said


def test_the_program_may_catch_what_the_provider_refuses(run: RunProgram) -> None:
    program = """
import pulumi_aws as aws
try:
    aws.get_arn(arn="orders")
except Exception as error:
    print("wanted an ARN" in str(error))
"""
    assert run(program, config=EU).deployment.printed == "True\n"


def test_a_function_that_cannot_be_answered_names_the_line(run: RunProgram) -> None:
    program = "import pulumi\n\npulumi.runtime.invoke('demo:index:getOther', {})"
    with pytest.raises(ProgramError, match=r"^__main__.py:3: the function demo:index:getOther"):
        run(program)
