"""Caps on what a stack may cost: counts, sizes, classes, and the money itself."""

from aws_policy_pack.rules.cost.autoscaling import autoscaling_maximum as autoscaling_maximum
from aws_policy_pack.rules.cost.budget import monthly_budget as monthly_budget
from aws_policy_pack.rules.cost.counts import resource_count as resource_count
from aws_policy_pack.rules.cost.databases import instance_class as instance_class
from aws_policy_pack.rules.cost.databases import multi_az as multi_az
from aws_policy_pack.rules.cost.databases import serverless_capacity as serverless_capacity
from aws_policy_pack.rules.cost.databases import storage as storage
from aws_policy_pack.rules.cost.retention import ecr_lifecycle as ecr_lifecycle
from aws_policy_pack.rules.cost.retention import log_retention as log_retention
from aws_policy_pack.rules.cost.services import deployment_surge as deployment_surge
from aws_policy_pack.rules.cost.services import desired_count as desired_count
from aws_policy_pack.rules.cost.services import total_desired_count as total_desired_count
from aws_policy_pack.rules.cost.tasks import task_size as task_size
