"""Security groups and VPCs: what is open, to whom, and what is recorded."""

from aws_policy_pack.rules.network.groups import (
    rules_conflict as rules_conflict,
)
from aws_policy_pack.rules.network.groups import (
    security_group_description as security_group_description,
)
from aws_policy_pack.rules.network.listeners import listener_port_open as listener_port_open
from aws_policy_pack.rules.network.openness import egress_open as egress_open
from aws_policy_pack.rules.network.openness import ingress_open as ingress_open
from aws_policy_pack.rules.network.vpcs import default_security_group as default_security_group
from aws_policy_pack.rules.network.vpcs import flow_logs as flow_logs
