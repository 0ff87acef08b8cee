"""The number of the reference stack's resources that an endpoint holds."""

from collections.abc import Mapping

import jmespath  # type: ignore[import-untyped] # botocore's, and it has none

from tests.engine.embedded import Deployment

LISTED: Mapping[str, Mapping[str, str]] = {
    "ec2": {
        "describe_vpcs": "Vpcs",
        "describe_subnets": "Subnets",
        "describe_internet_gateways": "InternetGateways",
        "describe_nat_gateways": "NatGateways[?State != 'deleted']",
        "describe_addresses": "Addresses",
        "describe_route_tables": "RouteTables",
        "describe_security_groups": "SecurityGroups",
        "describe_security_group_rules": "SecurityGroupRules",
        "describe_vpc_endpoints": "VpcEndpoints[?State != 'deleted']",
        "describe_flow_logs": "FlowLogs",
        "describe_network_interfaces": "NetworkInterfaces",
    },
    "ecr": {"describe_repositories": "repositories"},
    "ecs": {"list_task_definitions": "taskDefinitionArns"},
    "elbv2": {
        "describe_load_balancers": "LoadBalancers",
        "describe_target_groups": "TargetGroups",
    },
    "iam": {"list_roles": "Roles", "list_users": "Users", "list_instance_profiles": "[]"},
    "kms": {"list_aliases": "Aliases"},
    "logs": {"describe_log_groups": "logGroups"},
    "rds": {
        "describe_db_instances": "DBInstances",
        "describe_db_parameter_groups": "DBParameterGroups",
        "describe_db_subnet_groups": "DBSubnetGroups",
        "describe_db_snapshots": "DBSnapshots",
    },
    "route53": {"list_hosted_zones": "HostedZones"},
    "s3": {"list_buckets": "Buckets"},
    "secretsmanager": {"list_secrets": "SecretList"},
    "servicediscovery": {"list_namespaces": "Namespaces", "list_services": "Services"},
    "sqs": {"list_queues": "QueueUrls"},
}
"""The calls that list the stack's resources, by service."""


def held(deployed: Deployment) -> dict[str, int]:
    """The number of resources that the endpoint has, by the call that lists them.

    A deleted cluster can be listed for a while, and so can a key that waits for its deletion; the
    keys of AWS's own come with the first secret.
    """
    counts = {
        f"{service} {operation}": len(
            jmespath.search(result, getattr(deployed.client(service), operation)()) or ()
        )
        for service, listed in LISTED.items()
        for operation, result in listed.items()
    }
    ecs, kms = deployed.client("ecs"), deployed.client("kms")
    clusters = ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"]
    own = {each.get("TargetKeyId") for each in kms.list_aliases()["Aliases"]}
    keys = [each["KeyId"] for each in kms.list_keys()["Keys"]]
    described = [kms.describe_key(KeyId=key)["KeyMetadata"] for key in keys if key not in own]
    return counts | {
        "ecs clusters": sum(each["status"] == "ACTIVE" for each in clusters),
        "kms keys": sum(each["KeyState"] == "Enabled" for each in described),
    }
