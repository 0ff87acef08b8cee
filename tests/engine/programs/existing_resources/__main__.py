"""Resources that exist already and are only read."""

import pulumi
import pulumi_aws as aws

vpc = aws.ec2.Vpc.get("vpc", "vpc-0a1b2c3d4e5f60718")
subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.0.1.0/24")
group = aws.ec2.SecurityGroup.get(
    "group", "sg-0a1b2c3d4e5f60718", opts=pulumi.ResourceOptions(parent=vpc)
)
aws.ec2.SecurityGroup(
    "inner",
    vpc_id=vpc.id,
    description="inner",
    ingress=[
        {"protocol": "tcp", "from_port": 22, "to_port": 22, "security_groups": [group.id]},
    ],
)
pulumi.export("cidr", vpc.cidr_block)
