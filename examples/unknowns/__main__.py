"""Values that are not known before the deployment: one that a rule reads, one that code reads."""

import subprocess

import pulumi
import pulumi_aws as aws

dead = aws.sqs.Queue("dead")
redrive = pulumi.Output.json_dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 1})
aws.sqs.Queue("jobs", redrive_policy=redrive)

box = aws.ec2.Instance("box", ami="ami-0123456789abcdef0", instance_type="t3.micro")
host_key = box.public_ip.apply(
    lambda address: (
        subprocess.run(["/usr/bin/ssh-keyscan", address], capture_output=True, check=True).stdout
    )
)
pulumi.export("hostKey", host_key)
