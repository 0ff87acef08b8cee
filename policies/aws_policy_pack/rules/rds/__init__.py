"""RDS: instances, Aurora clusters and what they are made of."""

from aws_policy_pack.rules.rds.access import iam_authentication as iam_authentication
from aws_policy_pack.rules.rds.access import managed_password as managed_password
from aws_policy_pack.rules.rds.access import not_public as not_public
from aws_policy_pack.rules.rds.durability import backups as backups
from aws_policy_pack.rules.rds.durability import deletion_protection as deletion_protection
from aws_policy_pack.rules.rds.durability import encrypted as encrypted
from aws_policy_pack.rules.rds.durability import final_snapshot as final_snapshot
from aws_policy_pack.rules.rds.durability import multi_az as multi_az
from aws_policy_pack.rules.rds.ingress import (
    ingress_from_declared_groups as ingress_from_declared_groups,
)
from aws_policy_pack.rules.rds.tls import parameter_tls as parameter_tls
from aws_policy_pack.rules.rds.upkeep import log_exports as log_exports
from aws_policy_pack.rules.rds.upkeep import minor_upgrades as minor_upgrades
