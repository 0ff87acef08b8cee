"""Which change replaces a resource."""

import pytest

from pulumi_preflight.changes.replacements import replacing_properties

QUEUE = "aws:sqs/queue:Queue"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
TASK = "aws:ecs/taskDefinition:TaskDefinition"


@pytest.mark.parametrize(
    ("type_", "path"),
    [
        pytest.param(QUEUE, "fifoQueue", id="queue-fifo"),
        pytest.param(QUEUE, "name", id="queue-name"),
        pytest.param(QUEUE, "namePrefix", id="queue-prefix"),
        pytest.param(QUEUE, "region", id="region-of-any-type"),
        pytest.param("aws:ecs/service:Service", "cluster", id="service-cluster"),
        pytest.param("aws:ecs/service:Service", "launchType", id="service-launch-type"),
        pytest.param(TASK, "containerDefinitions", id="task-containers"),
        pytest.param(TASK, "volumes", id="task-volumes"),
        pytest.param("aws:rds/instance:Instance", "username", id="database-user"),
        pytest.param("aws:rds/instance:Instance", "storageEncrypted", id="database-encryption"),
        pytest.param("aws:rds/clusterInstance:ClusterInstance", "identifier", id="cluster-member"),
        pytest.param("aws:ec2/subnet:Subnet", "cidrBlock", id="subnet-addresses"),
        pytest.param(GROUP, "name", id="group-name"),
        pytest.param(GROUP, "description", id="group-description"),
        pytest.param("aws:lb/loadBalancer:LoadBalancer", "name", id="balancer-name"),
        pytest.param("aws:lb/loadBalancer:LoadBalancer", "internal", id="balancer-internal"),
        pytest.param("aws:lb/targetGroup:TargetGroup", "port", id="targets-port"),
        pytest.param("aws:lb/targetGroup:TargetGroup", "protocol", id="targets-protocol"),
        pytest.param("aws:lb/targetGroup:TargetGroup", "vpcId", id="targets-vpc"),
        pytest.param("aws:ecr/repository:Repository", "name", id="repository-name"),
        pytest.param("aws:ecr/lifecyclePolicy:LifecyclePolicy", "policy", id="images-policy"),
        pytest.param("aws:s3/bucket:Bucket", "bucket", id="bucket-name"),
        pytest.param(
            "aws:servicediscovery/service:Service", "dnsConfig.namespaceId", id="inner-property"
        ),
    ],
)
def test_a_change_that_aws_cannot_make_in_place_replaces(type_: str, path: str) -> None:
    assert path in replacing_properties(type_)


@pytest.mark.parametrize(
    ("type_", "path"),
    [
        pytest.param(QUEUE, "visibilityTimeoutSeconds", id="queue-timeout"),
        pytest.param("aws:ecs/service:Service", "desiredCount", id="service-count"),
        pytest.param("aws:ecs/service:Service", "taskDefinition", id="service-revision"),
        pytest.param(TASK, "tags", id="task-tags"),
        pytest.param("aws:rds/instance:Instance", "identifier", id="database-name"),
        pytest.param("aws:rds/instance:Instance", "instanceClass", id="database-class"),
        pytest.param(
            "aws:ec2/routeTableAssociation:RouteTableAssociation", "routeTableId", id="routes"
        ),
    ],
)
def test_a_change_that_aws_makes_in_place_does_not_replace(type_: str, path: str) -> None:
    assert path not in replacing_properties(type_)
