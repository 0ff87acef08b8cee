"""One fault is one finding: a rule stays silent where one that it yields to has spoken."""

from collections.abc import Mapping
from typing import Any

import pytest

from aws_policy_pack.analyzer import Analyzer
from aws_policy_pack.pack import Pack
from aws_policy_pack.profiles import shipped_profiles
from aws_policy_pack.registry import RULES
from aws_policy_pack.rule import Scope
from aws_policy_pack.testing import Example, resource_request, stack_request

POLICY = "aws:iam/policy:Policy"
ADMINISTRATOR = "iam-administrator-access"
ACTION, RESOURCE, PASS_ROLE = (
    "iam-wildcard-action",
    "iam-wildcard-resource",
    "iam-pass-role-scoped",
)


def analyzer(config: Mapping[str, object]) -> Any:  # noqa: ANN401 - takes any context
    pack = Pack("pack", "1.0.0", RULES)
    pack.configure(config)
    return Analyzer(pack)


def found(statement: Mapping[str, object], config: Mapping[str, object] | None = None) -> list[str]:
    """The rules that report a policy with one statement."""
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
    request = resource_request(POLICY, {"policy": document})
    response = analyzer(config or {}).Analyze(request, None)
    return sorted(each.policyName for each in response.diagnostics)


QUEUE_ARN = "arn:aws:sqs:eu-west-1:111122223333:orders"


@pytest.mark.parametrize("action", ["*", ["*"], ["sqs:SendMessage", "*"], "*:?*", "*:**"])
@pytest.mark.parametrize("resource", ["*", ["*"], "arn:aws:*:*:*:*"])
def test_everything_on_everything_is_one_finding(action: object, resource: object) -> None:
    assert found({"Action": action, "Resource": resource}) == [ADMINISTRATOR]


@pytest.mark.parametrize(
    ("statement", "rules"),
    [
        pytest.param(
            {"Action": "*", "NotResource": QUEUE_ARN}, [ADMINISTRATOR], id="all-but-a-resource"
        ),
        pytest.param({"Action": "*", "Resource": QUEUE_ARN}, [ACTION], id="any-action"),
        pytest.param({"Action": "sqs:SendMessage", "Resource": "*"}, [RESOURCE], id="any-resource"),
        pytest.param({"Action": "iam:PassRole", "Resource": "*"}, [PASS_ROLE], id="any-role"),
        pytest.param(
            {"Action": ["iam:PassRole", "sqs:SendMessage"], "Resource": "*"},
            [PASS_ROLE],
            id="any-role-and-queue",
        ),
        pytest.param({"Action": "sqs:*", "Resource": "*"}, [ACTION, RESOURCE], id="two-faults"),
    ],
)
def test_which_rule_speaks_of_a_statement(statement: dict[str, object], rules: list[str]) -> None:
    assert found(statement) == rules


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param({"Action": "**", "Resource": "*"}, id="all-actions-doubled"),
        pytest.param({"Action": "?*", "Resource": "*"}, id="all-actions-of-a-letter"),
        pytest.param({"Action": "*?:*", "Resource": "*"}, id="all-services"),
        pytest.param({"Action": "i*:*", "Resource": "*"}, id="all-of-iam"),
        pytest.param({"Action": "ia?:Pass*", "Resource": "*"}, id="any-role"),
        pytest.param({"Action": "s?s:SendMessage", "Resource": "*"}, id="any-resource"),
        pytest.param({"Action": "sqs:SendMessage", "Resource": "arn:**:*:*:*:*"}, id="partition"),
        pytest.param({"Action": "iam:PassRole", "Resource": "?*"}, id="any-role-of-a-letter"),
    ],
)
@pytest.mark.parametrize("profile", ["default", "recommended", "strict"])
def test_what_iam_refuses_is_one_finding(statement: dict[str, object], profile: str) -> None:
    assert found(statement, shipped_profiles().get(profile)) == ["iam-policy-document-valid"]


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        pytest.param({"Action": ["**", "*"], "Resource": "*"}, ADMINISTRATOR, id="administrator"),
        pytest.param({"Action": ["**", "sqs:*"], "Resource": QUEUE_ARN}, ACTION, id="action"),
        pytest.param(
            {"Action": ["?*", "sqs:SendMessage"], "Resource": "*"}, RESOURCE, id="resource"
        ),
        pytest.param({"Action": "sqs:*", "Resource": "?*"}, ACTION, id="action-on-what-is-refused"),
    ],
)
def test_what_stands_beside_a_refused_part_is_judged(
    statement: dict[str, object], rule: str
) -> None:
    assert found(statement) == sorted((rule, "iam-policy-document-valid"))


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param({"Action": "iam:*", "Resource": "*"}, id="all-of-iam"),
        pytest.param(
            {"Action": "iam:*", "Resource": "arn:aws:iam::111122223333:role/*"}, id="every-role"
        ),
        pytest.param({"NotAction": "s3:DeleteBucket", "Resource": "*"}, id="all-actions-but-one"),
        pytest.param({"NotAction": "s3:*", "NotResource": QUEUE_ARN}, id="all-but-two"),
    ],
)
@pytest.mark.parametrize("profile", ["default", "recommended", "strict"])
def test_what_amounts_to_an_administrator_is_one_finding(
    statement: dict[str, object], profile: str
) -> None:
    assert found(statement, shipped_profiles().get(profile)) == [ADMINISTRATOR]


@pytest.mark.parametrize(
    ("action", "rules"),
    [
        pytest.param("*", ["iam-policy-document-valid"], id="all"),
        pytest.param("ec2:*", ["iam-policy-document-valid"], id="another-service"),
        pytest.param("sts:*", [ACTION], id="all-of-sts"),
    ],
)
def test_a_wide_action_of_a_trust_policy_is_one_finding(action: str, rules: list[str]) -> None:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}, "Action": action}
        ],
    }
    request = resource_request("aws:iam/role:Role", {"assumeRolePolicy": trust})
    response = analyzer({}).Analyze(request, None)
    assert [each.policyName for each in response.diagnostics] == rules


def test_each_statement_is_judged_by_itself() -> None:
    statements = [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Allow", "Action": "sqs:*", "Resource": QUEUE_ARN},
    ]
    request = resource_request(POLICY, {"policy": {"Statement": statements}})
    response = analyzer({}).Analyze(request, None)
    told = [(each.policyName, "statement 2" in each.message) for each in response.diagnostics]
    assert (ADMINISTRATOR, False) in told
    assert (ACTION, True) in told
    assert (ACTION, False) not in told


EVERYTHING = {"Action": "*", "Resource": "*"}


def test_where_the_rule_that_speaks_is_off_the_others_do() -> None:
    assert found(EVERYTHING, {ADMINISTRATOR: "disabled"}) == sorted((ACTION, PASS_ROLE))


def test_a_rule_that_only_tells_does_not_silence_one_that_stops() -> None:
    assert found(
        EVERYTHING, {ADMINISTRATOR: "advisory", ACTION: "mandatory", PASS_ROLE: "mandatory"}
    ) == sorted((ACTION, ADMINISTRATOR, PASS_ROLE))


def test_where_the_fault_is_waived_no_other_rule_speaks_of_it() -> None:
    waiver = {
        "resource": "subject",
        "reason": "a break-glass role",
        "owner": "security",
        "expires": "2999-01-01",
    }
    assert found(EVERYTHING, {ADMINISTRATOR: {"waivers": [waiver]}}) == []


@pytest.mark.parametrize("kind", ["rule", "inline", "list"])
def test_a_database_open_to_the_internet_is_one_finding(kind: str) -> None:
    group, ingress = "aws:ec2/securityGroup:SecurityGroup", "ingress"
    port = {"fromPort": 5432, "toPort": 5432}
    source = {"prefixListIds": ["pl-1"]} if kind == "list" else {"cidrBlocks": ["0.0.0.0/0"]}
    inline = {ingress: [{"protocol": "tcp", **source, **port}]}
    entries = [{"cidr": "0.0.0.0/0"}]
    prefix_list = Example(
        type="aws:ec2/managedPrefixList:ManagedPrefixList",
        name="list",
        properties={"id": "pl-1", "entries": entries},
    )
    rule = Example(
        type="aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        name="open",
        properties={"ipProtocol": "tcp", "cidrIpv4": "0.0.0.0/0", **port},
        references={"securityGroupId": ("group",)},
    )
    owner = Example(type=group, name="group", properties={} if kind == "rule" else inline)
    database = Example(
        type="aws:rds/instance:Instance",
        name="orders",
        properties={"vpcSecurityGroupIds": ["${group.id}"]},
        references={"vpcSecurityGroupIds": ("group",)},
    )
    stack = [prefix_list, owner, database, *([rule] if kind == "rule" else [])]
    wanted = "rds-ingress-from-declared-groups"
    for config, count in (({}, 0), ({"network-ingress-open": "disabled"}, 1)):
        response = analyzer(config).AnalyzeStack(stack_request(stack), None)
        told = [each for each in response.diagnostics if each.policyName == wanted]
        assert len(told) == count


@pytest.mark.parametrize(
    ("config", "rules"),
    [
        pytest.param({}, ["logs-retention"], id="no-cap"),
        pytest.param({"cost-log-retention": {"maxDays": 90}}, ["cost-log-retention"], id="a-cap"),
    ],
)
def test_logs_that_are_kept_for_ever_are_one_finding(
    config: Mapping[str, object], rules: list[str]
) -> None:
    request = resource_request("aws:cloudwatch/logGroup:LogGroup", {"kmsKeyId": "key"})
    response = analyzer(config).Analyze(request, None)
    assert [each.policyName for each in response.diagnostics] == rules


@pytest.mark.parametrize(
    ("platform", "rules"),
    [("FARGATE", ["ecs-fargate-parameters"]), ("EC2", ["ecs-not-privileged"])],
)
def test_a_privileged_container_is_one_finding(platform: str, rules: list[str]) -> None:
    task = {
        "requiresCompatibilities": [platform],
        "networkMode": "awsvpc",
        "containerDefinitions": '[{"name": "web", "image": "orders:1", "privileged": true}]',
    }
    request = resource_request("aws:ecs/taskDefinition:TaskDefinition", task)
    response = analyzer({}).Analyze(request, None)
    told = {each.policyName for each in response.diagnostics if "`privileged`" in each.message}
    assert sorted(told) == rules


def test_a_rule_about_single_resources_yields_to_such_alone() -> None:
    by_id = {rule.id: rule for rule in RULES}
    for rule in RULES:
        for leader in rule.yields_to:
            assert by_id[leader].scope is Scope.RESOURCE or rule.scope is Scope.STACK
            assert by_id[leader].level.value in ("mandatory", rule.level.value)
