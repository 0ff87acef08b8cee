"""What the services share."""

import pulumi
import pulumi_aws as aws
from network import Network


class Platform(pulumi.ComponentResource):
    """A cluster, a load balancer and a database."""

    def __init__(self, name: str, network: Network) -> None:
        super().__init__("shop:platform:Platform", name)
        own = pulumi.ResourceOptions(parent=self)
        self.key = aws.kms.Key(f"{name}-key", enable_key_rotation=True, opts=own)
        self.cluster = aws.ecs.Cluster(f"{name}-cluster", opts=own)
        self.entrance = aws.ec2.SecurityGroup(
            f"{name}-entrance", vpc_id=network.vpc.id, description="The shop's entrance", opts=own
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-entrance-https",
            security_group_id=self.entrance.id,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            cidr_ipv4="0.0.0.0/0",
            opts=own,
        )
        # A mistake: whoever is on the internet may log in.
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-entrance-ssh",
            security_group_id=self.entrance.id,
            ip_protocol="tcp",
            from_port=22,
            to_port=22,
            cidr_ipv4="0.0.0.0/0",
            opts=own,
        )
        self.balancer = aws.lb.LoadBalancer(
            f"{name}-balancer",
            load_balancer_type="application",
            security_groups=[self.entrance.id],
            subnets=[subnet.id for subnet in network.public],
            opts=own,
        )
        self.listener = aws.lb.Listener(
            f"{name}-listener",
            load_balancer_arn=self.balancer.arn,
            port=443,
            protocol="HTTPS",
            certificate_arn="arn:aws:acm:us-east-1:123456789012:certificate/"
            "6d6f9a52-6f24-4b6b-8b43-2f9a0f0f6f11",
            default_actions=[
                {
                    "type": "fixed-response",
                    "fixed_response": {"content_type": "text/plain", "status_code": "404"},
                }
            ],
            opts=own,
        )
        subnets = aws.rds.SubnetGroup(
            f"{name}-database", subnet_ids=[subnet.id for subnet in network.private], opts=own
        )
        # A mistake: a machine far too large, open to the internet.
        self.database = aws.rds.Instance(
            f"{name}-database",
            engine="postgres",
            engine_version="17.4",
            instance_class="db.r6g.8xlarge",
            allocated_storage=200,
            storage_type="gp3",
            db_subnet_group_name=subnets.name,
            username="shop",
            manage_master_user_password=True,
            publicly_accessible=True,
            storage_encrypted=False,
            skip_final_snapshot=True,
            opts=own,
        )
        self.register_outputs({})
