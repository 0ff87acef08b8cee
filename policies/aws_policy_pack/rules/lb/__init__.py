"""Load balancers, their listeners and their target groups."""

from aws_policy_pack.rules.lb.listeners import https as https
from aws_policy_pack.rules.lb.listeners import tls_policy as tls_policy
from aws_policy_pack.rules.lb.load_balancers import access_logs as access_logs
from aws_policy_pack.rules.lb.load_balancers import deletion_protection as deletion_protection
from aws_policy_pack.rules.lb.load_balancers import drop_invalid_headers as drop_invalid_headers
from aws_policy_pack.rules.lb.target_groups import (
    target_group_health_check as target_group_health_check,
)
