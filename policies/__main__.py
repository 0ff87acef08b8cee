"""Serves all rules to the engine."""

from aws_policy_pack.analyzer import serve
from aws_policy_pack.registry import RULES

serve("aws-policy-pack", RULES)
