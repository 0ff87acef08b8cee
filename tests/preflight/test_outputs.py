"""Computed outputs: filled in with the right kind and form, or left unknown on request."""

import json
import re
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_preflight.outputs import Filled, Outputs, WantedOutputs
from pulumi_preflight.outputs.derived import DERIVED, DERIVED_OF
from pulumi_preflight.outputs.shapes import Kind, Shapes, empty, in_kind
from pulumi_preflight.outputs.subject import Place, Subject
from pulumi_preflight.outputs.well_formed import value_for
from pulumi_preflight.project import load_project
from pulumi_preflight.wire import UNKNOWN, PropertyValue, secret
from tests.preflight.running import Ran, RunProgram, WriteProject, run_loaded

AWS = """
import pulumi
import pulumi_aws as aws
west = aws.Provider("west", region="us-west-2", default_tags={"tags": {"team": "data"}})
jobs = aws.sqs.Queue("jobs", fifo_queue=True)
plain = aws.sqs.Queue("plain", name="plain-dev", redrive_policy=jobs.arn.apply(
    lambda arn: pulumi.Output.json_dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})))
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", tags={"a": "b"},
                  opts=pulumi.ResourceOptions(provider=west))
group = aws.ec2.SecurityGroup("group", vpc_id=vpc.id)
role = aws.iam.Role("role", name="app", assume_role_policy={"Statement": [{"MaxAge": 60}]})
database = aws.rds.Instance("database", identifier="shop", engine="postgres",
    instance_class="db.t4g.micro", allocated_storage=20, manage_master_user_password=True)
bare = aws.rds.Instance("bare", engine="mysql", instance_class="db.t4g.micro", username="u",
    password=pulumi.Output.secret("hunter2"), allocated_storage=20)
cluster = aws.rds.Cluster("cluster", cluster_identifier="core", engine="aurora-postgresql")
certificate = aws.acm.Certificate("certificate", domain_name="example.com",
    subject_alternative_names=["www.example.com"], validation_method="DNS")
repository = aws.ecr.Repository("repository", name="app")
balancer = aws.lb.LoadBalancer("balancer", name="web")
bucket = aws.s3.Bucket("bucket", bucket_prefix="data-")
zone = aws.route53.Zone("zone", name="example.com")
read = aws.ec2.Vpc.get("read", "vpc-12345678")
pulumi.export("record", certificate.domain_validation_options[1].resource_record_name)
pulumi.export("secret", database.master_user_secrets[0].secret_arn)
"""
DIGITS = "[0-9a-f]"
# What the generator wrote before `pulumi.type_token`, much shortened.
OLD_SDK = """
import pulumi


class Bucket(pulumi.CustomResource):
    def __init__(self, name):
        super().__init__("aws:s3/bucket:Bucket", name, {"arn": None})

    @property
    @pulumi.getter
    def arn(self) -> pulumi.Output[str]:
        return pulumi.get(self, "arn")


class Module(pulumi.runtime.ResourceModule):
    mod_info = {"fqn": __name__, "classes": {"aws:s3/bucket:Bucket": "Bucket"}}

    def version(self):
        return None

    def construct(self, name, typ, urn):
        raise NotImplementedError


pulumi.runtime.register_resource_module("aws", "s3/bucket", Module())
"""


@pytest.fixture
def aws(run: RunProgram) -> Ran:
    return run(AWS, config="{aws:region: eu-west-1}")


@pytest.mark.parametrize(
    ("name", "property_", "pattern"),
    [
        pytest.param("jobs", "name", rf"jobs-{DIGITS}{{7}}\.fifo", id="name-made-by-the-provider"),
        pytest.param("bucket", "bucket", rf"data-{DIGITS}{{7}}", id="name-from-a-prefix"),
        pytest.param(
            "plain", "arn", "arn:aws:sqs:eu-west-1:123456789012:plain-dev", id="arn-of-a-queue"
        ),
        pytest.param(
            "plain",
            "url",
            "https://sqs.eu-west-1.amazonaws.com/123456789012/plain-dev",
            id="url-of-a-queue",
        ),
        pytest.param(
            "vpc",
            "arn",
            rf"arn:aws:ec2:us-west-2:123456789012:vpc/vpc-{DIGITS}{{17}}",
            id="region-of-its-own-provider",
        ),
        pytest.param("vpc", "mainRouteTableId", rf"rtb-{DIGITS}{{17}}", id="id-of-another-type"),
        pytest.param("role", "arn", "arn:aws:iam::123456789012:role/app", id="arn-without-region"),
        pytest.param("role", "uniqueId", "AROA[A-Z2-7]{17}", id="unique-id"),
        pytest.param("bucket", "arn", "arn:aws:s3:::data-.*", id="arn-without-account"),
        pytest.param(
            "database",
            "endpoint",
            rf"shop\.{DIGITS}{{12}}\.eu-west-1\.rds\.amazonaws\.com:5432",
            id="endpoint-with-port",
        ),
        pytest.param(
            "cluster",
            "readerEndpoint",
            rf"core\.cluster-ro-{DIGITS}{{12}}\.eu-west-1\.rds\.amazonaws\.com",
            id="endpoint-of-a-cluster",
        ),
        pytest.param(
            "repository",
            "repositoryUrl",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app",
            id="repository-url",
        ),
        pytest.param(
            "balancer", "dnsName", r"web-\d{9}\.eu-west-1\.elb\.amazonaws\.com", id="dns-name"
        ),
        pytest.param("read", "arn", "arn:aws:ec2:.*:vpc/vpc-12345678", id="resource-that-was-read"),
    ],
)
def test_text_has_the_form_that_aws_gives_it(
    aws: Ran, name: str, property_: str, pattern: str
) -> None:
    assert re.fullmatch(pattern, aws.outputs(name)[property_])


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        pytest.param("plain", "https://sqs.eu-west-1.*/plain-dev", id="url"),
        pytest.param("vpc", rf"vpc-{DIGITS}{{17}}", id="prefix"),
        pytest.param("role", "app", id="name"),
        pytest.param("database", "db-[A-Z2-7]{26}", id="resource-id-of-rds"),
        pytest.param("balancer", "arn:aws:elasticloadbalancing:.*", id="arn"),
        pytest.param("zone", "Z[A-Z2-7]{13}", id="hosted-zone"),
    ],
)
def test_an_id_has_the_form_of_its_type(aws: Ran, name: str, pattern: str) -> None:
    assert re.fullmatch(pattern, aws.resource(name).id)


@pytest.mark.parametrize(
    ("name", "property_", "value"),
    [
        pytest.param("database", "port", 5432, id="port-follows-the-engine"),
        pytest.param("bare", "masterUserSecrets", [], id="no-secret-without-managed-password"),
        pytest.param("group", "ingress", [], id="rules-that-nobody-gave-are-none"),
        pytest.param("vpc", "tagsAll", {"a": "b", "team": "data"}, id="tags-of-the-provider-too"),
        pytest.param("plain", "kmsDataKeyReusePeriodSeconds", 300, id="default-of-aws"),
        pytest.param("database", "multiAz", False, id="flag-that-nobody-gave-is-off"),
    ],
)
def test_other_outputs_follow_from_the_inputs(
    aws: Ran, name: str, property_: str, value: object
) -> None:
    assert aws.outputs(name)[property_] == value


def test_optional_outputs_that_nobody_gave_are_absent(aws: Ran) -> None:
    assert "kmsMasterKeyId" not in aws.outputs("plain")


def test_an_apply_on_a_computed_output_runs(aws: Ran) -> None:
    policy = json.loads(aws.inputs("plain")["redrivePolicy"])
    assert policy["deadLetterTargetArn"] == aws.outputs("jobs")["arn"]


def test_lists_of_records_can_be_indexed(aws: Ran) -> None:
    assert aws.exports["record"].endswith(".www.example.com.")
    assert re.match("arn:aws:secretsmanager:.*:secret:rds!db-", aws.exports["secret"])


def test_secrets_stay_secret_in_outputs(aws: Ran) -> None:
    assert aws.outputs("bare")["password"]["value"] == "hunter2"


def test_an_object_where_the_sdk_says_text_becomes_json(aws: Ran) -> None:
    text = '{"Statement":[{"MaxAge":60}]}'
    assert aws.outputs("role")["assumeRolePolicy"] == text
    # Packs get what the provider's Check gives back.
    assert aws.inputs("role")["assumeRolePolicy"] == text


@pytest.mark.parametrize(
    ("document", "text"),
    [
        pytest.param({"a": [1.0, "b"]}, '{"a":[1,"b"]}', id="known"),
        pytest.param({"a": [UNKNOWN]}, UNKNOWN, id="unknown-inside"),
        pytest.param([{"a": secret("b")}], secret('[{"a":"b"}]'), id="secret-inside"),
        pytest.param(secret({"a": secret("b")}), secret('{"a":"b"}'), id="secret-in-a-secret"),
        pytest.param({"a": secret(UNKNOWN)}, UNKNOWN, id="unknown-secret-inside"),
    ],
)
def test_what_is_unknown_or_secret_in_an_object_makes_its_text_so(
    document: PropertyValue, text: PropertyValue
) -> None:
    assert in_kind(document, Kind(name="string")) == text


def test_values_are_the_same_in_every_run(run: RunProgram, aws: Ran) -> None:
    again = run(f"{AWS}\n", config="{aws:region: eu-west-1}")
    assert [again.outputs(each.name) for each in again.deployment.resources if each.custom] == [
        again.outputs(each.name) for each in again.deployment.resources if each.custom
    ]
    assert {each.urn: each.id for each in again.deployment.resources} == {
        each.urn: each.id for each in aws.deployment.resources
    }


def test_no_two_resources_of_a_type_share_an_id(aws: Ran) -> None:
    ids = [(each.type, each.id) for each in aws.deployment.resources if each.custom]
    assert len(ids) == len(set(ids))


UNKNOWNS = """
import pulumi, pulumi_aws as aws
jobs = aws.sqs.Queue("jobs", name="jobs-dev")
jobs.arn.apply(lambda arn: print("applied", arn))
jobs.name.apply(lambda name: print("applied", name))
aws.sqs.QueuePolicy("policy", queue_url=jobs.id, policy=jobs.arn.apply(lambda arn: arn))
aws.sqs.QueuePolicy("object", queue_url=jobs.id, policy={"Statement": [{"Resource": jobs.arn}]})
"""


def test_unknowns_are_kept_as_in_the_engines_preview(run: RunProgram) -> None:
    ran = run(UNKNOWNS, config="{aws:region: eu-west-1}", keep_unknowns=True)
    assert ran.resource("jobs").id == ""
    assert ran.outputs("jobs")["arn"] == UNKNOWN
    assert ran.inputs("policy") == {"queueUrl": UNKNOWN, "policy": UNKNOWN}
    assert ran.inputs("object")["policy"] == UNKNOWN
    # What is given is known, and only that is.
    assert ran.deployment.printed == "applied jobs-dev\n"


def test_the_user_may_know_outputs_better(run: RunProgram) -> None:
    known = """
outputs:
  - {resource: "jobs*", type: "aws:sqs/queue:Queue", properties: {id: jobs-1, arn: "arn:mine"}}
  - {resource: other, properties: {arn: "arn:other"}}
"""
    ran = run(UNKNOWNS, config="{aws:region: eu-west-1}", preflight=known)
    assert (ran.resource("jobs").id, ran.outputs("jobs")["arn"]) == ("jobs-1", "arn:mine")
    assert ran.inputs("policy") == {"queueUrl": "jobs-1", "policy": "arn:mine"}


def test_a_region_that_is_nowhere_configured_is_assumed_with_a_note(run: RunProgram) -> None:
    ran = run('import pulumi_aws as aws\naws.sqs.Queue("jobs")')
    assert ran.outputs("jobs")["region"] == "us-east-1"
    assert ran.notes == ["no region is configured (aws:region): us-east-1 was assumed"]


@pytest.mark.parametrize(
    ("variables", "config", "region", "notes"),
    [
        pytest.param(
            {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-3"},
            "{}",
            "eu-west-1",
            ["no region is configured (aws:region): AWS_REGION says eu-west-1"],
            id="first",
        ),
        pytest.param(
            {"AWS_REGION": "", "AWS_DEFAULT_REGION": "eu-west-3"},
            "{}",
            "eu-west-3",
            ["no region is configured (aws:region): AWS_DEFAULT_REGION says eu-west-3"],
            id="second",
        ),
        pytest.param(
            {"AWS_REGION": "eu-west-1"}, "{aws:region: eu-north-1}", "eu-north-1", [], id="neither"
        ),
    ],
)
def test_a_region_that_is_nowhere_configured_is_that_of_the_environment(
    write_project: WriteProject,
    variables: dict[str, str],
    config: str,
    region: str,
    notes: list[str],
) -> None:
    program = 'import pulumi_aws as aws\naws.sqs.Queue("jobs")'
    folder = write_project(program, files={"Pulumi.dev.yaml": f"config: {config}"})
    ran = run_loaded(load_project(folder, stack="dev", environment=variables))
    provider = next(each for each in ran.deployment.resources if "providers" in each.type)
    assert ran.inputs(provider.name)["region"] == ran.outputs("jobs")["region"] == region
    assert ran.notes == notes


EVERY_TYPE = """
import importlib
import pulumi
for name in ("sqs", "ecs", "ecr", "lb", "rds", "kms", "secretsmanager", "servicediscovery", "acm"):
    module = importlib.import_module(f"pulumi_aws.{name}")
    hasattr(module, "anything")  # it is loaded when it is first asked for something
    for cls in [getattr(module, each) for each in dir(module)]:
        if isinstance(cls, type) and issubclass(cls, pulumi.CustomResource):
            cls.get(f"{name}.{cls.__name__}", "some-id")
"""


def test_the_sdk_takes_the_outputs_of_every_type(run: RunProgram) -> None:
    # A value of another kind than the class says would raise in the program.
    ran = run(EVERY_TYPE, config="{aws:region: eu-west-1}")
    assert len(ran.deployment.resources) > 80


PLAIN = ("string", "integer", "number", "boolean")
KINDS = st.recursive(
    st.sampled_from(PLAIN).map(lambda name: Kind(name=name)),
    lambda inner: st.builds(
        lambda name, item: Kind(name=name, item=item), st.sampled_from(["list", "map"]), inner
    ),
    max_leaves=3,
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=6,
)


@given(KINDS, VALUES)
def test_a_value_put_in_kind_stays_there(kind: Kind, value: PropertyValue) -> None:
    once = in_kind(value, kind)
    assert in_kind(once, kind) == once


@given(VALUES.filter(lambda value: value is not None))
def test_anything_becomes_text_where_the_sdk_says_text(value: PropertyValue) -> None:
    assert isinstance(in_kind(value, Kind(name="string")), str)


@given(KINDS)
def test_what_is_empty_is_in_kind(kind: Kind) -> None:
    assert in_kind(empty(kind), kind) == empty(kind)


def test_classes_of_before_the_type_token_are_found(write_project: WriteProject) -> None:
    program = "import pulumi, old\npulumi.export('arn', old.Bucket('bucket').arn)"
    folder = write_project(program, files={"old.py": OLD_SDK})
    ran = run_loaded(load_project(folder, stack="dev", environment={}))
    assert ran.exports["arn"].startswith("arn:aws:s3:::bucket")


LAZY = """
import importlib.util
import sys
import pulumi_aws as aws

spec = importlib.util.find_spec("pulumi_lazy")
loader = spec.loader = importlib.util.LazyLoader(spec.loader)
module = sys.modules["pulumi_lazy"] = importlib.util.module_from_spec(spec)
loader.exec_module(module)
aws.get_availability_zones()
aws.sqs.Queue("jobs")
"""


def test_modules_that_wait_for_their_first_use_stay_unloaded(write_project: WriteProject) -> None:
    folder = write_project(LAZY, files={"pulumi_lazy.py": "print('loaded')"})
    ran = run_loaded(load_project(folder, stack="dev", environment={}))
    assert ran.deployment.printed == ""


def test_a_type_without_class_has_its_inputs_as_outputs() -> None:
    outputs = Outputs(Shapes(lambda _question, _of: None), keep_unknowns=False)
    urn = "urn:pulumi:dev::shop::pulumi-nodejs:dynamic:Resource::a"
    filled = outputs.of_resource(
        WantedOutputs(
            urn=urn, inputs={"size": 1.0, "__provider": "code"}, place=Place(region="eu-west-1")
        )
    )
    assert filled.outputs == {"size": 1.0}
    assert filled.id


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        pytest.param("eu-west-1", "aws", "amazonaws.com", id="commercial"),
        pytest.param("cn-north-1", "aws-cn", "amazonaws.com.cn", id="china"),
        pytest.param("us-gov-west-1", "aws-us-gov", "amazonaws.com", id="government"),
    ],
)
def test_partitions_follow_the_region(region: str, partition: str, suffix: str) -> None:
    place = Place(region=region)
    assert (place.partition, place.dns_suffix) == (partition, suffix)
    assert place.arn("sqs", "q") == f"arn:{partition}:sqs:{region}:123456789012:q"


@pytest.mark.parametrize(
    ("type_", "inputs", "name", "pattern"),
    [
        pytest.param("randomString:RandomString", {"length": 5.0}, "result", ".{5}", id="string"),
        pytest.param(
            "randomPassword:RandomPassword", {"length": 100.0}, "result", ".{100}", id="password"
        ),
        pytest.param("randomId:RandomId", {"byteLength": 2.0}, "hex", f"{DIGITS}{{4}}", id="id"),
        pytest.param("randomInteger:RandomInteger", {"min": 7.0}, "result", "7.0", id="integer"),
        pytest.param(
            "randomShuffle:RandomShuffle",
            {"inputs": ["a", "b"], "resultCount": 1.0},
            "results",
            r"\['a'\]",
            id="shuffle",
        ),
        pytest.param("randomUuid:RandomUuid", {}, "result", "[-0-9a-f]{14}4.{3}-a.{16}", id="uuid"),
        pytest.param(
            "randomUuid4:RandomUuid4", {}, "result", "[-0-9a-f]{14}4.{3}-a.{16}", id="uuid4"
        ),
        pytest.param(
            "randomUuid7:RandomUuid7", {}, "result", "[-0-9a-f]{14}7.{3}-a.{16}", id="uuid7"
        ),
        pytest.param(
            "randomBytes:RandomBytes", {"length": 3.0}, "base64", r"[A-Za-z0-9+/]{4}", id="bytes"
        ),
        pytest.param(
            "randomBytes:RandomBytes", {"length": 50.0}, "hex", f"{DIGITS}{{100}}", id="many-bytes"
        ),
        pytest.param("randomId:RandomId", {"byteLength": 0.0}, "hex", f"{DIGITS}{{2}}", id="none"),
        pytest.param(
            "randomPassword:RandomPassword", {}, "bcryptHash", r"\$2a\$10\$.{53}", id="hash"
        ),
    ],
)
def test_random_values_are_of_the_size_that_was_asked_for(
    type_: str, inputs: dict[str, PropertyValue], name: str, pattern: str
) -> None:
    assert re.fullmatch(pattern, str(random(type_, inputs).outputs[name]))


def random(type_: str, inputs: dict[str, PropertyValue]) -> Filled:
    outputs = Outputs(Shapes(lambda _question, _of: None), keep_unknowns=False)
    urn = f"urn:pulumi:dev::shop::random:index/{type_}::a"
    return outputs.of_resource(WantedOutputs(urn=urn, inputs=inputs, place=Place(region="")))


@pytest.mark.parametrize(
    ("type_", "inputs", "same"),
    [
        pytest.param("randomBytes:RandomBytes", {"length": 4.0}, "base64", id="bytes"),
        pytest.param("randomId:RandomId", {"byteLength": 4.0}, "b64Url", id="id"),
        pytest.param("randomString:RandomString", {"length": 9.0}, "result", id="string"),
        pytest.param("randomUuid7:RandomUuid7", {}, "result", id="uuid"),
    ],
)
def test_a_random_id_is_the_value(type_: str, inputs: dict[str, PropertyValue], same: str) -> None:
    filled = random(type_, inputs)
    assert filled.id == filled.outputs[same]


def test_the_forms_of_random_bytes_are_of_one_value() -> None:
    shown = random("randomId:RandomId", {"byteLength": 4.0, "prefix": "a-"}).outputs
    own = bytes.fromhex(str(shown["hex"]).removeprefix("a-"))
    assert shown["b64Std"] == f"a-{b64encode(own).decode()}"
    assert shown["dec"] == f"a-{int.from_bytes(own, 'big')}"


@pytest.mark.parametrize(
    ("type_", "inputs", "identity"),
    [
        pytest.param("randomInteger:RandomInteger", {"min": 7.0, "max": 9.0}, "7", id="integer"),
        pytest.param("randomPassword:RandomPassword", {"length": 9.0}, "none", id="password"),
        pytest.param("randomShuffle:RandomShuffle", {"inputs": ["a"]}, "-", id="shuffle"),
        pytest.param("randomPet:RandomPet", {}, "[a-z]+-[a-z]+", id="pet"),
    ],
)
def test_a_random_resource_has_its_types_own_id(
    type_: str, inputs: dict[str, PropertyValue], identity: str
) -> None:
    assert re.fullmatch(identity, random(type_, inputs).id)


@pytest.mark.parametrize(
    ("image", "repository"),
    [
        pytest.param("shop/web:v1", "shop/web", id="a tag"),
        pytest.param("shop/web", "shop/web", id="no tag"),
        pytest.param("localhost:5000/web:v1", "localhost:5000/web", id="a port"),
        pytest.param(secret("web:v1"), "web", id="a secret"),
        pytest.param(None, "made", id="no name"),
    ],
)
def test_an_image_is_pulled_by_its_digest(image: PropertyValue, repository: str) -> None:
    subject = Subject(
        seed="urn",
        token="docker:index/image:Image",  # noqa: S106 - a type
        name="made",
        place=Place(region="eu-west-1"),
    )
    digest = DERIVED["repoDigest"](subject, {} if image is None else {"imageName": image})
    assert re.fullmatch(rf"{re.escape(repository)}@sha256:{DIGITS}{{64}}", str(digest))


@pytest.mark.parametrize(
    ("inputs", "pattern"),
    [
        pytest.param(
            {"tags": ["r.io/a/web:v1"], "push": True}, "r.io/a/web:v1@DIGEST", id="a-pushed-tag"
        ),
        pytest.param(
            {"tags": ["r.io:5000/web"], "push": True}, "r.io:5000/web:latest@DIGEST", id="no-tag"
        ),
        pytest.param(
            {"tags": ["web", "r.io/web:v1"], "exports": [{"registry": {}}]},
            "r.io/web:v1@DIGEST",
            id="the-whole-tag-of-an-export",
        ),
        pytest.param({"tags": ["r.io/web:v1"]}, "r.io/web:v1", id="not-exported"),
        pytest.param({}, "", id="no-tags"),
    ],
)
def test_a_built_image_is_pulled_by_its_tag_and_digest(
    inputs: dict[str, PropertyValue], pattern: str
) -> None:
    subject = Subject(
        seed="urn",
        token="docker-build:index:Image",  # noqa: S106 - a type
        name="made",
        place=Place(region="eu-west-1"),
    )
    digest = str(value_for(subject, "digest", "string"))
    assert re.fullmatch(f"sha256:{DIGITS}{{64}}", digest)
    found = DERIVED_OF["index/image.ref"](subject, inputs)
    assert found == pattern.replace("DIGEST", digest)
