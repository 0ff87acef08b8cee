"""Physical names are unique in their scope."""

import json
from collections.abc import Mapping

import pytest

from aws_policy_pack.rules.names.facts import NameFact
from aws_policy_pack.rules.names.unique import UNIQUE, unique_physical
from aws_policy_pack.testing import UNKNOWN, Example, Report, analyze_stack

QUEUE = "aws:sqs/queue:Queue"
ROLE = "aws:iam/role:Role"
BUCKET = "aws:s3/bucket:Bucket"
SERVICE = "aws:ecs/service:Service"
CLUSTER = "aws:ecs/cluster:Cluster"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
LISTENER = "aws:lb/listener:Listener"
RULE = "aws:lb/listenerRule:ListenerRule"
DISCOVERY = "aws:servicediscovery/service:Service"
INSTANCE = "aws:rds/instance:Instance"


def judge(*stack: Example, config: Mapping[str, object] | None = None) -> list[Report]:
    return analyze_stack(unique_physical, stack, config=config)


def messages(found: list[Report]) -> list[str]:
    """The texts, without what the SDK puts before that of a rule that could not run."""
    return [report.text for report in found]


def named(kind: str, *properties: Mapping[str, object]) -> list[Example]:
    return [
        Example(type=kind, name=f"r{number}", properties=given)
        for number, given in enumerate(properties, start=1)
    ]


def said(problem: str, what: str, scope: str, name: str = "r2") -> list[str]:
    return [
        (
            f"{name}: {problem}; wanted a name that no other {what} has in {scope}. Fix: Rename "
            f"one of the two, or declare it once and share it. {unique_physical.url}"
        )
    ]


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param(
            named(QUEUE, {"name": "jobs"}, {"name": "jobs"}),
            said("`name` is 'jobs', as is that of r1", "SQS queue", "the account and region"),
            id="two queues",
        ),
        pytest.param(
            named(ROLE, {"name": "Runner"}, {"name": "runner"}),
            said(
                "`name` is 'runner', which only case tells from 'Runner' of r1",
                "IAM role",
                "the account",
            ),
            id="two roles that differ by case",
        ),
        pytest.param(
            [
                *named(BUCKET, {"bucket": "data"}),
                Example(type="aws:s3/bucketV2:BucketV2", name="r2", properties={"bucket": "data"}),
            ],
            said("`bucket` is 'data', as is that of r1", "S3 bucket", "all of AWS"),
            id="two types of bucket",
        ),
        pytest.param(
            [
                *named("aws:lb/loadBalancer:LoadBalancer", {"name": "web"}),
                Example(
                    type="aws:alb/loadBalancer:LoadBalancer", name="r2", properties={"name": "web"}
                ),
            ],
            said("`name` is 'web', as is that of r1", "load balancer", "the account and region"),
            id="two names of one type",
        ),
        pytest.param(
            [
                *named(INSTANCE, {"identifier": "db"}),
                Example(
                    type="aws:rds/clusterInstance:ClusterInstance",
                    name="r2",
                    properties={"identifier": "DB"},
                ),
            ],
            said(
                "`identifier` is 'DB', which only case tells from 'db' of r1",
                "DB instance",
                "the account and region",
            ),
            id="two kinds of DB instance",
        ),
        pytest.param(
            named(
                INSTANCE,
                {"identifier": "a", "finalSnapshotIdentifier": "last"},
                {"identifier": "b", "finalSnapshotIdentifier": "last"},
            ),
            said(
                "`finalSnapshotIdentifier` is 'last', as is that of r1",
                "final DB snapshot",
                "the account and region",
            ),
            id="two final snapshots",
        ),
        pytest.param(
            named(SERVICE, {"name": "web"}, {"name": "web"}),
            said("`name` is 'web', as is that of r1", "ECS service", "the ECS cluster"),
            id="two services of the default cluster",
        ),
        pytest.param(
            named(SERVICE, {"name": "web", "cluster": "default"}, {"name": "web"}),
            said("`name` is 'web', as is that of r1", "ECS service", "the ECS cluster"),
            id="the default cluster by its name",
        ),
        pytest.param(
            named(RULE, {"priority": 10, "listenerArn": "l"}, {"priority": 10, "listenerArn": "l"}),
            said("`priority` is '10', as is that of r1", "listener rule", "the listener"),
            id="two rules of one priority",
        ),
        pytest.param(
            named(GROUP, {"name": "db", "vpcId": "vpc-1"}, {"name": "DB", "vpcId": "vpc-1"}),
            said(
                "`name` is 'DB', which only case tells from 'db' of r1", "security group", "the VPC"
            ),
            id="two security groups",
        ),
        pytest.param(
            named(
                DISCOVERY,
                {"name": "api", "dnsConfig": {"namespaceId": "ns-1"}},
                {"name": "api", "namespaceId": "ns-1"},
            ),
            said(
                "`name` is 'api', as is that of r1", "Cloud Map service", "the Cloud Map namespace"
            ),
            id="two services of a namespace",
        ),
        pytest.param(
            named(QUEUE, {"name": "jobs", "region": "eu-west-1"}, {"name": "jobs"}),
            said("`name` is 'jobs', as is that of r1", "SQS queue", "the account and region"),
            id="a region that is told of the first alone",
        ),
        pytest.param(
            named(
                QUEUE,
                {"name": "jobs", "region": UNKNOWN},
                {"name": "jobs", "region": "eu-west-1"},
            ),
            said("`name` is 'jobs', as is that of r1", "SQS queue", "the account and region"),
            id="a region that is told of the second alone",
        ),
        pytest.param(
            named(
                QUEUE,
                {"name": "jobs", "region": "eu-west-1"},
                {"name": "jobs", "region": "us-east-1"},
                {"name": "jobs", "region": "us-east-1"},
            ),
            said("`name` is 'jobs', as is that of r2", "SQS queue", "the account and region", "r3"),
            id="the same region of three",
        ),
        pytest.param(
            named(QUEUE, {"name": "jobs", "namePrefix": UNKNOWN}, {"name": "jobs"}),
            said("`name` is 'jobs', as is that of r1", "SQS queue", "the account and region"),
            id="a prefix that only the provider knows",
        ),
        pytest.param(
            named(QUEUE, {"name": "jobs", "namePrefix": "job"}, {"name": "jobs"}),
            said("`name` is 'jobs', as is that of r1", "SQS queue", "the account and region"),
            id="a prefix that is told beside the name",
        ),
    ],
)
def test_the_same_name_in_the_same_scope_is_found(
    stack: list[Example], expected: list[str]
) -> None:
    assert messages(judge(*stack)) == expected


@pytest.mark.parametrize(
    "stack",
    [
        pytest.param([], id="an empty stack"),
        pytest.param(named(QUEUE, {"name": "a"}, {"name": "b"}), id="two names"),
        pytest.param(named(QUEUE, {"name": "Jobs"}, {"name": "jobs"}), id="case tells queues"),
        pytest.param(named(QUEUE, {}, {}), id="names that AWS or Pulumi makes up"),
        pytest.param(named(QUEUE, {"name": ""}, {"name": ""}), id="empty names"),
        pytest.param(
            [
                *named(QUEUE, {"name": "a"}),
                Example(type=ROLE, name="role", properties={"name": "a"}),
            ],
            id="two kinds of name",
        ),
        pytest.param(
            named(
                QUEUE,
                {"name": "jobs", "region": "eu-west-1"},
                {"name": "jobs", "region": "us-east-1"},
            ),
            id="two regions",
        ),
        pytest.param(
            named(
                QUEUE,
                {"name": "jobs", "region": "us-east-1"},
                {"name": "jobs", "region": "eu-west-1"},
            ),
            id="two regions the other way round",
        ),
        pytest.param(
            named(SERVICE, {"name": "web", "cluster": "a"}, {"name": "web", "cluster": "b"}),
            id="two clusters",
        ),
        pytest.param(
            named(RULE, {"priority": 1, "listenerArn": "a"}, {"priority": 1, "listenerArn": "b"}),
            id="two listeners",
        ),
        pytest.param(
            named(QUEUE, {"namePrefix": "jobs-"}, {"namePrefix": "jobs-"}),
            id="one prefix, two generated endings",
        ),
        pytest.param(
            named(QUEUE, {"namePrefix": "jobs-"}, {"name": "jobs-"}),
            id="a name that is the prefix alone",
        ),
        pytest.param(
            named(QUEUE, {"name": UNKNOWN, "namePrefix": "jobs-"}, {"name": "jobs-1"}),
            id="a generated name that is not known yet",
        ),
    ],
)
def test_other_names_pass(stack: list[Example]) -> None:
    assert judge(*stack) == []


def test_of_three_resources_each_after_the_first_is_found() -> None:
    found = judge(*named(QUEUE, {"name": "jobs"}, {"name": "jobs"}, {"name": "jobs"}))
    assert [report.name for report in found] == ["r2", "r3"]


ENDING = "2026112322145600120000000a"


def test_a_name_of_the_form_that_a_prefix_makes_is_found() -> None:
    stack = named(QUEUE, {"namePrefix": "jobs-"}, {"name": f"jobs-{ENDING}"})
    assert messages(judge(*stack)) == [
        (
            f"r2: `name` is 'jobs-{ENDING}', a name that `namePrefix` 'jobs-' of r1 can make; "
            "wanted a name that no other SQS queue can have in the account and region. Fix: Choose "
            f"a name without the generated ending. {unique_physical.url}"
        )
    ]


def test_case_does_not_tell_a_prefix_where_it_does_not_tell_names() -> None:
    stack = named(ROLE, {"namePrefix": "Run-"}, {"name": f"run-{ENDING}"})
    assert len(judge(*stack)) == 1


@pytest.mark.parametrize(
    "stack",
    [
        pytest.param(
            named(QUEUE, {"namePrefix": "jobs-"}, {"name": f"other-{ENDING}"}), id="another prefix"
        ),
        pytest.param(
            named(QUEUE, {"namePrefix": "jobs-"}, {"name": f"jobs-{ENDING[1:]}"}),
            id="a shorter ending",
        ),
        pytest.param(
            named(QUEUE, {"namePrefix": "jobs-"}, {"name": f"jobs-{ENDING[:-1]}x"}),
            id="an ending of other characters",
        ),
        pytest.param(
            named(
                GROUP,
                {"namePrefix": "db-", "vpcId": "vpc-1"},
                {"name": f"db-{ENDING}", "vpcId": "vpc-2"},
            ),
            id="another scope",
        ),
    ],
)
def test_names_that_no_prefix_makes_pass(stack: list[Example]) -> None:
    assert judge(*stack) == []


@pytest.mark.parametrize(
    ("scope", "stack"),
    [
        pytest.param("region", named(QUEUE, {"name": "a"}, {"name": "a"}), id="region"),
        pytest.param("account", named(ROLE, {"name": "a"}, {"name": "a"}), id="account"),
        pytest.param("aws", named(BUCKET, {"bucket": "a"}, {"bucket": "a"}), id="aws"),
        pytest.param("cluster", named(SERVICE, {"name": "a"}, {"name": "a"}), id="cluster"),
    ],
)
def test_a_scope_that_is_skipped_is_not_looked_at(scope: str, stack: list[Example]) -> None:
    assert judge(*stack, config={"skipScopes": [scope]}) == []
    assert len(judge(*stack, config={"skipScopes": ["listener"]})) == 1


def test_other_scopes_than_the_skipped_one_are_looked_at() -> None:
    queues = named(QUEUE, {"name": "a"}, {"name": "a"})
    roles = [Example(type=ROLE, name=name, properties={"name": "b"}) for name in ("x", "y")]
    found = judge(*queues, *roles, config={"skipScopes": ["region"]})
    assert [report.name for report in found] == ["y"]


def test_a_prefix_does_not_hide_the_names_behind_it() -> None:
    stack = named(QUEUE, {"namePrefix": "jobs-"}, {"name": "jobs"}, {"name": "jobs"})
    assert [report.name for report in judge(*stack)] == ["r3"]


def in_container(kind: str, path: str, *containers: str) -> list[Example]:
    """Resources of one name, each in a container whose ARN is not known yet."""
    return [
        Example(
            type=kind,
            name=f"r{number}",
            properties={"name": "web", "priority": 1, path: UNKNOWN},
            references={path: (container,)},
        )
        for number, container in enumerate(containers, start=1)
    ]


@pytest.mark.parametrize(
    ("kind", "path", "container"),
    [
        pytest.param(SERVICE, "cluster", CLUSTER, id="clusters"),
        pytest.param(RULE, "listenerArn", LISTENER, id="listeners"),
        pytest.param(GROUP, "vpcId", "aws:ec2/vpc:Vpc", id="VPCs"),
        pytest.param(
            "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
            "vpc",
            "aws:ec2/vpc:Vpc",
            id="VPCs of namespaces",
        ),
        pytest.param(
            DISCOVERY,
            "dnsConfig",
            "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
            id="namespaces",
        ),
    ],
)
def test_references_tell_scopes_apart_that_are_not_known_yet(
    kind: str, path: str, container: str
) -> None:
    containers = [Example(type=container, name="one"), Example(type=container, name="two")]
    assert judge(*containers, *in_container(kind, path, "one", "two")) == []
    found = judge(*containers, *in_container(kind, path, "one", "one"))
    assert [report.name for report in found] == ["r2"]


def test_a_reference_and_a_literal_arn_are_the_same_cluster() -> None:
    arn = "arn:aws:ecs:us-east-1:111122223333:cluster/main"
    found = judge(
        Example(type=CLUSTER, name="main", properties={"name": "main", "arn": arn}),
        Example(type=SERVICE, name="a", properties={"name": "web", "cluster": arn}),
        Example(type=SERVICE, name="b", properties={"name": "web", "cluster": "main"}),
    )
    assert [report.name for report in found] == ["b"]


def test_a_name_that_is_not_known_is_not_judged_and_hides_no_other() -> None:
    stack = named(QUEUE, {"name": UNKNOWN}, {"name": "jobs"}, {"name": "jobs"})
    judged, unread = messages(judge(*stack))
    assert judged.startswith("r3: `name` is 'jobs', as is that of r2; ")
    assert unread == "not evaluated: r1: `name` is not known yet"


def test_a_cluster_that_nothing_tells_is_not_judged() -> None:
    stack = named(SERVICE, {"name": "web", "cluster": UNKNOWN})
    assert messages(judge(*stack)) == ["not evaluated: r1: `cluster` is not known yet"]


def providers(**settings: Mapping[str, object]) -> list[Example]:
    return [
        Example(type="pulumi:providers:aws", name=name, properties=given)
        for name, given in settings.items()
    ]


def made_by(kind: str, *names: str, **properties: object) -> list[Example]:
    """Resources of one physical name, each made by one of the providers."""
    return [
        Example(
            type=kind,
            name=f"r{number}",
            provider=name,
            properties={"name": "web", "bucket": "web", **properties},
        )
        for number, name in enumerate(names, start=1)
    ]


BLUE = {"allowedAccountIds": '["111111111111"]', "region": "us-east-1"}
GREEN = {"assumeRoles": '[{"roleArn": "arn:aws:iam::222222222222:role/x"}]', "region": "us-east-1"}
NORTH = {"region": "eu-north-1"}
SOUTH = {"region": "eu-south-1"}


@pytest.mark.parametrize("kind", [QUEUE, ROLE, "aws:ecr/repository:Repository", SERVICE])
def test_two_accounts_may_use_one_name(kind: str) -> None:
    stack = [*providers(blue=BLUE, green=GREEN), *made_by(kind, "blue", "green")]
    assert judge(*stack) == []


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        pytest.param(QUEUE, BLUE, BLUE, id="two providers of one account"),
        pytest.param(QUEUE, BLUE, {}, id="an account that is not told"),
        pytest.param(BUCKET, BLUE, GREEN, id="buckets of two accounts"),
        pytest.param(BUCKET, NORTH, SOUTH, id="buckets of two regions"),
        pytest.param(ROLE, NORTH, SOUTH, id="roles, which have no region"),
    ],
)
def test_one_name_where_accounts_and_regions_do_not_tell_is_found(
    kind: str, one: Mapping[str, object], other: Mapping[str, object]
) -> None:
    stack = [*providers(one=one, other=other), *made_by(kind, "one", "other")]
    assert [report.name for report in judge(*stack)] == ["r2"]


@pytest.mark.parametrize("kind", [QUEUE, "aws:ecr/repository:Repository"])
def test_two_regions_of_providers_may_use_one_name(kind: str) -> None:
    stack = [*providers(north=NORTH, south=SOUTH), *made_by(kind, "north", "south")]
    assert judge(*stack) == []


DOUBT = (
    "not evaluated: r2: `name` may be that of r1: the providers of the two sign in differently, "
    "and their settings do not tell the accounts"
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"profile": "dev"}, {"profile": "prod"}, id="profiles"),
        pytest.param({"accessKey": "A"}, {"accessKey": "B"}, id="access keys"),
        pytest.param(
            {"sharedCredentialsFiles": '["/a"]'}, {"sharedCredentialsFiles": '["/b"]'}, id="files"
        ),
        pytest.param({"accessKey": UNKNOWN}, {"accessKey": UNKNOWN}, id="unknown keys"),
        pytest.param({"profile": "dev"}, {}, id="a profile and the default"),
        pytest.param(GREEN, {"profile": "prod"}, id="one account told"),
    ],
)
def test_providers_that_sign_in_differently_may_be_of_two_accounts(
    one: Mapping[str, object], other: Mapping[str, object]
) -> None:
    stack = [*providers(one=one, other=other), *made_by(QUEUE, "one", "other")]
    assert messages(judge(*stack)) == [DOUBT]


def test_one_profile_is_one_account_and_buckets_have_none() -> None:
    dev, prod = {"profile": "dev"}, {"profile": "prod"}
    same = [*providers(one=dev, other=dev), *made_by(QUEUE, "one", "other")]
    buckets = [*providers(one=dev, other=prod), *made_by(BUCKET, "one", "other")]
    assert [[report.name for report in judge(*stack)] for stack in (same, buckets)] == [["r2"]] * 2


def test_a_name_of_the_same_account_is_found_before_one_of_another() -> None:
    stack = [
        *providers(dev={"profile": "dev"}, prod={"profile": "prod"}),
        *made_by(QUEUE, "dev", "prod", "prod"),
    ]
    found, doubt = judge(*stack)
    assert found.name == "r3"
    assert messages([doubt]) == [DOUBT]


@pytest.mark.parametrize("key", ["assumeRoles", "assumeRoleWithWebIdentity"])
def test_a_role_of_a_dict_tells_the_account(key: str) -> None:
    roles = [{"role_arn": f"arn:aws-us-gov:iam::{each * 12}:role/x"} for each in "12"]
    one, other = ({key: json.dumps(role)} for role in roles)
    assert judge(*providers(one=one, other=other), *made_by(QUEUE, "one", "other")) == []


def test_a_region_of_the_resource_comes_before_its_providers() -> None:
    stack = [*providers(north=NORTH, south=SOUTH), *made_by(QUEUE, "north", "south", region="a")]
    assert [report.name for report in judge(*stack)] == ["r2"]


def test_arns_tell_accounts_where_providers_do_not() -> None:
    arns = [f"arn:aws:sqs:us-east-1:{account * 12}:web" for account in "12"]
    assert judge(*named(QUEUE, *({"name": "web", "arn": arn} for arn in arns))) == []


@pytest.mark.parametrize(
    ("other", "found"), [pytest.param(GREEN, 0, id="two"), pytest.param(BLUE, 1, id="one")]
)
def test_a_prefix_makes_names_of_its_own_account(other: Mapping[str, object], found: int) -> None:
    prefixed = Example(type=QUEUE, name="r1", provider="blue", properties={"namePrefix": "jobs-"})
    named = Example(type=QUEUE, name="r2", provider="other", properties={"name": f"jobs-{ENDING}"})
    assert len(judge(*providers(blue=BLUE, other=other), prefixed, named)) == found


def test_a_prefix_of_another_profile_may_make_the_name() -> None:
    settings = providers(dev={"profile": "dev"}, prod={"profile": "prod"})
    prefixed = Example(type=QUEUE, name="r1", provider="dev", properties={"namePrefix": "jobs-"})
    named = Example(type=QUEUE, name="r2", provider="prod", properties={"name": f"jobs-{ENDING}"})
    assert messages(judge(*settings, prefixed, named)) == [DOUBT]


def test_task_definitions_of_one_family_are_its_revisions() -> None:
    assert judge(*named("aws:ecs/taskDefinition:TaskDefinition", *[{"family": "web"}] * 2)) == []


READ, WRITE = "dynamodb:table:ReadCapacityUnits", "dynamodb:table:WriteCapacityUnits"
POLICY = "aws:appautoscaling/policy:Policy"
ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"


def scaled(kind: str, *dimensions: tuple[str, bool]) -> list[Example]:
    """Things of one name that scale a table; those whose dimension is unknown take a target's."""
    targets = [
        Example(
            type="aws:appautoscaling/target:Target",
            name=f"target-{dimension}",
            properties={"id": "table/a", "resourceId": "table/a", "scalableDimension": dimension},
        )
        for dimension in (READ, WRITE)
    ]
    return targets + [
        Example(
            type=kind,
            name=f"r{number}",
            properties={
                "name": "half",
                "resourceId": "table/a",
                "scalableDimension": UNKNOWN if is_referred else dimension,
            },
            references={"scalableDimension": (f"target-{dimension}",)} if is_referred else {},
        )
        for number, (dimension, is_referred) in enumerate(dimensions, start=1)
    ]


@pytest.mark.parametrize("kind", [POLICY, ACTION])
@pytest.mark.parametrize("is_referred", [False, True], ids=["literal", "a target's"])
def test_each_dimension_of_a_resource_has_its_own_names(kind: str, *, is_referred: bool) -> None:
    assert judge(*scaled(kind, (READ, is_referred), (WRITE, False))) == []
    [report] = judge(*scaled(kind, (READ, False), (WRITE, False), (WRITE, is_referred)))
    assert report.name == "r3"
    assert report.wanted.endswith("has in the scalable target")


def test_a_dimension_that_nothing_tells_is_not_judged() -> None:
    properties = {"name": "a", "resourceId": "b", "scalableDimension": UNKNOWN}
    [report] = judge(*named(POLICY, properties))
    assert report.text == "not evaluated: r1: `scalableDimension` is not known yet"


IN_CONTAINER = [
    pytest.param(fact, kind, id=kind.partition(":")[2])
    for fact in UNIQUE
    for kind in fact.types
    if fact.scope.paths
]
"""The names that are unique within another resource, with each type that has one."""


def within(fact: NameFact, container: object) -> dict[str, object]:
    """The properties of a resource of a name in a container, by whichever property says it."""
    dotless = [path for path in fact.scope.paths if "." not in path]
    given = dict.fromkeys(dotless, container)
    return {fact.path: "web", **given}


@pytest.mark.parametrize(("fact", "kind"), IN_CONTAINER)
def test_a_name_is_unique_within_its_parent(fact: NameFact, kind: str) -> None:
    one, other = within(fact, "one"), within(fact, "other")
    assert judge(*named(kind, one, other)) == []
    [report] = judge(*named(kind, one, one, other))
    assert report.problem == f"`{fact.path}` is 'web', as is that of r1"
    assert report.wanted == f"a name that no other {fact.what} has in {fact.scope.words}"


@pytest.mark.parametrize(("fact", "kind"), IN_CONTAINER)
def test_a_name_in_a_parent_that_nothing_tells_is_not_judged(fact: NameFact, kind: str) -> None:
    unknown = within(fact, UNKNOWN)
    reports = judge(*named(kind, unknown, unknown))
    assert [report.was_evaluated for report in reports] == [False, False]


@pytest.mark.parametrize(("fact", "kind"), IN_CONTAINER)
def test_a_name_that_aws_or_the_provider_makes_up_is_not_judged(fact: NameFact, kind: str) -> None:
    unnamed = within(fact, UNKNOWN) | {fact.path: None}
    assert judge(*named(kind, unnamed, unnamed)) == []


@pytest.mark.parametrize(("fact", "kind"), IN_CONTAINER)
def test_a_parent_of_the_stack_is_known_by_its_reference(fact: NameFact, kind: str) -> None:
    (path, *_) = [path for path in fact.scope.paths if "." not in path]
    parents = [Example(type=fact.scope.types[0], name=name) for name in ("one", "other")]
    children = [
        Example(
            type=kind,
            name=f"r{number}",
            properties=within(fact, None) | {path: UNKNOWN},
            references={path: (parent,)},
        )
        for number, parent in enumerate(("one", "other", "one"), start=1)
    ]
    assert judge(*parents, *children[:2]) == []
    assert [report.name for report in judge(*parents, *children)] == ["r3"]


@pytest.mark.parametrize(
    ("kind", "path", "what"),
    [
        pytest.param("aws:cloudformation/stack:Stack", "name", "CloudFormation stack", id="stack"),
        pytest.param(
            "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
            "name",
            "Firehose stream",
            id="firehose",
        ),
        pytest.param(
            "aws:ec2/placementGroup:PlacementGroup", "name", "placement group", id="hosts"
        ),
        pytest.param(
            "aws:cloudwatch/compositeAlarm:CompositeAlarm",
            "alarmName",
            "composite alarm",
            id="alarm",
        ),
        pytest.param("aws:glue/job:Job", "name", "Glue job", id="job"),
    ],
)
def test_a_name_of_the_account_and_region_is_found(kind: str, path: str, what: str) -> None:
    one = {path: "web", "region": "eu-west-1"}
    assert judge(*named(kind, one, {**one, "region": "us-east-1"})) == []
    assert messages(judge(*named(kind, one, one))) == said(
        f"`{path}` is 'web', as is that of r1", what, "the account and region"
    )


PERMISSION = "aws:lambda/permission:Permission"
FUNCTION, ALIAS = "aws:lambda/function:Function", "aws:lambda/alias:Alias"


@pytest.mark.parametrize(
    ("qualifiers", "found"),
    [
        pytest.param((None, "live"), [], id="the function and an alias"),
        pytest.param(("live", "next"), [], id="two aliases"),
        pytest.param(("live", "live"), ["r2"], id="one alias"),
        pytest.param((None, None), ["r2"], id="the function"),
    ],
)
def test_a_statement_is_one_of_a_function_and_a_qualifier(
    qualifiers: tuple[str | None, ...], found: list[str]
) -> None:
    stack = [
        {"statementId": "s3", "function": "resize", "qualifier": qualifier}
        for qualifier in qualifiers
    ]
    assert [report.name for report in judge(*named(PERMISSION, *stack))] == found


@pytest.mark.parametrize(
    ("sources", "found"),
    [
        pytest.param(("live", "next"), [], id="two aliases"),
        pytest.param(("live", "live"), ["r2"], id="one alias"),
        pytest.param(("resize", "live"), [], id="a version and an alias"),
        pytest.param(("resize", "resize"), ["r2"], id="one version"),
        pytest.param((None, "live"), [], id="none and an alias"),
        pytest.param((None, "resize"), [], id="none and a version"),
    ],
)
def test_a_qualifier_that_is_not_known_yet_is_what_it_refers_to(
    sources: tuple[str | None, ...], found: list[str]
) -> None:
    function = Example(type=FUNCTION, name="resize", properties={"name": "resize"})
    aliases = [
        Example(type=ALIAS, name=name, properties={"name": name, "functionName": "resize"})
        for name in ("live", "next")
    ]
    permissions = [
        Example(
            type=PERMISSION,
            name=f"r{number}",
            properties={
                "statementId": "s3",
                "function": "resize",
                **({"qualifier": UNKNOWN} if source else {}),
            },
            references={"function": ("resize",), **({"qualifier": (source,)} if source else {})},
        )
        for number, source in enumerate(sources, start=1)
    ]
    reports = judge(function, *aliases, *permissions)
    assert [report.name for report in reports] == found


def test_a_qualifier_that_nothing_tells_is_not_judged() -> None:
    properties = {"statementId": "s3", "function": "resize", "qualifier": UNKNOWN}
    [report] = judge(*named(PERMISSION, properties))
    assert report.text == "not evaluated: r1: `qualifier` is not known yet"


def test_a_web_acl_of_cloudfront_may_have_the_name_of_a_regional_one() -> None:
    kind = "aws:wafv2/webAcl:WebAcl"
    regional, other = ({"name": "web", "scope": scope} for scope in ("REGIONAL", "CLOUDFRONT"))
    assert judge(*named(kind, regional, other)) == []
    assert [report.name for report in judge(*named(kind, regional, regional))] == ["r2"]


def test_a_rule_of_another_bus_has_its_own_targets() -> None:
    kind = "aws:cloudwatch/eventTarget:EventTarget"
    target = {"targetId": "a", "rule": "nightly"}
    orders = {**target, "eventBusName": "orders"}
    assert judge(*named(kind, target, orders)) == []
    assert [report.name for report in judge(*named(kind, target, orders, orders))] == ["r3"]


@pytest.mark.parametrize("kind", [RULE, RULE.replace(":lb/", ":alb/")])
@pytest.mark.parametrize(
    ("references", "was_evaluated"),
    [
        pytest.param({}, True, id="aws-chooses-a-free-one"),
        pytest.param({"priority": ("r1",)}, False, id="the-program-gives-one"),
    ],
)
def test_a_priority_that_nobody_gives_meets_no_other(
    kind: str, references: Mapping[str, tuple[str, ...]], *, was_evaluated: bool
) -> None:
    first = Example(type=kind, name="r1", properties={"priority": 10, "listenerArn": "l"})
    second = Example(
        type=kind,
        name="r2",
        properties={"priority": UNKNOWN, "listenerArn": "l"},
        references=references,
    )
    assert [report.was_evaluated for report in judge(first, second)] == (
        [] if was_evaluated else [False]
    )
