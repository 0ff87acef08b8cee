"""A plain function that is fed with the id of a new resource."""

import pulumi
import pulumi_aws as aws

network = aws.ec2.Vpc("network", cidr_block="10.0.0.0/16")
waiting = network.id.apply(lambda vpc: aws.ec2.get_vpc(id=vpc).cidr_block)
pulumi.export("waits", [waiting, aws.ec2.get_vpc_output(id=network.id).cidr_block])
aws.ec2.get_vpc(cidr_block=network.cidr_block)  # type: ignore[arg-type, unused-awaitable] # given
aws.ec2.get_vpc(id=network.id)  # type: ignore[arg-type, unused-awaitable] # the mistake
