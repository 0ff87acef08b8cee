"""Outputs of another stack, plain and secret."""

import pulumi
import pulumi_aws as aws

network = pulumi.StackReference("organization/network/dev")
for index, zone in enumerate(["a", "b"]):
    aws.ec2.Subnet(
        f"subnet-{zone}", vpc_id=network.get_output("vpcId"), cidr_block=f"10.0.{index}.0/24"
    )
aws.sqs.Queue("queue", tags=network.require_output("tags"))
pulumi.export("vpc", network.outputs["vpcId"])
