"""Answers that follow from the arguments are those of the real AWS provider."""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from typing import Any

import pytest

from pulumi_preflight.outputs.answers.calls import RefusedCallError
from pulumi_preflight.outputs.regions import regions
from pulumi_preflight.outputs.subject import Place
from tests.policies.witnesses.provider import Provider, RefusedError, binary, running
from tests.preflight.answers.asked import followed

pytestmark = pytest.mark.nightly
REGION = "us-east-1"
DOCUMENT = '{"Statement":[{"sid":"A","Action":["s3:b","s3:a"],"Principal":{"AWS":["a","b"]}}]}'
STATEMENT: dict[str, Any] = {
    "sid": "Read",
    "actions": ["s3:GetObject", "s3:ListBucket"],
    "resources": ["arn:aws:s3:::a&{aws:username}/*"],
    "principals": [
        {"type": "Service", "identifiers": ["ec2.amazonaws.com", "ecs.amazonaws.com"]},
        {"type": "AWS", "identifiers": ["*"]},
    ],
    "conditions": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}],
}
SELECTION = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 3.0}
IDENTIFIERS = {"dataIdentifiers": ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"]}
# The function, the data source, and arguments for it, by the function's names.
CALLS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("index:getArn", "arn", {"arn": "arn:aws:rds:eu-west-1:123456789012:db:orders"}),
    ("index:getArn", "arn", {"arn": "arn:aws:s3:::files/a:b"}),
    ("index:getArn", "arn", {"arn": "orders"}),
    ("index:getBillingServiceAccount", "billing_service_account", {}),
    ("index:getDefaultTags", "default_tags", {}),
    ("index:getPartition", "partition", {}),
    ("index:getRegion", "region", {}),
    ("index:getRegion", "region", {"name": "eu-west-1"}),
    ("index:getRegion", "region", {"endpoint": "ec2.ap-south-1.amazonaws.com"}),
    ("index:getRegion", "region", {"endpoint": "ec2.amazonaws.com"}),
    ("index:getService", "service", {"serviceId": "s3"}),
    ("index:getService", "service", {"dnsName": "ec2.eu-west-1.amazonaws.com"}),
    ("index:getService", "service", {"reverseDnsName": "cn.com.amazonaws.cn-north-1.s3"}),
    ("index:getService", "service", {"serviceId": "s3", "reverseDnsPrefix": "cn.com.amazonaws"}),
    ("index:getService", "service", {}),
    ("index:getService", "service", {"dnsName": "s3.com"}),
    ("index:getServicePrincipal", "service_principal", {"serviceName": "ec2"}),
    ("iam:getSessionContext", "iam_session_context", {"arn": "arn:aws:iam::123456789012:user/a"}),
    ("iam:getPolicyDocument", "iam_policy_document", {}),
    ("iam:getPolicyDocument", "iam_policy_document", {"statements": [STATEMENT]}),
    ("iam:getPolicyDocument", "iam_policy_document", {"statements": [STATEMENT, STATEMENT]}),
    (
        "iam:getPolicyDocument",
        "iam_policy_document",
        {"policyId": "a<b", "statements": [STATEMENT], "sourcePolicyDocuments": [DOCUMENT, "{}"]},
    ),
    (
        "iam:getPolicyDocument",
        "iam_policy_document",
        {"statements": [STATEMENT], "overridePolicyDocuments": [DOCUMENT, DOCUMENT]},
    ),
    (
        "iam:getPolicyDocument",
        "iam_policy_document",
        {"sourcePolicyDocuments": [DOCUMENT, DOCUMENT]},
    ),
    ("iam:getPolicyDocument", "iam_policy_document", {"sourcePolicyDocuments": ['{"Id": 1}']}),
    (
        "iam:getPolicyDocument",
        "iam_policy_document",
        {"sourcePolicyDocuments": ['{"Statement": {"Effect": "Deny"}}']},
    ),
    ("iam:getPolicyDocument", "iam_policy_document", {"overridePolicyDocuments": ["orders"]}),
    (
        "ecr:getLifecyclePolicyDocument",
        "ecr_lifecycle_policy_document",
        {"rules": [{"priority": 1.0, "description": "a<b", "selection": SELECTION}]},
    ),
    (
        "cloudwatch:getLogDataProtectionPolicyDocument",
        "cloudwatch_log_data_protection_policy_document",
        {
            "name": "a",
            "configuration": {"customDataIdentifiers": [{"name": "b", "regex": "c&"}]},
            "statements": [
                {
                    **IDENTIFIERS,
                    "sid": "Audit",
                    "operation": {"audit": {"findingsDestination": {"s3": {"bucket": "files"}}}},
                },
                {**IDENTIFIERS, "operation": {"deidentify": {"maskConfig": {}}}},
            ],
        },
    ),
)
# Those that a table answers for each region.
BY_REGION: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("apprunner:getHostedZoneId", "apprunner_hosted_zone_id", {}),
    ("cloudfront:getLogDeliveryCanonicalUserId", "cloudfront_log_delivery_canonical_user_id", {}),
    ("cloudtrail:getServiceAccount", "cloudtrail_service_account", {}),
    ("elasticbeanstalk:getHostedZone", "elastic_beanstalk_hosted_zone", {}),
    ("elb:getHostedZoneId", "elb_hosted_zone_id", {}),
    ("elb:getServiceAccount", "elb_service_account", {}),
    ("lb:getHostedZoneId", "lb_hosted_zone_id", {}),
    ("lb:getHostedZoneId", "lb_hosted_zone_id", {"loadBalancerType": "network"}),
    ("index:getServicePrincipal", "service_principal", {"serviceName": "codedeploy"}),
    ("index:getServicePrincipal", "service_principal", {"serviceName": "logs"}),
    ("index:getServicePrincipal", "service_principal", {"serviceName": "ecs-tasks"}),
)
# Names that the two write differently.
BLOCKS = {
    "conditions": "condition",
    "customDataIdentifiers": "custom_data_identifier",
    "rules": "rule",
    "statements": "statement",
}
# Records that Terraform has as lists.
RECORDS = frozenset(
    {
        "audit",
        "configuration",
        "deidentify",
        "findingsDestination",
        "maskConfig",
        "operation",
        "s3",
        "selection",
    }
)


@pytest.fixture(scope="module")
def providers() -> Iterator[Mapping[str, Provider]]:
    """Partition to a provider that runs in one of its regions, since ARNs have its partition."""
    path = binary()
    if path is None:
        pytest.skip("there is no AWS provider in a mirror of Terraform's plugins")
    with ExitStack() as stack:
        yield {
            regions()[region].partition: stack.enter_context(running(path, region))
            for region in (REGION, "cn-north-1", "us-gov-west-1")
        }


def terraform(name: str, value: Any) -> tuple[str, Any]:  # noqa: ANN401 - an argument
    """An argument by Terraform's name, with records as lists where it has them so."""
    snake = BLOCKS.get(name, re.sub(r"([A-Z])", lambda found: f"_{found[1].lower()}", name))
    match value:
        case dict():
            inner = dict(terraform(*item) for item in value.items())
            return snake, [inner] if name in RECORDS else inner
        case list() if value and isinstance(value[0], dict):
            return snake, [dict(terraform(*item) for item in each.items()) for each in value]
        case _:
            return snake, value


def differing(provider: Provider, function: str, source: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - values
    """What follows from the arguments and is not what the provider answers, as pairs.

    Raises:
        RefusedError: The provider refuses the arguments.
    """
    place = Place(region=arguments.get("region", REGION), known_account="123456789012")
    real = provider.read(f"aws_{source}", dict(terraform(*item) for item in arguments.items()))
    told = {
        terraform(name, "")[0]: value
        for name, value in followed(function, place, **arguments).items()
    }
    # Some have no region, or answer with none where the arguments have none.
    ignored = {"region", *(terraform(name, "")[0] for name in arguments)}
    return {
        name: (told[name], real[name])
        for name in (told.keys() & real.keys()) - ignored
        if told[name] != real[name]
    }


@pytest.mark.parametrize(
    ("function", "source", "arguments"),
    CALLS,
    ids=[f"{function}-{place}" for place, (function, _, _) in enumerate(CALLS)],
)
def test_an_answer_is_that_of_the_provider(
    providers: Mapping[str, Provider], function: str, source: str, arguments: dict[str, Any]
) -> None:
    try:
        different = differing(providers["aws"], function, source, arguments)
    except RefusedError:
        with pytest.raises(RefusedCallError):
            followed(function, Place(region=REGION), **arguments)
    else:
        assert different == {}


@pytest.mark.parametrize(
    ("function", "source", "arguments"),
    BY_REGION,
    ids=[f"{function}-{place}" for place, (function, _, _) in enumerate(BY_REGION)],
)
def test_a_table_agrees_with_the_provider_in_every_region(
    providers: Mapping[str, Provider], function: str, source: str, arguments: dict[str, Any]
) -> None:
    wrong = {}
    for region in regions().values():
        if (provider := providers.get(region.partition)) is None:
            continue
        given = {**arguments, "region": region.name}
        # A region may lack the service, or be newer than the provider.
        with suppress(RefusedError):
            if found := differing(provider, function, source, given):
                wrong[region.name] = found
    assert wrong == {}
