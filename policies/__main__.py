"""Serves all rules to the engine."""

import gc

gc.disable()  # looking for what can be freed while modules load takes a tenth of the pack's boot

from aws_policy_pack.analyzer import serve  # noqa: E402 - see above
from aws_policy_pack.registry import RULES  # noqa: E402

serve("aws-policy-pack", RULES)
