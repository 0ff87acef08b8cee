"""Data sources, whose answers decide what is made."""

import pulumi
import pulumi_aws as aws

zones = aws.get_availability_zones(state="available")
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
for index, zone in enumerate(zones.names):
    aws.ec2.Subnet(
        f"public-{zone}",
        vpc_id=vpc.id,
        availability_zone=zone,
        cidr_block=f"10.0.{index}.0/24",
        map_public_ip_on_launch=True,
    )
image = aws.ec2.get_ami(most_recent=True, owners=["amazon"])
aws.ec2.Instance(
    "host",
    ami=image.id,
    instance_type="m5.24xlarge",
    root_block_device={"volume_size": 20, "volume_type": "gp3"},
)
account = aws.get_caller_identity()
aws.s3.Bucket("data", bucket=f"data-{account.account_id}-{aws.get_region().region}")
default = aws.ec2.get_vpc(default=True)
subnets = aws.ec2.get_subnets(filters=[{"name": "vpc-id", "values": [default.id]}])
statement = aws.iam.get_policy_document(
    statements=[
        {
            "effect": "Allow",
            "actions": ["sqs:*"],
            "resources": ["*"],
            "principals": [{"type": "*", "identifiers": ["*"]}],
        }
    ]
)
queue = aws.sqs.Queue("queue")
aws.sqs.QueuePolicy("open", queue_url=queue.id, policy=statement.json)
# The same by an output: only the engine's `up` knows it.
later = aws.iam.get_policy_document_output(
    statements=[{"actions": ["sqs:SendMessage"], "resources": [queue.arn]}]
)
role = aws.iam.Role("role", assume_role_policy=statement.json)
aws.iam.RolePolicy("send", role=role.name, policy=later.json)
zone = aws.route53.get_zone(name="example.com")
aws.route53.Record(
    "record", zone_id=zone.zone_id, name="www", type="A", ttl=60, records=["192.0.2.1"]
)
pulumi.export("canonical", aws.s3.get_canonical_user_id().id)
pulumi.export("subnets", subnets.ids)
# A call that needs a resource that is not made yet is unknown in a preview; others are known.
needing = aws.sqs.get_queue_output(
    name="jobs", opts=pulumi.InvokeOutputOptions(depends_on=[queue, vpc])
)
aws.ssm.Parameter("needing", type="String", value=needing.url)
aws.ssm.Parameter("at-once", type="String", value=aws.sqs.get_queue_output(name="jobs").url)
