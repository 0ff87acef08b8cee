"""ECS: clusters, services, task definitions and what stands in their containers."""

from aws_policy_pack.rules.ecs.clusters import container_insights as container_insights
from aws_policy_pack.rules.ecs.definitions import (
    container_definitions_valid as container_definitions_valid,
)
from aws_policy_pack.rules.ecs.environment import plaintext_secrets as plaintext_secrets
from aws_policy_pack.rules.ecs.fargate import fargate_size as fargate_size
from aws_policy_pack.rules.ecs.hardening import non_root_user as non_root_user
from aws_policy_pack.rules.ecs.hardening import not_privileged as not_privileged
from aws_policy_pack.rules.ecs.hardening import read_only_root as read_only_root
from aws_policy_pack.rules.ecs.health import health_check as health_check
from aws_policy_pack.rules.ecs.image_references import image_reference as image_reference
from aws_policy_pack.rules.ecs.log_drivers import log_group_declared as log_group_declared
from aws_policy_pack.rules.ecs.log_drivers import logging as logging
from aws_policy_pack.rules.ecs.roles import separate_execution_role as separate_execution_role
from aws_policy_pack.rules.ecs.roles import task_role_declared as task_role_declared
from aws_policy_pack.rules.ecs.scaling import (
    scaled_service_ignores_desired_count as scaled_service_ignores_desired_count,
)
from aws_policy_pack.rules.ecs.services import circuit_breaker as circuit_breaker
from aws_policy_pack.rules.ecs.services import (
    grace_period_needs_load_balancer as grace_period_needs_load_balancer,
)
from aws_policy_pack.rules.ecs.services import no_public_ip as no_public_ip
from aws_policy_pack.rules.ecs.target_groups import (
    port_matches_target_group as port_matches_target_group,
)
