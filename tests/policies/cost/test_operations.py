"""Keys, secrets, alarms and other things with a monthly price, alone."""

import pytest

from tests.policies.cost.stacks import bill_of, no_price, not_read


@pytest.mark.parametrize(
    ("type_", "properties", "expected"),
    [
        pytest.param("aws:kms/key:Key", {}, ["it key: 1 month at 1.00 = 1 / 1"], id="a key"),
        pytest.param(
            "aws:kms/replicaKey:ReplicaKey",
            {},
            ["it key: 1 month at 1.00 = 1 / 1"],
            id="a replica of a key",
        ),
        pytest.param(
            "aws:kms/externalKey:ExternalKey",
            {},
            ["it key: 1 month at 1.00 = 1 / 1"],
            id="a key from outside",
        ),
        pytest.param(
            "aws:kms/replicaExternalKey:ReplicaExternalKey",
            {},
            ["it key: 1 month at 1.00 = 1 / 1"],
            id="a replica of a key from outside",
        ),
        pytest.param(
            "aws:secretsmanager/secret:Secret",
            {},
            ["it secret: 1 month at 0.40 = 0.4 / 0.4"],
            id="a secret",
        ),
        pytest.param(
            "aws:secretsmanager/secret:Secret",
            {"replicas": [{"region": "eu-west-1"}]},
            ["it secret: 2 month at 0.40 = 0.8 / 0.8"],
            id="each replica bills like a secret",
        ),
        pytest.param("aws:ssm/parameter:Parameter", {}, [], id="a standard parameter is free"),
        pytest.param(
            "aws:ssm/parameter:Parameter",
            {"tier": "Advanced"},
            ["it advanced parameter: 1 month at 0.05 = 0.05 / 0.05"],
            id="an advanced parameter",
        ),
        pytest.param(
            "aws:ssm/parameter:Parameter",
            {"tier": "Intelligent-Tiering"},
            ["it advanced parameter: 0 month at 0.05 = 0 / 0.05"],
            id="a parameter that may become advanced",
        ),
        pytest.param(
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            {"period": 60},
            ["it standard alarm, by metric: 1 metric-month at 0.10 = 0.1 / 0.1"],
            id="an alarm",
        ),
        pytest.param(
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            {"period": 59},
            ["it high-resolution alarm, by metric: 1 metric-month at 0.30 = 0.3 / 0.3"],
            id="an alarm of high resolution",
        ),
        pytest.param(
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            {"period": 1},
            ["it high-resolution alarm, by metric: 1 metric-month at 0.30 = 0.3 / 0.3"],
            id="an alarm of every second",
        ),
        pytest.param(
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            {"period": 300},
            ["it standard alarm, by metric: 1 metric-month at 0.10 = 0.1 / 0.1"],
            id="an alarm of every five minutes",
        ),
        pytest.param(
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            {},
            ["it standard alarm, by metric: 1 metric-month at 0.10 = 0.1 / 0.1"],
            id="an alarm that says nothing",
        ),
        pytest.param(
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            {
                "metricQueries": [
                    {"id": "e", "expression": "a/b"},
                    {"id": "a", "metric": {"period": 60}},
                    {"id": "b", "metric": {"period": 10}},
                ]
            },
            ["it high-resolution alarm, by metric: 2 metric-month at 0.30 = 0.6 / 0.6"],
            id="an alarm over two metrics, one of high resolution",
        ),
        pytest.param(
            "aws:cloudwatch/compositeAlarm:CompositeAlarm",
            {},
            ["it composite alarm: 1 month at 0.50 = 0.5 / 0.5"],
            id="a composite alarm",
        ),
        pytest.param(
            "aws:cloudwatch/dashboard:Dashboard",
            {},
            ["it dashboard: 1 month at 3.00 = 3 / 3"],
            id="a dashboard",
        ),
        pytest.param(
            "aws:wafv2/webAcl:WebAcl",
            {"rules": [{}, {}]},
            ["it web ACL: 1 month at 5.00 = 5 / 5", "it web ACL rule: 2 month at 1.00 = 2 / 2"],
            id="a web ACL and its rules",
        ),
        pytest.param(
            "aws:wafv2/webAcl:WebAcl",
            {},
            ["it web ACL: 1 month at 5.00 = 5 / 5"],
            id="a web ACL without rules",
        ),
        pytest.param(
            "aws:wafv2/webAclRule:WebAclRule",
            {},
            ["it web ACL rule: 1 month at 1.00 = 1 / 1"],
            id="a rule apart from its ACL",
        ),
        pytest.param(
            "aws:wafv2/webAclRuleGroupAssociation:WebAclRuleGroupAssociation",
            {},
            ["it web ACL rule: 1 month at 1.00 = 1 / 1"],
            id="a rule group apart from its ACL",
        ),
        pytest.param(
            "aws:wafv2/ruleGroup:RuleGroup",
            {"rules": [{"name": "a"}, {"name": "b"}]},
            ["it rule of the group: 2 month at 1.00 = 2 / 2"],
            id="rules of a group",
        ),
        pytest.param(
            "aws:wafv2/ruleGroup:RuleGroup",
            {"rulesJson": '[{"Name": "a"}, {"Name": "b"}, {"Name": "c"}]'},
            ["it rule of the group: 3 month at 1.00 = 3 / 3"],
            id="rules of a group as JSON",
        ),
        pytest.param(
            "aws:acmpca/certificateAuthority:CertificateAuthority",
            {},
            ["it private CA, general-purpose: 1 month at 400 = 400 / 400"],
            id="a private CA",
        ),
        pytest.param(
            "aws:acmpca/certificateAuthority:CertificateAuthority",
            {"usageMode": "SHORT_LIVED_CERTIFICATE"},
            ["it private CA, short-lived: 1 month at 50 = 50 / 50"],
            id="a private CA for short-lived certificates",
        ),
        pytest.param(
            "aws:eks/cluster:Cluster",
            {},
            ["it control plane: 730 hour at 0.10 = 73 / 73"],
            id="a Kubernetes control plane",
        ),
        pytest.param("aws:apigateway/stage:Stage", {}, [], id="a stage without a cache"),
        pytest.param(
            "aws:apigateway/stage:Stage",
            {"cacheClusterEnabled": True},
            ["it cache of 0.5 GB: 730 hour at 0.02 = 14.6 / 14.6"],
            id="a stage with the smallest cache",
        ),
        pytest.param(
            "aws:apigateway/stage:Stage",
            {"cacheClusterEnabled": True, "cacheClusterSize": "1.6"},
            [no_price("cache of 1.6 GB", "api-gateway/cache-hour/1.6")],
            id="a cache without a price",
        ),
        pytest.param(
            "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig",
            {"functionName": "other", "provisionedConcurrentExecutions": 1},
            [not_read("functionName", "is 'other', which is not a function of this stack")],
            id="concurrency of a function elsewhere",
        ),
        pytest.param(
            "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig",
            {},
            [not_read("functionName", "is not set, which is not a function of this stack")],
            id="concurrency of no function",
        ),
    ],
)
def test_what_a_resource_bills(
    type_: str, properties: dict[str, object], expected: list[str]
) -> None:
    assert bill_of(type_, properties) == expected
