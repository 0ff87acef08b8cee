"""Serves the pack to the engine; nothing may be printed before the port that `serve` prints."""

from aws_policy_pack.analyzer import serve
from aws_policy_pack.pack import Pack
from aws_policy_pack.registry import RULES

serve(Pack("aws-policy-pack", "0.1.0", RULES))
