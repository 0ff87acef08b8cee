"""Flow logs of a VPC, kept in CloudWatch Logs."""

import pulumi
import pulumi_aws as aws

from components.iam import Allow, create_service_role
from components.logs import LogSettings, create_log_group
from components.naming import Naming


def create_flow_logs(
    naming: Naming,
    *,
    vpc_id: pulumi.Output[str],
    settings: LogSettings,
    opts: pulumi.ResourceOptions,
) -> None:
    """Records all traffic of a VPC.

    Source of the role's rights:
    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    """
    group = create_log_group(
        "flow-logs-group",
        physical_name=naming.log_group("vpc-flow-logs"),
        settings=settings,
        opts=opts,
    )
    role = create_service_role(
        "flow-logs-role",
        physical_name=naming.physical("flow-logs"),
        service="vpc-flow-logs.amazonaws.com",
        statements=[
            Allow(
                sid="WriteFlowLogs",
                actions=[
                    "logs:CreateLogStream",
                    "logs:DescribeLogStreams",
                    "logs:PutLogEvents",
                ],
                resources=[group.arn, pulumi.Output.concat(group.arn, ":*")],
            )
        ],
        opts=opts,
    )
    aws.ec2.FlowLog(
        "flow-logs",
        vpc_id=vpc_id,
        traffic_type="ALL",
        log_destination_type="cloud-watch-logs",
        log_destination=group.arn,
        iam_role_arn=role.arn,
        opts=opts,
    )
