"""Every rule that was released is there still, under its name."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.registry import RULES
from aws_policy_pack.rule import AnyRule, Kind, Level
from aws_policy_pack.testing import analyze, analyze_stack

RELEASED = (
    "names-unique-logical",
    "names-unique-physical",
    "names-carry-environment",
    "names-follow-pattern",
    "names-within-limits",
    "tags-required",
    "cost-ecs-desired-count",
    "cost-ecs-total-desired-count",
    "cost-ecs-task-size",
    "cost-ecs-deployment-surge",
    "cost-autoscaling-maximum",
    "cost-rds-instance-class",
    "cost-rds-serverless-capacity",
    "cost-rds-storage",
    "cost-rds-multi-az",
    "cost-resource-count",
    "cost-log-retention",
    "cost-ecr-lifecycle",
    "cost-monthly-budget",
    "sqs-fifo-required",
    "sqs-fifo-name-suffix",
    "sqs-fifo-only-attributes",
    "sqs-fifo-deduplication",
    "sqs-fifo-throughput-scope",
    "sqs-dead-letter-queue-required",
    "sqs-dead-letter-queue-same-type",
    "sqs-redrive-policy-shape",
    "sqs-max-receive-count",
    "sqs-dead-letter-retention",
    "sqs-redrive-cycle",
    "sqs-dead-letter-queue-shared",
    "sqs-redrive-allow-policy",
    "sqs-visibility-timeout",
    "sqs-message-limits",
    "sqs-fifo-delay",
    "sqs-long-polling",
    "sqs-encryption",
    "sqs-policy-not-public",
    "sqs-policy-tls-only",
    "sqs-senders-allowed",
    "ecs-plaintext-secrets",
    "ecs-logging",
    "ecs-log-group-declared",
    "ecs-no-public-ip",
    "ecs-not-privileged",
    "ecs-read-only-root",
    "ecs-non-root-user",
    "ecs-fargate-size",
    "ecs-fargate-parameters",
    "ecs-container-insights",
    "ecs-image-reference",
    "ecs-health-check",
    "ecs-circuit-breaker",
    "ecs-separate-execution-role",
    "ecs-port-matches-target-group",
    "ecs-grace-period-needs-load-balancer",
    "ecs-scaled-service-ignores-desired-count",
    "ecs-container-definition-keys",
    "ecs-container-definitions-valid",
    "ecs-task-role-declared",
    "rds-encrypted",
    "rds-not-public",
    "rds-backups",
    "rds-deletion-protection",
    "rds-multi-az",
    "rds-managed-password",
    "rds-log-exports",
    "rds-minor-upgrades",
    "rds-iam-authentication",
    "rds-final-snapshot",
    "rds-ingress-from-declared-groups",
    "rds-parameter-tls",
    "network-ingress-open",
    "network-security-group-description",
    "network-egress-open",
    "network-rules-conflict",
    "network-default-security-group",
    "network-flow-logs",
    "network-listener-port-open",
    "iam-policy-document-valid",
    "iam-policy-variables",
    "iam-policy-size",
    "iam-wildcard-action",
    "iam-wildcard-resource",
    "iam-public-trust",
    "iam-administrator-access",
    "iam-inline-and-attachment-conflict",
    "iam-account-literal",
    "iam-no-users",
    "iam-pass-role-scoped",
    "lb-https",
    "lb-tls-policy",
    "lb-access-logs",
    "lb-deletion-protection",
    "lb-drop-invalid-headers",
    "lb-target-group-health-check",
    "logs-retention",
    "logs-encrypted",
    "ecr-scan-on-push",
    "ecr-immutable-tags",
    "ecr-encrypted",
    "ecr-policy-not-public",
    "s3-public-access-block",
    "s3-encrypted",
    "s3-tls-only",
    "s3-lifecycle",
    "secrets-rotation",
    "secrets-no-literal-value",
    "kms-rotation",
    "waivers-valid",
)


def test_no_released_name_is_lost() -> None:
    names = {name for rule in RULES for name in (rule.id, *rule.formerly)}
    assert set(RELEASED) - names == set()


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(rule, id=rule.id)
        for rule in RULES
        if rule.kind is Kind.CONFIGURED and rule.id != "waivers-valid"
    ],
)
def test_a_rule_that_a_profile_configures_finds_nothing_without_one(rule: AnyRule) -> None:
    found = (
        analyze(rule, rule.bad) if isinstance(rule.bad, Mapping) else analyze_stack(rule, rule.bad)
    )
    assert [report.message for report in found if report.was_evaluated] == []


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in RULES])
def test_a_rule_of_the_pack_has_the_level_of_its_kind(rule: AnyRule) -> None:
    advice = rule.kind is Kind.PRACTICE
    assert rule.level is (Level.ADVISORY if advice else Level.MANDATORY)
