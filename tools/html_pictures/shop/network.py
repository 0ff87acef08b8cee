"""The network that all services are in."""

import pulumi
import pulumi_aws as aws

ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")


class Network(pulumi.ComponentResource):
    """A VPC with a public and a private subnet in each zone."""

    def __init__(self, name: str) -> None:
        super().__init__("shop:network:Network", name)
        own = pulumi.ResourceOptions(parent=self)
        self.vpc = aws.ec2.Vpc(
            f"{name}-vpc", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, opts=own
        )
        gateway = aws.ec2.InternetGateway(f"{name}-gateway", vpc_id=self.vpc.id, opts=own)
        self.public: list[aws.ec2.Subnet] = []
        self.private: list[aws.ec2.Subnet] = []
        for number, zone in enumerate(ZONES):
            public = aws.ec2.Subnet(
                f"{name}-public-{number}",
                vpc_id=self.vpc.id,
                cidr_block=f"10.0.{number}.0/24",
                availability_zone=zone,
                opts=own,
            )
            private = aws.ec2.Subnet(
                f"{name}-private-{number}",
                vpc_id=self.vpc.id,
                cidr_block=f"10.0.{10 + number}.0/24",
                availability_zone=zone,
                opts=own,
            )
            address = aws.ec2.Eip(f"{name}-address-{number}", domain="vpc", opts=own)
            nat = aws.ec2.NatGateway(
                f"{name}-nat-{number}",
                allocation_id=address.id,
                subnet_id=public.id,
                opts=own,
            )
            for kind, subnet in (("public", public), ("private", private)):
                table = aws.ec2.RouteTable(f"{name}-{kind}-{number}", vpc_id=self.vpc.id, opts=own)
                aws.ec2.Route(
                    f"{name}-{kind}-{number}",
                    route_table_id=table.id,
                    destination_cidr_block="0.0.0.0/0",
                    gateway_id=gateway.id if kind == "public" else None,
                    nat_gateway_id=nat.id if kind == "private" else None,
                    opts=own,
                )
                aws.ec2.RouteTableAssociation(
                    f"{name}-{kind}-{number}",
                    route_table_id=table.id,
                    subnet_id=subnet.id,
                    opts=own,
                )
            self.public.append(public)
            self.private.append(private)
        self.register_outputs({})
