"""Serves all rules to the engine."""

import aws_policy_pack.quick_start  # noqa: F401 - before the others are imported
from aws_policy_pack.analyzer import serve
from aws_policy_pack.metadata import about_package
from aws_policy_pack.registry import RULES

serve("aws-policy-pack", RULES, about=about_package())
