"""Findings of one rule about one resource are told apart by what does not change with a value."""

import json
from collections.abc import Mapping

import pytest

from aws_policy_pack.registry import RULES
from aws_policy_pack.rule import AnyRule, Scope
from aws_policy_pack.rules.iam.permissions import wildcard_action
from aws_policy_pack.rules.names.unique import unique_physical
from aws_policy_pack.rules.sqs.dead_letters import (
    dead_letter_queue_same_type,
    dead_letter_retention,
)
from aws_policy_pack.testing import Example, analyze, analyze_stack, urn_of

QUEUE = "aws:sqs/queue:Queue"
BY_ID = {rule.id: rule for rule in RULES}


def containers(*changes: Mapping[str, object], **more: object) -> dict[str, object]:
    """A task definition of containers that are called one, two, and so on."""
    names = ("one", "two", "three")
    found = [{"name": name, **each} for name, each in zip(names, changes, strict=False)]
    return {"containerDefinitions": json.dumps(found), **more}


def policy(*statements: Mapping[str, object]) -> dict[str, object]:
    whole = [{"Effect": "Allow", "Resource": "*", **each} for each in statements]
    return {"policy": json.dumps({"Version": "2012-10-17", "Statement": whole})}


FARGATE = {"requiresCompatibilities": ["FARGATE"]}
CHECK = {"healthCheck": {"command": ["a"], "timeout": 99, "retries": 0}}
PARTS: dict[str, tuple[Mapping[str, object], list[str]]] = {
    "ecs-read-only-root": (containers({}, {}), ["container 'one'", "container 'two'"]),
    "ecs-non-root-user": (containers({}, {}), ["container 'one'", "container 'two'"]),
    "ecs-not-privileged": (
        containers({"privileged": True}, {"privileged": True}),
        ["privileged of container 'one'", "privileged of container 'two'"],
    ),
    "ecs-logging": (containers({}, {}), ["container 'one'", "container 'two'"]),
    "ecs-image-reference": (
        containers({"image": "a"}, {"image": "b"}),
        ["container 'one'", "container 'two'"],
    ),
    "ecs-health-check": (
        containers({}, CHECK),
        [
            "container 'one'",
            "healthCheck.command of container 'two'",
        ],
    ),
    "ecs-health-check-values": (
        containers({}, CHECK),
        ["healthCheck.timeout of container 'two'", "healthCheck.retries of container 'two'"],
    ),
    "ecs-container-references": (
        containers(
            {
                "mountPoints": [{"sourceVolume": "a"}, {"sourceVolume": "b"}],
                "dependsOn": [{"containerName": "two", "condition": "SUCCESS"}],
            },
            {"volumesFrom": [{"sourceContainer": "three"}]},
        ),
        [
            "mountPoints 'a' of container 'one'",
            "mountPoints 'b' of container 'one'",
            "dependsOn 'two' of container 'one'",
            "volumesFrom 'three' of container 'two'",
        ],
    ),
    "ecs-plaintext-secrets": (
        containers(
            {
                "environment": [
                    {"name": "A_PASSWORD", "value": "hunter22"},
                    {"name": "B_PASSWORD", "value": "hunter22"},
                ]
            }
        ),
        [
            "variable 'A_PASSWORD' of container 'one'",
            "variable 'B_PASSWORD' of container 'one'",
        ],
    ),
    "ecs-container-definitions-valid": (
        containers({"cpu": "1", "healthCheck": {"retries": "1"}, "essential": False}),
        [
            "cpu of container 'one'",
            "retries of healthCheck of container 'one'",
            "image of container 'one'",
            "essential",
        ],
    ),
    "ecs-fargate-size": (
        containers(
            {"cpu": 600, "memory": 2000, "memoryReservation": 3000}, cpu="512", memory="1024"
        )
        | FARGATE,
        ["cpu of the containers", "memory of the containers", "memory of container 'one'"],
    ),
    "cost-ecs-task-size": (
        containers({}, cpu="8192", memory="65536"),
        ["cpu", "memory"],
    ),
    "iam-policy-document-valid": (
        policy({"Effect": "allow", "Action": ["a", "b"]}, {"NotAction": "s3:*", "Sid": "a b"}),
        [
            "policy.Statement[0].Effect",
            "policy.Statement[0].Action 'a'",
            "policy.Statement[0].Action 'b'",
            "policy.Statement[1].Sid",
        ],
    ),
    "iam-wildcard-resource": (
        policy({"Action": "sqs:SendMessage"}, {"Action": "sqs:SendMessage", "Sid": "Send"}),
        ["statement 1 of policy", "statement 'Send' of policy"],
    ),
    "sqs-policy-not-public": (
        policy({"Action": "sqs:*", "Principal": "*"}, {"Action": "sqs:*", "Principal": "*"}),
        ["statement 1 of policy", "statement 2 of policy"],
    ),
    "ecr-policy-not-public": (
        policy({"Action": "ecr:*", "Principal": "*"}, {"Action": "ecr:*", "Principal": "*"}),
        ["statement 1 of policy", "statement 2 of policy"],
    ),
    "names-within-limits": (
        {"name": "a b" * 40},
        ["length of name", "form of name"],
    ),
    "network-security-group-description": (
        {"ingress": [{"protocol": "tcp"}, {"protocol": "tcp"}]},
        ["description", "ingress[0] description", "ingress[1] description"],
    ),
    "rds-log-exports": (
        {"engine": "postgres", "enabledCloudwatchLogsExports": ["audit"]},
        ["missing logs", "other logs"],
    ),
    "sqs-redrive-policy-shape": (
        {"redrivePolicy": json.dumps({"other": 1})},
        ["other keys", "deadLetterTargetArn", "maxReceiveCount"],
    ),
    "sqs-message-limits": (
        {"receiveWaitTimeSeconds": 21, "maxMessageSize": 1},
        ["receiveWaitTimeSeconds", "maxMessageSize"],
    ),
    "sqs-fifo-name-suffix": (
        {"name": "a", "namePrefix": "b.fifo", "fifoQueue": True},
        ["name", "namePrefix"],
    ),
    "tags-required": ({}, ["Environment"]),
}


@pytest.mark.parametrize("rule_id", PARTS)
def test_each_finding_about_a_resource_has_a_part_of_its_own(rule_id: str) -> None:
    properties, parts = PARTS[rule_id]
    rule = BY_ID[rule_id]
    found = reports(rule, properties)
    assert sorted(found) == sorted(parts)
    assert len(set(found)) == len(found)


def reports(rule: AnyRule, properties: Mapping[str, object]) -> list[str]:
    config = rule.example_config
    if rule.scope is Scope.STACK:
        subject = Example(type=rule.types[0], name="subject", properties=properties)
        told = analyze_stack(rule, [subject], config=config)
    else:
        told = analyze(rule, properties, config=config)
    return [report.part for report in told if report.was_evaluated]


def test_a_wildcard_is_called_by_its_actions_and_a_negation_by_its_statement() -> None:
    properties = policy(
        {"Action": ["s3:*", "sqs:*", "sqs:SendMessage"]}, {"NotAction": "iam:*", "Sid": "Rest"}
    )
    assert [report.part for report in analyze(wildcard_action, properties)] == [
        "s3:*, sqs:*",
        "statement 'Rest' of policy",
    ]


def test_a_name_that_two_resources_have_is_told_of_both() -> None:
    queues = [Example(type=QUEUE, name=name, properties={"name": "x"}) for name in ("a", "b")]
    [report] = analyze_stack(unique_physical, queues)
    assert (report.name, report.part, report.related) == ("b", "name", (urn_of(QUEUE, "a"),))


def test_a_dead_letter_queue_of_two_sources_is_told_with_each() -> None:
    redrive = json.dumps({"deadLetterTargetArn": "arn:aws:sqs:::dead", "maxReceiveCount": 3})
    sources = [
        Example(
            type=QUEUE,
            name=name,
            properties={"redrivePolicy": redrive, "fifoQueue": True},
            references={"redrivePolicy": ("dead",)},
        )
        for name in ("a", "b")
    ]
    dead = Example(type=QUEUE, name="dead", properties={"messageRetentionSeconds": 60})
    kept = analyze_stack(dead_letter_retention, [*sources, dead])
    assert [(each.name, each.related) for each in kept] == [
        ("dead", (urn_of(QUEUE, name),)) for name in ("a", "b")
    ]
    types = analyze_stack(dead_letter_queue_same_type, [*sources, dead])
    assert [(each.name, each.related) for each in types] == [
        (name, (urn_of(QUEUE, "dead"),)) for name in ("a", "b")
    ]
