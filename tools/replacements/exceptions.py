"""Where CloudFormation and the AWS provider differ, for the types of the reference stack and more.

Source: "Forces new resource" in the AWS provider's own pages,
https://registry.terraform.io/providers/hashicorp/aws/latest/docs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

# CloudFormation's services under the module names of Pulumi's SDK, as far as lower case is not it.
SAME_SERVICE: Mapping[str, str] = {
    "ApplicationAutoScaling": "appautoscaling",
    "CertificateManager": "acm",
    "ElasticLoadBalancingV2": "lb",
    "Events": "cloudwatch",
    "KinesisFirehose": "kinesis",
    "Logs": "cloudwatch",
    "StepFunctions": "sfn",
}
SAME_TYPE: Mapping[str, str] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": "aws:appautoscaling/target:Target",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "aws:appautoscaling/policy:Policy",
    "AWS::AutoScaling::AutoScalingGroup": "aws:autoscaling/group:Group",
    "AWS::CloudWatch::Alarm": "aws:cloudwatch/metricAlarm:MetricAlarm",
    "AWS::EC2::NatGateway": "aws:ec2/natGateway:NatGateway",
    "AWS::EC2::SubnetRouteTableAssociation": (
        "aws:ec2/routeTableAssociation:RouteTableAssociation"
    ),
    "AWS::EC2::VPCEndpoint": "aws:ec2/vpcEndpoint:VpcEndpoint",
    "AWS::Events::EventBus": "aws:cloudwatch/eventBus:EventBus",
    "AWS::Events::Rule": "aws:cloudwatch/eventRule:EventRule",
    "AWS::IAM::ManagedPolicy": "aws:iam/policy:Policy",
    "AWS::RDS::DBCluster": "aws:rds/cluster:Cluster",
    "AWS::RDS::DBClusterParameterGroup": ("aws:rds/clusterParameterGroup:ClusterParameterGroup"),
    "AWS::RDS::DBInstance": "aws:rds/instance:Instance",
    "AWS::RDS::DBParameterGroup": "aws:rds/parameterGroup:ParameterGroup",
    "AWS::RDS::DBSubnetGroup": "aws:rds/subnetGroup:SubnetGroup",
    "AWS::Route53::HostedZone": "aws:route53/zone:Zone",
    "AWS::Route53::RecordSet": "aws:route53/record:Record",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What the AWS provider does otherwise.

    Attributes:
        added: Properties that replace, though CloudFormation changes them or names them otherwise.
        removed: Properties that the AWS provider changes in place.
        every: Whether every property replaces but those removed.
    """

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    every: bool = False


def _added(*names: str) -> Difference:
    return Difference(added=frozenset(names))


EXCEPTIONS: Mapping[str, Difference] = {
    "aws:cloudwatch/logGroup:LogGroup": _added("logGroupClass"),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": _added("vpcId"),
    "aws:ec2/eip:Eip": _added("domain", "publicIpv4Pool", "customerOwnedIpv4Pool"),
    "aws:ec2/flowLog:FlowLog": Difference(every=True, removed=frozenset({"tags"})),
    "aws:ec2/natGateway:NatGateway": _added("privateIp"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Difference(
        # EC2 can give a subnet another route table; CloudFormation does not use that.
        added=frozenset({"gatewayId"}),
        removed=frozenset({"routeTableId"}),
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Difference(
        removed=frozenset(
            {"dnsOptions.privateDnsPreference", "dnsOptions.privateDnsSpecifiedDomains"}
        )
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": _added("policy", "repository"),
    "aws:ecs/service:Service": _added("iamRole", "launchType"),
    "aws:ecs/taskDefinition:TaskDefinition": Difference(
        # Any change is a new revision; these are settings of the provider's or tags.
        every=True,
        removed=frozenset({"skipDestroy", "tags", "trackLatest"}),
    ),
    "aws:iam/rolePolicy:RolePolicy": _added("role"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _added("policyArn", "role"),
    "aws:kms/key:Key": _added(
        "customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"
    ),
    "aws:lb/loadBalancer:LoadBalancer": _added(
        "customerOwnedIpv4Pool", "internal", "loadBalancerType"
    ),
    "aws:rds/cluster:Cluster": _added(
        "availabilityZones", "clusterIdentifier", "engine", "masterUsername"
    ),
    "aws:rds/clusterInstance:ClusterInstance": _added(
        "availabilityZone", "clusterIdentifier", "dbSubnetGroupName", "engine", "identifier"
    ),
    "aws:rds/instance:Instance": Difference(
        # https://github.com/hashicorp/terraform-provider-aws/pull/32687: RDS renames in place.
        added=frozenset({"availabilityZone", "engine", "snapshotIdentifier", "username"}),
        removed=frozenset({"dbSubnetGroupName", "identifier"}),
    ),
    "aws:s3/bucket:Bucket": _added("bucket", "objectLockEnabled"),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _added(
        "bucket", "expectedBucketOwner"
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _added("bucket"),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _added("bucket"),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        _added("bucket", "expectedBucketOwner")
    ),
    "aws:s3/bucketVersioning:BucketVersioning": _added("bucket", "expectedBucketOwner"),
    "aws:servicediscovery/service:Service": _added(
        "dnsConfig.dnsRecords.type",
        "dnsConfig.namespaceId",
        "dnsConfig.routingPolicy",
        "healthCheckConfig.type",
    ),
    "aws:sqs/queuePolicy:QueuePolicy": _added("queueUrl"),
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": _added("queueUrl"),
    "aws:sqs/redrivePolicy:RedrivePolicy": _added("queueUrl"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _added("securityGroupId"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _added("securityGroupId"),
}
